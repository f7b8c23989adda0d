// SPDX-License-Identifier: Apache-2.0
// A transcript in the forms that people and players read. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace vigie {

// A stretch of a transcript: words, or why there are none.
struct Caption {
  Span start{0};
  Span end{0};
  std::string text;
  bool is_gap = false;  // text says why nothing is known
};

enum class CaptionFormat : std::uint8_t { txt, srt, vtt };
Result<CaptionFormat> parse_caption_format(std::string_view text);
std::string_view media_type(CaptionFormat format);

// One caption in its format; number counts from 1 (SubRip numbers its captions). Line breaks and
// control characters of the text become spaces, so that no text can end its caption early or pass
// for another one. Gaps are lines in brackets in TXT and NOTEs in WebVTT; SubRip has no place for
// them.
std::string to_text(const Caption& caption, CaptionFormat format, std::int64_t number);

// What comes before the first caption.
std::string caption_head(CaptionFormat format);

}  // namespace vigie
