// SPDX-License-Identifier: Apache-2.0
// Which lives are on now, the ones that matter most first: whom to listen to when not all can be.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "async/async.hpp"
#include "base/result.hpp"
#include "db/database.hpp"

namespace vigie::watch {

struct OpenRoom {
  std::string account_id;
  std::string live_id;
  std::string room;
};

class OpenRooms {
 public:
  explicit OpenRooms(db::Database& database) : database_{database} {}

  // Of followed accounts of this platform, by the highest priority any follower gave, then by
  // viewers; at most limit.
  Async<Result<std::vector<OpenRoom>>> list(std::string platform, std::int64_t limit);

 private:
  db::Database& database_;
};

}  // namespace vigie::watch
