// SPDX-License-Identifier: Apache-2.0
// PostgreSQL 15 through libpq, blocking in threads: one writer, and readers on the other
// connections. A statement may take 30 s, a peer that vanishes is noticed within as long.
#pragma once
#include <memory>
#include <string>

#include "db/database.hpp"

namespace vigie::db {

// url: postgresql://user:password@host:port/name. Connects at once, and again by itself when a
// connection is lost: a transaction that had begun fails with Errc::unavailable, the next one
// reconnects. Errc::invalid for another address, Errc::unavailable when it cannot; never the
// password in the words.
Result<std::unique_ptr<Database>> open_postgres(std::string url, std::size_t connections = 4);

}  // namespace vigie::db
