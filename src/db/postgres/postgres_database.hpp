// SPDX-License-Identifier: Apache-2.0
// PostgreSQL 15 through libpq, blocking in a pool of threads, one connection each.
#pragma once
#include <memory>
#include <string>

#include "db/database.hpp"

namespace vigie::db {

// url: postgresql://user:password@host:port/name. Connects at once, and again by itself when a
// connection is lost. Errc::unavailable, without the password in its words, when it cannot.
Result<std::unique_ptr<Database>> open_postgres(std::string url, std::size_t connections = 4);

}  // namespace vigie::db
