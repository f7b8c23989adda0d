// SPDX-License-Identifier: Apache-2.0
// An alert as its row tells it: the columns in one order, for every statement that reads one.
#pragma once
#include <string_view>

#include "db/database.hpp"
#include "domain/alert.hpp"

namespace vigie::alert {

// Nothing when there is none.
Result<std::optional<Alert>> find_alert(db::Transaction& transaction, std::string_view alert_id);

// row: id, live_id, account_id, username, kind, severity, state, opened_at, updated_at, count,
// sentence, context, at_us, clip_from_us, clip_to_us, score, assessment_id.
Alert to_alert(const db::Row& row);

}  // namespace vigie::alert
