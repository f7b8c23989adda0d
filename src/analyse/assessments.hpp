// SPDX-License-Identifier: Apache-2.0
// What is still to be judged, and what was judged. The words in the database are the work list:
// nothing is forgotten by a restart, and a window is judged once whoever judges it.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "analyse/window.hpp"
#include "async/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "bus/bus.hpp"
#include "db/database.hpp"
#include "domain/assessment.hpp"
#include "domain/sight.hpp"

namespace vigie::analyse {

inline constexpr Span patience_for_words =
    std::chrono::seconds{10};  // then what there is is judged

// A live with words nobody has judged.
struct Pending {
  std::string live_id;
  std::string account_id;
  Span judged_until{0};
  Span unjudged{0};  // speech
  Time oldest;       // when the oldest unjudged word was written
  bool ended = false;
};

// Long enough, old enough, or nothing more to come.
bool is_ready(const Pending& pending, Time now);

// A window nobody could judge, given up for good.
struct SetAside {
  Span start{0};
  Span end{0};
  std::int64_t attempts = 0;
  std::string reason;
  Time at;
};

class Assessments {
 public:
  static constexpr std::int64_t most_set_aside_listed = 200;

  Assessments(db::Database& database, Clock& clock, Ids& ids, Bus& bus)
      : database_{database}, clock_{clock}, ids_{ids}, bus_{bus} {}

  // Lives with unjudged words, oldest words first; of lives that ended before ended_after nothing.
  Async<Result<std::vector<Pending>>> pending(Time ended_after);

  // The oldest unjudged window of that live; Errc::not_found when there is none, or when somebody
  // judged some of it since `pending` was read.
  Async<Result<Work>> next_work(Pending pending);

  // Writes the assessment, how far the live is judged, and the event, together. False, and nothing
  // written, when somebody else judged from there meanwhile.
  Async<Result<bool>> store(Pending pending, Work work, Judgement judgement, Span latency);

  // Gives a window up for good, so that the live goes on: how far it is judged moves, and why is
  // kept. False when somebody else judged from there meanwhile.
  Async<Result<bool>> set_aside(Work work, std::int64_t attempts, std::string reason);
  Async<Result<std::int64_t>> count_set_aside();
  // Of one live, newest first, at most most_set_aside_listed. Errc::not_found for a live this
  // person may not see.
  Async<Result<std::vector<SetAside>>> list_set_aside(std::string live_id, Sight sight);

  // Of one live, newest first. Errc::not_found for a live this person may not see, Errc::invalid
  // for a cursor that is not one of ours.
  Async<Result<Page<Assessment>>> list(std::string live_id, Sight sight, std::int64_t limit,
                                       std::string cursor);
  Async<Result<Assessment>> get(std::string assessment_id, Sight sight);

 private:
  db::Database& database_;
  Clock& clock_;
  Ids& ids_;
  Bus& bus_;
};

}  // namespace vigie::analyse
