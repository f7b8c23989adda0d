// SPDX-License-Identifier: Apache-2.0
// Every route as everybody: what the table says is what happens (A10), and nobody reaches another
// person's objects (A11).
#include "conformance/api_site.hpp"

namespace vigie::api {
namespace {

std::string with_id(std::string_view pattern, std::string_view id) {
  std::string path{pattern};
  if (const auto place = path.find("{id}"); place != std::string::npos) {
    path.replace(place, 4, id);
  }
  return path;
}

TEST_P(Api, LetsEachRoleDoWhatTheTableSaysAndNothingElse) {
  const std::vector<std::pair<Role, Visitor>> visitors{
      {Role::user, enter("uma", Role::user)},
      {Role::moderator, enter("mona", Role::moderator)},
      {Role::admin, enter("ada", Role::admin)},
      {Role::auditor, enter("otto", Role::auditor)}};
  for (const auto& route : routes()) {
    if (route.path == "/api/v1/session" && route.method == "DELETE") {
      continue;  // would end the visits of this test; it has its own
    }
    const auto path = with_id(route.path, "01NOBODY");
    const std::string method{route.method};

    const auto stranger = ask(method, path, nullptr, "{}");
    EXPECT_EQ(stranger.status == 401,
              (route.roles & anonymous) == 0 || path == "/connexion" && method == "POST")
        << method << " " << path << " " << stranger.status;
    for (const auto& [role, visitor] : visitors) {
      const auto response = ask(method, path, &visitor, "{}");
      const bool may = (route.roles & (role_bit(role) | anonymous)) != 0;
      EXPECT_EQ(response.status == 403, !may)
          << method << " " << path << " as " << to_string(role) << " " << response.body;
      EXPECT_LT(response.status, 500) << method << " " << path << " " << response.body;
    }
  }
}

TEST_P(Api, DeniesWhatIsNotListed) {
  const auto ada = enter("ada", Role::admin);

  EXPECT_EQ(ask("GET", "/api/v1/nothing", &ada).status, 404);
  EXPECT_EQ(ask("DELETE", "/api/v1/lives", &ada).status, 405);
  EXPECT_EQ(ask("POST", "/directs", &ada).status, 405);
}

TEST_P(Api, AnswersAnotherPersonsObjectsLikeMissingOnes) {
  const auto owner = enter("owner", Role::user);
  const auto other = enter("other", Role::user);
  const auto followed = json_of(ask("POST", "/api/v1/accounts", &owner, R"({"username":"@demo"})"));
  const auto account = get_string(followed, "id").value();
  const auto live = put_on_air(account);
  const auto list =
      get_string(json_of(ask("POST", "/api/v1/lists", &owner, R"({"name":"à voir"})")), "id")
          .value();
  const auto notifications = json_of(ask("GET", "/api/v1/notifications", &owner));
  const auto notification = get_string(notifications.at("items").as_array().at(0), "id").value();

  const auto session =
      get_string(json_of(ask("GET", "/api/v1/me/sessions", &owner)).at("items").as_array().at(0),
                 "id")
          .value();
  const auto token =
      get_string(json_of(ask("POST", "/api/v1/me/tokens", &owner, R"({"name":"x"})")), "id")
          .value();
  const auto silence =
      get_string(json_of(ask("POST", "/api/v1/silences", &owner, R"({"length":"1h"})")), "id")
          .value();

  for (const auto& route : routes()) {
    const auto path_with = [&](std::string_view id) { return with_id(route.path, id); };
    if (path_with("x") == route.path || (route.roles & role_bit(Role::user)) == 0) {
      continue;
    }
    const std::string body = route.method == "GET" || route.method == "DELETE" ? "" : "{}";
    for (const auto& id : {account, live, notification, list, session, token, silence}) {
      auto theirs = ask(std::string{route.method}, path_with(id), &other, body);
      auto missing = ask(std::string{route.method}, path_with("01MISSING"), &other, body);
      EXPECT_EQ(theirs.status, 404) << route.method << " " << route.path << " " << theirs.body;
      EXPECT_EQ(theirs.body, missing.body) << route.method << " " << route.path;
    }
  }
  EXPECT_EQ(ask("PATCH", "/api/v1/accounts/" + account, &owner, R"({"language":"anglais"})").status,
            422);
  EXPECT_EQ(get_string(json_of(ask("PATCH", "/api/v1/accounts/" + account, &owner,
                                   R"({"language":"en"})")),
                       "language"),
            "en");
  EXPECT_EQ(ask("GET", "/api/v1/lives/" + live, &owner).status, 200);
  EXPECT_TRUE(json_of(ask("GET", "/api/v1/lives", &other)).at("items").as_array().empty());
  EXPECT_TRUE(
      json_of(ask("GET", "/api/v1/lives?scope=all", &other)).at("items").as_array().empty());
}

TEST_P(Api, ShowsModeratorsEveryFollowedAccountWhenTheyAsk) {
  const auto owner = enter("owner", Role::user);
  const auto mona = enter("mona", Role::moderator);
  ask("POST", "/api/v1/accounts", &owner, R"({"username":"demo"})");

  EXPECT_TRUE(json_of(ask("GET", "/api/v1/accounts", &mona)).at("items").as_array().empty());
  EXPECT_EQ(json_of(ask("GET", "/api/v1/accounts?scope=all", &mona)).at("items").as_array().size(),
            1U);
}

TEST_P(Api, RefusesWritesWithoutTheSessionsToken) {
  auto forged = enter("uma", Role::user);
  forged.csrf_token = "wrong";

  EXPECT_EQ(ask("POST", "/api/v1/accounts", &forged, R"({"username":"demo"})").status, 403);
  EXPECT_EQ(ask("GET", "/api/v1/accounts", &forged).status, 200);
}

TEST_P(Api, RefusesEveryWriteWithoutTokenOrFromAnotherSite) {
  const auto ada = enter("ada", Role::admin);
  auto forged = ada;
  forged.csrf_token = std::string(64, '0');
  auto none = ada;
  none.csrf_token = "";
  http::Headers foreign;
  foreign.add("Origin", "https://evil.example");
  http::Headers cross_site;
  cross_site.add("Sec-Fetch-Site", "cross-site");
  for (const auto& route : routes()) {
    const std::string method{route.method};
    if (method == "GET" || !route.path.starts_with("/api/") ||
        (route.roles & role_bit(Role::admin)) == 0) {
      continue;
    }
    const auto path = with_id(route.path, "01NOBODY");
    for (const auto* visitor : {&forged, &none}) {
      EXPECT_EQ(ask(method, path, visitor, "{}").status, 403) << method << " " << path;
    }
    for (const auto& headers : {foreign, cross_site}) {
      EXPECT_EQ(ask_with(headers, method, path, &ada, "{}").status, 403) << method << " " << path;
    }
  }
}

TEST_P(Api, GivesTheTokenUnderAnotherMaskEachTime) {
  const auto uma = enter("uma", Role::user);
  const auto first = get_string(json_of(ask("GET", "/api/v1/session", &uma)), "csrf_token").value();
  const auto second =
      get_string(json_of(ask("GET", "/api/v1/session", &uma)), "csrf_token").value();

  EXPECT_NE(first, second);
  for (const auto& token : {first, second}) {
    auto browser = uma;
    browser.csrf_token = token;
    EXPECT_EQ(ask("POST", "/api/v1/lists", &browser, R"({"name":"x"})").status / 100,
              token == first ? 2 : 4);
    browser.csrf_token.back() = browser.csrf_token.back() == '0' ? '1' : '0';
    EXPECT_EQ(ask("POST", "/api/v1/lists", &browser, R"({"name":"y"})").status, 403);
  }
}

TEST_P(Api, LetsAReadingTokenReadOnly) {
  const auto uma = enter("uma", Role::user);
  const auto token = run(tokens().create(uma.id, people::Scope::read)).value();
  const auto with_token = [&](std::string method, std::string path) {
    http::Request request;
    request.method = std::move(method);
    request.path = std::move(path);
    request.peer = "203.0.113.5";
    request.headers.add("Host", "localhost");
    request.headers.add("Authorization", "Bearer " + token.token);
    request.headers.add("Content-Type", "application/json");
    request.body = R"({"username":"demo"})";
    return std::get<http::Response>(run(site().answer(std::move(request))));
  };

  EXPECT_EQ(with_token("GET", "/api/v1/accounts").status, 200);
  EXPECT_EQ(with_token("POST", "/api/v1/accounts").status, 403);
}

TEST_P(Api, EndsASessionForGood) {
  const auto uma = enter("uma", Role::user);

  EXPECT_EQ(ask("DELETE", "/api/v1/session", &uma).status, 204);
  EXPECT_EQ(ask("GET", "/api/v1/session", &uma).status, 401);
}

TEST_P(Api, SignsInThroughTheContractsRoute) {
  enter("uma", Role::user);

  const auto good = ask("POST", "/api/v1/session", nullptr,
                        fmt::format(R"({{"username":"UMA","password":"{}"}})", password));
  const auto bad =
      ask("POST", "/api/v1/session", nullptr, R"({"username":"uma","password":"non"})");
  const auto nobody =
      ask("POST", "/api/v1/session", nullptr, R"({"username":"nobody","password":"non"})");

  EXPECT_EQ(good.status, 200);
  EXPECT_EQ(get_string(json_of(good), "user.username"), "uma");
  EXPECT_TRUE(good.headers.has("Set-Cookie"));
  EXPECT_EQ(bad.status, 401);
  EXPECT_EQ(bad.body, nobody.body);
}

TEST_P(Api, RefusesBadBodiesAndSaysWhichField) {
  const auto uma = enter("uma", Role::user);
  const std::vector<std::pair<std::string, std::string>> bodies{
      {"[]", "object"},
      {R"({"usernam":"x"})", "username"},
      {R"({"username":7})", "username"},
      {R"({"username":"x y"})", "TikTok"},
      {R"({"username":"x","platform":"myspace"})", "platform"}};
  for (const auto& [body, word] : bodies) {
    const auto response = ask("POST", "/api/v1/accounts", &uma, body);
    EXPECT_EQ(response.status, 422) << body;
    EXPECT_NE(response.body.find(word), std::string::npos) << response.body;
  }
  EXPECT_EQ(ask("GET", "/api/v1/accounts?limit=0", &uma).status, 422);
  EXPECT_EQ(ask("GET", "/api/v1/accounts?cursor=..", &uma).status, 400);
  EXPECT_EQ(ask("POST", "/api/v1/accounts", &uma, "not json").status, 400);
}

TEST_P(Api, SaysConflictWhenTheAccountIsFollowedAlready) {
  const auto uma = enter("uma", Role::user);

  EXPECT_EQ(ask("POST", "/api/v1/accounts", &uma, R"({"username":"demo"})").status, 201);
  EXPECT_EQ(ask("POST", "/api/v1/accounts", &uma, R"({"username":"https://www.tiktok.com/@DEMO"})")
                .status,
            409);
}

TEST_P(Api, SendsThePageOnlyToThoseWhoSignedIn) {
  const auto uma = enter("uma", Role::user);

  const auto stranger = ask("GET", "/directs", nullptr);
  const auto known = ask("GET", "/directs", &uma);

  EXPECT_EQ(stranger.status, 303);
  EXPECT_EQ(stranger.headers.get("Location"), "/connexion?suite=%2Fdirects");
  EXPECT_NE(known.status, 303);
  EXPECT_TRUE(known.headers.has("Content-Security-Policy"));
}

INSTANTIATE_TEST_SUITE_P(Engines, Api, vigie::testing::each_database(),
                         vigie::testing::engine_name);

}  // namespace
}  // namespace vigie::api
