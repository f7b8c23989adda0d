// SPDX-License-Identifier: Apache-2.0
// Where the accounts of a list alert otherwise than the rest. Lists are personal, alerts are
// everybody's: a list's rule counts while its owner may decide on alerts.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "alert/account_rules.hpp"

namespace vigie::alert {

// What lists say of one account. Where several speak, the most sensitive counts, field by field:
// the lowest threshold, hatred alerts if one wants it, the shortest cooldown.
Result<ListRule> rule_of_lists(db::Transaction& transaction, std::string_view account_id);

// The account's own word first, then the lists', then nothing (the configuration's).
AccountRule merged(const std::optional<AccountRule>& own, const ListRule& lists);

}  // namespace vigie::alert
