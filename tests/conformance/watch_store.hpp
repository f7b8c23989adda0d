// SPDX-License-Identifier: Apache-2.0
// The watch room on a database, for its conformance tests.
#pragma once
#include <chrono>

#include "bus/memory/memory_bus.hpp"
#include "db/event_log.hpp"
#include "log/log_fake.hpp"
#include "platform/live_source_fake.hpp"
#include "support/databases.hpp"
#include "watch/accounts.hpp"
#include "watch/lives.hpp"
#include "watch/watcher.hpp"

namespace vigie::watch {

using platform::Evidence;
using platform::FakeSource;
using std::chrono::minutes;
using std::chrono::seconds;

class WatchStore : public testing::OnEachDatabase {
 protected:
  void SetUp() override {
    OnEachDatabase::SetUp();
    bus = create_memory_bus(io.get_executor());
    if (!IsSkipped()) {
      accounts = std::make_unique<Accounts>(db(), clock, ids, *bus);
      lives = std::make_unique<Lives>(db(), clock, *bus);
      for (const auto* name : {"anna", "bert", "mod"}) {
        add_person(name);
      }
    }
  }

  std::int64_t count(std::string_view sql) { return number(sql); }

  std::vector<Event> events() {
    std::vector<Event> all;
    const auto work = [&](db::Transaction& tx) -> Result<> {
      all = db::events_after(tx, 0, 1000).value();
      return {};
    };
    EXPECT_TRUE(db().read_now(work));
    return all;
  }

  std::vector<std::string> event_types() {
    std::vector<std::string> types;
    for (const auto& event : events()) {
      types.push_back(event.type);
    }
    return types;
  }

  std::string follow(const std::string& person, const std::string& name) {
    return run(accounts->follow(person, name)).value().account.id;
  }

  Recorded record(const std::string& id, platform::Observation seen) {
    Check check;
    check.account_id = id;
    check.observation = std::move(seen);
    check.at = clock.now();
    check.next_check_at = clock.now() + minutes{1};
    auto recorded = run(accounts->record(std::move(check)));
    EXPECT_TRUE(recorded) << recorded.error().what;
    return *recorded;
  }

  platform::Observation on_air(const std::string& room = "7", std::int64_t viewers = 10) {
    return FakeSource::on_air(room, start, viewers);
  }

  Live only_live(const Sight& sight = {"mod", true}) {
    auto page = run(lives->list(sight, {}, 10, "")).value();
    EXPECT_EQ(page.items.size(), 1U);
    return page.items.at(0);
  }

  const Time start = clock.now() - seconds{30};
  const Sight anna{"anna", false};
  const Sight bert{"bert", false};
  const Sight mod{"mod", true};
  std::unique_ptr<Bus> bus;
  std::unique_ptr<Accounts> accounts;
  std::unique_ptr<Lives> lives;
};

}  // namespace vigie::watch
