// SPDX-License-Identifier: Apache-2.0
// How far recognition is behind, and what is therefore left out, step by step. Pure.
#pragma once
#include <cstdint>
#include <string_view>

#include "base/time.hpp"

namespace vigie::transcribe {

// Each step includes those before it.
enum class Strain : std::uint8_t {
  none,
  no_interim,  // no text before its utterance is complete
  quick,       // the dearest tries at unclear speech are left out
  put_off,     // the least urgent lives wait in the archive
};
std::string_view to_string(Strain strain);

// Asked about once a second; one step up or down at a time. Up at once when utterances are about to
// wait half, one and two times the patience; down after ten calm seconds, so that it does not
// flutter.
class StrainGauge {
 public:
  explicit StrainGauge(Span patience) : patience_{patience} {}

  // wait: how long the utterance that came last will wait. now: of a steady clock.
  Strain judge(Span wait, Span now);

  Strain strain() const { return strain_; }

 private:
  static constexpr Span calm{10'000'000};

  Span patience_;
  Strain strain_ = Strain::none;
  Span strained_at_{0};  // the last time there was more than a quarter of the patience to wait
};

}  // namespace vigie::transcribe
