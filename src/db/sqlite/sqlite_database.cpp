// SPDX-License-Identifier: Apache-2.0
#include "db/sqlite/sqlite_database.hpp"

#include <utility>

#include "db/session.hpp"
#include "db/sqlite/connection.hpp"

namespace vigie::db {
namespace {

class SqliteSession final : public Session {
 public:
  SqliteSession(std::unique_ptr<SqliteConnection> connection, Clock& clock)
      : connection_{std::move(connection)}, clock_{clock} {}

  // IMMEDIATE: a writer waits here for the other processes, not in the middle of its work.
  Result<> begin(Access access) override {
    return run(access == Access::write ? "BEGIN IMMEDIATE" : "BEGIN");
  }

  Result<> commit() override { return run("COMMIT"); }

  void rollback() override {
    // Some failures (a full disk) have rolled back already.
    if (connection_->in_transaction()) {
      std::ignore = run("ROLLBACK");
    }
  }

  Result<Rows> query(std::string_view sql, std::span<const Value> parameters) override {
    return connection_->query(sql, parameters);
  }
  Result<std::int64_t> execute(std::string_view sql, std::span<const Value> parameters) override {
    return connection_->execute(sql, parameters);
  }
  Result<> script(std::string_view sql) override { return connection_->script(sql); }
  Result<Time> now() override { return clock_.now(); }
  bool is_worth_another_try() const override { return false; }

 private:
  // Prepared once, unlike a script.
  Result<> run(std::string_view sql) {
    const auto done = connection_->execute(sql, {});
    return done ? Result<>{} : done.error();
  }

  std::unique_ptr<SqliteConnection> connection_;
  Clock& clock_;
};

Result<std::unique_ptr<Session>> open_session(const std::string& path, Access access,
                                              Clock& clock) {
  auto connection = SqliteConnection::open(path, access);
  if (!connection) {
    return connection.error();
  }
  return std::make_unique<SqliteSession>(std::move(*connection), clock);
}

}  // namespace

Result<std::unique_ptr<Database>> open_sqlite(std::string path, Clock& clock, std::size_t readers) {
  if (path.empty() || path.starts_with(":memory:")) {
    return make_error(Errc::invalid, "the SQLite database must be a file, not \"{}\"", path);
  }
  auto writer = open_session(path, Access::write, clock);
  if (!writer) {
    return writer.error();
  }
  std::vector<std::unique_ptr<Session>> sessions;
  for (std::size_t i = 0; i < std::max<std::size_t>(readers, 1); ++i) {
    auto reader = open_session(path, Access::read, clock);
    if (!reader) {
      return reader.error();
    }
    sessions.push_back(std::move(*reader));
  }
  auto witness = SqliteConnection::open(path, Access::read);
  if (!witness) {
    return witness.error();
  }
  (*witness)->do_not_wait();
  // std::function copies what it holds.
  VersionOf version = [connection = std::shared_ptr<SqliteConnection>{std::move(*witness)}] {
    return connection->data_version();
  };
  return make_database("sqlite", std::move(*writer), std::move(sessions), std::move(version));
}

}  // namespace vigie::db
