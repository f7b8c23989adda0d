// SPDX-License-Identifier: Apache-2.0
// A live's words and holes as one list, by their start.
#pragma once
#include <cstdint>
#include <string>
#include <variant>

#include "async/async.hpp"
#include "base/result.hpp"
#include "db/database.hpp"
#include "domain/live.hpp"
#include "domain/sight.hpp"

namespace vigie::api {

using TranscriptItem = std::variant<Segment, Gap>;

// What overlaps [from, to).
struct Stretch {
  Span from{0};
  Span to = Span::max();
};

// The stretch from its start on, or after cursor. The caller has checked that the person may see
// the live. Errc::invalid for a cursor that is not one of ours.
Async<Result<Page<TranscriptItem>>> transcript_page(db::Database& database, std::string live_id,
                                                    std::int64_t limit, std::string cursor,
                                                    Stretch stretch = {});

// The newest `count`, still by their start.
Async<Result<Page<TranscriptItem>>> transcript_tail(db::Database& database, std::string live_id,
                                                    std::int64_t count);

}  // namespace vigie::api
