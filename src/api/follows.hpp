// SPDX-License-Identifier: Apache-2.0
// Which accounts a person follows, for the live feed.
#pragma once
#include <set>
#include <string>

#include "async/async.hpp"
#include "base/result.hpp"
#include "db/database.hpp"

namespace vigie::api {

Async<Result<std::set<std::string, std::less<>>>> followed_accounts(db::Database& database,
                                                                    std::string person_id);

}  // namespace vigie::api
