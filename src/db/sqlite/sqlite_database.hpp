// SPDX-License-Identifier: Apache-2.0
// SQLite: one writer, a few readers, write-ahead log. A commit is on the disk when write() returns
// (synchronous=FULL: an event number given to a browser must not be given twice after a power cut).
#pragma once
#include <memory>
#include <string>

#include "async/clock.hpp"
#include "db/database.hpp"

namespace vigie::db {

// Opens or creates the file, for its owner's eyes only. Errc::invalid for ":memory:" (readers could
// not share it), Errc::unavailable when it cannot be opened, Errc::corrupt when it is no database.
Result<std::unique_ptr<Database>> open_sqlite(std::string path, Clock& clock,
                                              std::size_t readers = 2);

}  // namespace vigie::db
