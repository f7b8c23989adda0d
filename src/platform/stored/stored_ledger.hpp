// SPDX-License-Identifier: Apache-2.0
// What is known of each host, in the database: budgets and pauses hold across restarts, kill -9 and
// among processes.
#pragma once
#include <memory>

#include "db/database.hpp"
#include "platform/host_ledger.hpp"

namespace vigie::platform {

// Its clock is the database's. One short write a change.
std::unique_ptr<HostLedger> create_stored_ledger(db::Database& database);

}  // namespace vigie::platform
