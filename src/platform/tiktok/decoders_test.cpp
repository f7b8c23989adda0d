// SPDX-License-Identifier: Apache-2.0
// Every row of the protocol's tables (§1.1, §1.3, §1.6, §2, §6), on recorded answers where there
// are any.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "base/json.hpp"
#include "platform/tiktok/api_live.hpp"
#include "platform/tiktok/embed.hpp"
#include "platform/tiktok/streams.hpp"

namespace vigie::platform::tiktok {
namespace {

constexpr std::string_view streams =
    R"("streamData":{"pull_data":{"stream_data":"{\"data\":{\"ao\":{\"main\":{\"flv\":\"https://pull-f5.tiktokcdn.com/ao.flv?only_audio=1\"}}}}"}})";

std::string live_answer(int user_status, int room_status, std::string_view extra = streams,
                        std::string_view start = "1789072789") {
  std::string body = fmt::format(
      R"({{"statusCode":0,"message":"","data":{{"user":{{"id":"6700000000000000001","uniqueId":"Some.Name","nickname":"N","roomId":"7600000000000000001","status":{}}},"stats":{{"followerCount":1234}},"liveRoom":{{"status":{},"title":"Bonjour","startTime":{},"liveRoomStats":{{"userCount":77}})",
      user_status, room_status, start);
  if (!extra.empty()) {
    body += "," + std::string{extra};
  }
  return body + "}}}";
}

Observation api_live(std::string_view body, int status = 200,
                     std::string_view type = "application/json") {
  return decode_api_live(Answer{.status = status, .content_type = type, .body = body}, "some.name");
}

