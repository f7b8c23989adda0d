// SPDX-License-Identifier: Apache-2.0
// What only PostgreSQL can do to us: lose connections, refuse for a race.
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

#include "db/postgres/postgres_database.hpp"
#include "support/databases.hpp"

namespace vigie::db {
namespace {

class Postgres : public testing::OnEachDatabase {
 protected:
  static Result<> add_event(Transaction& transaction) {
    auto changed = transaction.execute("UPDATE event_sequence SET last = last + 1", {});
    return changed ? Result<>{} : Result<>{changed.error()};
  }

  Result<std::int64_t> last() {
    std::int64_t found = -1;
    auto done = db().read_now([&](Transaction& transaction) -> Result<> {
      auto rows = transaction.query("SELECT last FROM event_sequence", {});
      if (!rows) {
        return rows.error();
      }
      found = rows->front().integer(0);
      return {};
    });
    return done ? Result<std::int64_t>{found} : Result<std::int64_t>{done.error()};
  }

  // Cuts every connection to the test's database but the one that asks.
  void cut_connections() {
    const auto other = open_again();
    const auto done = other->write_now([](Transaction& transaction) -> Result<> {
      auto cut = transaction.query(
          "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity "
          "WHERE datname = current_database() AND pid <> pg_backend_pid()",
          {});
      return cut ? Result<>{} : Result<>{cut.error()};
    });
    ASSERT_TRUE(done) << done.error().what;
  }
};
INSTANTIATE_TEST_SUITE_P(Engines, Postgres, ::testing::Values("postgres"), testing::engine_name);

TEST_P(Postgres, ReconnectsWhenAnIdleConnectionWasLost) {
  ASSERT_TRUE(db().write_now(add_event));
  cut_connections();

  const auto written = db().write_now(add_event);
  const auto read = last();

  ASSERT_TRUE(written) << written.error().what;
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(*read, 2);
}

TEST_P(Postgres, FailsTheTransactionThatLosesItsConnectionAndRecovers) {
  int runs = 0;
  const auto lost = db().read_now([&](Transaction& transaction) -> Result<> {
    ++runs;
    cut_connections();
    auto rows = transaction.query("SELECT last FROM event_sequence", {});
    return rows ? Result<>{} : Result<>{rows.error()};
  });

  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, Errc::unavailable);
  EXPECT_EQ(runs, 1) << "work that had begun must not be repeated by itself";
  EXPECT_EQ(last().value(), 0);
  EXPECT_TRUE(db().write_now(add_event));
}

TEST_P(Postgres, WritesNothingWhenTheConnectionIsLostBeforeTheCommit) {
  std::latch written{1};
  std::latch cut{1};
  std::jthread cutter{[&] {
    written.wait();
    // Not through cut_connections(): the writer under test holds the writers' lock.
    const auto other = open_again();
    std::ignore = other->read_now([](Transaction& transaction) -> Result<> {
      auto done = transaction.query(
          "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity "
          "WHERE datname = current_database() AND pid <> pg_backend_pid()",
          {});
      return done ? Result<>{} : Result<>{done.error()};
    });
    cut.count_down();
  }};

  const auto lost = db().write_now([&](Transaction& transaction) -> Result<> {
    auto done = add_event(transaction);
    written.count_down();
    cut.wait();
    return done;
  });

  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, Errc::unavailable);
  EXPECT_NE(lost.error().what.find("the outcome is not known"), std::string::npos)
      << lost.error().what;
  EXPECT_EQ(last().value(), 0);
}

TEST_P(Postgres, RunsTheWholeWorkAgainAfterALostRace) {
  int runs = 0;
  const auto done = db().write_now([&](Transaction& transaction) -> Result<> {
    ++runs;
    if (auto added = add_event(transaction); !added) {
      return added;
    }
    if (runs < 3) {
      return transaction.script(
          "DO $$ BEGIN RAISE EXCEPTION 'race' USING ERRCODE = '40001'; END $$");
    }
    return {};
  });

  ASSERT_TRUE(done) << done.error().what;
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(last().value(), 1);
}

TEST_P(Postgres, GivesUpAfterFiveMoreAttempts) {
  int runs = 0;
  const auto done = db().write_now([&](Transaction& transaction) {
    ++runs;
    return transaction.script("DO $$ BEGIN RAISE EXCEPTION 'race' USING ERRCODE = '40P01'; END $$");
  });

  EXPECT_EQ(done.error().code, Errc::unavailable);
  EXPECT_EQ(runs, 6);
}

TEST_P(Postgres, SurvivesAChangeOfTheSchemaUnderItsPreparedStatements) {
  const auto all = [&] {
    return db().read_now([](Transaction& transaction) -> Result<> {
      auto rows = transaction.query("SELECT * FROM event_cursor", {});
      return rows ? Result<>{} : Result<>{rows.error()};
    });
  };
  for (int i = 0; i < 6; ++i) {  // on every reader
    ASSERT_TRUE(all());
  }
  ASSERT_TRUE(open_again()->write_now([](Transaction& transaction) {
    return transaction.script("ALTER TABLE event_cursor ADD COLUMN more TEXT");
  }));

  const auto again = all();

  EXPECT_TRUE(again) << again.error().what;
}

TEST_P(Postgres, CallsAnOverlongIndexedTextInvalid) {
  std::string noise;  // incompressible
  for (int i = 0; i < 200; ++i) {
    noise += random.hex(64);
  }
  const auto done = db().write_now([&](Transaction& transaction) -> Result<> {
    auto added =
        transaction.execute("INSERT INTO event_cursor (reader, last) VALUES ($1, 1)", {noise});
    return added ? Result<>{} : Result<>{added.error()};
  });

  EXPECT_EQ(done.error().code, Errc::invalid);
}

TEST(PostgresAddress, IsNeverRepeatedWithItsPassword) {
  for (const std::string url :
       {"postgresql://anna:sesame@127.0.0.1:1/vigie", "postgresql://anna:sesame@127.0.0.1:x/vigie",
        "postgresql://anna:sesame@[::1/vigie", "mysql://anna:sesame@host/vigie",
        "postgresql://anna:sesame@127.0.0.1:1/vigie?nonsense=sesame", "anna:sesame"}) {
    const auto opened = open_postgres(url);

    ASSERT_FALSE(opened) << url;
    EXPECT_EQ(opened.error().what.find("sesame"), std::string::npos) << opened.error().what;
  }
}

TEST(PostgresAddress, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(open_postgres("mysql://host/vigie").error().code, Errc::invalid);
  const auto refused = open_postgres("postgresql://anna@127.0.0.1:1/vigie").error();
  EXPECT_EQ(refused.code, Errc::unavailable);
  EXPECT_NE(refused.what.find("\"vigie\" on 127.0.0.1:1"), std::string::npos) << refused.what;
}

}  // namespace
}  // namespace vigie::db
