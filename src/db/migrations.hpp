// SPDX-License-Identifier: Apache-2.0
// The schema's history: numbered files in migrations/, embedded in the binary, forward only.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "db/database.hpp"

namespace vigie::db {

struct Migration {
  int version = 0;
  std::string_view name;
  std::string_view sql;           // for both engines
  std::string_view sqlite_sql;    // only where they differ; may be empty
  std::string_view postgres_sql;  // likewise
  std::string_view sha256;        // of the files; an applied one must not change
  int compat = 0;  // oldest binary, by its newest migration, that can still use the schema
};

// Every migration of this binary, in order (generated at build from migrations/).
const std::vector<Migration>& all_migrations();

struct SchemaStatus {
  int version = 0;  // of the database; 0 for an empty one
  int newest = 0;   // of this binary
};

// Errc::conflict, with what to do, when the database is newer than this binary can read, or when an
// applied migration is not the one this binary has.
Result<SchemaStatus> schema_status(Database& database);

// Brings the schema up to date, each migration in its transaction, one process at a time.
Result<SchemaStatus> migrate(Database& database);

// The same with another history, for tests.
Result<SchemaStatus> schema_status(Database& database, const std::vector<Migration>& history);
Result<SchemaStatus> migrate(Database& database, const std::vector<Migration>& history);

}  // namespace vigie::db
