// SPDX-License-Identifier: Apache-2.0
#include "db/migrations.hpp"

#include <gtest/gtest.h>

#include <barrier>
#include <stdexcept>
#include <thread>

#include "support/databases.hpp"

namespace vigie::db {
namespace {

class Migrations : public testing::OnEachDatabase {
 protected:
  Migrations() : OnEachDatabase{testing::Schema::none} {}

  std::int64_t count(std::string_view sql) {
    std::int64_t found = -1;
    const auto done = db().read_now([&](Transaction& transaction) -> Result<> {
      auto rows = transaction.query(sql, {});
      if (!rows) {
        return rows.error();
      }
      found = rows->front().integer(0);
      return {};
    });
    EXPECT_TRUE(done) << done.error().what;
    return found;
  }

  static Migration table(int version, std::string_view sql) {
    return {version, "test", sql, "", "", "hash", version};
  }

  const std::vector<Migration> two_tables{table(1, "CREATE TABLE one (x BIGINT); "),
                                          table(2,
                                                "CREATE TABLE two (x BIGINT);"
                                                "INSERT INTO two (x) VALUES (1), (2)")};
};
INSTANTIATE_TEST_SUITE_P(Engines, Migrations, testing::each_database(), testing::engine_name);

TEST_P(Migrations, BringAnEmptyDatabaseToTheNewestSchema) {
  EXPECT_EQ(schema_status(db()).value().version, 0);

  const auto migrated = migrate(db());

  ASSERT_TRUE(migrated) << migrated.error().what;
  EXPECT_EQ(migrated->version, all_migrations().back().version);
  EXPECT_EQ(migrated->newest, migrated->version);
  EXPECT_EQ(schema_status(db()).value().version, migrated->version);
  EXPECT_EQ(count("SELECT last FROM event_sequence"), 0);
}

TEST_P(Migrations, DoNothingTheSecondTime) {
  ASSERT_TRUE(migrate(db(), two_tables));

  const auto again = migrate(db(), two_tables);

  ASSERT_TRUE(again) << again.error().what;
  EXPECT_EQ(again->version, 2);
  EXPECT_EQ(count("SELECT COUNT(*) FROM two"), 2);
  EXPECT_EQ(count("SELECT COUNT(*) FROM schema_version"), 2);
}

TEST_P(Migrations, RunTheirEnginesOwnPartAfterTheSharedOne) {
  Migration both = table(1, "CREATE TABLE engine (x BIGINT)");
  both.sqlite_sql = "INSERT INTO engine (x) VALUES (1)";
  both.postgres_sql = "INSERT INTO engine (x) VALUES (2)";

  ASSERT_TRUE(migrate(db(), {both}));

  EXPECT_EQ(count("SELECT x FROM engine"), is_postgres() ? 2 : 1);
}

TEST_P(Migrations, ContinueFromWhereTheDatabaseIs) {
  ASSERT_TRUE(migrate(db(), {two_tables.front()}));
  EXPECT_EQ(schema_status(db(), two_tables).value().version, 1);

  ASSERT_TRUE(migrate(db(), two_tables));

  EXPECT_EQ(count("SELECT COUNT(*) FROM two"), 2);
}

TEST_P(Migrations, LeaveNothingOfOneThatFails) {
  const std::vector<Migration> broken{two_tables.front(),
                                      table(2,
                                            "CREATE TABLE two (x BIGINT UNIQUE);"
                                            "INSERT INTO two (x) VALUES (1), (1)")};

  const auto refused = migrate(db(), broken);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
  EXPECT_NE(refused.error().what.find("migration 2"), std::string::npos) << refused.error().what;
  EXPECT_EQ(schema_status(db(), two_tables).value().version, 1);
  EXPECT_TRUE(migrate(db(), two_tables)) << "the table of the failed one is still there";
}

TEST_P(Migrations, LeaveNothingOfOneThatIsWronglyWritten) {
  EXPECT_THROW(std::ignore = migrate(db(), {table(1, "CREATE TABLE one (x BIGINT); CREATE TABEL")}),
               std::logic_error);

  EXPECT_TRUE(migrate(db(), two_tables));
}

TEST_P(Migrations, RefuseADatabaseThatNeedsANewerVigie) {
  ASSERT_TRUE(migrate(db(), two_tables));

  const auto older = std::vector<Migration>{two_tables.front()};
  const auto status = schema_status(db(), older);

  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Errc::conflict);
  EXPECT_NE(status.error().what.find("install that newer Vigie"), std::string::npos)
      << status.error().what;
  EXPECT_EQ(migrate(db(), older).error().code, Errc::conflict);
}

TEST_P(Migrations, AcceptANewerDatabaseThatSaysItIsCompatible) {
  auto newer = two_tables;
  newer.back().compat = 1;
  ASSERT_TRUE(migrate(db(), newer));

  const auto older = std::vector<Migration>{two_tables.front()};
  const auto status = migrate(db(), older);

  ASSERT_TRUE(status) << status.error().what;
  EXPECT_EQ(status->version, 2);
  EXPECT_EQ(status->newest, 1);
}

TEST_P(Migrations, RefuseAnAppliedOneThatWasEdited) {
  ASSERT_TRUE(migrate(db(), two_tables));
  auto edited = two_tables;
  edited.front().sha256 = "another";

  EXPECT_EQ(schema_status(db(), edited).error().code, Errc::conflict);
  edited.push_back(table(3, "CREATE TABLE three (x BIGINT)"));
  EXPECT_EQ(migrate(db(), edited).error().code, Errc::conflict);
  EXPECT_EQ(count("SELECT COUNT(*) FROM schema_version"), 2);
}

TEST_P(Migrations, HappenOnceWhenSeveralProcessesStartTogether) {
  constexpr int processes = 3;
  std::vector<std::unique_ptr<Database>> databases;
  for (int i = 0; i < processes; ++i) {
    databases.push_back(open_again());
  }
  std::barrier start{processes};
  std::vector<std::jthread> threads;

  for (auto& one : databases) {
    threads.emplace_back([&, database = one.get()] {
      start.arrive_and_wait();
      const auto migrated = migrate(*database, two_tables);
      EXPECT_TRUE(migrated) << migrated.error().what;
    });
  }
  threads.clear();

  EXPECT_EQ(count("SELECT COUNT(*) FROM two"), 2);
  EXPECT_EQ(count("SELECT COUNT(*) FROM schema_version"), 2);
}

TEST(EmbeddedMigrations, AreNumberedWithoutHolesAndHashed) {
  int expected = 0;
  for (const auto& migration : all_migrations()) {
    ++expected;
    EXPECT_EQ(migration.version, expected);
    EXPECT_EQ(migration.sha256.size(), 64U);
    EXPECT_LE(migration.compat, migration.version);
    EXPECT_FALSE(migration.name.empty());
  }
  EXPECT_GE(expected, 1);
}

}  // namespace
}  // namespace vigie::db
