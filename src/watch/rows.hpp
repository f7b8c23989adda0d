// SPDX-License-Identifier: Apache-2.0
// Rows of this room's tables as values; for watch/*_sql.cpp only.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "db/database.hpp"
#include "domain/account.hpp"
#include "watch/decision.hpp"

namespace vigie::watch {

// Columns: id, platform, username, display_name, url, status, status_at, status_reason, followers,
// interval_us, last_live_at.
inline constexpr std::size_t account_columns = 12;
Account account_of_row(const db::Row& row);

// Columns from `first`: status, status_at, status_reason, ending_since, negative_since, stable_id,
// checked_at, then of the open live, all NULL without one: id, room, started_at, state, title,
// viewers, capture.
Known known_of_row(const db::Row& row, std::size_t first);

// ["a","b"] → values; anything else is empty.
std::vector<std::string> tags_of_text(std::string_view text);
std::string text_of_tags(const std::vector<std::string>& tags);

}  // namespace vigie::watch
