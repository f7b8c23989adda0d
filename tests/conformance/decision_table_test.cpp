// SPDX-License-Identifier: Apache-2.0
// From TikTok's bytes to what people are shown: every row of the protocol's table of statuses (§6)
// and of the failures that users of such tools suffer, as far as watching can fail them.
#include <gtest/gtest.h>

#include <chrono>

#include "platform/tiktok/api_live.hpp"
#include "platform/tiktok/check_alive.hpp"
#include "platform/tiktok/embed.hpp"
#include "platform/tiktok/pages.hpp"
#include "platform/tiktok/room_info.hpp"
#include "watch/decision.hpp"

namespace vigie::watch {
namespace {

using platform::Observation;
using platform::tiktok::Answer;
using std::chrono::minutes;
using std::chrono::seconds;

const Time noon = parse_rfc3339("2026-11-22T12:00:00Z").value();
constexpr Span soon{seconds{5}};
constexpr Span later{minutes{10}};
constexpr std::string_view streams = R"("streamData":{"pull_data":{}},)";

std::string told(int user, int room, std::string_view id = "7", std::string_view extra = streams,
                 std::string_view name = "Name") {
  return fmt::format(
      R"({{"statusCode":0,"data":{{"user":{{"id":"42","uniqueId":"{}","roomId":"{}","status":{}}},"liveRoom":{{{}"status":{},"startTime":1795348000}}}}}})",
      name, id, user, extra, room);
}

Observation api(const std::string& body, int status = 200,
                std::string_view type = "application/json") {
  return platform::tiktok::decode_api_live(
      Answer{.status = status, .content_type = type, .body = body}, "name");
}
Observation status(int number) {
  return api(told(number, number));
}
Observation no_such_user() {
  return api(R"({"statusCode":19881007,"message":"user_not_found","data":null})");
}
Observation embed(std::string_view info, int status = 200) {
  const auto body =
      status != 200
          ? std::string{"bad request"}
          : fmt::format(
                R"(<script id="__FRONTITY_CONNECT_STATE__">{{"source":{{"data":{{"/embed/@name":{{"userInfo":{}}}}}}}}}</script>)",
                info);
  return platform::tiktok::decode_embed(
      Answer{.status = status, .content_type = "text/html", .body = body}, "name");
}
Observation profile(int code) {
  const auto body = fmt::format(
      R"(<script id="__UNIVERSAL_DATA_FOR_REHYDRATION__">{{"__DEFAULT_SCOPE__":{{"webapp.user-detail":{{"statusCode":{},"userInfo":{{"user":{{"id":"42","uniqueId":"name"}}}}}}}}}}</script>)",
      code);
  return platform::tiktok::decode_profile(Answer{.content_type = "text/html", .body = body},
                                          "name");
}
Observation room_info(int status) {
  const auto body = fmt::format(
      R"({{"status_code":0,"data":{{"id_str":"7","status":{},"start_time":1795348000,"stream_url":{{}},"owner":{{"id_str":"42","display_id":"name"}}}}}})",
      status);
  return platform::tiktok::decode_room_info(
      Answer{.content_type = "application/json", .body = body}, "7");
}
Observation page(std::string_view words) {
  return api("<!DOCTYPE html><html>" + std::string{words} + "</html>", 200, "text/html");
}
Observation broken(Errc code) {
  return platform::tiktok::silence(Error{code, "x"});
}

struct Step {
  Observation seen;
  Span after{minutes{1}};  // the step before
};

// What a whole story ends in, begun by an account that nobody has looked at, that is active, or
// that is on air in room 7.
enum class Start : std::uint8_t { nothing, active, on_air };
struct Story {
  std::string name;
  Start start;
  std::vector<Step> steps;
  AccountStatus status;
  std::string reason;
  bool is_live_open;
};

Known begun(Start start) {
  Known known;
  if (start != Start::nothing) {
    known.status = start == Start::active ? AccountStatus::active : AccountStatus::live;
    known.status_at = noon;
    known.status_reason = "status_4";
    known.stable_id = "42";
  }
  if (start == Start::on_air) {
    OpenLive open;
    open.room = "7";
    open.started_at = Time{seconds{1'795'348'000}};
    known.live = open;
  }
  return known;
}

Known after(const Known& known, const Decision& decision) {
  auto next = known;
  next.status = decision.status;
  next.status_at = decision.status_at;
  next.status_reason = decision.status_reason;
  next.ending_since = decision.ending_since;
  next.negative_since = decision.negative_since;
  if (decision.ends) {
    next.live.reset();
  }
  if (decision.starts) {
    OpenLive open;
    open.room = decision.starts->room;
    open.started_at = decision.starts->started_at;
    open.state = decision.state;
    open.restricted = decision.starts->restricted;
    next.live = open;
  }
  if (decision.goes_on) {
    next.live->state = decision.state;
    next.live->restricted = decision.goes_on->restricted;
  }
  return next;
}

class EveryRow : public ::testing::TestWithParam<Story> {};

TEST_P(EveryRow, EndsAsTheTableSays) {
  const auto& story = GetParam();
  auto known = begun(story.start);
  const auto at_first = known;
  Time now = noon;
  bool confirmed = false;
  for (const auto& step : story.steps) {
    now += step.after;
    const auto decision = decide(known, step.seen, now);
    confirmed = confirmed || decision.status_at == now;
    known = after(known, decision);
  }

  EXPECT_EQ(known.status, story.status);
  EXPECT_EQ(known.status_reason, story.reason);
  EXPECT_EQ(static_cast<bool>(known.live), story.is_live_open);
  if (!confirmed) {
    EXPECT_EQ(known.status_at, at_first.status_at) << "doubt keeps the age of the last sure answer";
  }
}

using enum AccountStatus;

std::string row_name(const ::testing::TestParamInfo<Story>& info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(
    Live, EveryRow,
    ::testing::Values(
        Story{"Status2", Start::active, {{status(2)}}, live, "status_2", true},
        Story{"Status2FromNothing", Start::nothing, {{status(2)}}, live, "status_2", true},
        Story{"Status3IsLivePaused", Start::on_air, {{status(3)}}, live, "status_3", true},
        Story{"PauseNeverEnds",
              Start::on_air,
              {{status(3)}, {status(3), minutes{200}}, {status(2)}},
              live,
              "status_2",
              true},
        Story{"RoomInfoStatus2", Start::on_air, {{room_info(2)}}, live, "status_2", true},
        Story{
            "RoomInfoStatus4SaysNothing", Start::on_air, {{room_info(4)}}, live, "room_over", true},
        Story{"LoginRequiredIsLiveRestricted",
              Start::active,
              {{api(told(2, 2, "7", ""))}},
              live,
              "login_required",
              true},
        Story{
            "AgeRestrictedAndUserStatus2",
            Start::active,
            {{api(
                R"({"statusCode":4003110,"data":{"user":{"id":"42","uniqueId":"name","roomId":"7","status":2}}})")}},
            live,
            "age_restricted",
            true},
        Story{"CapitalsAreTheSameName",
              Start::active,
              {{api(told(2, 2, "7", streams, "NAME"))}},
              live,
              "status_2",
              true},
        Story{"AnotherRoomIsAnotherLive",
              Start::on_air,
              {{api(told(2, 2, "8"))}},
              live,
              "status_2",
              true}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Active, EveryRow,
    ::testing::Values(
        Story{"Status4", Start::nothing, {{status(4)}}, active, "status_4", false},
        Story{"Status4OnceEndsNothing", Start::on_air, {{status(4)}}, live, "ending", true},
        Story{"Status4TwiceEnds",
              Start::on_air,
              {{status(4)}, {status(4), soon}},
              active,
              "status_4",
              false},
        Story{"Status4TwiceAtOnceEndsNothing",
              Start::on_air,
              {{status(4)}, {status(4), seconds{1}}},
              live,
              "ending",
              true},
        Story{"Embed200",
              Start::nothing,
              {{no_such_user()}, {embed(R"({"uniqueId":"Name"})")}},
              active,
              "exists",
              false},
        Story{"ProfileStatusCode0", Start::nothing, {{profile(0)}}, active, "exists", false}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Offline, EveryRow,
    ::testing::Values(
        Story{"TwoNegativesTwiceTenMinutesApart",
              Start::active,
              {{no_such_user()},
               {embed(R"({"code":404})"), soon},
               {no_such_user(), later},
               {embed(R"({"code":404})"), soon}},
              offline,
              "absent",
              false},
        Story{"Profile10202And10221",
              Start::active,
              {{no_such_user()}, {profile(10202)}, {profile(10221), later}},
              offline,
              "absent",
              false},
        Story{"OneNegativeIsNotEnough",
              Start::active,
              {{no_such_user()}, {embed(R"({"code":404})")}},
              active,
              "absent_once",
              false},
        Story{"TwoTooCloseAreNotEnough",
              Start::active,
              {{embed(R"({"code":404})")}, {embed(R"({"code":404})"), minutes{9}}},
              active,
              "absent_once",
              false},
        Story{"AGoodAnswerBetweenBeginsAgain",
              Start::active,
              {{embed(R"({"code":404})")}, {status(4)}, {embed(R"({"code":404})"), later}},
              active,
              "absent_once",
              false},
        Story{"Embed400SaysPrivateOrAbsent",
              Start::active,
              {{no_such_user()}, {embed("", 400), soon}, {embed("", 400), later}},
              active,
              "private_or_absent",
              false},
        Story{"Profile10222SaysPrivate",
              Start::active,
              {{profile(10222)}, {profile(10222), later}},
              active,
              "private",
              false},
        Story{"BackOnAirAtOneGoodAnswer",
              Start::active,
              {{embed(R"({"code":404})")}, {embed(R"({"code":404})"), later}, {status(2)}},
              live,
              "status_2",
              true}),
    row_name);

Story doubt(std::string name, Observation seen, std::string reason) {
  return {std::move(name),   Start::on_air, {{seen}, {seen, later}, {seen, later}}, live,
          std::move(reason), true};
}

INSTANTIATE_TEST_SUITE_P(
    Unknown, EveryRow,
    ::testing::Values(
        doubt("Timeout", broken(Errc::timeout), "timeout"),
        doubt("Reset", broken(Errc::unavailable), "unreachable"),
        doubt("TooLarge", broken(Errc::corrupt), "garbage"),
        doubt("Forbidden", api("", 403), "http_403"), doubt("TooMany", api("", 429), "http_429"),
        doubt("ServerError", api("", 500), "http_500"), doubt("Waf", page("SlardarWAF"), "waf"),
        doubt("Captcha", page("tiktok-verify-page"), "captcha"),
        doubt("LoginWall", page("login-title"), "login"),
        doubt("Region", page("discontinued operating TikTok"), "region"),
        doubt("HtmlForJson", page("hello"), "html"), doubt("EmptyBody", api(""), "empty"),
        doubt("ParamsError", api(R"({"statusCode":19881005})"), "params_error"),
        doubt("RestrictedAlone", api(R"({"statusCode":4003110,"data":{"prompts":""}})"),
              "restricted"),
        doubt("UserNotFoundAlone", no_such_user(), "user_not_found"),
        doubt("MayFault404000", api(R"({"statusCode":404000})"), "code_404000"),
        doubt("Status0", status(0), "status_0"), doubt("Status1", status(1), "status_1"),
        doubt("Status5", status(5), "status_5"),
        doubt("Contradiction", api(told(4, 2)), "contradiction"),
        doubt("OtherName", api(told(4, 4, "7", streams, "other")), "name_mismatch"),
        doubt(
            "SomebodyElse",
            api(R"({"statusCode":0,"data":{"user":{"id":"43","uniqueId":"name","status":4},"liveRoom":{"status":4}}})"),
            "other_account")),
    row_name);

// Rows of failures.md that are about watching; 6, 8, 9 are the socket's, 12 to 14 the capture's.
INSTANTIATE_TEST_SUITE_P(
    Failures, EveryRow,
    ::testing::Values(
        doubt("No1CaptchaPage", page("Verify to continue"), "captcha"),
        doubt("No2FalseOffline", no_such_user(), "user_not_found"),
        Story{"No4StaleRoomOfWhoIsNotOnAir",
              Start::active,
              {{api(told(4, 4, "7"))}},
              active,
              "status_4",
              false},
        Story{"No5UserNotFoundWhileOnAir",
              Start::on_air,
              {{no_such_user()},
               {embed(R"({"uniqueId":"name"})"), soon},
               {no_such_user(), later},
               {status(2)}},
              live,
              "status_2",
              true},
        Story{
            "No7RestrictedIsLiveWithoutSound",
            Start::on_air,
            {{api(
                R"({"statusCode":4003110,"data":{"user":{"id":"42","uniqueId":"name","roomId":"7","status":2}}})")}},
            live,
            "age_restricted",
            true},
        Story{"No10EndThroughDoubt",
              Start::on_air,
              {{status(4)}, {page("SlardarWAF")}, {status(4), later}},
              active,
              "status_4",
              false},
        Story{"No11PauseIsNotTheEnd",
              Start::on_air,
              {{status(3)}, {status(3), minutes{90}}},
              live,
              "status_3",
              true},
        doubt("No15BlockedForTooMany", api("", 429), "http_429")),
    row_name);

TEST(EveryRow, No3AFalseLiveOfCheckAliveIsNoEvidenceAtAll) {
  const auto body = fmt::format(
      R"({{"status_code":0,"data":[{{"alive":true,"room_id_str":"7"}},{{"alive":true,"room_id_str":"{}"}}]}})",
      platform::tiktok::canary_room);
  const Answer answer{.content_type = "application/json", .body = body};

  const auto lie = platform::tiktok::decode_check_alive(answer, {"7"});

  EXPECT_TRUE(lie.poisoned);
  EXPECT_TRUE(lie.alive.empty());
}

TEST(EveryRow, AContradictionIsAskedAboutAgainSoonButOnce) {
  const auto odd = api(told(2, 4));
  const auto known = begun(Start::active);

  const auto first = decide(known, odd, noon);
  EXPECT_TRUE(first.asks_again_soon);
  EXPECT_FALSE(decide(after(known, first), odd, noon + soon).asks_again_soon);
}

TEST(EveryRow, WhoIsUnknownOrReplacedIsLookedForByTheirStableId) {
  EXPECT_TRUE(decide(begun(Start::active), no_such_user(), noon).wants_owner);
  EXPECT_FALSE(decide(begun(Start::nothing), no_such_user(), noon).wants_owner);
  const auto replaced = api(
      R"({"statusCode":0,"data":{"user":{"id":"43","uniqueId":"name","status":2,"roomId":"9"},"liveRoom":{"status":2}}})");
  const auto decision = decide(begun(Start::on_air), replaced, noon);
  EXPECT_TRUE(decision.wants_owner);
  EXPECT_FALSE(decision.starts);
  EXPECT_FALSE(decision.ends);
}

}  // namespace
}  // namespace vigie::watch
