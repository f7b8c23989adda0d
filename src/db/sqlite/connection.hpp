// SPDX-License-Identifier: Apache-2.0
// One SQLite connection with its prepared statements. One thread at a time.
#pragma once
#include <sqlite3.h>

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "db/database.hpp"
#include "db/session.hpp"

namespace vigie::db {

class SqliteConnection {
 public:
  // Opens path and sets it up; a reader refuses to change anything.
  static Result<std::unique_ptr<SqliteConnection>> open(const std::string& path, Access access);

  Result<Rows> query(std::string_view sql, std::span<const Value> parameters);
  Result<std::int64_t> execute(std::string_view sql, std::span<const Value> parameters);
  Result<> script(std::string_view sql);

  // Busy is an error at once: for a thread that must not wait.
  void do_not_wait() { sqlite3_busy_timeout(handle_.get(), 0); }

  // PRAGMA data_version: another number once a connection other than this one has committed, in
  // this process or in another (SQLite's documentation of the pragma); nothing on any trouble.
  std::optional<std::int64_t> data_version();

  bool in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };

  SqliteConnection(std::string path, sqlite3* handle) : path_{std::move(path)}, handle_{handle} {}

  Result<> configure(Access access);
  // Throws std::logic_error for a statement that is wrong; null when the failure is not ours.
  Result<sqlite3_stmt*> prepare(std::string_view sql);
  Result<> run(sqlite3_stmt* statement, std::string_view sql, std::span<const Value> parameters,
               Rows* rows);
  Error failure(int code, std::string_view sql) const;

  std::string path_;
  std::unique_ptr<sqlite3, Close> handle_;
  std::map<std::string, std::unique_ptr<sqlite3_stmt, Finalize>, std::less<>> statements_;
};

}  // namespace vigie::db
