// SPDX-License-Identifier: Apache-2.0
// The only truth. Two engines, SQLite and PostgreSQL, one SQL text (docs/ARCHITECTURE.md, "SQL").
#pragma once
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "async/async.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace vigie::db {

// A parameter or a column. Times travel as BIGINT microseconds, hashes and tokens as hexadecimal
// text.
class Value {
 public:
  using Storage = std::variant<std::monostate, std::int64_t, double, bool, std::string>;

  Value() = default;
  Value(std::nullopt_t) {}                                  // NOLINT(google-explicit-constructor)
  Value(std::int64_t value) : storage_{value} {}            // NOLINT(google-explicit-constructor)
  Value(int value) : storage_{std::int64_t{value}} {}       // NOLINT(google-explicit-constructor)
  Value(double value) : storage_{value} {}                  // NOLINT(google-explicit-constructor)
  Value(bool value) : storage_{value} {}                    // NOLINT(google-explicit-constructor)
  Value(std::string value) : storage_{std::move(value)} {}  // NOLINT(google-explicit-constructor)
  Value(std::string_view value)
      : storage_{std::string{value}} {}                       // NOLINT(google-explicit-constructor)
  Value(const char* value) : storage_{std::string{value}} {}  // NOLINT(google-explicit-constructor)
  Value(Time value) : storage_{to_micros(value)} {}           // NOLINT(google-explicit-constructor)
  Value(Span value)
      : storage_{std::int64_t{value.count()}} {}  // NOLINT(google-explicit-constructor)
  template <class T>
  Value(const std::optional<T>& value) {  // NOLINT(google-explicit-constructor)
    if (value) {
      *this = Value{*value};
    }
  }

  const Storage& storage() const { return storage_; }

 private:
  Storage storage_;
};

// One row of an answer. Reading a column as another type than it has, or past the end, is a bug and
// throws; a NULL reads as nothing through the optional forms and throws through the plain ones.
class Row {
 public:
  explicit Row(std::vector<Value> columns) : columns_{std::move(columns)} {}

  bool is_null(std::size_t column) const;
  std::int64_t integer(std::size_t column) const;
  double number(std::size_t column) const;  // an integer column is read too
  bool boolean(std::size_t column) const;   // SQLite's 0 and 1 are read too
  const std::string& text(std::size_t column) const;
  std::string text_or_empty(std::size_t column) const;
  Time time(std::size_t column) const { return from_micros(integer(column)); }
  Span span(std::size_t column) const { return Span{integer(column)}; }
  std::optional<Time> optional_time(std::size_t column) const;
  std::optional<std::int64_t> optional_integer(std::size_t column) const;
  std::optional<double> optional_number(std::size_t column) const;

 private:
  std::vector<Value> columns_;
};

using Rows = std::vector<Row>;

// One open transaction, on a thread of the database's pool. Statements are constants with $1…$n;
// their text lives in *_sql.cpp files only. SQL text must be accepted unchanged by both engines.
//
// A statement that fails dooms the transaction, on both engines: every later statement answers the
// same error and nothing is committed. Where a conflict is expected, say ON CONFLICT.
//
// PostgreSQL gives a parameter the type of its place, so: CAST($1 AS TEXT) IS NULL, CAST($1 AS
// BIGINT) + 1, and CAST too where a parameter is selected. SUM and AVG read as integer() when the
// answer is whole and as number() always.
class Transaction {
 public:
  virtual ~Transaction() = default;

  // Rows of a SELECT or of RETURNING. Errc::conflict for a broken UNIQUE, CHECK or foreign key;
  // Errc::unavailable when the database is gone or busy; Errc::invalid for a text that is not UTF-8
  // or holds a NUL, and for a number that is not finite; a wrong statement is a bug and throws.
  virtual Result<Rows> query(std::string_view sql, std::initializer_list<Value> parameters) = 0;

  // Number of rows changed; same errors.
  virtual Result<std::int64_t> execute(std::string_view sql,
                                       std::initializer_list<Value> parameters) = 0;

  // Several statements without parameters, for migrations only.
  virtual Result<> script(std::string_view sql) = 0;

  // The database's own wall clock, for leases: PostgreSQL's, or the Clock given to SQLite.
  virtual Result<Time> now() = 0;
};

class Database {
 public:
  using Work = std::function<Result<>(Transaction&)>;

  virtual ~Database() = default;

  // Runs work in one transaction: committed when it succeeds, rolled back when it fails or throws.
  // Writers run one after another, on both engines and from all processes: what work reads stays
  // true until it commits. Keep it short, and never call the database from inside.
  // May run work more than once (a deadlock with a foreign client on PostgreSQL): it must have no
  // other effect than through the transaction and its own results. Waits its turn;
  // Errc::unavailable when the database cannot be reached. Cancelled before its turn, it never
  // runs; once begun, it ends.
  virtual Async<Result<>> write(Work work) = 0;

  // The same for statements that change nothing, on one snapshot; runs beside writers.
  virtual Async<Result<>> read(Work work) = 0;

  // Blocking twins, for the command line, migrations and tests; not on the I/O thread of a server.
  virtual Result<> write_now(const Work& work) = 0;
  virtual Result<> read_now(const Work& work) = 0;

  // A number that is another once anybody, in whatever process, has committed a change; nothing
  // where the engine cannot tell within microseconds (PostgreSQL) or just now. For one thread at a
  // time, and cheap enough for the I/O thread: no disk is read.
  virtual std::optional<std::int64_t> version() = 0;

  virtual std::string_view engine() const = 0;  // "sqlite" or "postgres"
};

// The forms stores use: `co_await db::write<Live>(database, std::move(work))`.
template <class T>
Async<Result<T>> write(Database& database, std::function<Result<T>(Transaction&)> work) {
  std::optional<T> value;
  Database::Work erased = [&value, &work](Transaction& transaction) -> Result<> {
    auto result = work(transaction);
    if (!result) {
      return result.error();
    }
    value.emplace(std::move(*result));
    return {};
  };
  auto done = co_await database.write(std::move(erased));
  if (!done) {
    co_return done.error();
  }
  co_return std::move(*value);
}

template <class T>
Async<Result<T>> read(Database& database, std::function<Result<T>(Transaction&)> work) {
  std::optional<T> value;
  Database::Work erased = [&value, &work](Transaction& transaction) -> Result<> {
    auto result = work(transaction);
    if (!result) {
      return result.error();
    }
    value.emplace(std::move(*result));
    return {};
  };
  auto done = co_await database.read(std::move(erased));
  if (!done) {
    co_return done.error();
  }
  co_return std::move(*value);
}

}  // namespace vigie::db
