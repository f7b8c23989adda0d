// SPDX-License-Identifier: Apache-2.0
// People change their names; their stable id stays. For watch/*_sql.cpp only.
#pragma once
#include <string>

#include "db/database.hpp"
#include "platform/live_source.hpp"

namespace vigie::watch {

struct Settled {
  std::string account_id;  // of the row the answer belongs to
  bool has_moved = false;  // renamed, or joined with another row
};

// Gives the row of an answer the name the answer shows, when both are about the same stable id, and
// joins two rows that turn out to be one person: the followers of the younger go to the older. A
// row that has lives of its own is never joined away. An answer about somebody else changes
// nothing.
Result<Settled> settle_name(db::Transaction& tx, const std::string& account_id,
                            const platform::Observation& seen);

}  // namespace vigie::watch
