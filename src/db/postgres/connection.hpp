// SPDX-License-Identifier: Apache-2.0
// One PostgreSQL connection with its prepared statements, made again when it is lost. One thread at
// a time.
#pragma once
#include <libpq-fe.h>

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "db/database.hpp"

namespace vigie::db {

// Where to connect, and what may be said of it.
struct PostgresAddress {
  std::string url{};
  std::string password{};  // to be kept out of every word of ours
  std::string shown{};     // "vigie on db.example:5432"
};

Result<PostgresAddress> parse_postgres_url(std::string url);

class PostgresConnection {
 public:
  explicit PostgresConnection(PostgresAddress address) : address_{std::move(address)} {}

  Result<> connect();
  bool is_connected() const { return connection_ && PQstatus(connection_.get()) == CONNECTION_OK; }
  void disconnect();

  Result<Rows> query(std::string_view sql, std::span<const Value> parameters);
  Result<std::int64_t> execute(std::string_view sql, std::span<const Value> parameters);
  Result<> script(std::string_view sql);

  // Whether the last failure was a lost race (serialisation, deadlock, a stale plan).
  bool lost_a_race() const { return lost_a_race_; }
  void forget_race() { lost_a_race_ = false; }
  bool in_transaction() const;

 private:
  struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
  };
  using Answer = std::unique_ptr<PGresult, Clear>;

  Result<std::string> prepare(std::string_view sql);
  Result<Answer> run(std::string_view sql, std::span<const Value> parameters);
  // Throws std::logic_error for a statement that is wrong.
  Error failure(const PGresult* answer, std::string_view sql);
  std::string without_password(std::string words) const;

  PostgresAddress address_;
  std::unique_ptr<PGconn, Finish> connection_;
  std::map<std::string, std::string, std::less<>> statements_;  // SQL text to name
  bool lost_a_race_ = false;
};

}  // namespace vigie::db
