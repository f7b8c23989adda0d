// SPDX-License-Identifier: Apache-2.0
// The words of a live as rows: written once by whoever holds its lease, read by everybody.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "async/async.hpp"
#include "async/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "bus/bus.hpp"
#include "db/database.hpp"
#include "domain/live.hpp"

namespace vigie::transcribe {

// How far a live is, in the record.
struct Standing {
  std::string account_id;
  Span heard_until{0};  // in the archive
  Span words_until{0};  // all speech before is settled
};

// A step forward: all speech before `until` is now words, silence, or a loss that is told.
struct Settled {
  std::vector<Segment> segments{};
  std::vector<Gap> losses{};  // sound that was kept, and can be heard no more
  Span until{0};
};

class SegmentStore {
 public:
  virtual ~SegmentStore() = default;

  // Errc::not_found for a live that is not there. All: Errc::unavailable when the database is not
  // there now. I/O thread.
  virtual Async<Result<Standing>> standing(std::string live_id) = 0;

  // Writes what is settled, with an event for each segment and loss, and moves words_until: all or
  // none. Returns how many segments were new: one that begins where one already does is the same,
  // told twice. Ids are given here. Errc::conflict when the claim is no longer ours: nothing is
  // written, and trying again is vain.
  virtual Async<Result<std::int64_t>> append(LiveClaim claim, Settled settled) = 0;

  // How the words of a live stand, for people to see; with an event. Errc::conflict as above.
  virtual Async<Result<>> set_state(LiveClaim claim, WordsState state) = 0;
};

std::unique_ptr<SegmentStore> make_segment_store(db::Database& database, Bus& bus, Ids& ids,
                                                 const Clock& clock);

// The next segments of a live that begin after `after` (nothing: from its start), by their start.
Result<std::vector<Segment>> segments_after(db::Transaction& transaction, std::string_view live_id,
                                            std::optional<Span> after, std::int64_t limit);

// Those that overlap [from, to), by their start.
Result<std::vector<Segment>> segments_between(db::Transaction& transaction,
                                              std::string_view live_id, Span from, Span to);

// Where the settled words of a live end; nothing before the first.
Result<std::optional<Span>> last_segment_end(db::Transaction& transaction,
                                             std::string_view live_id);

}  // namespace vigie::transcribe
