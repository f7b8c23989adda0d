// SPDX-License-Identifier: Apache-2.0
// Every route as everybody: what the table says is what happens (A10), and nobody reaches another
// person's objects (A11).
#include <gtest/gtest.h>

#include <boost/json/array.hpp>

#include "alert/alerts.hpp"
#include "analyse/assessments.hpp"
#include "api/access.hpp"
#include "api/gate.hpp"
#include "api/hub.hpp"
#include "api/services.hpp"
#include "api/site.hpp"
#include "base/json.hpp"
#include "bus/memory/memory_bus.hpp"
#include "log/log_fake.hpp"
#include "people/passwords_fake.hpp"
#include "people/people.hpp"
#include "people/sessions.hpp"
#include "people/tokens.hpp"
#include "support/databases.hpp"
#include "watch/accounts.hpp"
#include "watch/lives.hpp"

namespace vigie::api {
namespace {

constexpr auto password = "une phrase de passe assez longue";

// A person with a browser.
struct Visitor {
  std::string id;
  std::string cookie;
  std::string csrf_token;
};

class Api : public vigie::testing::OnEachDatabase {
 protected:
  void SetUp() override {
    OnEachDatabase::SetUp();
    if (IsSkipped()) {
      return;
    }
    bus_ = create_memory_bus(io.get_executor());
    sessions_ = std::make_unique<people::Sessions>(db(), clock, random);
    people_ = std::make_unique<people::People>(db(), clock, ids, passwords_, *sessions_, log_.log,
                                               metrics_);
    tokens_ = std::make_unique<people::Tokens>(db(), clock, ids, random);
    accounts_ = std::make_unique<watch::Accounts>(db(), clock, ids, *bus_);
    lives_ = std::make_unique<watch::Lives>(db(), clock, *bus_);
    assessments_ = std::make_unique<analyse::Assessments>(db(), clock, ids, *bus_);
    alerts_ = std::make_unique<alert::Alerts>(db(), clock, ids, *bus_);
    notifications_ = std::make_unique<alert::Notifications>(db(), clock);
    hub_ = std::make_unique<Hub>(io.get_executor(), db(), *bus_, clock, log_.log, metrics_);
    services_ = std::make_unique<Services>(
        Services{.clock = clock,
                 .log = log_.log,
                 .database = db(),
                 .people = *people_,
                 .sessions = *sessions_,
                 .tokens = *tokens_,
                 .accounts = *accounts_,
                 .lives = *lives_,
                 .assessments = *assessments_,
                 .alerts = *alerts_,
                 .notifications = *notifications_,
                 .gate = gate_,
                 .hub = *hub_,
                 .parts = [] { return std::vector<PartStatus>{}; },
                 .detection_delay_p95_s = [] { return std::optional<double>{}; },
                 .version = "test"});
    site_ = std::make_unique<Site>(*services_, Assets{""}, Language::french);
  }

  http::Response ask(std::string method, std::string path, const Visitor* visitor,
                     std::string body = "") {
    http::Request request;
    request.method = std::move(method);
    request.target = path;
    const auto query = path.find('?');
    request.path = path.substr(0, query);
    if (query != std::string::npos) {
      request.query = http::parse_query(path.substr(query + 1));
    }
    request.peer = "127.0.0.1";
    request.id = "r1";
    request.headers.add("Host", "localhost:8080");
    if (!body.empty()) {
      request.headers.add("Content-Type", "application/json");
    }
    request.body = std::move(body);
    if (visitor != nullptr) {
      request.headers.add("Cookie", "vigie=" + visitor->cookie);
      request.headers.add("X-CSRF-Token", visitor->csrf_token);
    }
    auto answer = run(site_->answer(std::move(request)));
    return std::get<http::Response>(std::move(answer));
  }

  json::value json_of(const http::Response& response) { return parse_json(response.body).value(); }

  Visitor enter(const std::string& username, Role role) {
    people::NewPerson wanted;
    wanted.username = username;
    wanted.password = password;
    wanted.role = role;
    const auto person = run(people_->create(std::move(wanted)));
    const auto session = run(
        people_->sign_in(username, password, people::Visit{.ip = "127.0.0.1", .agent = "test"}));
    return {.id = person.value().id,
            .cookie = session.value().token,
            .csrf_token = session.value().csrf_token};
  }

  Site& site() { return *site_; }
  people::Tokens& tokens() { return *tokens_; }
  watch::Accounts& accounts() { return *accounts_; }

  // The account on air, as the platform would tell.
  std::string put_on_air(const std::string& account_id) {
    watch::Check check;
    check.account_id = account_id;
    check.observation.evidence = platform::Evidence::live;
    check.observation.reason = "status_2";
    check.observation.live = platform::LiveFacts{
        .room = "7001", .title = "Direct", .started_at = clock.now(), .viewers = 3};
    check.at = clock.now();
    check.next_check_at = clock.now() + std::chrono::seconds{30};
    run(accounts_->record(std::move(check))).value();
    const auto lives = run(lives_->list(Sight{.person_id = "", .all_accounts = true}, {}, 10, ""));
    return lives.value().items.at(0).id;
  }

 private:
  log::QuietLog log_;
  metrics::Registry metrics_;
  Gate gate_{{}};
  people::Passwords passwords_{people::quick_cost};
  std::unique_ptr<Bus> bus_;
  std::unique_ptr<people::Sessions> sessions_;
  std::unique_ptr<people::People> people_;
  std::unique_ptr<people::Tokens> tokens_;
  std::unique_ptr<watch::Accounts> accounts_;
  std::unique_ptr<watch::Lives> lives_;
  std::unique_ptr<analyse::Assessments> assessments_;
  std::unique_ptr<alert::Alerts> alerts_;
  std::unique_ptr<alert::Notifications> notifications_;
  std::unique_ptr<Hub> hub_;
  std::unique_ptr<Services> services_;
  std::unique_ptr<Site> site_;
};

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
  const auto notifications = json_of(ask("GET", "/api/v1/notifications", &owner));
  const auto notification = get_string(notifications.at("items").as_array().at(0), "id").value();

  for (const auto& route : routes()) {
    const auto path_with = [&](std::string_view id) { return with_id(route.path, id); };
    if (path_with("x") == route.path || (route.roles & role_bit(Role::user)) == 0) {
      continue;
    }
    const std::string body = route.method == "GET" || route.method == "DELETE" ? "" : "{}";
    for (const auto& id : {account, live, notification}) {
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
      {"not json", "JSON"},
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
  EXPECT_EQ(ask("GET", "/api/v1/accounts?cursor=..", &uma).status, 422);
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
