// SPDX-License-Identifier: Apache-2.0
// The statements on second factors. Inside people/ only.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.hpp"

namespace vigie::people {

struct StoredSeed {
  std::string sealed;
  std::optional<Time> offered_at;
  bool is_on = false;
  std::int64_t step = 0;  // the newest that was used
};

// Nothing when none was ever offered.
Result<std::optional<StoredSeed>> select_seed(db::Transaction& transaction, std::string_view id);

Result<> offer_seed(db::Transaction& transaction, std::string_view id, std::string_view sealed,
                    Time now);
Result<> switch_seed_on(db::Transaction& transaction, std::string_view id, std::int64_t step,
                        Time now);
// sealed: as it is, or under a newer key.
Result<> use_step(db::Transaction& transaction, std::string_view id, std::int64_t step,
                  std::string_view sealed);

// The seed and the recovery codes.
Result<> remove_seed(db::Transaction& transaction, std::string_view id);

// Normal forms; in place of those there were.
Result<> put_recovery_codes(db::Transaction& transaction, std::string_view id,
                            const std::vector<std::string>& codes);
// Whether it was one, and then it is one no more.
Result<bool> use_recovery_code(db::Transaction& transaction, std::string_view id,
                               std::string_view code);

}  // namespace vigie::people
