// SPDX-License-Identifier: Apache-2.0
#include "db/event_log.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "support/databases.hpp"

namespace vigie::db {
namespace {

class EventLog : public testing::OnEachDatabase {
 protected:
  static Event event(std::string account, std::string person = {}) {
    Event made;
    made.type = "live.started";
    made.at = from_micros(42);
    made.account_id = std::move(account);
    made.person_id = std::move(person);
    made.data = R"({"title":"été"})";
    return made;
  }

  static Result<std::int64_t> append(Database& database, const Event& event) {
    std::int64_t id = 0;
    auto done = database.write_now([&](Transaction& transaction) -> Result<> {
      auto appended = append_event(transaction, event);
      if (!appended) {
        return appended.error();
      }
      id = *appended;
      return {};
    });
    if (!done) {
      return done.error();
    }
    return id;
  }

  template <class T, class Ask>
  T ask(Ask question) {
    std::optional<T> value;
    const auto done = db().read_now([&](Transaction& transaction) -> Result<> {
      auto answer = question(transaction);
      if (!answer) {
        return answer.error();
      }
      value = std::move(*answer);
      return {};
    });
    EXPECT_TRUE(done) << done.error().what;
    return value.value();
  }

  std::vector<std::int64_t> seen_by(std::string_view person, bool all_accounts,
                                    std::int64_t after = 0, std::int64_t limit = 100) {
    const auto events = ask<std::vector<Event>>([&](Transaction& transaction) {
      return events_for(transaction, person, all_accounts, after, limit);
    });
    std::vector<std::int64_t> seen;
    for (const auto& one : events) {
      seen.push_back(one.id);
    }
    return seen;
  }

  // anna follows account a, ben follows b, nobody follows c.
  void two_followers() {
    const auto done = db().write_now([](Transaction& transaction) {
      return transaction.script(R"(
        INSERT INTO person (id, username, username_folded, password_hash, role, created_at) VALUES
          ('anna', 'anna', 'anna', 'x', 'user', 0), ('ben', 'ben', 'ben', 'x', 'admin', 0);
        INSERT INTO account (id, platform, username, url, created_at) VALUES
          ('a', 'tiktok', 'a', 'u', 0), ('b', 'tiktok', 'b', 'u', 0), ('c', 'tiktok', 'c', 'u', 0);
        INSERT INTO follow (person_id, account_id, created_at) VALUES
          ('anna', 'a', 0), ('ben', 'b', 0);)");
    });
    ASSERT_TRUE(done) << done.error().what;
  }
};
INSTANTIATE_TEST_SUITE_P(Engines, EventLog, testing::each_database(), testing::engine_name);

TEST_P(EventLog, GivesBackWhatWasAppended) {
  auto whole = event("a", "anna");
  whole.live_id = "l";
  ASSERT_TRUE(append(db(), whole));
  ASSERT_TRUE(append(db(), event("")));

  const auto events = ask<std::vector<Event>>(
      [](Transaction& transaction) { return events_after(transaction, 0, 10); });

  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].id, 1);
  EXPECT_EQ(events[0].type, "live.started");
  EXPECT_EQ(events[0].at, from_micros(42));
  EXPECT_EQ(events[0].account_id, "a");
  EXPECT_EQ(events[0].live_id, "l");
  EXPECT_EQ(events[0].person_id, "anna");
  EXPECT_EQ(events[0].data, R"({"title":"été"})");
  EXPECT_EQ(events[1].id, 2);
  EXPECT_EQ(events[1].account_id, "");
  EXPECT_EQ(events[1].live_id, "");
  EXPECT_EQ(events[1].person_id, "");
}

TEST_P(EventLog, LeavesNoHoleWhenATransactionFails) {
  ASSERT_TRUE(append(db(), event("a")));
  const auto refused = db().write_now([](Transaction& transaction) -> Result<> {
    if (auto appended = append_event(transaction, event("a")); !appended) {
      return appended.error();
    }
    return make_error(Errc::denied, "changed my mind");
  });

  const auto next = append(db(), event("a"));

  EXPECT_EQ(refused.error().code, Errc::denied);
  ASSERT_TRUE(next);
  EXPECT_EQ(*next, 2);
}

