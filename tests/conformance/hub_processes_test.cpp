// SPDX-License-Identifier: Apache-2.0
// What one process decides about a person closes their sockets in another: two sites, one database,
// and nothing between them but the rows.
#include <algorithm>

#include "async/task_group.hpp"
#include "conformance/api_people.hpp"
#include "conformance/hub_browser.hpp"

namespace vigie::api {
namespace {

class TwoSites : public ApiPeople {
 protected:
  void SetUp() override {
    ApiPeople::SetUp();
    if (IsSkipped()) {
      return;
    }
    other_db = open_again();
    other_bus = create_memory_bus(io.get_executor());
    other_sessions = std::make_unique<people::Sessions>(*other_db, clock, random);
    other_tokens = std::make_unique<people::Tokens>(*other_db, clock, ids, random);
    other_hub =
        std::make_unique<Hub>(io.get_executor(), *other_db, *other_bus, clock, quiet.log, registry);
    tasks = std::make_unique<TaskGroup>(io.get_executor(),
                                        [](const std::string& name, const std::exception_ptr&) {
                                          ADD_FAILURE() << name << " failed";
                                        });
    tasks->spawn("the other hub", other_hub->run());
  }
  void TearDown() override {
    if (tasks) {
      run(finish());
    }
  }
  Async<> finish() {
    tasks->cancel();
    co_await tasks->join();
  }

  static Async<bool> is_in(people::Sessions* sessions, std::string token) {
    const auto found = co_await sessions->find(std::move(token), people::Sessions::Purpose::look);
    co_return found.has_value();
  }
  static Async<bool> is_good(people::Tokens* those, std::string token) {
    const auto found = co_await those->find(std::move(token));
    co_return found.has_value();
  }

  Browser& join(const std::string& person_id, std::function<Async<bool>()> is_still_valid) {
    Listener who;
    who.person.id = person_id;
    who.position = other_hub->position();
    who.is_still_valid = [this, is_still_valid = std::move(is_still_valid)] {
      ++times_asked;
      return is_still_valid();
    };
    browsers.push_back(std::make_unique<Browser>(io.get_executor()));
    tasks->spawn("browser", other_hub->serve(*browsers.back(), std::move(who)));
    return *browsers.back();
  }
  Browser& join(const Visitor& visitor) {
    return join(visitor.id,
                [this, token = visitor.cookie] { return is_in(other_sessions.get(), token); });
  }

  // Two seconds of the other process: its own look at the log, no hint reaches it. It is stepped on
  // until everything that was begun has ended.
  void two_seconds() {
    clock.advance(2s);
    const SystemClock real;
    const auto end = real.steady() + 400ms;
    while (real.steady() < end) {
      io.restart();
      io.run_one_for(20ms);
    }
  }

