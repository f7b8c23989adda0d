// SPDX-License-Identifier: Apache-2.0
// Batches of rooms (protocol §1.2), their owners (§1.3) and the pages that only say who exists
// (§1.5).
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "platform/tiktok/check_alive.hpp"
#include "platform/tiktok/pages.hpp"
#include "platform/tiktok/room_info.hpp"

namespace vigie::platform::tiktok {
namespace {

const std::string a = "7684008970436823815";  // beyond 2^53
const std::string b = "7684008970436823816";
const std::string canary{canary_room};

std::string room(const std::string& id, bool is_alive) {
  return fmt::format(R"({{"alive":{},"room_id":{},"room_id_str":"{}"}})", is_alive, id, id);
}

RoomsAnswer batch(const std::string& rooms, int status = 200) {
  const auto body = R"({"data":[)" + rooms + R"(],"extra":{"now":1},"status_code":0})";
  const Answer answer{.status = status, .content_type = "application/json", .body = body};
  return decode_check_alive(answer, {a, b});
}

RoomsAnswer batch_of(std::string_view body, int status = 200,
                     std::string_view type = "application/json") {
  return decode_check_alive(Answer{.status = status, .content_type = type, .body = body}, {a, b});
}

std::optional<std::string> vector_file(const std::string& name) {
  const char* root = std::getenv("VIGIE_SOURCE_DIR");
  std::ifstream file{std::string{root == nullptr ? "." : root} + "/../shared/tiktok/vectors/" +
                     name};
  if (!file) {
    return std::nullopt;
  }
  return std::string{std::istreambuf_iterator<char>{file}, {}};
}

TEST(CheckAlive, SaysOfEachRoomWhetherItGoesOnInWhateverOrder) {
  const auto answer = batch(room(b, false) + "," + room(canary, false) + "," + room(a, true));

  EXPECT_EQ(answer.alive, (std::map<std::string, bool>{{a, true}, {b, false}}));
  EXPECT_EQ(answer.reason, "");
  EXPECT_FALSE(answer.poisoned);
}

TEST(CheckAlive, KeepsIdsThatAreOnlyNumbersExact) {
  const auto answer = batch(R"({"alive":true,"room_id":7684008970436823815},)"
                            R"({"alive":false,"room_id":6600000000000000001})");

  EXPECT_TRUE(answer.alive.at(a));
  EXPECT_EQ(answer.alive.size(), 1U);
}

TEST(CheckAlive, ThrowsEverythingAwayWhenADeadRoomIsCalledAlive) {
  const auto answer = batch(room(a, true) + "," + room(b, false) + "," + room(canary, true));

  EXPECT_TRUE(answer.poisoned);
  EXPECT_EQ(answer.reason, "poisoned");
  EXPECT_TRUE(answer.alive.empty());
  EXPECT_FALSE(answer.blocked);
}

TEST(CheckAlive, BelievesNoAnswerThatCannotBeTested) {
  EXPECT_EQ(batch(room(a, true)).reason, "no_canary");
  EXPECT_TRUE(batch(room(a, true)).alive.empty());
  EXPECT_TRUE(batch(room(a, true) + "," + room(a, false) + "," + room(canary, false)).poisoned);
}

TEST(CheckAlive, LeavesOutWhatWasNotAskedAndWhatIsNotSaid) {
  const auto answer = batch(room(canary, false) + "," + room("123", true) + R"(,{"room_id_str":")" +
                            a + R"("},{"alive":"yes","room_id_str":")" + b + R"("},7,null)");

  EXPECT_TRUE(answer.alive.empty());
  EXPECT_EQ(answer.reason, "");
}

TEST(CheckAlive, SaysWhyThereIsNothing) {
  EXPECT_EQ(batch_of("", 429).reason, "http_429");
  EXPECT_TRUE(batch_of("", 429).blocked);
  EXPECT_EQ(batch_of("<html>SlardarWAF</html>", 200, "text/html").reason, "waf");
  EXPECT_EQ(batch_of("<html>hello</html>", 200, "text/html").reason, "html");
  EXPECT_EQ(batch_of("").reason, "empty");
  EXPECT_EQ(batch_of("[1]").reason, "garbage");
  EXPECT_EQ(batch_of("{\"data\":[").reason, "garbage");
  EXPECT_EQ(batch_of(R"({"status_code":10011,"data":null})").reason, "code_10011");
  EXPECT_EQ(batch_of(R"({"status_code":0,"data":null})").reason, "no_data");
  EXPECT_EQ(batch_of("", 500).treatment, Treatment::failed);
}

TEST(CheckAlive, AsksForTheCanaryTooAndNeverForMoreThanFifty) {
  EXPECT_EQ(room_ids_of({}), canary);
  EXPECT_NE(room_ids_of({a, b}).find(canary), std::string::npos);
  EXPECT_EQ(room_ids_of({"../x", "", "0"}), canary);

  const auto ids = room_ids_of(std::vector<std::string>(80, a));
  EXPECT_EQ(std::count(ids.begin(), ids.end(), ','), 49);
  EXPECT_NE(ids.find(canary), std::string::npos);
}

