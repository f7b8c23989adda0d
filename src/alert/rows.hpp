// SPDX-License-Identifier: Apache-2.0
// An alert as alert_view tells it: one SELECT list and one reading, for every statement that shows
// or announces an alert.
#pragma once
#include <optional>
#include <string_view>

#include "db/database.hpp"
#include "domain/alert.hpp"
#include "domain/sight.hpp"

namespace vigie::alert {

// Nothing when there is none. now: a claim that is over is none.
Result<std::optional<Alert>> find_alert(db::Transaction& transaction, std::string_view alert_id,
                                        Time now);

// Errc::not_found also for what this person may not see.
Result<Alert> find_visible_alert(db::Transaction& transaction, std::string_view alert_id,
                                 const Sight& sight, Time now);

// Tells of the alert as it is in this transaction. Takes the event log's lock: last.
Result<> append_alert_event(db::Transaction& transaction, std::string_view type, const Alert& alert,
                            Time now);

// row: the columns of alert_view in its order.
Alert to_alert(const db::Row& row, Time now);

}  // namespace vigie::alert
