// SPDX-License-Identifier: Apache-2.0
// What is judged at once: about 15 s of speech after the minute that was judged before it; and
// where in it, and when in the live, something is said. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyse/analyser.hpp"
#include "base/time.hpp"

namespace vigie::analyse {

inline constexpr Span speech_of_a_window = std::chrono::seconds{15};  // enough to judge at once
// Segments are taken whole: they end where somebody draws breath. One that is longer stays alone.
inline constexpr Span longest_window = std::chrono::seconds{20};
inline constexpr Span context_of_a_window = std::chrono::seconds{60};

// A segment.
struct Spoken {
  Span start{0};
  Span end{0};
  std::string text;
  std::string language;
};

// The next window of a live, and how much speech waits behind it.
struct Work {
  Window window;
  Span judged_until{0};  // before this window
  Span behind{0};        // unjudged speech after it
};

// The first segments of `unjudged` (in order, at least one): as many as make 15 s of speech without
// exceeding 20 s. The context is left empty.
Work cut_window(const std::vector<Spoken>& unjudged, Span judged_until);

// Where the quoted words stand in speech, as whole words, whatever their case, accents,
// apostrophes, white space, and the quotation marks or dots around them; nothing when nobody said
// them.
std::optional<Stretch> find_quote(std::string_view speech, std::string_view quoted);

struct Moments {
  Span start{0};
  Span end{0};
};

// When that stretch of window.text is said, its letters sharing the time of their segment evenly.
std::optional<Moments> moments_of(const Window& window, Stretch stretch);

}  // namespace vigie::analyse
