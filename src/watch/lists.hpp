// SPDX-License-Identifier: Apache-2.0
// Named lists of accounts: each person's own, seen and changed by nobody else.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "async/async.hpp"
#include "async/clock.hpp"
#include "audit/audit.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "db/database.hpp"
#include "watch/sight.hpp"

namespace vigie::watch {

struct AccountList {
  std::string id;
  std::string name;
  std::int64_t accounts = 0;  // how many it holds
};

// Everywhere: Errc::not_found when there is no such list, or it is another person's.
class Lists {
 public:
  Lists(db::Database& database, Clock& clock, Ids& ids)
      : database_{database}, clock_{clock}, ids_{ids} {}

  // By name.
  Async<Result<std::vector<AccountList>>> all(std::string person_id);

  // Names are 1 to 80 bytes; the same name in another case or accent is Errc::conflict, as is a
  // list beyond the 200th.
  Async<Result<AccountList>> create(std::string person_id, std::string name);
  Async<Result<AccountList>> rename(std::string person_id, std::string list_id,
                                    std::optional<std::string> name);

  // The accounts stay followed.
  Async<Result<>> remove(std::string person_id, std::string list_id, audit::By by = {});

  // The list is of sight.person_id; the account is one that sight reaches, or Errc::not_found.
  // Both succeed when nothing was left to do.
  Async<Result<>> put(Sight sight, std::string list_id, std::string account_id);
  Async<Result<>> take(Sight sight, std::string list_id, std::string account_id);

 private:
  db::Database& database_;
  Clock& clock_;
  Ids& ids_;
};

}  // namespace vigie::watch