Observation embed(std::string_view body, int status = 200) {
  return decode_embed(Answer{.status = status, .content_type = "text/html", .body = body},
                      "some.name");
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

#define WITH_VECTOR(body, name)                                       \
  const auto body = vector_file(name);                                \
  if (!body) {                                                        \
    GTEST_SKIP() << "the recorded answer " << name << " is not here"; \
  }

TEST(ApiLive, ReadsALiveWithAllItsFacts) {
  const auto seen = api_live(live_answer(2, 2));

  EXPECT_EQ(seen.evidence, Evidence::live);
  EXPECT_EQ(seen.reason, "status_2");
  EXPECT_EQ(seen.stable_id, "6700000000000000001");
  EXPECT_EQ(seen.followers, 1234);
  ASSERT_TRUE(seen.live);
  EXPECT_EQ(seen.live->room, "7600000000000000001");
  EXPECT_EQ(seen.live->title, "Bonjour");
  EXPECT_EQ(seen.live->viewers, 77);
  EXPECT_EQ(to_rfc3339(seen.live->started_at), "2026-09-10T20:39:49.000Z");
  EXPECT_FALSE(seen.live->restricted);
  EXPECT_FALSE(seen.blocked);
}

TEST(ApiLive, CallsALiveWithoutStreamsRestricted) {
  const auto seen = api_live(live_answer(2, 2, ""));

  EXPECT_EQ(seen.evidence, Evidence::live);
  EXPECT_EQ(seen.reason, "login_required");
  ASSERT_TRUE(seen.live);
  EXPECT_TRUE(seen.live->restricted);
}

TEST(ApiLive, TakesAPauseForThePauseOfTheSameLive) {
  const auto seen = api_live(live_answer(3, 3, ""));

  EXPECT_EQ(seen.evidence, Evidence::paused);
  ASSERT_TRUE(seen.live);
  EXPECT_FALSE(seen.live->restricted);
}

TEST(ApiLive, LeavesAnUnlikelyStartOpen) {
  for (const auto* start : {"0", "-5", "\"x\"", "null", "1", "99999999999999"}) {
    const auto seen = api_live(live_answer(2, 2, streams, start));

    ASSERT_TRUE(seen.live) << start;
    EXPECT_EQ(seen.live->started_at, Time{}) << start;
  }
}

struct Row {
  std::string name;
  std::string body;
  int status;
  std::string type;
  Evidence evidence;
  std::string reason;
  bool is_blocked;
};

const std::string waf_page =
    R"(<!DOCTYPE html><html><head><script id="slardar-config">{"slardarClient":"SlardarWAF"}</script></head><body> Please wait...</body></html>)";

class EveryAnswer : public ::testing::TestWithParam<Row> {};

TEST_P(EveryAnswer, ProvesWhatTheProtocolSaysAndNoMore) {
  const auto& row = GetParam();

  const auto seen = api_live(row.body, row.status, row.type);

  EXPECT_EQ(seen.evidence, row.evidence);
  EXPECT_EQ(seen.reason, row.reason);
  EXPECT_EQ(seen.blocked, row.is_blocked);
  EXPECT_EQ(seen.live.has_value(),
            row.evidence == Evidence::live || row.evidence == Evidence::paused);
}

const std::string json_type = "application/json";
const std::string html_type = "text/html; charset=utf-8";

INSTANTIATE_TEST_SUITE_P(
    Protocol, EveryAnswer,
    ::testing::Values(
        Row{"Over", live_answer(4, 4), 200, json_type, Evidence::not_live, "status_4", false},
        Row{"StatusOne", live_answer(1, 1), 200, json_type, Evidence::unknown, "status_1", false},
        Row{"StatusZero", live_answer(0, 0), 200, json_type, Evidence::unknown, "status_0", false},
        Row{"StatusFive", live_answer(5, 5), 200, json_type, Evidence::unknown, "status_5", false},
        Row{"Contradiction", live_answer(4, 2), 200, json_type, Evidence::unknown, "contradiction",
            false},
        Row{"OtherName", R"({"statusCode":0,"data":{"user":{"uniqueId":"other","status":2}}})", 200,
            json_type, Evidence::unknown, "name_mismatch", false},
        Row{"NoData", R"({"statusCode":0,"data":null})", 200, json_type, Evidence::unknown,
            "no_data", false},
        Row{"NoRoom",
            R"({"statusCode":0,"data":{"user":{"uniqueId":"some.name","status":2,"roomId":""},"liveRoom":{"status":2}}})",
            200, json_type, Evidence::unknown, "no_room", false},
        Row{"StrangeRoom",
            R"({"statusCode":0,"data":{"user":{"uniqueId":"some.name","status":2,"roomId":"../x"},"liveRoom":{"status":2}}})",
            200, json_type, Evidence::unknown, "no_room", false},
        Row{"NoStatus", R"({"statusCode":0,"data":{"user":{"uniqueId":"some.name"}}})", 200,
            json_type, Evidence::unknown, "no_status", false},
        Row{"NotFound", R"({"statusCode":19881007,"message":"user_not_found","data":null})", 200,
            json_type, Evidence::not_found, "user_not_found", false},
        Row{"ParamsError", R"({"statusCode":19881005,"message":"params_error","data":null})", 200,
            json_type, Evidence::unknown, "params_error", false},
        Row{"RestrictedAlone", R"({"statusCode":4003110,"data":{"prompts":""}})", 200, json_type,
            Evidence::unknown, "restricted", false},
        Row{"RestrictedAndLive",
            R"({"statusCode":4003110,"data":{"user":{"uniqueId":"some.name","status":2,"roomId":"7600000000000000001"}}})",
            200, json_type, Evidence::live, "age_restricted", false},
        Row{"MayFault", R"({"statusCode":404000,"data":null})", 200, json_type, Evidence::unknown,
            "code_404000", false},
        Row{"Waf", waf_page, 200, html_type, Evidence::unknown, "waf", true},
        Row{"WafCalledJson", waf_page, 200, json_type, Evidence::unknown, "waf", true},
        Row{"WafWith403", waf_page, 403, html_type, Evidence::unknown, "waf", true},
        Row{"Captcha", R"(<html><div id="tiktok-verify-page"></div></html>)", 200, html_type,
            Evidence::unknown, "captcha", true},
        Row{"LoginPage", R"(<html><div class="login-title">Log in</div></html>)", 200, html_type,
            Evidence::unknown, "login", true},
        Row{"ClosedRegion",
            "<html>We regret to inform you that we have discontinued operating TikTok</html>", 200,
            html_type, Evidence::unknown, "region", true},
        Row{"SomeHtml", "<html><body>Hello</body></html>", 200, html_type, Evidence::unknown,
            "html", true},
        Row{"Empty", "", 200, json_type, Evidence::unknown, "empty", true},
        Row{"Blank", " \n ", 200, json_type, Evidence::unknown, "empty", true},
        Row{"Forbidden", "{}", 403, json_type, Evidence::unknown, "http_403", true},
        Row{"TooMany", "", 429, json_type, Evidence::unknown, "http_429", true},
        Row{"ServerError", "oops", 500, "text/plain", Evidence::unknown, "http_500", false},
        Row{"OddStatus", R"({"error":1})", 404, json_type, Evidence::unknown, "http_404", false},
        Row{"LiveWithOddStatus", live_answer(2, 2), 404, json_type, Evidence::unknown, "http_404",
            false},
        Row{"Garbage", "\x01\x02garbage", 200, json_type, Evidence::unknown, "garbage", false},
        Row{"HalfAnAnswer", live_answer(2, 2).substr(0, 200), 200, json_type, Evidence::unknown,
            "garbage", false},
        Row{"AList", "[1,2]", 200, json_type, Evidence::unknown, "garbage", false},
        Row{"CodeAsText", R"({"statusCode":"0"})", 200, json_type, Evidence::unknown, "garbage",
            false},
        Row{"TooDeep",
            R"({"statusCode":0,"x":)" + std::string(200, '[') + std::string(200, ']') + "}", 200,
            json_type, Evidence::unknown, "garbage", false},
        Row{"Redirect", "", 302, html_type, Evidence::unknown, "redirect", true}),
    [](const auto& info) { return info.param.name; });

TEST(ApiLive, KnowsTheLoginWallByItsRedirect) {
  const Answer answer{.status = 302, .location = "https://www.tiktok.com/login?redirect_url=x"};

  EXPECT_EQ(decode_api_live(answer, "some.name").reason, "login");
}

TEST(ApiLive, PassesRetryAfterOn) {
  const Answer answer{.status = 429, .retry_after = std::chrono::seconds{120}};

  EXPECT_EQ(decode_api_live(answer, "some.name").retry_after, std::chrono::seconds{120});
}

TEST(ApiLive, CleansWhatPeopleWrite) {
  auto body = live_answer(2, 2);
  body.replace(body.find("Bonjour"), 7, R"(a‮b\u0000c)");

  const auto seen = api_live(body);

  ASSERT_TRUE(seen.live);
  EXPECT_EQ(seen.live->title, "abc");
}

TEST(RecordedAnswers, OfAnAccountThatIsNotOnAir) {
  WITH_VECTOR(body, "api_live_offline_partial_20260917.json");
  const Answer answer{.content_type = json_type, .body = *body};
  EXPECT_EQ(decode_api_live(answer, "compte_exemple").evidence, Evidence::not_live);
}

TEST(RecordedAnswers, OfAnUnknownName) {
  WITH_VECTOR(body, "api_live_user_not_found_20260917.json");
  EXPECT_EQ(api_live(*body).evidence, Evidence::not_found);
}

TEST(RecordedAnswers, OfAWrongRequest) {
  WITH_VECTOR(body, "api_live_params_error_20260917.json");
  EXPECT_EQ(api_live(*body).reason, "params_error");
}

TEST(RecordedAnswers, OfTheWaf) {
  WITH_VECTOR(body, "waf_challenge_trimmed.html");
  EXPECT_EQ(api_live(*body, 200, html_type).reason, "waf");
}

TEST(RecordedAnswers, OfARoomWithStreams) {
  WITH_VECTOR(body, "room_enter_live_20250512_pseudo.json");

  const auto address = stream_in_room_info(*body);

  ASSERT_TRUE(address) << address.error().what;
  EXPECT_TRUE(address->audio_only);
  EXPECT_EQ(address->kind, StreamAddress::Kind::flv);
  EXPECT_NE(address->url.find("only_audio=1"), std::string::npos);
}

TEST(RecordedAnswers, OfARestrictedRoom) {
  WITH_VECTOR(body, "room_info_restricted_4003110_20260311.json");
  EXPECT_EQ(stream_in_room_info(*body).error().code, Errc::denied);
}

TEST(RecordedAnswers, OfARoomNobodyKnows) {
  WITH_VECTOR(body, "room_info_params_error_10011_20240607.json");
  EXPECT_EQ(stream_in_room_info(*body).error().code, Errc::unavailable);
}

TEST(RecordedAnswers, OfOldStreams) {
  WITH_VECTOR(body, "room_info_stream_url_partial_202303.json");

  const auto address = choose_stream(parse_json(*body).value());

  ASSERT_TRUE(address);
  EXPECT_EQ(address->url, "https://pull-f5-va01.tiktokcdn.com/stage/stream-xxx_hd.flv");
}

Result<StreamAddress> choose(std::string_view nested, std::string_view rest = "") {
  json::object pull_data;
  pull_data["stream_data"] = std::string{nested};
  json::object value;
  value["pull_data"] = std::move(pull_data);
  if (!rest.empty()) {
    value["hls_pull_url"] = std::string{rest};
  }
  return choose_stream(json::value(std::move(value)));
}

TEST(StreamChoice, PrefersSoundAlone) {
  const auto address = choose(
      R"({"data":{"hd":{"main":{"flv":"https://h/hd.flv","sdk_params":"{\"vbitrate\":1}"}},"ao":{"main":{"flv":"https://h/ao.flv"}}}})");

  ASSERT_TRUE(address);
  EXPECT_EQ(address->url, "https://h/ao.flv");
  EXPECT_TRUE(address->audio_only);
}

TEST(StreamChoice, TakesTheLowestBitRateElse) {
  const auto address = choose(
      R"({"data":{"origin":{"main":{"flv":"https://h/o.flv"}},"hd":{"main":{"flv":"https://h/hd.flv","sdk_params":"{\"vbitrate\":2000}"}},"ld":{"main":{"flv":"https://h/ld.flv","sdk_params":"{\"vbitrate\":500}"}},"ao":{"main":{"flv":""}}}})");

  ASSERT_TRUE(address);
  EXPECT_EQ(address->url, "https://h/ld.flv");
  EXPECT_FALSE(address->audio_only);
}

TEST(StreamChoice, TakesHlsOnlyAtLast) {
  const auto address = choose(R"({"data":{"hd":{"main":{"flv":"","hls":"https://h/x.m3u8"}}}})");

  ASSERT_TRUE(address);
  EXPECT_EQ(address->kind, StreamAddress::Kind::hls);
  EXPECT_EQ(choose("not json", "https://h/y.m3u8")->url, "https://h/y.m3u8");
}

TEST(StreamChoice, RefusesWhatIsNoAddress) {
  EXPECT_EQ(choose(R"({"data":{"ao":{"main":{"flv":"file:///etc/passwd"}}}})").error().code,
            Errc::corrupt);
  EXPECT_EQ(choose("").error().code, Errc::corrupt);
  EXPECT_EQ(choose(R"({"data":[1]})").error().code, Errc::corrupt);
  EXPECT_EQ(choose(std::string(300 * 1024, ' ')).error().code, Errc::corrupt);
}

TEST(Streams, SayWhyThereIsNoAddress) {
  const auto ask = [](std::string_view body, std::string_view room = "7600000000000000001") {
    return stream_in_api_live(Answer{.content_type = json_type, .body = body}, "some.name", room);
  };

  EXPECT_TRUE(ask(live_answer(2, 2)));
  EXPECT_EQ(ask(live_answer(4, 4)).error().code, Errc::not_found);
  EXPECT_EQ(ask(live_answer(2, 2), "1").error().code, Errc::not_found);
  EXPECT_EQ(ask(live_answer(3, 3)).error().code, Errc::unavailable);
  EXPECT_EQ(ask(live_answer(2, 2, "")).error().code, Errc::denied);
  EXPECT_EQ(ask(live_answer(2, 2, "")).error().what, "login_required");
  EXPECT_EQ(ask(waf_page).error().code, Errc::rate_limited);
  EXPECT_EQ(ask(R"({"statusCode":19881007})").error().code, Errc::unavailable);
}

std::string embed_page(std::string_view info, std::string_view name = "some.name") {
  return fmt::format(
      R"(<html><script id="__FRONTITY_CONNECT_STATE__" type="application/json">{{"source":{{"data":{{"/embed/@{}":{{"userInfo":{}}}}}}}}}</script></html>)",
      name, info);
}

TEST(Embed, SaysWhetherAnAccountExists) {
  EXPECT_EQ(embed(embed_page(R"({"uniqueId":"Some.Name","nickname":"N"})")).evidence,
            Evidence::exists);
  EXPECT_EQ(embed(embed_page(R"({"code":404})")).evidence, Evidence::absent);
}

TEST(Embed, ConcludesNothingFromDoubt) {
  EXPECT_EQ(embed("bad request", 400).reason, "private_or_absent");
  EXPECT_EQ(embed("bad request", 400).evidence, Evidence::unknown);
  EXPECT_EQ(embed(embed_page(R"({"uniqueId":"other"})")).reason, "name_mismatch");
  EXPECT_EQ(embed(embed_page(R"({"code":404})", "other")).reason, "embed_unreadable");
  EXPECT_EQ(embed(embed_page("[]")).evidence, Evidence::unknown);
  EXPECT_EQ(embed("<html></html>").reason, "embed_unreadable");
  EXPECT_EQ(embed(waf_page).reason, "waf");
  EXPECT_TRUE(embed(waf_page).blocked);
  EXPECT_EQ(embed("", 403).reason, "http_403");
  EXPECT_EQ(embed("", 404).evidence, Evidence::unknown);
}

TEST(Silence, IsUnknownAndNobodysRefusal) {
  for (const auto code : {Errc::timeout, Errc::unavailable, Errc::corrupt}) {
    const auto seen = silence(Error{code, ""});

    EXPECT_EQ(seen.evidence, Evidence::unknown);
    EXPECT_EQ(seen.treatment, Treatment::failed);
    EXPECT_FALSE(seen.blocked);
  }
  EXPECT_EQ(silence(Error{Errc::timeout, ""}).reason, "timeout");
  EXPECT_EQ(silence(Error{Errc::denied, ""}).treatment, Treatment::served);
}

TEST(Refusals, AreToldFromFaultsAndFromAWishForLess) {
  const auto treatment = [](int status, std::string_view body, int retry_after_s = 0) {
    return decode_api_live(Answer{.status = status,
                                  .body = body,
                                  .retry_after = std::chrono::seconds{retry_after_s}},
                           "some.name")
        .treatment;
  };

  EXPECT_EQ(treatment(429, ""), Treatment::throttled);
  EXPECT_EQ(treatment(503, "", 30), Treatment::throttled);
  EXPECT_EQ(treatment(503, ""), Treatment::failed);
  EXPECT_EQ(treatment(500, "oops"), Treatment::failed);
  EXPECT_EQ(treatment(200, "{\"statusCode\""), Treatment::failed);
  EXPECT_EQ(treatment(500, waf_page), Treatment::blocked);
  EXPECT_EQ(treatment(200, waf_page), Treatment::blocked);
  EXPECT_EQ(treatment(403, "{}"), Treatment::blocked);
  EXPECT_EQ(treatment(200, ""), Treatment::blocked);
  EXPECT_EQ(treatment(200, R"({"statusCode":19881007})"), Treatment::served);
}

}  // namespace
}  // namespace vigie::platform::tiktok
