// SPDX-License-Identifier: Apache-2.0
// The simulator as a whole: hosts, faults on the wire, accounts with troubles, streams that move.
#include <filesystem>
#include <fstream>

#include "http/raw_peer.hpp"
#include "media/sound_file.hpp"
#include "sim/sim_testing.hpp"
#include "sim/sound.hpp"

namespace vigie::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Rig;
using testing::Viewer;

const std::string ask_live = "/api-live/user/room/?aid=1988&uniqueId=vigie_live";

TEST(Hosts, EachAnswersItsOwnPagesOnly) {
  SimulatorOptions options;
  options.webcast_port = 0;
  options.cdn_port = 0;
  Rig rig{{}, options};
  const auto status = [&rig](const std::string& base, const std::string& target) {
    http::ClientRequest request;
    request.url = base + target;
    return rig.send(std::move(request)).value().status;
  };
  const auto& simulator = *rig.simulator;
  const auto info = "/webcast/room/info/?aid=1988&room_id=" + rig.room_of("vigie_live");

  EXPECT_EQ(status(simulator.url(), ask_live), 200);
  EXPECT_EQ(status(simulator.webcast_url(), ask_live), 404);
  EXPECT_EQ(status(simulator.webcast_url(), info), 200);
  EXPECT_EQ(status(simulator.url(), info), 404);
  EXPECT_TRUE(rig.stream_of("vigie_live").starts_with(simulator.cdn_url() + "/stream/"));
  EXPECT_EQ(status(simulator.cdn_url(), "/__sim/stats"), 200);
  const auto hosts = rig.get_json("/__sim/stats").at("hosts");
  EXPECT_EQ(get_integer(hosts, "webcast.total"), 1);
}

// Our client writes the Host field itself, so this is asked by hand.
Async<std::string> ask_as(std::uint16_t port, std::string host) {
  auto peer = co_await http::testing::RawPeer::connect(port);
  auto words = "GET " + ask_live + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
  co_await peer.send(std::move(words));
  co_return co_await peer.read_to_end();
}

TEST(Hosts, AreToldApartByTheNameAClientAsksFor) {
  Rig rig;
  const auto named = [&rig](std::string host) {
    return vigie::testing::run(rig.io, ask_as(rig.simulator->port(), std::move(host)));
  };

  EXPECT_TRUE(named("webcast.tiktok.com").starts_with("HTTP/1.1 404 "));
  const auto answer = named("www.tiktok.com");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 "));
  EXPECT_NE(answer.find("http://pull-flv-f1-sim.tiktokcdn.com/stream/"), std::string::npos);
}

TEST(Simulator, AnswersAFormAsItAnswersAQuery) {
  Rig rig;
  const auto room = rig.room_of("vigie_live");
  http::ClientRequest request;
  request.method = "POST";
  request.url = rig.simulator->url() + "/webcast/room/check_alive/?aid=1988";
  request.headers.set("Content-Type", "application/x-www-form-urlencoded");
  request.body = "room_ids=" + room + "%2C123";

  const auto alive = Rig::parse(rig.send(request).value());
  const auto by_user = rig.get_json("/webcast/room/info_by_user/?aid=1988&unique_id=vigie_live");
  const auto detail = rig.get_json("/api/live/detail/?aid=1988&roomID=" + room);

  EXPECT_EQ(alive.at("data").as_array().size(), 2U);
  EXPECT_EQ(get_bool(alive.at("data").as_array()[0], "alive"), true);
  EXPECT_EQ(get_string(by_user, "data.id_str"), room);
  EXPECT_EQ(get_integer(detail, "LiveRoomInfo.status"), 2);
  EXPECT_EQ(get_string(detail, "LiveRoomInfo.ownerInfo.uniqueId"), "vigie_live");
}

