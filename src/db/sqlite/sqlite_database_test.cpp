// SPDX-License-Identifier: Apache-2.0
// What only a file can do to us; the rest is in tests/conformance/database_test.cpp.
#include "db/sqlite/sqlite_database.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "async/clock_fake.hpp"

namespace vigie::db {
namespace {

namespace fs = std::filesystem;

class SqliteFile : public ::testing::Test {
 protected:
  SqliteFile() {
    auto pattern = (fs::temp_directory_path() / "vigie-sqlite-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
  }
  ~SqliteFile() override { fs::remove_all(folder); }

  std::string path() const { return (folder / "vigie.db").string(); }

  static Result<> script(Database& database, std::string_view sql) {
    return database.write_now([=](Transaction& transaction) { return transaction.script(sql); });
  }

  fs::path folder;
  ManualClock clock;
};

TEST_F(SqliteFile, IsMadeForItsOwnerAlone) {
  const auto opened = open_sqlite(path(), clock);

  ASSERT_TRUE(opened) << opened.error().what;
  ASSERT_TRUE(script(**opened, "CREATE TABLE thing (id BIGINT)"));
  for (const auto& entry : fs::directory_iterator{folder}) {
    struct stat status{};
    ASSERT_EQ(::stat(entry.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << entry.path();
  }
  EXPECT_EQ((*opened)->engine(), "sqlite");
}

TEST_F(SqliteFile, KeepsWhatItHeldWhenOpenedAgain) {
  ASSERT_TRUE(script(*open_sqlite(path(), clock).value(), "CREATE TABLE thing (id BIGINT)"));

  const auto again = open_sqlite(path(), clock).value();

  EXPECT_TRUE(script(*again, "INSERT INTO thing (id) VALUES (1)"));
}

TEST_F(SqliteFile, CannotBeTheMemory) {
  EXPECT_EQ(open_sqlite(":memory:", clock).error().code, Errc::invalid);
  EXPECT_EQ(open_sqlite("", clock).error().code, Errc::invalid);
}

TEST_F(SqliteFile, IsRefusedWhenItIsNoDatabase) {
  std::ofstream{path()} << "This is a letter, and a long one, to whom it may concern. " << path();

  const auto opened = open_sqlite(path(), clock);

  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::corrupt);
  EXPECT_NE(opened.error().what.find(path()), std::string::npos) << opened.error().what;
}

TEST_F(SqliteFile, IsCalledCorruptWhenItsPagesAreSpoilt) {
  {
    const auto database = open_sqlite(path(), clock).value();
    ASSERT_TRUE(script(*database, "CREATE TABLE thing (id BIGINT, words TEXT)"));
    ASSERT_TRUE(script(*database, "INSERT INTO thing (id, words) VALUES (1, 'x')"));
  }
  std::fstream file{path(), std::ios::in | std::ios::out | std::ios::binary};
  file.seekp(4096);
  file << std::string(4096, '\x7F');
  file.close();

  const auto database = open_sqlite(path(), clock).value();
  const auto read = database->read_now([](Transaction& transaction) -> Result<> {
    auto rows = transaction.query("SELECT words FROM thing", {});
    return rows ? Result<>{} : Result<>{rows.error()};
  });

  EXPECT_EQ(read.error().code, Errc::corrupt);
}

TEST_F(SqliteFile, SaysWhatToDoWhenItCannotBeOpened) {
  const auto no_folder = open_sqlite((folder / "missing" / "vigie.db").string(), clock);
  const auto is_folder = open_sqlite(folder.string(), clock);

  ASSERT_FALSE(no_folder);
  EXPECT_EQ(no_folder.error().code, Errc::unavailable);
  EXPECT_NE(no_folder.error().what.find("must exist and be writable"), std::string::npos)
      << no_folder.error().what;
  EXPECT_EQ(is_folder.error().code, Errc::unavailable);
}

}  // namespace
}  // namespace vigie::db
