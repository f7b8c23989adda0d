// SPDX-License-Identifier: Apache-2.0
// Text that may still change: told over the bus to who follows the account, and to nobody else;
// never numbered, never in the log.
#include <gtest/gtest.h>

#include "api/hub.hpp"
#include "async/task_group.hpp"
#include "bus/memory/memory_bus.hpp"
#include "conformance/hub_browser.hpp"
#include "domain/event.hpp"
#include "log/log_fake.hpp"
#include "support/databases.hpp"

namespace vigie::api {
namespace {

class UnfinishedText : public vigie::testing::OnEachDatabase {
 protected:
  void SetUp() override {
    OnEachDatabase::SetUp();
    if (IsSkipped()) {
      return;
    }
    for (const auto* person : {"P", "Q"}) {
      execute(R"(INSERT INTO person (id, username, username_folded, password_hash, role, created_at)
                 VALUES ($1, $1, $1, '-', 'user', 0))",
              {person});
    }
    for (const auto* account : {"A", "B"}) {
      execute(R"(INSERT INTO account (id, platform, username, url, created_at)
                 VALUES ($1, 'tiktok', $1, '-', 0))",
              {account});
    }
    execute("INSERT INTO follow (person_id, account_id, created_at) VALUES ('P', 'A', 0)", {});
    execute("INSERT INTO follow (person_id, account_id, created_at) VALUES ('Q', 'B', 0)", {});
    bus = create_memory_bus(io.get_executor());
    hub = std::make_unique<Hub>(io.get_executor(), db(), *bus, clock, quiet.log, registry);
    tasks = std::make_unique<TaskGroup>(io.get_executor(),
                                        [](const std::string& name, const std::exception_ptr&) {
                                          ADD_FAILURE() << name << " failed";
                                        });
    tasks->spawn("hub", hub->run());
    turn();
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

  Browser& join(const char* person) {
    Listener one;
    one.person.id = person;
    one.person.role = Role::user;
    one.position = hub->position();
    one.is_still_valid = [] { return valid(); };
    browsers.push_back(std::make_unique<Browser>(io.get_executor()));
    tasks->spawn("browser", hub->serve(*browsers.back(), std::move(one)));
    turn();
    return *browsers.back();
  }
  static Async<bool> valid() { co_return true; }

  // Some turns of the database's threads.
  void turn() {
    for (int i = 0; i < 30; ++i) {
      io.restart();
      io.run_one_for(std::chrono::milliseconds{10});
    }
  }

  log::QuietLog quiet;
  metrics::Registry registry;
  std::unique_ptr<Bus> bus;
  std::unique_ptr<Hub> hub;
  std::unique_ptr<TaskGroup> tasks;
  std::vector<std::unique_ptr<Browser>> browsers;
};

TEST_P(UnfinishedText, IsToldToWhoFollowsAndKeptNowhere) {
  auto& follower = join("P");
  auto& other = join("Q");

  bus->publish(topic::interim,
               R"({"account_id":"A","data":{"live_id":"L","start":1,"end":2,"text":"bon"}})");
  bus->publish(topic::interim, R"({"data":{"live_id":"L","text":"of nobody"}})");
  bus->publish(topic::interim, "no JSON");
  turn();

  ASSERT_EQ(follower.types, std::vector<std::string>{std::string{event_type::segment_interim}});
  EXPECT_EQ(follower.ids.front(), 0) << "it has no number";
  EXPECT_TRUE(other.types.empty());
  EXPECT_EQ(number("SELECT COUNT(*) FROM event"), 0);
  EXPECT_EQ(number("SELECT COUNT(*) FROM segment"), 0);

  auto& late = join("P");
  EXPECT_TRUE(late.types.empty()) << "and is not told again";
}

INSTANTIATE_TEST_SUITE_P(Engines, UnfinishedText, vigie::testing::each_database());

}  // namespace
}  // namespace vigie::api
