// SPDX-License-Identifier: Apache-2.0
// How often may this be tried? GCRA (a leaky bucket that stores one moment a key), in the database,
// so that neither a restart nor another process forgets. Inside people/ only.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "db/database.hpp"

namespace vigie::people {

// `burst` tries at once, then one every `interval`.
struct TryLimit {
  Span interval;
  std::int64_t burst;
};

// Counts one try. Errc::rate_limited, with when to come back and without counting, when there were
// too many: never a lock for good.
Result<> take_try(db::Transaction& transaction, std::string_view key, TryLimit limit, Time now);

// The try succeeded: it does not count.
Result<> give_back_try(db::Transaction& transaction, std::string_view key, TryLimit limit);

// Forgets all tries of this key; of those keys that hold nobody up any more.
Result<> forget_tries(db::Transaction& transaction, std::string_view key);
Result<std::int64_t> forget_old_tries(db::Transaction& transaction, Time now);

}  // namespace vigie::people
