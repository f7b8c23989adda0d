// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>

#include "db/migrations.hpp"

namespace vigie::db {
namespace {

constexpr std::string_view sqlite_has_table = R"(
  SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_version')";
constexpr std::string_view postgres_has_table = R"(
  SELECT COUNT(*) WHERE to_regclass('schema_version') IS NOT NULL)";

constexpr std::string_view create_table = R"(
  CREATE TABLE schema_version (
    version BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    compat BIGINT NOT NULL,
    applied_at BIGINT NOT NULL
  ))";

constexpr std::string_view select_applied = R"(
  SELECT version, sha256, compat FROM schema_version ORDER BY version)";

constexpr std::string_view insert_applied = R"(
  INSERT INTO schema_version (version, name, sha256, compat, applied_at)
  VALUES ($1, $2, $3, $4, $5))";

struct Applied {
  int version = 0;  // the newest; 0 for an empty database
  bool has_table = false;
};

Result<> check_applied(const Row& row, const std::vector<Migration>& history, int newest) {
  const auto version = row.integer(0);
  const auto compat = row.integer(2);
  if (compat > newest) {
    return make_error(Errc::conflict,
                      "the database has schema {} and needs a Vigie that knows schema {}, this one "
                      "knows {}: install that newer Vigie, or restore the backup made before it",
                      version, compat, newest);
  }
  const auto known = std::ranges::find(history, version, &Migration::version);
  if (known != history.end() && known->sha256 != row.text(1)) {
    return make_error(Errc::conflict,
                      "migration {} ({}) of this Vigie is not the one this database was made with: "
                      "install a released Vigie, and put later changes in a new migration",
                      known->version, known->name);
  }
  return {};
}

Result<Applied> read_applied(Transaction& transaction, std::string_view engine,
                             const std::vector<Migration>& history, int newest) {
  auto found = transaction.query(engine == "sqlite" ? sqlite_has_table : postgres_has_table, {});
  if (!found) {
    return found.error();
  }
  Applied applied{.has_table = found->front().integer(0) > 0};
  if (!applied.has_table) {
    return applied;
  }
  auto rows = transaction.query(select_applied, {});
  if (!rows) {
    return rows.error();
  }
  for (const auto& row : *rows) {
    if (auto checked = check_applied(row, history, newest); !checked) {
      return checked.error();
    }
    applied.version = static_cast<int>(row.integer(0));
  }
  return applied;
}

Result<> apply(Transaction& transaction, std::string_view engine, const Migration& migration) {
  for (const auto sql :
       {migration.sql, engine == "sqlite" ? migration.sqlite_sql : migration.postgres_sql}) {
    if (sql.empty()) {
      continue;
    }
    if (auto done = transaction.script(sql); !done) {
      return done;
    }
  }
  auto now = transaction.now();
  if (!now) {
    return now.error();
  }
  auto noted = transaction.execute(insert_applied, {migration.version, migration.name,
                                                    migration.sha256, migration.compat, *now});
  if (!noted) {
    return noted.error();
  }
  return {};
}

// One migration, if one is still missing: another process may have been faster.
Result<int> step(Transaction& transaction, std::string_view engine,
                 const std::vector<Migration>& history, int newest) {
  auto applied = read_applied(transaction, engine, history, newest);
  if (!applied) {
    return applied.error();
  }
  if (!applied->has_table) {
    if (auto created = transaction.script(create_table); !created) {
      return created.error();
    }
  }
  const auto next = std::ranges::find_if(
      history, [&](const Migration& migration) { return migration.version > applied->version; });
  if (next == history.end()) {
    return applied->version;
  }
  if (auto done = apply(transaction, engine, *next); !done) {
    return done.error().during(
        fmt::format("applying migration {} ({})", next->version, next->name));
  }
  return next->version;
}

}  // namespace

Result<SchemaStatus> schema_status(Database& database, const std::vector<Migration>& history) {
  SchemaStatus status{.newest = history.empty() ? 0 : history.back().version};
  auto done = database.read_now([&](Transaction& transaction) -> Result<> {
    auto applied = read_applied(transaction, database.engine(), history, status.newest);
    if (!applied) {
      return applied.error();
    }
    status.version = applied->version;
    return {};
  });
  if (!done) {
    return done.error();
  }
  return status;
}

Result<SchemaStatus> migrate(Database& database, const std::vector<Migration>& history) {
  auto status = schema_status(database, history);
  while (status && status->version < status->newest) {
    auto done = database.write_now([&](Transaction& transaction) -> Result<> {
      auto version = step(transaction, database.engine(), history, status->newest);
      if (!version) {
        return version.error();
      }
      status->version = *version;
      return {};
    });
    if (!done) {
      return done.error();
    }
  }
  return status;
}

Result<SchemaStatus> schema_status(Database& database) {
  return schema_status(database, all_migrations());
}

Result<SchemaStatus> migrate(Database& database) {
  return migrate(database, all_migrations());
}

}  // namespace vigie::db
