// SPDX-License-Identifier: Apache-2.0
#include "analyse/window.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace vigie::analyse {
namespace {

// A text as it is compared: folded, each byte with the place it has in the text it came from.
struct Plain {
  std::string text;
  std::vector<std::size_t> from;  // of each byte, and one more: the end
};

bool is_space(char32_t c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xA0 || (c >= 0x2000 && c <= 0x200A) ||
         c == 0x202F || c == 0x3000;
}

bool is_apostrophe(char32_t c) {
  constexpr std::array<char32_t, 7> all{U'\'', U'`', 0xB4, 0x2018, 0x2019, 0x2BC, 0x2032};
  return std::ranges::find(all, c) != all.end();
}

// Accents written apart, joiners and marks of direction: nobody hears them.
bool is_silent(char32_t c) {
  return (c >= 0x300 && c <= 0x36F) || (c >= 0x200B && c <= 0x200F) || c == 0xAD || c == 0x2060 ||
         c == 0xFEFF;
}

Plain plain(std::string_view text) {
  Plain out;
  std::size_t at = 0;
  const auto add = [&](std::string_view what) {
    out.text += what;
    out.from.insert(out.from.end(), what.size(), at);
  };
  while (at < text.size()) {
    const auto next = decode_utf8(text.substr(at));
    const auto length = next ? next->length : 1;
    if (!next || is_space(next->value)) {
      if (!out.text.empty() && out.text.back() != ' ') {
        add(" ");
      }
    } else if (is_apostrophe(next->value)) {
      add("'");
    } else if (!is_silent(next->value)) {
      add(fold(text.substr(at, length)));
    }
    at += length;
  }
  out.from.push_back(text.size());
  return out;
}

std::string_view without_marks(std::string_view quoted) {
  for (bool changed = true; changed;) {
    changed = false;
    for (const std::string_view mark :
         {"\"", "'", "«", "»", "“", "”", "‘", "’", "…", ".", ",", ";", ":", "!", "?"}) {
      const auto bare = trim(quoted);
      const auto head = bare.starts_with(mark) ? mark.size() : 0;
      const auto tail = bare.size() > head && bare.ends_with(mark) ? mark.size() : 0;
      quoted = bare.substr(head, bare.size() - head - tail);
      changed = changed || head + tail > 0;
    }
  }
  return trim(quoted);
}

bool is_of_a_word(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

bool cuts_a_word(std::string_view text, std::size_t at) {
  return at > 0 && at < text.size() && is_of_a_word(text[at - 1]) && is_of_a_word(text[at]);
}

// Where in the piece a byte of the text is said.
Span moment_in(const Window::Piece& piece, std::size_t byte) {
  const auto length = std::max<std::size_t>(piece.bytes.end - piece.bytes.begin, 1);
  const auto inside = std::clamp(byte, piece.bytes.begin, piece.bytes.end) - piece.bytes.begin;
  const auto share = static_cast<double>(inside) / static_cast<double>(length);
  return piece.start + Span{static_cast<std::int64_t>(
                           share * static_cast<double>((piece.end - piece.start).count()))};
}

}  // namespace

Work cut_window(const std::vector<Spoken>& unjudged, Span judged_until) {
  Work work{.window = {}, .judged_until = judged_until, .behind = Span{0}};
  auto& window = work.window;
  window.start = unjudged.front().start;
  window.language = unjudged.front().language;
  Span taken{0};
  bool is_full = false;
  for (const auto& segment : unjudged) {
    const auto length = segment.end - segment.start;
    is_full = is_full || taken >= speech_of_a_window ||
              (taken > Span{0} && taken + length > longest_window);
    if (is_full) {
      work.behind += length;
      continue;
    }
    taken += length;
    window.end = std::max(window.end, segment.end);
    if (!window.text.empty() && !segment.text.empty()) {
      window.text += ' ';
    }
    const auto begin = window.text.size();
    window.text += segment.text;
    window.pieces.push_back({segment.start, segment.end, {begin, window.text.size()}});
  }
  return work;
}

std::optional<Stretch> find_quote(std::string_view speech, std::string_view quoted) {
  const auto said = plain(speech);
  const auto asked = plain(without_marks(quoted));
  if (trim(asked.text).empty()) {
    return std::nullopt;
  }
  for (auto at = said.text.find(asked.text); at != std::string::npos;
       at = said.text.find(asked.text, at + 1)) {
    const auto end = at + asked.text.size();
    if (!cuts_a_word(said.text, at) && !cuts_a_word(said.text, end)) {
      auto last = said.from[end - 1];
      const auto next = decode_utf8(speech.substr(last));
      last += next ? next->length : 1;
      // An accent written apart belongs to the letter before it.
      while (last < said.from[end] && decode_utf8(speech.substr(last)) &&
             is_silent(decode_utf8(speech.substr(last))->value)) {
        last += decode_utf8(speech.substr(last))->length;
      }
      return Stretch{said.from[at], last};
    }
  }
  return std::nullopt;
}

std::optional<Moments> moments_of(const Window& window, Stretch stretch) {
  std::optional<Moments> moments;
  for (const auto& piece : window.pieces) {
    if (stretch.begin < piece.bytes.end && stretch.end > piece.bytes.begin) {
      if (!moments) {
        moments = Moments{moment_in(piece, stretch.begin), Span{0}};
      }
      moments->end = moment_in(piece, stretch.end);
    }
  }
  return moments;
}

}  // namespace vigie::analyse
