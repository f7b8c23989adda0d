// SPDX-License-Identifier: Apache-2.0
// What an engine implements: one connection. What engines share (threads, turns, retries, rollback,
// checks of parameters) is in make_database().
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "db/database.hpp"

namespace vigie::db {

enum class Access : std::uint8_t { read, write };

// Used by one thread at a time. Errors are those of Transaction.
class Session {
 public:
  virtual ~Session() = default;

  // Reconnects when the connection is lost. A writer returns once no other writer is left.
  virtual Result<> begin(Access access) = 0;
  virtual Result<> commit() = 0;
  virtual void rollback() = 0;  // never fails: what cannot be rolled back is cut off

  virtual Result<Rows> query(std::string_view sql, std::span<const Value> parameters) = 0;
  virtual Result<std::int64_t> execute(std::string_view sql, std::span<const Value> parameters) = 0;
  virtual Result<> script(std::string_view sql) = 0;
  virtual Result<Time> now() = 0;

  // The last transaction lost against another one: the same work may succeed if run again.
  virtual bool is_worth_another_try() const = 0;
};

// Database::version() of an engine.
using VersionOf = std::function<std::optional<std::int64_t>()>;

// One writer and at least one reader.
std::unique_ptr<Database> make_database(std::string_view engine, std::unique_ptr<Session> writer,
                                        std::vector<std::unique_ptr<Session>> readers,
                                        VersionOf version);

}  // namespace vigie::db
