// SPDX-License-Identifier: Apache-2.0
// A live as people see it, read the same way by every room that shows or announces one (live_view).
#pragma once
#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "db/database.hpp"
#include "domain/live.hpp"

namespace vigie::db {

// row: the columns of live_view in its order, from the first. now: for the lag of an open live.
Live live_of_row(const Row& row, Time now);

// Nothing when there is none; what a person may see is the caller's question.
Result<std::optional<Live>> find_live(Transaction& transaction, std::string_view live_id, Time now);

// Tells of the live as it is in this transaction. Like append_event: last, it takes the log's lock.
Result<> append_live_event(Transaction& transaction, std::string_view type,
                           std::string_view live_id, Time now);

}  // namespace vigie::db
