// SPDX-License-Identifier: Apache-2.0
#include "db/database.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <limits>
#include <stdexcept>
#include <thread>

#include "async/task_group.hpp"
#include "support/databases.hpp"

namespace vigie::db {
namespace {

constexpr std::string_view insert = "INSERT INTO thing (id, words) VALUES ($1, $2)";
constexpr std::string_view count_all = "SELECT COUNT(*) FROM thing";

Result<> as_result(const Result<std::int64_t>& changed) {
  return changed ? Result<>{} : Result<>{changed.error()};
}

class DatabaseContract : public testing::OnEachDatabase {
 protected:
  DatabaseContract() : OnEachDatabase{testing::Schema::none} {}

  void SetUp() override {
    OnEachDatabase::SetUp();
    if (IsSkipped()) {
      return;
    }
    const auto made = db().write_now([](Transaction& transaction) {
      return transaction.script(R"(
        CREATE TABLE thing (
          id BIGINT PRIMARY KEY,
          words TEXT UNIQUE,
          story TEXT,
          whole BIGINT CHECK (whole <> 13),
          real DOUBLE PRECISION,
          truth BOOLEAN,
          parent BIGINT REFERENCES thing (id),
          needed BIGINT NOT NULL DEFAULT 0
        ))");
    });
    ASSERT_TRUE(made) << made.error().what;
  }

  Result<> change(std::string_view sql, std::initializer_list<Value> parameters = {}) {
    return db().write_now(
        [&](Transaction& transaction) { return as_result(transaction.execute(sql, parameters)); });
  }

  Rows rows(std::string_view sql, std::initializer_list<Value> parameters = {}) {
    Rows found;
    const auto done = db().read_now([&](Transaction& transaction) -> Result<> {
      auto answer = transaction.query(sql, parameters);
      if (!answer) {
        return answer.error();
      }
      found = std::move(*answer);
      return {};
    });
    EXPECT_TRUE(done) << done.error().what;
    return found;
  }

