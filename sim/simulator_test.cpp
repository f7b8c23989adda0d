// SPDX-License-Identifier: Apache-2.0
#include "sim/simulator.hpp"

#include "sim/sim_testing.hpp"

namespace vigie::sim {
namespace {

using std::chrono::seconds;
using testing::Rig;

TEST(Simulator, AnswersAboutALiveAsApiLiveDoes) {
  Rig rig;

  const auto answer = rig.api_live("vigie_live");

  EXPECT_EQ(get_integer(answer, "statusCode"), 0);
  EXPECT_EQ(get_string(answer, "data.user.uniqueId"), "vigie_live");
  EXPECT_EQ(get_integer(answer, "data.user.status"), 2);
  EXPECT_EQ(get_integer(answer, "data.liveRoom.status"), 2);
  EXPECT_EQ(get_string(answer, "data.user.roomId")->size(), 19U);
  EXPECT_EQ(get_integer(answer, "data.liveRoom.startTime"),
            std::chrono::floor<seconds>(rig.clock.now()).time_since_epoch().count());
  EXPECT_EQ(get_integer(answer, "data.stats.followerCount"), 1200);
  EXPECT_GT(get_integer(answer, "data.liveRoom.liveRoomStats.userCount"), 0);
  const auto stream = rig.stream_of("vigie_live");
  EXPECT_TRUE(stream.starts_with(rig.simulator->url() + "/stream/")) << stream;
  EXPECT_NE(stream.find("&only_audio=1"), std::string::npos);
}

TEST(Simulator, HasTheAccountsOfTheContract) {
  Rig rig;

  EXPECT_EQ(get_integer(rig.api_live("vigie_offline"), "data.liveRoom.status"), 4);
  EXPECT_NE(rig.room_of("vigie_offline"), "");
  EXPECT_EQ(get_integer(rig.api_live("vigie_paused"), "data.liveRoom.status"), 3);
  EXPECT_EQ(get_integer(rig.api_live("vigie_end"), "data.liveRoom.status"), 2);
  for (const auto* user :
       {"vigie_absent", "vigie_private", "vigie_ghost", "nobody", "VIGIE_LIVE"}) {
    const auto answer = rig.api_live(user);
    EXPECT_EQ(get_integer(answer, "statusCode"), 19'881'007) << user;
    EXPECT_EQ(get_string(answer, "message"), "user_not_found") << user;
    EXPECT_TRUE(answer.at("data").is_null()) << user;
  }
  const auto restricted = rig.api_live("vigie_age");
  EXPECT_EQ(get_integer(restricted, "statusCode"), 4'003'110);
  EXPECT_EQ(get_integer(restricted, "data.user.status"), 2);
  EXPECT_EQ(find(restricted, "data.liveRoom"), nullptr);
}

TEST(Simulator, RefusesRequestsWithoutTheirParameters) {
  Rig rig;

  EXPECT_EQ(get_integer(rig.get_json("/api-live/user/room/?uniqueId=vigie_live"), "statusCode"),
            19'881'005);
  EXPECT_EQ(get_integer(rig.get_json("/api-live/user/room?aid=1988"), "statusCode"), 19'881'005);
  EXPECT_EQ(get_integer(rig.get_json("/webcast/room/info/?aid=1988"), "status_code"), 10'011);
  EXPECT_EQ(rig.get("/nothing/here").status, 404);
}

TEST(Simulator, TellsWhichRoomsAreAlive) {
  Rig rig;
  const auto live = rig.room_of("vigie_live");
  const auto over = rig.room_of("vigie_offline");
  const auto target = "/webcast/room/check_alive/?aid=1988&room_ids=" + live + ",123," + over;

  const auto honest = rig.get_json(target);
  rig.get("/__sim/mode?mode=poison");
  const auto poisoned = rig.get_json(target);

  const auto& data = honest.at("data").as_array();
  ASSERT_EQ(data.size(), 3U);
  EXPECT_EQ(get_string(data[0], "room_id_str"), live);
  EXPECT_EQ(std::to_string(get_integer(data[0], "room_id").value()), live);
  EXPECT_EQ(get_bool(data[0], "alive"), true);
  EXPECT_EQ(get_bool(data[1], "alive"), false);
  EXPECT_EQ(get_bool(data[2], "alive"), false);
  EXPECT_EQ(get_bool(poisoned.at("data").as_array()[1], "alive"), true);
}

TEST(Simulator, GivesARoomsFactsAndStreams) {
  Rig rig;
  const auto info = [&rig](const std::string& user) {
    return rig.get_json("/webcast/room/info/?aid=1988&room_id=" + rig.room_of(user));
  };

  const auto live = info("vigie_live");
  EXPECT_EQ(get_integer(live, "data.status"), 2);
  EXPECT_EQ(get_string(live, "data.owner.display_id"), "vigie_live");
  EXPECT_TRUE(get_string(live, "data.stream_url.flv_pull_url.SD1").has_value());
  EXPECT_TRUE(
      get_string(live, "data.stream_url.live_core_sdk_data.pull_data.stream_data").has_value());
  EXPECT_EQ(get_integer(info("vigie_offline"), "data.status"), 4);
  EXPECT_EQ(get_integer(info("vigie_age"), "status_code"), 4'003'110);
}

TEST(Simulator, TheGhostIsOnlyFoundByItsRoom) {
  Rig rig;
  const auto profile = rig.get("/@vigie_ghost").body;
  const auto at = profile.find("\"roomId\":\"");
  ASSERT_NE(at, std::string::npos);
  const auto room = profile.substr(at + 10, 19);

  EXPECT_EQ(
      get_integer(rig.get_json("/webcast/room/info/?aid=1988&room_id=" + room), "data.status"), 2);
}

TEST(Simulator, ShowsPagesWithTheirState) {
  Rig rig;

  const auto embed = rig.get("/embed/@vigie_offline");
  EXPECT_EQ(embed.status, 200);
  EXPECT_NE(embed.body.find("__FRONTITY_CONNECT_STATE__"), std::string::npos);
  EXPECT_NE(embed.body.find("\"uniqueId\":\"vigie_offline\""), std::string::npos);
  EXPECT_NE(rig.get("/embed/@vigie_absent").body.find("\"userInfo\":{\"code\":404}"),
            std::string::npos);
  EXPECT_EQ(rig.get("/embed/@vigie_private").status, 400);
  EXPECT_EQ(rig.get("/oembed?url=https://www.tiktok.com/@vigie_live").status, 200);
  EXPECT_EQ(rig.get("/oembed?url=https://www.tiktok.com/@vigie_absent").status, 400);
  EXPECT_NE(rig.get("/@vigie_live/live").body.find("\"liveRoomUserInfo\""), std::string::npos);
  EXPECT_NE(rig.get("/@vigie_private").body.find("10222"), std::string::npos);
}

TEST(Simulator, APageCannotBeLeftThroughAName) {
  Scenario scenario;
  AccountPlan account;
  account.username = "sneaky";
  account.nickname = "</script><script>alert(1)</script>";
  scenario.accounts.push_back(account);
  Rig rig{scenario};

  EXPECT_EQ(rig.get("/embed/@sneaky").body.find("<script>alert"), std::string::npos);
}

TEST(Simulator, IsTurnedByHand) {
  Rig rig;

  EXPECT_EQ(rig.get("/__sim/emit?user=vigie_end&what=pause").status, 200);
  EXPECT_EQ(get_integer(rig.api_live("vigie_end"), "data.liveRoom.status"), 3);
  EXPECT_EQ(rig.get("/__sim/emit?user=vigie_end&what=unpause").status, 200);
  EXPECT_EQ(rig.get("/__sim/emit?user=vigie_end&what=viewers&count=777").status, 200);
  EXPECT_EQ(get_integer(rig.api_live("vigie_end"), "data.liveRoom.liveRoomStats.userCount"), 777);
  EXPECT_EQ(rig.get("/__sim/emit?user=vigie_end&what=end").status, 200);
  EXPECT_EQ(get_integer(rig.api_live("vigie_end"), "data.liveRoom.status"), 4);
  EXPECT_EQ(rig.get("/__sim/set?user=brand.new&status=2&title=Bonjour%20%C3%A0%20tous").status,
            200);
  EXPECT_EQ(get_string(rig.api_live("brand.new"), "data.liveRoom.title"), "Bonjour à tous");
}

TEST(Simulator, SaysWhatIsWrongWithAControl) {
  Rig rig;

  EXPECT_EQ(rig.get("/__sim/set?user=vigie_live&status=many").status, 400);
  EXPECT_EQ(rig.get("/__sim/set?user=Not%20A%20Name&status=2").status, 400);
  EXPECT_EQ(rig.get("/__sim/set?user=vigie_live&status=2&audio=no_such_file.wav").status, 404);
  EXPECT_EQ(rig.get("/__sim/emit?user=nobody&what=end").status, 404);
  EXPECT_EQ(rig.get("/__sim/emit?user=vigie_live&what=unpause").status, 409);
  EXPECT_EQ(rig.get("/__sim/mode?mode=bad").status, 400);
  EXPECT_EQ(rig.get("/__sim/scenario").status, 405);
  EXPECT_EQ(rig.get("/__sim/unknown").status, 404);
  const auto refused = rig.post("/__sim/scenario", "accounts:\n  - user: a\n");
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("scenario:2: "), std::string::npos) << refused.body;
}

TEST(Simulator, PlaysAScenarioSentLater) {
  Rig rig;
  rig.clock.advance(seconds{100});

  const auto played = rig.post(
      "/__sim/scenario", "accounts: [{username: late, lives: [{start: 5s, title: Plus tard}]}]\n");
  const auto before = rig.api_live("late");
  rig.clock.advance(seconds{5});
  const auto after = rig.api_live("late");

  EXPECT_EQ(played.status, 200) << played.body;
  EXPECT_EQ(get_integer(before, "data.liveRoom.status"), 4);
  EXPECT_EQ(get_integer(after, "data.liveRoom.status"), 2);
}

TEST(Simulator, MisbehavesAsTold) {
  Rig rig;
  const std::string target = "/api-live/user/room/?aid=1988&uniqueId=vigie_live";
  const auto in_mode = [&](const std::string& mode) {
    rig.get("/__sim/mode?user=vigie_live&retry_after=7&mode=" + mode);
    return rig.get(target);
  };

  const auto limited = in_mode("429");
  EXPECT_EQ(limited.status, 429);
  EXPECT_EQ(limited.headers.get("Retry-After"), "7");
  EXPECT_EQ(in_mode("500").status, 500);
  EXPECT_NE(in_mode("captcha").body.find("Verify to continue"), std::string::npos);
  EXPECT_NE(in_mode("waf").body.find("SlardarWAF"), std::string::npos);
  EXPECT_FALSE(parse_json(in_mode("garbage").body));
  EXPECT_EQ(in_mode("empty").body, "");
  rig.get("/__sim/mode?user=vigie_live&mode=reset");
  http::ClientRequest request;
  request.url = rig.simulator->url() + target;
  EXPECT_EQ(rig.send(request).error().code, Errc::unavailable);
  EXPECT_EQ(get_integer(rig.api_live("vigie_end"), "statusCode"), 0);  // the others are spared
  EXPECT_EQ(in_mode("ok").status, 200);
}

TEST(Simulator, AnswersSlowlyWhenTold) {
  Rig rig;
  rig.get("/__sim/mode?mode=slow");
  http::ClientRequest request;
  request.url = rig.simulator->url() + "/api-live/user/room/?aid=1988&uniqueId=vigie_live";
  request.timeout = std::chrono::milliseconds{150};

  const auto answer = rig.send(request);

  EXPECT_EQ(answer.error().code, Errc::timeout);
}

TEST(Simulator, FaultsComeAndGoByThePlan) {
  Scenario scenario;
  FaultPlan fault;
  fault.at = seconds{60};
  fault.duration = seconds{30};
  fault.mode = Mode::http_429;
  fault.user = "vigie_live";
  scenario.faults.push_back(fault);
  Rig rig{scenario};
  const std::string target = "/api-live/user/room/?aid=1988&uniqueId=vigie_live";

  EXPECT_EQ(rig.get(target).status, 200);
  rig.clock.advance(seconds{60});
  EXPECT_EQ(rig.get(target).status, 429);
  rig.clock.advance(seconds{30});
  EXPECT_EQ(rig.get(target).status, 200);
}

TEST(Simulator, CountsRequestsByRouteAndAccount) {
  Rig rig;
  rig.api_live("vigie_live");
  rig.api_live("vigie_live");
  const auto room = rig.room_of("vigie_end");
  rig.get("/webcast/room/check_alive/?aid=1988&room_ids=" + room + ",5");

  const auto stats = rig.get_json("/__sim/stats");

  EXPECT_EQ(get_integer(stats, "requests.api-live.total"), 3);
  EXPECT_EQ(get_integer(stats, "requests.api-live.by_user.vigie_live"), 2);
  EXPECT_EQ(get_integer(stats, "requests.check_alive.by_user.vigie_end"), 1);
  EXPECT_EQ(get_integer(stats, "requests.flv.total"), 0);
  EXPECT_EQ(get_integer(stats, "connections.flv"), 0);
  EXPECT_EQ(get_integer(stats, "connections.webcast"), 0);
}

TEST(Simulator, SaysThatItsPortIsTaken) {
  Rig rig;
  SimulatorOptions options;
  options.port = rig.simulator->port();

  const auto second =
      create_simulator(rig.io.get_executor(), options, rig.clock, rig.random, rig.log, rig.metrics);

  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, Errc::conflict);
}

std::string ask(std::string_view words) {
  return json::serialize(json::object{
      {"model", "m"},
      {"messages",
       {{{"role", "system"}, {"content", "déteste"}}, {{"role", "user"}, {"content", words}}}}});
}

TEST(FakeLlm, SaysWhatTheScenarioTellsItTo) {
  Scenario scenario;
  LlmPlan hateful;
  hateful.match = "déteste";
  hateful.answer = {{"categorie", "Discours haineux"}, {"discours_haineux", true}};
  scenario.llm = {hateful};
  Rig rig{scenario};
  const auto content = [&rig](std::string_view words) {
    const auto answer = Rig::parse(rig.post("/openai/v1/chat/completions", ask(words)));
    EXPECT_GT(get_integer(answer, "usage.total_tokens"), 0);
    const auto& choice = answer.at("choices").as_array().at(0);
    return parse_json(get_string(choice, "message.content").value()).value();
  };

  const auto neutral = content("Bonjour");
  const auto alarming = content("Je déteste tout le monde");

  EXPECT_EQ(get_string(neutral, "categorie"), "Neutre");
  EXPECT_EQ(neutral.as_object().size(), 6U);
  EXPECT_EQ(get_string(alarming, "categorie"), "Discours haineux");
  EXPECT_EQ(get_string(alarming, "cible"), "autre");
  EXPECT_EQ(get_integer(rig.get_json("/__sim/stats"), "requests.llm.total"), 2);
}

TEST(FakeLlm, FailsAsTheScenarioTellsItTo) {
  Scenario scenario;
  LlmPlan busy;
  busy.status = 429;
  busy.retry_after = seconds{2};
  busy.times = 1;
  LlmPlan nonsense;
  nonsense.raw = "Je ne sais pas.";
  scenario.llm = {busy, nonsense};
  Rig rig{scenario};

  const auto first = rig.post("/openai/v1/chat/completions", ask("a"));
  const auto second = Rig::parse(rig.post("/openai/v1/chat/completions", ask("a")));

  EXPECT_EQ(first.status, 429);
  EXPECT_EQ(first.headers.get("Retry-After"), "2");
  EXPECT_EQ(get_string(second.at("choices").as_array().at(0), "message.content"),
            "Je ne sais pas.");
  EXPECT_EQ(rig.post("/openai/v1/chat/completions", "{").status, 400);
  EXPECT_EQ(rig.post("/openai/v1/chat/completions", "{\"messages\":3}").status, 400);
  EXPECT_EQ(rig.get("/openai/v1/chat/completions").status, 405);
  EXPECT_EQ(rig.get("/openai/v1/models").status, 200);
  EXPECT_EQ(rig.get("/openai/v1/else").status, 404);
}

}  // namespace
}  // namespace vigie::sim
