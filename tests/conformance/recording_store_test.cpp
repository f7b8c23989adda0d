// SPDX-License-Identifier: Apache-2.0
// Kept sound: heard by those who may, held, and forgotten in its time, on both engines.
#include <gtest/gtest.h>

#include "base/json.hpp"
#include "conformance/api_site.hpp"
#include "log/log_fake.hpp"
#include "media/aac.hpp"
#include "recording/recordings.hpp"
#include "recording/retention.hpp"

namespace vigie::recording {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

std::string four_seconds_of_sound() {
  const auto encoder = media::create_aac_encoder(44'100, 1).value();
  const std::vector<float> silence(std::size_t{4} * 16'000);
  std::string bytes;
  for (const auto& packet : encoder->encode(silence).value()) {
    bytes += media::adts_frame(encoder->config(), packet).value();
  }
  return bytes;
}

class RecordingStore : public api::Api {
 protected:
  void SetUp() override {
    Api::SetUp();
    if (IsSkipped()) {
      return;
    }
    uma = enter("uma", Role::user);
    max = enter("max", Role::user);
    mia = enter("mia", Role::moderator);
    account = run(accounts().follow(uma.id, "name")).value().account.id;
    live = put_on_air(account);
    sound = four_seconds_of_sound();
    for (int i = 0; i < 10; ++i) {
      keep_piece(live, i);
    }
  }

  void keep_piece(const std::string& live_id, int index) {
    const auto key = fmt::format("lives/{}/{:06}.aac", live_id, index);
    ASSERT_TRUE(blobs().put(key, sound));
    execute(
        "INSERT INTO sound_piece (live_id, sequence, token, start_us, end_us, codec, bytes, "
        "sha256, blob_key) VALUES ($1, $2, 1, $3, $4, 'aac-adts', 9, $5, $6)",
        {live_id, index, Span{seconds{4 * index}}, Span{seconds{4 * index + 4}},
         fmt::format("{:064}", index), key});
  }

  // Over, and all its words are there.
  void end_live() {
    execute("UPDATE live SET heard_until = $2, words_until = $2 WHERE id = $1",
            {live, Span{seconds{40}}});
    execute("UPDATE live SET state = 'ended', ended_at = $2 WHERE id = $1", {live, clock.now()});
  }

  void alert_at(Span from, Span to, std::string_view state) {
    execute(
        "INSERT INTO assessment (id, live_id, start_us, end_us, categorie, viralite, "
        "discours_haineux, cible, justification, risque_score, score, indetermine, injection, "
        "preuve, analyser, model, prompt_sha256, repli, tokens_in, tokens_out, latency_us, error, "
        "created_at) VALUES ('S', $1, 0, 1, 'Neutre', 'faible', TRUE, 'autre', '', 0.6, 0.9, "
        "FALSE, FALSE, '', 'x', 'x', '', FALSE, 0, 0, 0, '', 0)",
        {live});
    execute(
        "INSERT INTO alert (id, live_id, account_id, kind, severity, state, opened_at, updated_at, "
        "sentence, context, at_us, last_us, clip_from_us, clip_to_us, score, assessment_id, "
        "incident_key) VALUES ('W', $1, $2, 'haine', 'eleve', $3, $4, $4, '', '', $5, $5, $5, $6, "
        "0.9, 'S', 'k')",
        {live, account, state, clock.now(), from, to});
  }

  std::unique_ptr<Retention> retention(RetentionRules rules = {}) {
    return std::make_unique<Retention>(db(), blobs(), pool, clock, kept.log, registry, rules);
  }

  std::int64_t pieces_left() {
    return number("SELECT COUNT(*) FROM sound_piece WHERE purged_at IS NULL");
  }

  http::Response sound_for(const api::Visitor& visitor, const std::string& query) {
    return ask("GET", "/api/v1/lives/" + live + "/audio" + query, &visitor);
  }

  api::Visitor uma;  // follows the account
  api::Visitor max;  // does not
  api::Visitor mia;  // a moderator
  std::string account;
  std::string live;
  std::string sound;
  log::KeptLog kept;
  metrics::Registry registry;
  WorkerPool pool{"disk", 1};
};

INSTANTIATE_TEST_SUITE_P(Engines, RecordingStore, vigie::testing::each_database(),
                         vigie::testing::engine_name);

TEST_P(RecordingStore, GivesTheSoundBetweenTwoMoments) {
  const auto whole = sound_for(uma, "");
  const auto part = sound_for(uma, "?from=6&to=10.5");

  EXPECT_EQ(whole.status, 200);
  EXPECT_EQ(whole.headers.get("Content-Type"), "audio/mp4");
  EXPECT_EQ(part.status, 200);
  EXPECT_NE(part.body.find("ftyp"), std::string::npos);
  EXPECT_LT(part.body.size() * 4, whole.body.size());
}

TEST_P(RecordingStore, GivesAPlayerTheBytesItAsksFor) {
  const auto whole = sound_for(uma, "?from=0&to=30");
  http::Headers range;
  range.add("Range", "bytes=100-199");
  const auto part = ask_with(range, "GET", "/api/v1/lives/" + live + "/audio?from=0&to=30", &uma);
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, whole.body.substr(100, 100));
  EXPECT_EQ(part.headers.get("Content-Range"), fmt::format("bytes 100-199/{}", whole.body.size()));

  http::Headers beyond;
  beyond.add("Range", "bytes=99999999-");
  const auto none = ask_with(beyond, "GET", "/api/v1/lives/" + live + "/audio?from=0&to=30", &uma);
  EXPECT_EQ(none.status, 416);

  http::Headers known;
  known.add("If-None-Match", std::string{whole.headers.get("ETag")});
  const auto same = ask_with(known, "GET", "/api/v1/lives/" + live + "/audio?from=0&to=30", &uma);
  EXPECT_EQ(same.status, 304);
  EXPECT_TRUE(same.body.empty());
}

TEST_P(RecordingStore, RefusesMomentsThatMakeNoSense) {
  for (const auto* query : {"?from=-1", "?from=a", "?from=9&to=3", "?from=5&to=5", "?to=nan",
                            "?from=0&to=7200", "?from=1e300"}) {
    EXPECT_EQ(sound_for(uma, query).status, 422) << query;
  }
  EXPECT_EQ(sound_for(uma, "?from=3000&to=3010").status, 404);
}

TEST_P(RecordingStore, LetsNobodyHearWhatTheyMayNotSee) {
  EXPECT_EQ(sound_for(max, "").status, 404);
  EXPECT_EQ(sound_for(mia, "").status, 200);
}

TEST_P(RecordingStore, ForgetsSoundWhenItsTimeIsOver) {
  end_live();
  clock.advance(hours{71});
  EXPECT_EQ(run(retention()->sweep()).value(), 0);
  clock.advance(hours{2});

  EXPECT_EQ(run(retention()->sweep()).value(), 10);

  EXPECT_EQ(pieces_left(), 0);
  EXPECT_EQ(number("SELECT COUNT(*) FROM sound_piece"), 10) << "the hashes stay";
  EXPECT_TRUE(blobs().list("lives/").value().empty());
  EXPECT_EQ(run(recordings().cut(live, Sight{uma.id, false}, Span{0}, {})).error().code,
            Errc::not_found);
}

TEST_P(RecordingStore, KeepsSoundUntilItsWordsAreThereButNotForEver) {
  end_live();
  execute("UPDATE live SET words_until = $2 WHERE id = $1", {live, Span{seconds{21}}});
  clock.advance(hours{73});

  EXPECT_EQ(run(retention()->sweep()).value(), 5) << "what is settled";
  clock.advance(days{3});
  EXPECT_EQ(run(retention()->sweep()).value(), 0);
  clock.advance(days{2});
  EXPECT_EQ(run(retention()->sweep()).value(), 5) << "nobody will write it any more";
}

TEST_P(RecordingStore, KeepsTheSoundOfALiveThatGoesOn) {
  clock.advance(days{30});
  EXPECT_EQ(run(retention()->sweep()).value(), 0);
}

TEST_P(RecordingStore, KeepsTheSoundAroundAnAlertUntilItIsDecidedAndLong) {
  end_live();
  alert_at(seconds{8}, seconds{12}, "open");
  RetentionRules rules;
  rules.around_alert = seconds{4};
  clock.advance(days{400});

  EXPECT_EQ(run(retention(rules)->sweep()).value(), 7);
  EXPECT_EQ(number("SELECT MIN(sequence) FROM sound_piece WHERE purged_at IS NULL"), 1);
  EXPECT_EQ(number("SELECT MAX(sequence) FROM sound_piece WHERE purged_at IS NULL"), 3);

  execute("UPDATE alert SET state = 'decided', updated_at = $1", {clock.now()});
  clock.advance(days{364});
  EXPECT_EQ(run(retention(rules)->sweep()).value(), 0);
  clock.advance(days{2});
  EXPECT_EQ(run(retention(rules)->sweep()).value(), 3);
}

TEST_P(RecordingStore, KeepsWhatAPersonHolds) {
  end_live();
  const auto until = to_rfc3339(clock.now() + days{10});
  const auto placed = ask("POST", "/api/v1/lives/" + live + "/holds", &mia,
                          fmt::format(R"({{"reason":"demande du parquet","until":"{}"}})", until));
  ASSERT_EQ(placed.status, 201) << placed.body;
  const auto id = std::string{get_string(json_of(placed), "id").value()};
  clock.advance(days{9});
  EXPECT_EQ(run(retention()->sweep()).value(), 0);

  const auto noa = enter("noa", Role::moderator);  // after nine days nobody is signed in any more
  EXPECT_EQ(ask("DELETE", "/api/v1/holds/" + id, &noa).status, 200);
  EXPECT_EQ(ask("DELETE", "/api/v1/holds/" + id, &noa).status, 404) << "released once";
  EXPECT_EQ(run(retention()->sweep()).value(), 10);
  const auto listed = json_of(ask("GET", "/api/v1/lives/" + live + "/holds", &noa));
  EXPECT_EQ(listed.at("items").as_array().size(), 1U) << "what was held is remembered";
}

TEST_P(RecordingStore, EndsAHoldByItself) {
  end_live();
  run(recordings().place_hold(live, Sight{mia.id, true}, "motif", clock.now() + days{5})).value();
  clock.advance(days{6});
  EXPECT_EQ(run(retention()->sweep()).value(), 10);
}

TEST_P(RecordingStore, RefusesAHoldWithoutReasonOrEnd) {
  const auto path = "/api/v1/lives/" + live + "/holds";
  const auto soon = to_rfc3339(clock.now() + days{1});
  const auto past = to_rfc3339(clock.now() - days{1});
  const auto far = to_rfc3339(clock.now() + days{500});
  for (const auto& body :
       {std::string{"{}"}, fmt::format(R"({{"reason":" ","until":"{}"}})", soon),
        fmt::format(R"({{"reason":"{}","until":"{}"}})", std::string(501, 'x'), soon),
        fmt::format(R"({{"reason":"r","until":"{}"}})", past),
        fmt::format(R"({{"reason":"r","until":"{}"}})", far),
        std::string{R"({"reason":"r","until":"demain"})"}}) {
    EXPECT_EQ(ask("POST", path, &mia, body).status, 422) << body;
  }
  EXPECT_EQ(ask("POST", path, &uma, R"({"reason":"r","until":"x"})").status, 403);
  EXPECT_EQ(number("SELECT COUNT(*) FROM legal_hold"), 0);
}

// A disk whose room the test sets; each removed piece gives a tenth of the reserve back.
class TightDisk final : public BlobStore {
 public:
  explicit TightDisk(BlobStore& blobs) : blobs_{blobs} {}
  std::uint64_t free = 0;
  std::uint64_t per_piece = 0;

  Result<> put(std::string_view key, std::string_view bytes) override {
    return blobs_.put(key, bytes);
  }
  Result<std::string> get(std::string_view key) override { return blobs_.get(key); }
  Result<> remove(std::string_view key) override {
    free += per_piece;
    return blobs_.remove(key);
  }
  Result<std::vector<std::string>> list(std::string_view prefix) override {
    return blobs_.list(prefix);
  }
  Result<std::uint64_t> free_bytes() override { return free; }

 private:
  BlobStore& blobs_;
};

TEST_P(RecordingStore, MakesRoomFromTheOldestWhenTheDiskIsNearlyFull) {
  end_live();
  TightDisk disk{blobs()};
  disk.free = 900;
  disk.per_piece = 100;
  RetentionRules rules;
  rules.reserve_bytes = 1000;
  Retention tidy{db(), disk, pool, clock, kept.log, registry, rules};

  run(tidy.look_at_disk());

  EXPECT_TRUE(tidy.has_room());
  EXPECT_EQ(pieces_left(), 0);
}

TEST_P(RecordingStore, SaysThatThereIsNoRoomAndRecoversByItself) {
  TightDisk disk{blobs()};
  disk.free = 900;
  RetentionRules rules;
  rules.reserve_bytes = 1000;
  Retention tidy{db(), disk, pool, clock, kept.log, registry, rules};

  run(tidy.look_at_disk());
  EXPECT_FALSE(tidy.has_room()) << "the live goes on: nothing may be removed";
  EXPECT_EQ(pieces_left(), 10);
  disk.free = 1050;
  run(tidy.look_at_disk());
  EXPECT_FALSE(tidy.has_room()) << "a little more first, or it would flutter";
  disk.free = 1100;
  run(tidy.look_at_disk());
  EXPECT_TRUE(tidy.has_room());
}

TEST_P(RecordingStore, ExportsTheTranscriptInFourForms) {
  execute(
      "INSERT INTO segment (id, live_id, start_us, end_us, text, language, confidence, uncertain, "
      "engine, model, token, created_at) VALUES ('G', $1, 1500000, 4000000, 'Bonjour <à tous>', "
      "'fr', 0.9, FALSE, 'e', 'm', 1, 0)",
      {live});
  execute(
      "INSERT INTO gap (id, live_id, start_us, end_us, reason) VALUES ('H', $1, 4000000, 9000000, "
      "'stall')",
      {live});
  const auto path = "/api/v1/lives/" + live + "/transcript.";

  EXPECT_EQ(ask("GET", path + "txt", &uma).body,
            "[00:00:01] Bonjour <à tous>\n[00:00:04] [stall]\n");
  EXPECT_EQ(ask("GET", path + "srt", &uma).body,
            "1\n00:00:01,500 --> 00:00:04,000\nBonjour <à tous>\n\n");
  EXPECT_TRUE(ask("GET", path + "vtt", &uma).body.starts_with("WEBVTT\n\n00:00:01.500 -->"));
  const auto json = json_of(ask("GET", path + "json", &uma));
  EXPECT_EQ(json.at("items").as_array().size(), 2U);
  EXPECT_EQ(ask("GET", path + "doc", &uma).status, 404);
  EXPECT_EQ(ask("GET", path + "txt", &max).status, 404);
}

}  // namespace
}  // namespace vigie::recording
