// SPDX-License-Identifier: Apache-2.0
// The event log: what happened, numbered without holes in commit order, so that "after=N" misses
// nothing. A room appends its event in the transaction that writes the fact, then hints on the bus.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "db/database.hpp"
#include "domain/event.hpp"
#include "domain/person.hpp"

namespace vigie::db {

// Gives the event its id. Takes a lock that is held until the transaction ends: append last.
Result<std::int64_t> append_event(Transaction& transaction, const Event& event);

// Up to limit events after `after`, oldest first.
Result<std::vector<Event>> events_after(Transaction& transaction, std::int64_t after,
                                        std::int64_t limit);

// The same as one person may see it: events of accounts they follow (of every followed account when
// all_accounts), and those addressed to them.
Result<std::vector<Event>> events_for(Transaction& transaction, std::string_view person_id,
                                      bool all_accounts, std::int64_t after, std::int64_t limit);

// The id of the newest event kept, and of the oldest; 0 when there is none.
Result<std::int64_t> newest_event(Transaction& transaction);
Result<std::int64_t> oldest_event(Transaction& transaction);

// How far a named reader has come; recorded in the transaction of its effect, so that an event
// works exactly once across restarts. 0 before the first move; never moves back.
Result<std::int64_t> cursor_of(Transaction& transaction, std::string_view reader);
Result<> move_cursor(Transaction& transaction, std::string_view reader, std::int64_t to);

}  // namespace vigie::db
