// SPDX-License-Identifier: Apache-2.0
// The lives as people read them. Only watch/accounts writes when they begin and end.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "async/async.hpp"
#include "async/clock.hpp"
#include "audit/audit.hpp"
#include "base/result.hpp"
#include "bus/bus.hpp"
#include "db/database.hpp"
#include "domain/live.hpp"
#include "watch/sight.hpp"

namespace vigie::watch {

struct LiveFilter {
  std::string account_id;       // empty: of every account
  std::optional<bool> is_open;  // true: live or paused; false: ended
};

struct ViewerSample {
  Time at;
  std::int64_t viewers = 0;
};

// How late lives are noticed.
struct DelayFigures {
  std::int64_t lives = 0;  // whose lateness is known
  std::optional<double> p50_s;
  std::optional<double> p95_s;
};

class Lives {
 public:
  Lives(db::Database& database, Clock& clock, Bus& bus)
      : database_{database}, clock_{clock}, bus_{bus} {}

  // Newest first. Errc::invalid for a cursor that is not one of ours.
  Async<Result<Page<Live>>> list(Sight sight, LiveFilter filter, std::int64_t limit,
                                 std::string cursor);

  // Errc::not_found also for what this person may not see.
  Async<Result<Live>> get(std::string live_id, Sight sight);

  // Oldest first, at most limit of the newest. Errc::not_found as get().
  Async<Result<std::vector<ViewerSample>>> viewers(std::string live_id, Sight sight,
                                                   std::int64_t limit);

  // Of the latest lives (at most 1000) of one account, or of all when account_id is empty. What a
  // person may see is the caller's question.
  Async<Result<DelayFigures>> detection_delays(std::string account_id);

  // A person stops or resumes the capture; the one who captures notices within two seconds.
  // Errc::not_found as get(); Errc::conflict when the live is over.
  Async<Result<Live>> set_capture_wanted(std::string live_id, Sight sight, bool is_wanted,
                                         audit::By by = {});

 private:
  db::Database& database_;
  Clock& clock_;
  Bus& bus_;
};

}  // namespace vigie::watch
