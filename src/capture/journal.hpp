// SPDX-License-Identifier: Apache-2.0
// What a reader writes down about the live it holds. Every entry proves the claim: a reader that
// lost its lease is refused, however late its words arrive.
#pragma once
#include <cstdint>
#include <string>

#include "async/async.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "domain/live.hpp"

namespace vigie::capture {

// Sound as it came, kept as bytes under blob_key.
struct SoundPiece {
  std::int64_t sequence = 0;
  Span start{0};
  Span end{0};
  std::string codec;  // media::SoundFormat::codec
  std::int64_t bytes = 0;
  std::string sha256;  // of the hexadecimal hash before (empty for the first) and the bytes
  std::string blob_key;
};

class Journal {
 public:
  virtual ~Journal() = default;

  // All: Errc::conflict when the claim is no longer ours: stop at once; Errc::unavailable when the
  // database is: the entry may be tried again.
  virtual Async<Result<>> set_state(LiveClaim claim, CaptureState state, std::string reason) = 0;
  virtual Async<Result<>> add_gap(LiveClaim claim, Span from, Span to, std::string reason) = 0;
  // Also moves heard_until to the piece's end.
  virtual Async<Result<>> add_piece(LiveClaim claim, SoundPiece piece) = 0;
  virtual Async<Result<>> set_heard_until(LiveClaim claim, Span until) = 0;
};

}  // namespace vigie::capture