  std::int64_t count() { return rows(count_all).front().integer(0); }
};
INSTANTIATE_TEST_SUITE_P(Engines, DatabaseContract, testing::each_database(), testing::engine_name);

TEST_P(DatabaseContract, KeepsWhatSucceeds) {
  ASSERT_TRUE(change(insert, {1, "one"}));

  EXPECT_EQ(rows("SELECT words FROM thing WHERE id = $1", {1}).front().text(0), "one");
}

// PostgreSQL says nothing, and then nothing is remembered.
TEST_P(DatabaseContract, HasAnotherVersionAfterEveryCommitOfAnybody) {
  const auto other = open_again();
  if (!db().version()) {
    EXPECT_TRUE(is_postgres());
    return;
  }
  const auto first = db().version();
  EXPECT_EQ(db().version(), first) << "nothing happened";
  EXPECT_EQ(count(), 0);
  EXPECT_EQ(db().version(), first) << "reading changes nothing";

  ASSERT_TRUE(change(insert, {1, "one"}));
  const auto second = db().version();
  EXPECT_NE(second, first) << "ours";

  const auto written = other->write_now(
      [](Transaction& transaction) { return as_result(transaction.execute(insert, {2, "two"})); });
  ASSERT_TRUE(written);
  EXPECT_NE(db().version(), second) << "another process's";
}

TEST_P(DatabaseContract, ForgetsWhatFails) {
  const auto refused = db().write_now([](Transaction& transaction) -> Result<> {
    if (auto inserted = transaction.execute(insert, {1, "one"}); !inserted) {
      return inserted.error();
    }
    return make_error(Errc::denied, "no");
  });

  EXPECT_EQ(refused.error().code, Errc::denied);
  EXPECT_EQ(count(), 0);
}

TEST_P(DatabaseContract, ForgetsWhatThrows) {
  const auto work = [](Transaction& transaction) -> Result<> {
    std::ignore = transaction.execute(insert, {1, "one"});
    throw std::runtime_error("a bug");
  };

  EXPECT_THROW(std::ignore = db().write_now(work), std::runtime_error);

  EXPECT_EQ(count(), 0);
  EXPECT_TRUE(change(insert, {1, "one"}));
}

TEST_P(DatabaseContract, RoundTripsEveryTypeExactly) {
  constexpr std::string_view add =
      "INSERT INTO thing (id, whole, real, truth, story) VALUES ($1, $2, $3, $4, $5)";
  const auto least = std::numeric_limits<std::int64_t>::min();
  const auto most = std::numeric_limits<std::int64_t>::max();
  const std::string words = "l'été “naïf”\n\t\\ %_$1 ; -- 👩‍👩‍👧 العربية";
  const std::string long_words(300'000, 'x');
  ASSERT_TRUE(change(add, {1, least, 0.1, true, words}));
  ASSERT_TRUE(change(add, {2, most, 5e-324, false, ""}));
  ASSERT_TRUE(
      change(add, {3, (std::int64_t{1} << 53) + 1, 1.7976931348623157e308, true, long_words}));
  ASSERT_TRUE(change(add, {4, std::nullopt, std::nullopt, std::nullopt, std::nullopt}));
  ASSERT_TRUE(change(add, {5, from_micros(1'795'000'000'123'456), 2.0, false, "5"}));

  const auto all = rows("SELECT whole, real, truth, story FROM thing ORDER BY id");

  ASSERT_EQ(all.size(), 5U);
  EXPECT_EQ(all[0].integer(0), least);
  EXPECT_EQ(all[0].number(1), 0.1);
  EXPECT_TRUE(all[0].boolean(2));
  EXPECT_EQ(all[0].text(3), words);
  EXPECT_EQ(all[1].integer(0), most);
  EXPECT_EQ(all[1].number(1), 5e-324);
  EXPECT_FALSE(all[1].boolean(2));
  EXPECT_EQ(all[1].text(3), "");
  EXPECT_EQ(all[2].integer(0), (std::int64_t{1} << 53) + 1);
  EXPECT_EQ(all[2].number(1), 1.7976931348623157e308);
  EXPECT_TRUE(all[2].text(3) == long_words);
  for (std::size_t column = 0; column < 4; ++column) {
    EXPECT_TRUE(all[3].is_null(column));
  }
  EXPECT_EQ(all[3].text_or_empty(3), "");
  EXPECT_EQ(all[4].time(0), from_micros(1'795'000'000'123'456));
  EXPECT_EQ(all[4].number(1), 2.0);
}

TEST_P(DatabaseContract, AddsUpAlike) {
  ASSERT_TRUE(change("INSERT INTO thing (id, whole, real) VALUES (1, 1, 0.5), (2, 4, 0.25)"));

  const auto sums =
      rows("SELECT SUM(whole), AVG(whole), SUM(real), COUNT(*), MAX(whole) FROM thing");

  EXPECT_EQ(sums.front().integer(0), 5);
  EXPECT_EQ(sums.front().number(1), 2.5);
  EXPECT_EQ(sums.front().number(2), 0.75);
  EXPECT_EQ(sums.front().integer(3), 2);
  EXPECT_EQ(sums.front().integer(4), 4);
}

TEST_P(DatabaseContract, UsesAParameterInSeveralPlacesAndCastsOnesWithoutAType) {
  ASSERT_TRUE(change(insert, {1, "one"}));
  constexpr std::string_view filter =
      "SELECT id FROM thing WHERE (CAST($1 AS TEXT) IS NULL OR words = $1) AND id < $2 LIMIT $3";

  EXPECT_EQ(rows(filter, {std::nullopt, 5, 10}).size(), 1U);
  EXPECT_EQ(rows(filter, {"one", 5, 10}).size(), 1U);
  EXPECT_EQ(rows(filter, {"two", 5, 10}).size(), 0U);
}

TEST_P(DatabaseContract, RefusesValuesThatOneEngineCouldNotKeep) {
  EXPECT_EQ(change(insert, {1, std::string{"a\0b", 3}}).error().code, Errc::invalid);
  EXPECT_EQ(change(insert, {1, "\xC3"}).error().code, Errc::invalid);
  constexpr std::string_view add = "INSERT INTO thing (id, real) VALUES ($1, $2)";
  EXPECT_EQ(change(add, {1, std::numeric_limits<double>::quiet_NaN()}).error().code, Errc::invalid);
  EXPECT_EQ(change(add, {1, std::numeric_limits<double>::infinity()}).error().code, Errc::invalid);
  EXPECT_EQ(count(), 0);
}

TEST_P(DatabaseContract, CallsABrokenRuleAConflict) {
  ASSERT_TRUE(change(insert, {1, "one"}));

  EXPECT_EQ(change(insert, {1, "other"}).error().code, Errc::conflict);
  EXPECT_EQ(change(insert, {2, "one"}).error().code, Errc::conflict);
  EXPECT_EQ(change("INSERT INTO thing (id, whole) VALUES (2, 13)").error().code, Errc::conflict);
  EXPECT_EQ(change("INSERT INTO thing (id, parent) VALUES (2, 99)").error().code, Errc::conflict);
  EXPECT_EQ(change("INSERT INTO thing (id, needed) VALUES (2, NULL)").error().code, Errc::conflict);
  EXPECT_EQ(count(), 1);
}

TEST_P(DatabaseContract, KeepsWhatWasToBeStoredOutOfTheWordsOfAConflict) {
  ASSERT_TRUE(change(insert, {1, "a private name"}));

  const auto refused = change(insert, {2, "a private name"});

  EXPECT_EQ(refused.error().what.find("private"), std::string::npos) << refused.error().what;
}

TEST_P(DatabaseContract, CommitsNothingAfterAFailedStatementEvenWhenItIsIgnored) {
  ASSERT_TRUE(change(insert, {1, "one"}));
  Result<std::int64_t> later = 0;

  const auto done = db().write_now([&](Transaction& transaction) -> Result<> {
    std::ignore = transaction.execute(insert, {2, "two"});
    std::ignore = transaction.execute(insert, {1, "again"});
    later = transaction.execute(insert, {3, "three"});
    return {};
  });

  EXPECT_EQ(done.error().code, Errc::conflict);
  EXPECT_EQ(later.error().code, Errc::conflict);
  EXPECT_EQ(count(), 1);
}

TEST_P(DatabaseContract, ThrowsOnWrongStatementsAndGoesOn) {
  EXPECT_THROW(std::ignore = change("INSERT INTO thing (idd) VALUES (1)"), std::logic_error);
  EXPECT_THROW(std::ignore = change("SELEKT 1"), std::logic_error);
  EXPECT_THROW(std::ignore = change(insert, {1}), std::logic_error);
  EXPECT_THROW(std::ignore = change(insert, {1, "one", 2}), std::logic_error);
  EXPECT_THROW(std::ignore = change("DELETE FROM thing; DELETE FROM thing"), std::logic_error);
  EXPECT_THROW(std::ignore = rows("SELECT \"one\" FROM thing"), std::logic_error);

  EXPECT_TRUE(change(insert, {1, "one"}));
}

TEST_P(DatabaseContract, ThrowsWhenAReaderWrites) {
  const auto work = [](Transaction& transaction) {
    return as_result(transaction.execute(insert, {1, "one"}));
  };

  EXPECT_THROW(std::ignore = db().read_now(work), std::logic_error);

  EXPECT_EQ(count(), 0);
}

TEST_P(DatabaseContract, CountsTheRowsItChanged) {
  ASSERT_TRUE(change(insert, {1, "one"}));
  ASSERT_TRUE(change(insert, {2, "two"}));
  std::vector<std::int64_t> counts;

  const auto done = db().write_now([&](Transaction& transaction) -> Result<> {
    for (const auto sql : {"UPDATE thing SET whole = 1", "UPDATE thing SET whole = 2 WHERE id = 9",
                           "INSERT INTO thing (id) VALUES (2), (3) ON CONFLICT (id) DO NOTHING",
                           "INSERT INTO thing (id) VALUES (2) ON CONFLICT (id) DO NOTHING",
                           "SELECT id FROM thing", "DELETE FROM thing"}) {
      auto changed = transaction.execute(sql, {});
      if (!changed) {
        return changed.error();
      }
      counts.push_back(*changed);
    }
    return {};
  });

  ASSERT_TRUE(done) << done.error().what;
  EXPECT_EQ(counts, (std::vector<std::int64_t>{2, 0, 1, 0, 0, 3}));
}

TEST_P(DatabaseContract, LetsReadersSeeTheLastCommitWhileAWriterWorks) {
  ASSERT_TRUE(change(insert, {1, "one"}));
  std::int64_t seen = -1;

  const auto done = db().write_now([&](Transaction& transaction) {
    auto inserted = as_result(transaction.execute(insert, {2, "two"}));
    std::jthread reader{[&] { seen = count(); }};
    return inserted;
  });

  ASSERT_TRUE(done) << done.error().what;
  EXPECT_EQ(seen, 1);
  EXPECT_EQ(count(), 2);
}

TEST_P(DatabaseContract, ReadsOneSnapshot) {
  std::vector<std::int64_t> counts;

  const auto done = db().read_now([&](Transaction& transaction) -> Result<> {
    for (int i = 0; i < 2; ++i) {
      auto found = transaction.query(count_all, {});
      if (!found) {
        return found.error();
      }
      counts.push_back(found->front().integer(0));
      std::jthread writer{[&] { EXPECT_TRUE(change(insert, {i, std::nullopt})); }};
    }
    return {};
  });

  ASSERT_TRUE(done) << done.error().what;
  EXPECT_EQ(counts, (std::vector<std::int64_t>{0, 0}));
  EXPECT_EQ(count(), 2);
}

// What is read in a write transaction stays true until it commits, also against other processes: a
// lost update would show as a smaller sum.
TEST_P(DatabaseContract, RunsWritersOfAllProcessesOneAfterAnother) {
  constexpr int processes = 4;
  constexpr int each = 20;
  ASSERT_TRUE(change("INSERT INTO thing (id, whole) VALUES (1, 100)"));
  std::vector<std::unique_ptr<Database>> databases;
  for (int i = 0; i < processes; ++i) {
    databases.push_back(open_again());
  }
  const Database::Work add_one = [](Transaction& transaction) -> Result<> {
    auto found = transaction.query("SELECT whole FROM thing WHERE id = 1", {});
    if (!found) {
      return found.error();
    }
    return as_result(transaction.execute("UPDATE thing SET whole = $1 WHERE id = 1",
                                         {found->front().integer(0) + 1}));
  };
  std::vector<std::jthread> threads;

  for (auto& one : databases) {
    threads.emplace_back([&add_one, database = one.get()] {
      for (int i = 0; i < each; ++i) {
        const auto done = database->write_now(add_one);
        EXPECT_TRUE(done) << done.error().what;
      }
    });
  }
  threads.clear();

  EXPECT_EQ(rows("SELECT whole FROM thing").front().integer(0), 100 + processes * each);
}

TEST_P(DatabaseContract, WorksFromCoroutines) {
  std::function<Result<std::string>(Transaction&)> work =
      [](Transaction& transaction) -> Result<std::string> {
    auto inserted = transaction.query(
        "INSERT INTO thing (id, words) VALUES ($1, $2) RETURNING words", {1, "one"});
    if (!inserted) {
      return inserted.error();
    }
    return inserted->front().text(0);
  };
  std::function<Result<std::int64_t>(Transaction&)> question =
      [](Transaction& transaction) -> Result<std::int64_t> {
    auto found = transaction.query(count_all, {});
    if (!found) {
      return found.error();
    }
    return found->front().integer(0);
  };

  EXPECT_EQ(run(write<std::string>(db(), work)).value(), "one");
  EXPECT_EQ(run(write<std::string>(db(), work)).error().code, Errc::conflict);
  EXPECT_EQ(run(read<std::int64_t>(db(), question)).value(), 1);
}

TEST_P(DatabaseContract, NeverRunsWhatIsCancelledBeforeItsTurn) {
  std::latch began{1};
  std::latch may_end{1};
  std::jthread other_writer{[&] {
    const auto done = db().write_now([&](Transaction&) -> Result<> {
      began.count_down();
      may_end.wait();
      return {};
    });
    EXPECT_TRUE(done);
  }};
  began.wait();
  std::atomic<bool> ran = false;
  TaskGroup tasks{io.get_executor(), [](const std::string&, const std::exception_ptr&) {}};
  Database::Work work = [&ran](Transaction&) -> Result<> {
    ran = true;
    return {};
  };
  constexpr auto task = [](Database& database, Database::Work its_work) -> Async<> {
    std::ignore = co_await database.write(std::move(its_work));
  };
  tasks.spawn("write", task(db(), work));
  testing::settle(io);

  tasks.cancel();
  may_end.count_down();
  run(tasks.join());

  EXPECT_FALSE(ran);
}

TEST_P(DatabaseContract, TellsTheTime) {
  std::vector<Time> times;

  const auto done = db().write_now([&](Transaction& transaction) -> Result<> {
    for (int i = 0; i < 2; ++i) {
      auto now = transaction.now();
      if (!now) {
        return now.error();
      }
      times.push_back(*now);
      clock.advance(std::chrono::seconds{2});
    }
    return {};
  });

  ASSERT_TRUE(done) << done.error().what;
  EXPECT_GT(times[1], times[0]) << "the time of the transaction's start, not of now";
  EXPECT_EQ(to_rfc3339(times[0]).substr(0, 2), "20");
  if (!is_postgres()) {
    EXPECT_EQ(times[1] - times[0], std::chrono::seconds{2});
  }
}

}  // namespace
}  // namespace vigie::db