TEST(RecordedAnswers, OfABatch) {
  const auto dead = vector_file("check_alive_dead_20260917.json");
  const auto poisoned = vector_file("check_alive_poisoned_20260715.json");
  if (!dead || !poisoned) {
    GTEST_SKIP() << "the recorded answers of check_alive are not here";
  }
  // Neither was asked with our canary: neither is believed.
  EXPECT_EQ(batch_of(*dead).reason, "no_canary");
  EXPECT_EQ(batch_of(*poisoned).reason, "no_canary");
}

Observation room_info(std::string_view status, std::string_view id = a,
                      std::string_view more = "") {
  const auto body = fmt::format(
      R"({{"status_code":0,"data":{{"id_str":"{}","status":{},"title":"T","start_time":1789072789,"user_count":5,{}"owner":{{"id_str":"42","display_id":"New.Name","nickname":"N"}}}}}})",
      id, status, more);
  return decode_room_info(Answer{.content_type = "application/json", .body = body}, a);
}

TEST(RoomInfo, KnowsItsOwnerWhateverTheirNameIsNow) {
  for (const auto* status : {"2", "3", "4", "9", "\"x\""}) {
    EXPECT_EQ(room_info(status).stable_id, "42") << status;
    EXPECT_EQ(room_info(status).username, "new.name") << status;
  }
}

TEST(RoomInfo, SaysOnAirOnlyForStatusTwoAndThree) {
  EXPECT_EQ(room_info("2", a, R"("stream_url":{},)").evidence, Evidence::live);
  EXPECT_EQ(room_info("2", a, R"("stream_url":{},)").live->viewers, 5);
  EXPECT_TRUE(room_info("2").live->restricted);
  EXPECT_EQ(room_info("3").evidence, Evidence::paused);
  EXPECT_EQ(room_info("4").evidence, Evidence::unknown);
  EXPECT_EQ(room_info("4").reason, "room_over");
  EXPECT_EQ(room_info("1").evidence, Evidence::unknown);
}

TEST(RoomInfo, BelievesNothingOfAnotherRoomOrARefusal) {
  EXPECT_EQ(room_info("2", b).reason, "other_room");
  EXPECT_TRUE(room_info("2", b).stable_id.empty());
  const auto of = [](std::string_view body) {
    return decode_room_info(Answer{.content_type = "application/json", .body = body}, a);
  };
  EXPECT_EQ(of(R"({"status_code":4003110,"data":{"prompts":""}})").reason, "restricted");
  EXPECT_EQ(of(R"({"status_code":10011})").reason, "code_10011");
  EXPECT_EQ(of("{}").reason, "garbage");
  EXPECT_EQ(of("").reason, "empty");
}

Observation profile(std::string_view state, std::string_view id, int status = 200) {
  const auto body =
      fmt::format(R"(<html><script id="{}" type="application/json">{}</script></html>)", id, state);
  return decode_profile(Answer{.status = status, .content_type = "text/html", .body = body},
                        "some.name");
}

Observation universal(std::string_view detail) {
  return profile(fmt::format(R"({{"__DEFAULT_SCOPE__":{{"webapp.user-detail":{}}}}})", detail),
                 "__UNIVERSAL_DATA_FOR_REHYDRATION__");
}

TEST(Profile, SaysWhoExistsAndWhoDoesNot) {
  const auto seen = universal(
      R"({"statusCode":0,"userInfo":{"user":{"id":"42","uniqueId":"Some.Name","nickname":"N"}}})");
  EXPECT_EQ(seen.evidence, Evidence::exists);
  EXPECT_EQ(seen.stable_id, "42");
  EXPECT_EQ(universal(R"({"statusCode":10202})").evidence, Evidence::absent);
  EXPECT_EQ(universal(R"({"statusCode":10221})").evidence, Evidence::absent);
  EXPECT_EQ(universal(R"({"statusCode":10222})").reason, "private");
  for (const auto* code : {"10231", "10245", "10223", "10225", "1"}) {
    EXPECT_EQ(universal(fmt::format(R"({{"statusCode":{}}})", code)).evidence, Evidence::unknown);
  }
}

TEST(Profile, NeverSaysWhoIsOnAir) {
  const auto page = profile(
      R"({"LiveRoom":{"liveRoomUserInfo":{"user":{"uniqueId":"some.name","status":2},"liveRoom":{"status":2}}}})",
      "SIGI_STATE");

  EXPECT_EQ(page.evidence, Evidence::exists);
  EXPECT_FALSE(page.live);
}

TEST(Profile, ConcludesNothingFromDoubt) {
  EXPECT_EQ(universal(R"({"statusCode":0,"userInfo":{"user":{"uniqueId":"other"}}})").reason,
            "name_mismatch");
  EXPECT_EQ(universal("[]").reason, "profile_unreadable");
  EXPECT_EQ(profile("{}", "SIGI_STATE").reason, "profile_unreadable");
  EXPECT_EQ(profile("{}", "elsewhere").reason, "profile_unreadable");
  EXPECT_EQ(profile("{}", "SIGI_STATE", 404).reason, "http_404");
  const Answer waf{.content_type = "text/html", .body = "<html>SlardarWAF</html>"};
  EXPECT_EQ(decode_profile(waf, "some.name").reason, "waf");
  EXPECT_EQ(decode_profile(Answer{}, "some.name").reason, "empty");
}

}  // namespace
}  // namespace vigie::platform::tiktok