TEST_P(EventLog, PagesOldestFirst) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(append(db(), event("a")));
  }

  const auto page = ask<std::vector<Event>>(
      [](Transaction& transaction) { return events_after(transaction, 2, 2); });

  ASSERT_EQ(page.size(), 2U);
  EXPECT_EQ(page[0].id, 3);
  EXPECT_EQ(page[1].id, 4);
}

TEST_P(EventLog, ShowsEachPersonTheirAccountsAndWhatIsAddressedToThem) {
  two_followers();
  ASSERT_TRUE(append(db(), event("a")));         // 1
  ASSERT_TRUE(append(db(), event("b")));         // 2
  ASSERT_TRUE(append(db(), event("c")));         // 3
  ASSERT_TRUE(append(db(), event("a", "ben")));  // 4: of anna's account, but for ben alone
  ASSERT_TRUE(append(db(), event("", "anna")));  // 5
  ASSERT_TRUE(append(db(), event("")));          // 6: for nobody

  EXPECT_EQ(seen_by("anna", false), (std::vector<std::int64_t>{1, 5}));
  EXPECT_EQ(seen_by("ben", false), (std::vector<std::int64_t>{2, 4}));
  EXPECT_EQ(seen_by("ben", true), (std::vector<std::int64_t>{1, 2, 4}));
  EXPECT_EQ(seen_by("anna", true, 1, 1), (std::vector<std::int64_t>{2}));
  EXPECT_TRUE(seen_by("stranger", false).empty());
  EXPECT_TRUE(seen_by("", false).empty());
}

TEST_P(EventLog, KnowsItsNewestAndOldest) {
  EXPECT_EQ(ask<std::int64_t>(newest_event), 0);
  EXPECT_EQ(ask<std::int64_t>(oldest_event), 0);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(append(db(), event("a")));
  }
  const auto pruned = db().write_now([](Transaction& transaction) {
    return transaction.script("DELETE FROM event WHERE id < 2");
  });

  ASSERT_TRUE(pruned);
  EXPECT_EQ(ask<std::int64_t>(newest_event), 3);
  EXPECT_EQ(ask<std::int64_t>(oldest_event), 2);
}

TEST_P(EventLog, GivesNoNumberTwiceAfterEverythingWasDeleted) {
  ASSERT_TRUE(append(db(), event("a")));
  ASSERT_TRUE(db().write_now(
      [](Transaction& transaction) { return transaction.script("DELETE FROM event"); }));

  const auto next = append(db(), event("a"));

  ASSERT_TRUE(next);
  EXPECT_EQ(*next, 2);
}

TEST_P(EventLog, KeepsAForwardOnlyCursorForEachReader) {
  const auto move = [&](std::string_view reader, std::int64_t to) {
    return db().write_now(
        [=](Transaction& transaction) { return move_cursor(transaction, reader, to); });
  };
  const auto cursor = [&](std::string_view reader) {
    return ask<std::int64_t>(
        [=](Transaction& transaction) { return cursor_of(transaction, reader); });
  };
  EXPECT_EQ(cursor("alerts"), 0);

  ASSERT_TRUE(move("alerts", 7));
  ASSERT_TRUE(move("alerts", 5));
  ASSERT_TRUE(move("mails", 2));

  EXPECT_EQ(cursor("alerts"), 7);
  EXPECT_EQ(cursor("mails"), 2);
}

// Four processes append at once while a reader follows: "after=N" must never pass over an event
// that commits later with a smaller number.
TEST_P(EventLog, IsReadInOrderAndWholeWhileSeveralProcessesAppend) {
  constexpr int writers = 4;
  constexpr int each = 25;
  std::vector<std::unique_ptr<Database>> processes;
  for (int i = 0; i < writers; ++i) {
    processes.push_back(open_again());
  }
  std::atomic<int> failures = 0;
  std::vector<std::jthread> threads;
  for (auto& process : processes) {
    threads.emplace_back([&failures, database = process.get()] {
      for (int i = 0; i < each; ++i) {
        if (!append(*database, event("a"))) {
          ++failures;
        }
      }
    });
  }

  std::int64_t after = 0;
  while (after < writers * each && failures == 0) {
    const auto events = ask<std::vector<Event>>(
        [&](Transaction& transaction) { return events_after(transaction, after, 7); });
    for (const auto& one : events) {
      ASSERT_EQ(one.id, after + 1) << "an event was passed over";
      after = one.id;
    }
  }

  threads.clear();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(ask<std::int64_t>(newest_event), writers * each);
}

}  // namespace
}  // namespace vigie::db
