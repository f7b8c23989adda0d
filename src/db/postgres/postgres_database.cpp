// SPDX-License-Identifier: Apache-2.0
#include "db/postgres/postgres_database.hpp"

#include <algorithm>
#include <utility>

#include "db/postgres/connection.hpp"
#include "db/session.hpp"

namespace vigie::db {
namespace {

// Writers of every process take the same advisory lock before their first statement, so that each
// sees what all before it have committed and none can be refused for a race: what SQLite's one
// writer gives. The key is "vigie" in ASCII.
constexpr std::string_view begin_write =
    "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(508574525797)";
constexpr std::string_view begin_read = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
constexpr std::string_view select_now =
    "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)";
constexpr std::string_view no_limit = "SET LOCAL statement_timeout = 0";

class PostgresSession final : public Session {
 public:
  explicit PostgresSession(PostgresAddress address) : connection_{std::move(address)} {}

  Result<> connect() { return connection_.connect(); }

  Result<> begin(Access access) override {
    connection_.forget_race();
    const auto sql = access == Access::write ? begin_write : begin_read;
    if (connection_.is_connected()) {
      auto begun = connection_.script(sql);
      if (begun || connection_.is_connected()) {
        return begun;
      }
      // It was lost while idle: nothing is at stake yet.
    }
    if (auto connected = connection_.connect(); !connected) {
      return connected;
    }
    return connection_.script(sql);
  }

  Result<> commit() override {
    auto committed = connection_.script("COMMIT");
    if (!committed && !connection_.is_connected()) {
      return committed.error().during("committing, and the outcome is not known");
    }
    return committed;
  }

  void rollback() override {
    if (!connection_.in_transaction()) {
      return;
    }
    if (!connection_.script("ROLLBACK")) {
      connection_.disconnect();
    }
  }

  Result<Rows> query(std::string_view sql, std::span<const Value> parameters) override {
    return connection_.query(sql, parameters);
  }
  Result<std::int64_t> execute(std::string_view sql, std::span<const Value> parameters) override {
    return connection_.execute(sql, parameters);
  }

  // Migrations may build an index for longer than any statement of a server may take.
  Result<> script(std::string_view sql) override {
    if (auto unlimited = connection_.script(no_limit); !unlimited) {
      return unlimited;
    }
    return connection_.script(sql);
  }

  Result<Time> now() override {
    auto rows = connection_.query(select_now, {});
    if (!rows) {
      return rows.error();
    }
    return rows->front().time(0);
  }

  bool is_worth_another_try() const override { return connection_.lost_a_race(); }

 private:
  PostgresConnection connection_;
};

Result<std::unique_ptr<Session>> open_session(const PostgresAddress& address) {
  auto session = std::make_unique<PostgresSession>(address);
  if (auto connected = session->connect(); !connected) {
    return connected.error();
  }
  return session;
}

}  // namespace

Result<std::unique_ptr<Database>> open_postgres(std::string url, std::size_t connections) {
  auto address = parse_postgres_url(std::move(url));
  if (!address) {
    return address.error();
  }
  auto writer = open_session(*address);
  if (!writer) {
    return writer.error();
  }
  std::vector<std::unique_ptr<Session>> readers;
  for (std::size_t i = 1; i < std::max<std::size_t>(connections, 2); ++i) {
    auto reader = open_session(*address);
    if (!reader) {
      return reader.error();
    }
    readers.push_back(std::move(*reader));
  }
  const VersionOf unknown = [] { return std::nullopt; };  // asking would cost a round trip
  return make_database("postgres", std::move(*writer), std::move(readers), unknown);
}

}  // namespace vigie::db