  int times_asked = 0;
  log::QuietLog quiet;
  metrics::Registry registry;
  std::unique_ptr<db::Database> other_db;
  std::unique_ptr<Bus> other_bus;
  std::unique_ptr<people::Sessions> other_sessions;
  std::unique_ptr<people::Tokens> other_tokens;
  std::unique_ptr<Hub> other_hub;
  std::vector<std::unique_ptr<Browser>> browsers;
  std::unique_ptr<TaskGroup> tasks;
};

TEST_P(TwoSites, CloseTheSocketsOfWhoeverIsShutOutInTheOther) {
  const auto ada = enter("ada", Role::admin);
  struct Deed {
    const char* name;
    std::string method;
    std::string path;  // after /api/v1/users/{id}
    std::string body;
  };
  const std::vector<Deed> deeds{{"disabled", "PATCH", "", R"({"state":"disabled"})"},
                                {"promoted", "PATCH", "", R"({"role":"moderator"})"},
                                {"signed_out", "DELETE", "/sessions", ""}};
  for (const auto& deed : deeds) {
    const auto person = enter(deed.name, Role::user);
    const auto bystander = enter(std::string{"beside-"} + deed.name, Role::user);
    two_seconds();
    auto& theirs = join(person);
    auto& another = join(bystander);
    two_seconds();
    ASSERT_EQ(theirs.closed_with, 0) << deed.name;

    const auto done = ask(deed.method, "/api/v1/users/" + person.id + deed.path, &ada, deed.body);
    ASSERT_LT(done.status, 300) << done.body;
    two_seconds();

    EXPECT_EQ(theirs.closed_with, 1008) << deed.name;
    EXPECT_EQ(another.closed_with, 0) << deed.name;
    EXPECT_TRUE(theirs.types.empty()) << "the hint is between processes";
  }
}

TEST_P(TwoSites, CloseTheSocketOfASessionThatItsOwnerEnded) {
  const auto uma = enter("uma", Role::user);
  const auto second = [&] {
    const auto session = run(services().people.sign_in("uma", password, {"127.0.0.1", "tablet"}));
    return Visitor{.id = uma.id, .cookie = session.value().token, .csrf_token = {}};
  }();
  two_seconds();
  auto& here = join(uma);
  auto& tablet = join(second);
  two_seconds();

  EXPECT_EQ(ask("DELETE", "/api/v1/me/sessions", &uma).status, 204);
  two_seconds();

  EXPECT_EQ(tablet.closed_with, 1008);
  EXPECT_EQ(here.closed_with, 0);

  EXPECT_EQ(ask("DELETE", "/api/v1/session", &uma).status, 204);
  two_seconds();
  EXPECT_EQ(here.closed_with, 1008);
}

TEST_P(TwoSites, CloseTheSocketOfATokenThatWasRevoked) {
  const auto uma = enter("uma", Role::user);
  const auto made = run(tokens().create(uma.id, people::Scope::read, "relevé")).value();
  two_seconds();
  auto& program =
      join(uma.id, [this, token = made.token] { return is_good(other_tokens.get(), token); });
  two_seconds();

  EXPECT_EQ(ask("DELETE", "/api/v1/me/tokens/" + made.id, &uma).status, 204);
  two_seconds();

  EXPECT_EQ(program.closed_with, 1008);
}

// The token is good under the new role; what its socket was promised is not.
TEST_P(TwoSites, CloseTheSocketOfAProgramWhoseOwnerHasAnotherRole) {
  const auto ada = enter("ada", Role::admin);
  const auto mona = enter("mona", Role::moderator);
  const auto made = run(tokens().create(mona.id, people::Scope::read, "relevé")).value();
  tasks->spawn("hub", services().hub.run());
  http::Request knock;
  knock.method = "GET";
  knock.path = knock.target = "/api/v1/events";
  knock.query = http::parse_query("scope=all");
  knock.peer = "127.0.0.1";
  knock.headers.add("Host", "localhost:8080");
  knock.headers.add("Authorization", "Bearer " + made.token);
  auto answer = run(site().answer(std::move(knock)));
  ASSERT_TRUE(std::holds_alternative<http::Upgrade>(answer));
  Browser program{io.get_executor()};
  auto upgrade = std::get<http::Upgrade>(std::move(answer));
  tasks->spawn("program", upgrade.session(program));
  two_seconds();
  ASSERT_EQ(program.closed_with, 0);

  run(services().people.set_role(mona.id, Role::user)).value();
  two_seconds();

  EXPECT_EQ(program.closed_with, 1008);
}

TEST_P(TwoSites, AskNobodyElseBecauseOfIt) {
  const auto ada = enter("ada", Role::admin);
  const auto uma = enter("uma", Role::user);
  std::vector<Visitor> crowd;
  for (int i = 0; i < 5; ++i) {
    crowd.push_back(enter(fmt::format("guest{}", i), Role::user));
    join(crowd.back());
  }
  two_seconds();
  times_asked = 0;

  ask("PATCH", "/api/v1/users/" + uma.id, &ada, R"({"state":"disabled"})");
  two_seconds();

  EXPECT_EQ(times_asked, 0) << "the person had no socket there";
}

INSTANTIATE_TEST_SUITE_P(Engines, TwoSites, vigie::testing::each_database(),
                         vigie::testing::engine_name);

}  // namespace
}  // namespace vigie::api
