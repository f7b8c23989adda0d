// SPDX-License-Identifier: Apache-2.0
#include "db/sqlite/connection.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <stdexcept>
#include <type_traits>
#include <utility>

namespace vigie::db {
namespace {

// Another process (the command line beside a server) may hold the file this long.
constexpr int busy_timeout_ms = 5000;

constexpr const char* settings = R"(
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA foreign_keys = ON;
  PRAGMA trusted_schema = OFF;
  PRAGMA journal_size_limit = 67108864;
  SELECT COUNT(*) FROM sqlite_master;)";
constexpr const char* reader_settings = R"(PRAGMA query_only = ON)";

// Makes the file readable by its owner only. An existing one is left alone: opening and closing it
// here would drop the locks that SQLite holds on it.
void create_private(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file >= 0) {
    ::close(file);
  }
}

int bind(sqlite3_stmt* statement, int index, const Value& value) {
  return std::visit(
      [&](const auto& held) {
        using T = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<T, std::monostate>) {
          return sqlite3_bind_null(statement, index);
        } else if constexpr (std::is_same_v<T, std::int64_t>) {
          return sqlite3_bind_int64(statement, index, held);
        } else if constexpr (std::is_same_v<T, double>) {
          return sqlite3_bind_double(statement, index, held);
        } else if constexpr (std::is_same_v<T, bool>) {
          return sqlite3_bind_int(statement, index, held ? 1 : 0);
        } else {
          // No copy: the caller's values outlive the statement's run, which clears its bindings.
          return sqlite3_bind_text64(statement, index, held.data(), held.size(), nullptr,
                                     SQLITE_UTF8);
        }
      },
      value.storage());
}

void bind_all(sqlite3_stmt* statement, std::string_view sql, std::span<const Value> parameters) {
  if (std::cmp_not_equal(sqlite3_bind_parameter_count(statement), parameters.size())) {
    throw std::logic_error(fmt::format("{} parameters were given to: {}", parameters.size(), sql));
  }
  int number = 0;
  for (const auto& parameter : parameters) {
    ++number;
    // SQLite takes $1 as a name.
    const auto name = fmt::format("${}", number);
    const int index = sqlite3_bind_parameter_index(statement, name.c_str());
    if (index == 0 || bind(statement, index, parameter) != SQLITE_OK) {
      throw std::logic_error(fmt::format("cannot bind {} of: {}", name, sql));
    }
  }
}

Value column(sqlite3_stmt* statement, int index) {
  switch (sqlite3_column_type(statement, index)) {
    case SQLITE_NULL:
      return Value{};
    case SQLITE_INTEGER:
      return Value{std::int64_t{sqlite3_column_int64(statement, index)}};
    case SQLITE_FLOAT:
      return Value{sqlite3_column_double(statement, index)};
    case SQLITE_TEXT: {
      const auto* text = sqlite3_column_text(statement, index);
      const auto bytes = static_cast<std::size_t>(sqlite3_column_bytes(statement, index));
      return Value{std::string{reinterpret_cast<const char*>(text), bytes}};
    }
    default:
      throw std::logic_error("a BLOB was read: bytes go to the BlobStore");
  }
}

Row current_row(sqlite3_stmt* statement) {
  const int count = sqlite3_column_count(statement);
  std::vector<Value> columns;
  columns.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    columns.push_back(column(statement, i));
  }
  return Row{std::move(columns)};
}

struct Reset {
  sqlite3_stmt* statement;
  ~Reset() {
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
  }
};

}  // namespace

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::open(const std::string& path,
                                                                 Access access) {
  create_private(path);
  sqlite3* handle = nullptr;
  constexpr int flags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  std::unique_ptr<SqliteConnection> connection{new SqliteConnection{path, handle}};
  if (code != SQLITE_OK) {
    return connection->failure(code, "opening");
  }
  if (auto configured = connection->configure(access); !configured) {
    return configured.error();
  }
  return connection;
}

