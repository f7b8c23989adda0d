// SPDX-License-Identifier: Apache-2.0
// SQLite: one writer, a few readers, write-ahead log.
#pragma once
#include <memory>
#include <string>

#include "async/clock.hpp"
#include "db/database.hpp"

namespace vigie::db {

// Opens or creates the file (":memory:" is refused: readers could not share it). Errc::unavailable when
// it cannot be opened, Errc::corrupt when it is no database.
Result<std::unique_ptr<Database>> open_sqlite(std::string path, Clock& clock, std::size_t readers = 2);

}  // namespace vigie::db
