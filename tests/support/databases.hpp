// SPDX-License-Identifier: Apache-2.0
// A fresh, migrated database for each test, on each engine. PostgreSQL is started once a process,
// in a folder of its own, or taken from VIGIE_TEST_PG=postgresql://…; without it its tests are
// skipped.
//
//   class Accounts : public vigie::testing::OnEachDatabase {};
//   INSTANTIATE_TEST_SUITE_P(Engines, Accounts, vigie::testing::each_database(),
//                            vigie::testing::engine_name);
//   TEST_P(Accounts, AreFoundAgain) { … run(store.add(…)) … }
#pragma once
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "async/clock_fake.hpp"
#include "async/testing.hpp"
#include "base/ids.hpp"
#include "base/random_fake.hpp"
#include "db/database.hpp"

namespace vigie::testing {

class DatabasePlace;  // where the database of one test lies

enum class Schema : std::uint8_t { newest, none };

class OnEachDatabase : public ::testing::TestWithParam<std::string> {
 protected:
  explicit OnEachDatabase(Schema schema = Schema::newest);
  ~OnEachDatabase() override;
  void SetUp() override;

  db::Database& db() { return *database_; }

  // The same database through connections of its own, as another process would have it.
  std::unique_ptr<db::Database> open_again();

  // Runs a coroutine on io to its end.
  template <class T>
  T run(Async<T> work) {
    return testing::run(io, std::move(work));
  }

  // One statement; the test fails where it does.
  void execute(std::string_view sql, std::initializer_list<db::Value> parameters);

  // A person who may sign in nowhere, an account of TikTok: named as their ids.
  void add_person(std::string_view id);
  void add_account(std::string_view id);

  // The first column of the first row.
  std::int64_t number(std::string_view sql);

  bool is_postgres() const { return GetParam() == "postgres"; }

  asio::io_context io;
  ManualClock clock;
  SeededRandom random;
  Ids ids{random};

 private:
  Schema schema_;
  std::unique_ptr<DatabasePlace> place_;
  std::unique_ptr<db::Database> database_;
};

// A folder for one test, removed with what is in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline auto each_database() {
  return ::testing::Values("sqlite", "postgres");
}
inline std::string engine_name(const ::testing::TestParamInfo<std::string>& info) {
  return info.param;
}

}  // namespace vigie::testing