Result<> SqliteConnection::configure(Access access) {
  auto* handle = handle_.get();
  sqlite3_busy_timeout(handle, busy_timeout_ms);
  // As PostgreSQL: "x" is a name and never a text.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  if (auto done = script(settings); !done) {
    return done;
  }
  if (access == Access::read) {
    return script(reader_settings);
  }
  return {};
}

Result<Rows> SqliteConnection::query(std::string_view sql, std::span<const Value> parameters) {
  auto statement = prepare(sql);
  if (!statement) {
    return statement.error();
  }
  Rows rows;
  if (auto done = run(*statement, sql, parameters, &rows); !done) {
    return done.error();
  }
  return rows;
}

Result<std::int64_t> SqliteConnection::execute(std::string_view sql,
                                               std::span<const Value> parameters) {
  auto statement = prepare(sql);
  if (!statement) {
    return statement.error();
  }
  if (auto done = run(*statement, sql, parameters, nullptr); !done) {
    return done.error();
  }
  return sqlite3_stmt_readonly(*statement) != 0 ? 0 : sqlite3_changes64(handle_.get());
}

Result<> SqliteConnection::script(std::string_view sql) {
  const std::string text{sql};
  const int code = sqlite3_exec(handle_.get(), text.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) {
    return failure(code, sql);
  }
  return {};
}

std::optional<std::int64_t> SqliteConnection::data_version() {
  const auto statement = prepare("PRAGMA data_version");
  if (!statement) {
    return std::nullopt;
  }
  const Reset reset{*statement};
  return sqlite3_step(*statement) == SQLITE_ROW
             ? std::optional{std::int64_t{sqlite3_column_int64(*statement, 0)}}
             : std::nullopt;
}

Result<sqlite3_stmt*> SqliteConnection::prepare(std::string_view sql) {
  if (const auto known = statements_.find(sql); known != statements_.end()) {
    return known->second.get();
  }
  sqlite3_stmt* statement = nullptr;
  const char* rest = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, &rest);
  std::unique_ptr<sqlite3_stmt, Finalize> owned{statement};
  if (code != SQLITE_OK) {
    return failure(code, sql);
  }
  const std::string_view tail{rest, static_cast<std::size_t>(sql.data() + sql.size() - rest)};
  if (statement == nullptr || tail.find_first_not_of(" \n\t;") != std::string_view::npos) {
    throw std::logic_error(fmt::format("not one statement: {}", sql));
  }
  statements_.emplace(std::string{sql}, std::move(owned));
  return statement;
}

Result<> SqliteConnection::run(sqlite3_stmt* statement, std::string_view sql,
                               std::span<const Value> parameters, Rows* rows) {
  const Reset reset{statement};
  bind_all(statement, sql, parameters);
  for (;;) {
    const int code = sqlite3_step(statement);
    if (code == SQLITE_DONE) {
      return {};
    }
    if (code != SQLITE_ROW) {
      return failure(code, sql);
    }
    if (rows != nullptr) {
      rows->push_back(current_row(statement));
    }
  }
}

Error SqliteConnection::failure(int code, std::string_view sql) const {
  const std::string why = handle_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle_.get());
  switch (code & 0xFF) {
    case SQLITE_CONSTRAINT:
      return make_error(Errc::conflict, "{}", why);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return make_error(Errc::unavailable, "{} is held by another process ({})", path_, why);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return make_error(Errc::corrupt, "{} is not a sound SQLite database ({}): restore a backup",
                        path_, why);
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return make_error(Errc::unavailable,
                        "cannot open {} ({}): its folder must exist and be writable by this user",
                        path_, why);
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
      return make_error(Errc::unavailable, "cannot use {} ({}): look at the disk and its free room",
                        path_, why);
    case SQLITE_READONLY:
      if (sqlite3_db_readonly(handle_.get(), "main") == 1) {
        return make_error(Errc::unavailable,
                          "{} is read-only: it and its folder must be writable by this user",
                          path_);
      }
      [[fallthrough]];
    default:
      throw std::logic_error(fmt::format("{} (in: {})", why, sql));
  }
}

}  // namespace vigie::db