TEST(Simulator, BreaksItsAnswersInEveryWayItIsTold) {
  Rig rig;
  const auto in_mode = [&rig](const std::string& mode, const std::string& target) {
    EXPECT_EQ(rig.get("/__sim/mode?user=vigie_live&times=1&mode=" + mode).status, 200) << mode;
    http::ClientRequest request;
    request.url = rig.simulator->url() + target;
    request.max_redirects = 0;
    return rig.send(std::move(request));
  };

  EXPECT_FALSE(parse_json(in_mode("truncated", ask_live).value().body));
  EXPECT_EQ(in_mode("forbidden", ask_live).value().status, 403);
  const auto params = Rig::parse(in_mode("params_error", ask_live).value());
  EXPECT_EQ(get_integer(params, "statusCode"), 19'881'005);
  EXPECT_EQ(in_mode("huge", ask_live).error().code, Errc::corrupt);
  EXPECT_NE(in_mode("region", ask_live).value().body.find("discontinued"), std::string::npos);
  const auto room = rig.room_of("vigie_live");
  EXPECT_EQ(
      get_integer(
          Rig::parse(
              in_mode("params_error", "/webcast/room/info/?aid=1988&room_id=" + room).value()),
          "status_code"),
      10'011);
  EXPECT_EQ(rig.get(ask_live).status, 200) << "each was for one request";
  EXPECT_NE(rig.get("/login").body.find("login-title"), std::string::npos);
}

TEST(Simulator, AccountsHaveTheirTroubles) {
  Rig rig;
  const auto trouble = [&rig](const std::string& access) {
    EXPECT_EQ(rig.get("/__sim/set?user=vigie_end&access=" + access).status, 200) << access;
    return rig.api_live("vigie_end");
  };

  const auto signed_out = trouble("login_required");
  EXPECT_EQ(get_integer(signed_out, "data.liveRoom.status"), 2);
  EXPECT_EQ(find(signed_out, "data.liveRoom.streamData"), nullptr);
  EXPECT_EQ(get_integer(trouble("contradiction"), "data.user.status"), 4);
  EXPECT_EQ(get_integer(trouble("contradiction"), "data.liveRoom.status"), 2);
  EXPECT_EQ(get_integer(trouble("banned"), "statusCode"), 19'881'007);
  EXPECT_NE(rig.get("/@vigie_end").body.find("10202"), std::string::npos);
  EXPECT_EQ(get_integer(trouble("open"), "data.liveRoom.status"), 2);
  for (const auto* number : {"0", "1", "9"}) {
    EXPECT_EQ(rig.get(std::string{"/__sim/set?user=vigie_end&status="} + number).status, 200);
    EXPECT_EQ(get_integer(rig.api_live("vigie_end"), "data.liveRoom.status"), std::stoi(number));
  }
  rig.get("/__sim/set?user=vigie_end&status=2");
  EXPECT_EQ(get_integer(rig.api_live("vigie_end"), "data.liveRoom.status"), 2);
}

TEST(Simulator, ARenamedAccountIsFoundByItsNewNameOnly) {
  Rig rig;
  const auto id = get_string(rig.api_live("vigie_live"), "data.user.id");

  EXPECT_EQ(rig.get("/__sim/rename?user=vigie_live&to=vigie_neuve").status, 200);

  EXPECT_EQ(get_integer(rig.api_live("vigie_live"), "statusCode"), 19'881'007);
  EXPECT_EQ(get_string(rig.api_live("vigie_neuve"), "data.user.id"), id);
  EXPECT_EQ(rig.get("/__sim/rename?user=vigie_neuve&to=vigie_end").status, 409);
  EXPECT_EQ(rig.get("/__sim/rename?user=nobody&to=somebody").status, 404);
}

TEST(Simulator, SaysWhatAControlCouldHaveBeenTold) {
  Rig rig;
  const auto words = [&rig](const std::string& target) {
    const auto answer = rig.get("/__sim/" + target);
    EXPECT_EQ(answer.status, 400) << target;
    return answer.body;
  };

  EXPECT_NE(words("mode?mode=429&rote=embed").find("route"), std::string::npos);
  EXPECT_NE(words("mode?mode=429&route=embeds").find("check_alive"), std::string::npos);
  EXPECT_NE(words("mode?mode=429&times=0").find("whole number"), std::string::npos);
  EXPECT_NE(words("mode?mode=429&for=soon").find("10m"), std::string::npos);
  EXPECT_NE(words("set?user=vigie_live&access=odd").find("hls_only"), std::string::npos);
  EXPECT_NE(words("emit?user=vigie_live&what=stall").find("for="), std::string::npos);
  EXPECT_NE(words("stats?reset=yes").find("reset is 1"), std::string::npos);
}

TEST(Origin, AStreamThatMovesIsAtItsNewAddressOnly) {
  Rig rig;
  const auto before = rig.stream_of("vigie_live");
  Viewer viewer{rig, before};
  viewer.listen(10);

  EXPECT_EQ(rig.get("/__sim/emit?user=vigie_live&what=move").status, 200);
  viewer.listen(100'000);
  const auto after = rig.stream_of("vigie_live");

  EXPECT_TRUE(viewer.is_over);
  EXPECT_EQ((Viewer{rig, before}.status()), 404);
  EXPECT_TRUE(after.starts_with(rig.simulator->move_url())) << after;
  EXPECT_EQ((Viewer{rig, after}.status()), 200);
}

TEST(Origin, GarbageOfAnEventComesOnce) {
  Rig rig;
  Viewer viewer{rig, rig.stream_of("vigie_live", "ld")};
  viewer.listen(20);

  EXPECT_EQ(rig.get("/__sim/emit?user=vigie_live&what=garbage&bytes=5000").status, 200);
  viewer.listen(viewer.sound.size() + 100);

  EXPECT_GE(viewer.reader.dropped_bytes(), 4'900U);
  EXPECT_LE(viewer.reader.dropped_bytes(), 6'000U);
}

TEST(Scenes, AnAccountOfPicturesHasNoAddressOfSoundAlone) {
  Rig rig;
  rig.get("/__sim/set?user=vigie_live&access=pictures");
  const auto text =
      get_string(rig.api_live("vigie_live"), "data.liveRoom.streamData.pull_data.stream_data");
  const auto data = parse_json(text.value()).value();

  EXPECT_FALSE(get_string(data, "data.ao.main.flv"));
  EXPECT_TRUE(get_string(data, "data.ld.main.flv"));
}

TEST(Track, GoesOnWithSilenceOrFromTheBeginning) {
  Track track;
  track.silence = "-";
  track.packets = {"a", "b"};

  EXPECT_EQ(track.packet_at(1, false), "b");
  EXPECT_EQ(track.packet_at(2, false), "-");
  EXPECT_EQ(track.packet_at(5, true), "b");
  track.packets.clear();
  EXPECT_EQ(track.packet_at(0, true), "-");
}

TEST(Hls, GivesTheSameSoundInSegments) {
  Rig rig;
  rig.get("/__sim/set?user=vigie_live&access=hls_only");
  const auto text =
      get_string(rig.api_live("vigie_live"), "data.liveRoom.streamData.pull_data.stream_data");
  const auto data = parse_json(text.value()).value();
  EXPECT_EQ(get_string(data, "data.ao.main.flv"), "");
  EXPECT_EQ(get_string(data, "data.ld.main.flv"), "");
  const auto master = get_string(data, "data.ld.main.hls").value();
  const auto base = master.substr(rig.simulator->url().size());
  const auto folder = base.substr(0, base.find("playlist.m3u8"));
  const auto query = base.substr(base.find('?'));
  rig.clock.advance(seconds{21});

  EXPECT_NE(rig.get(base).body.find("index.m3u8?"), std::string::npos);
  const auto list = rig.get(folder + "index.m3u8" + query).body;
  EXPECT_NE(list.find("#EXT-X-MEDIA-SEQUENCE:4"), std::string::npos) << list;
  EXPECT_NE(list.find("9.ts?"), std::string::npos) << list;
  EXPECT_EQ(rig.get(folder + "10.ts" + query).status, 404);
  EXPECT_EQ(rig.get(folder + "9.ts").status, 403);
  const auto segment = rig.get(folder + "9.ts" + query);
  ASSERT_EQ(segment.status, 200);
  EXPECT_EQ(segment.body.size() % 188, 0U);
  const auto path = std::filesystem::path{::testing::TempDir()} / "vigie_sim_segment.ts";
  std::ofstream{path, std::ios::binary} << segment.body;
  auto file = media::open_sound_file(path.string()).value();
  std::size_t samples = 0;
  for (auto more = file->read().value(); !more.empty(); more = file->read().value()) {
    samples += more.size();
  }
  std::filesystem::remove(path);
  EXPECT_NEAR(static_cast<double>(samples) / 16'000, 2.0, 0.1);
}

TEST(Scale, TenThousandScriptedAccountsAreLoadedAndAskedQuickly) {
  Rig rig;
  std::string yaml =
      "crowd: {count: 10000, prefix: bot_, lives: {every: 2h, length: 20m, seed: 7}}\n"
      "accounts:\n";
  for (int index = 0; index < 10'000; ++index) {
    yaml += fmt::format("  - {{username: scripted_{}, lives: [{{start: {}s, end: {}s}}]}}\n", index,
                        index, index + 600);
  }
  const SystemClock real;
  const auto begun = real.steady();
  const auto played = rig.post("/__sim/scenario", yaml);
  const auto loaded = real.steady();
  rig.clock.advance(std::chrono::hours{1});
  for (int index = 0; index < 500; ++index) {
    EXPECT_EQ(get_integer(rig.api_live(fmt::format("bot_{}", index * 20)), "statusCode"), 0);
  }
  const auto asked = real.steady();

  EXPECT_EQ(played.status, 200) << played.body;
  const auto load = to_seconds(loaded - begun);
  const auto ask = to_seconds(asked - loaded) / 500;
  RecordProperty("load_s", std::to_string(load));
  RecordProperty("ask_ms", std::to_string(ask * 1000));
  fmt::print("10,000 + 10,000 accounts loaded in {:.2f} s, {:.2f} ms an answer\n", load,
             ask * 1000);
  EXPECT_LT(load, 30);
}

// Every path of ours that the recorded answer has too is of the same type there.
void compare(const json::value& ours, const json::value& theirs, const std::string& path) {
  if (const auto* object = ours.if_object(); object != nullptr && theirs.is_object()) {
    for (const auto& [key, value] : *object) {
      if (const auto* other = theirs.as_object().if_contains(key)) {
        compare(value, *other, path + "." + std::string{key});
      }
    }
    return;
  }
  const bool are_numbers = ours.is_number() && theirs.is_number();
  EXPECT_TRUE(are_numbers || ours.kind() == theirs.kind()) << path;
}

TEST(Vectors, RoomInfoHasTheTypesOfTheRecordedAnswer) {
  const auto* root = std::getenv("VIGIE_SOURCE_DIR");
  const auto path = std::filesystem::path{root == nullptr ? "." : root} /
                    "../shared/tiktok/vectors/room_enter_live_20250512_pseudo.json";
  std::ifstream file{path};
  if (!file) {
    GTEST_SKIP() << "no recorded answer beside the repository";
  }
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  const auto theirs = parse_json(text, {.bytes = 1U << 20U, .depth = 64}).value();
  Rig rig;

  const auto ours =
      rig.get_json("/webcast/room/info/?aid=1988&room_id=" + rig.room_of("vigie_live"));

  compare(ours, theirs, "");
  std::size_t shared = 0;
  for (const auto& [key, value] : ours.at("data").as_object()) {
    shared += theirs.at("data").as_object().contains(key) ? 1 : 0;
  }
  EXPECT_EQ(shared, ours.at("data").as_object().size()) << "nothing of ours is invented";
}

}  // namespace
}  // namespace vigie::sim
