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

  // Sound will come under this claim, perhaps not soon: what is kept of the live and has no words
  // yet may be heard meanwhile. May be left out.
  virtual Async<> begin(LiveClaim claim) = 0;

  // The next stretch of a live: 16 kHz mono, beginning `at` after the live's start. For one live
  // the calls come in order, one at a time, `at` never decreases; a jump is announced by gap().
  // Waits while the sink is too far behind (back-pressure). I/O thread.
  virtual Async<> sound(LiveClaim claim, Span at, std::vector<float> samples) = 0;

  // Nothing is known between from and to; what came before is complete.
  virtual Async<> gap(LiveClaim claim, Span from, Span to) = 0;

  // All sound before `until` is in the record, on disk or as a gap: only now may its words be
  // settled, so that a death never leaves words without their sound.
  virtual void kept(const LiveClaim& claim, Span until) = 0;

  // Where complete speech ends that waits for kept(); 0 when none does.
  virtual Span awaited(const LiveClaim& claim) const = 0;

  // No more will come under this claim: what is held back is settled before this returns.
  virtual Async<> finish(LiveClaim claim) = 0;
};

}  // namespace vigie::media
