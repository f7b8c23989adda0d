// SPDX-License-Identifier: Apache-2.0
// Which notifications may interrupt a person at their page, and which are only listed: the page
// obeys, so that silences, quiet hours and kinds mean the same on it as in the mails.
#pragma once
#include <vector>

#include "base/result.hpp"
#include "db/database.hpp"
#include "domain/event.hpp"

namespace vigie::notify {

// What is older is for the list: a page that was away is not interrupted for what has passed.
inline constexpr Span interrupts_within = std::chrono::minutes{10};

// Gives the data of each notification among the events a member "interrupts": true or false.
Result<> mark_interruptions(db::Transaction& transaction, std::vector<Event>& events, Time now);

}  // namespace vigie::notify
