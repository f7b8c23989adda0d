// SPDX-License-Identifier: Apache-2.0
#include "transcribe/strain.hpp"

#include <array>

namespace vigie::transcribe {

std::string_view to_string(Strain strain) {
  constexpr std::array<std::string_view, 4> words{"none", "no_interim", "quick", "put_off"};
  return words.at(static_cast<std::size_t>(strain));
}

Strain StrainGauge::judge(Span wait, Span now) {
  const auto step = static_cast<int>(strain_);
  const bool is_worse = (strain_ == Strain::none && wait > patience_ / 2) ||
                        (strain_ == Strain::no_interim && wait > patience_) ||
                        (strain_ == Strain::quick && wait > 2 * patience_);
  if (wait > patience_ / 4) {
    strained_at_ = now;
  }
  if (is_worse) {
    strain_ = static_cast<Strain>(step + 1);
  } else if (strain_ != Strain::none && now - strained_at_ >= calm) {
    strain_ = static_cast<Strain>(step - 1);
    strained_at_ = now;
  }
  return strain_;
}

}  // namespace vigie::transcribe
