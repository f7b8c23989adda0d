// SPDX-License-Identifier: Apache-2.0
// Where captured sound goes. Capture calls it, transcription is one; app/wiring.cpp joins them.
#pragma once
#include <string>
#include <vector>

#include "async/async.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "domain/live.hpp"

namespace vigie::media {

class SoundSink {
 public:
  virtual ~SoundSink() = default;

  // The next stretch of a live: 16 kHz mono, beginning `at` after the live's start. For one live
  // the calls come in order, one at a time, `at` never decreases; a jump is announced by gap().
  // Waits while the sink is too far behind (back-pressure). I/O thread.
  virtual Async<> sound(LiveClaim claim, Span at, std::vector<float> samples) = 0;

  // Nothing is known between from and to; what came before is complete.
  virtual Async<> gap(LiveClaim claim, Span from, Span to) = 0;

  // No more will come under this claim: what is held back is settled before this returns.
  virtual Async<> finish(LiveClaim claim) = 0;
};

}  // namespace vigie::media
