// SPDX-License-Identifier: Apache-2.0
// How often may this be tried? GCRA (a leaky bucket that stores one moment a key), in the database,
// so that neither a restart nor another process forgets. Inside people/ only.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "db/database.hpp"

namespace vigie::people {

// `burst` tries at once, then one every `interval`; each further one doubles the wait up to
// `longest`. Tries are forgotten an hour after the last wait.
struct TryLimit {
  Span interval;
  std::int64_t burst;
  Span longest;
};

inline constexpr TryLimit per_name{std::chrono::seconds{30}, 5, std::chrono::minutes{15}};
inline constexpr TryLimit per_network{std::chrono::seconds{30}, 20,  // 20 in 10 minutes
                                      std::chrono::seconds{30}};
inline constexpr TryLimit per_mailbox{std::chrono::minutes{5}, 3, std::chrono::minutes{5}};

// What a key is made of is not kept. An IPv6 subscriber has a whole /64: it counts as one network.
std::string name_key(std::string_view folded_username);
std::string network_key(const std::string& ip);
std::string mailbox_key(std::string_view folded_email);

// Counts one try. Errc::rate_limited, with when to come back and without counting, when there were
// too many: never a lock for good.
Result<> take_try(db::Transaction& transaction, std::string_view key, TryLimit limit, Time now);

// The try succeeded: it does not count.
Result<> give_back_try(db::Transaction& transaction, std::string_view key, TryLimit limit);

// Forgets all tries of this key; of those keys that hold nobody up any more.
Result<> forget_tries(db::Transaction& transaction, std::string_view key);
Result<std::int64_t> forget_old_tries(db::Transaction& transaction, Time now);

}  // namespace vigie::people
