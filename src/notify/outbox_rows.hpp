// SPDX-License-Identifier: Apache-2.0
// Writing a message into the outbox, for every statement that has something to tell.
#pragma once
#include <string>

#include "base/ids.hpp"
#include "db/database.hpp"
#include "notify/outbox.hpp"

namespace vigie::notify {

// The key of a mail that is not sent when its alert has been taken by then begins so.
inline constexpr std::string_view unless_taken_prefix = "untaken:";

inline constexpr std::string_view mail_destination = "mail";

// item_key: what is told to whom, once for ever. message: key, channel, destination, recipient and
// due_at; an open message of the same key takes the item in.
Result<> put_in_outbox(db::Transaction& transaction, Ids& ids, Message message,
                       const std::string& item_key, const Item& item, Time now);

// row: id, key, channel, destination, person_id, webhook_id, state, created_at, due_at, attempts,
// ended_at, last_error, address.
Message to_message(const db::Row& row);

// A mail to every administrator, once for an item's subject and moment.
Result<> tell_administrators(db::Transaction& transaction, Ids& ids, const Item& item, Time now);

}  // namespace vigie::notify
