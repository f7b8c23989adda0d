// SPDX-License-Identifier: Apache-2.0
#include "domain/subtitles.hpp"

#include "base/text.hpp"
#include "domain/words.hpp"

namespace vigie {
namespace {

constexpr Words<CaptionFormat, 3> formats{
    {{CaptionFormat::txt, "txt"}, {CaptionFormat::srt, "srt"}, {CaptionFormat::vtt, "vtt"}}};

// 01:02:03,456 with SubRip's comma, 01:02:03.456 with WebVTT's point.
std::string time_code(Span at, char mark) {
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::max(at, Span{0})).count();
  const auto seconds = milliseconds / 1000;
  return fmt::format("{:02}:{:02}:{:02}{}{:03}", seconds / 3600, seconds / 60 % 60, seconds % 60,
                     mark, milliseconds % 1000);
}

std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : trim(text)) {
    const bool is_control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    line += is_control ? ' ' : c;
  }
  return line;
}

// What WebVTT would read as a tag or an entity (W3C WebVTT §3.3), and its arrow.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

// SubRip has no escapes; an arrow inside a text would pass for a caption's times.
std::string without_arrow(std::string text) {
  for (auto at = text.find("-->"); at != std::string::npos; at = text.find("-->", at)) {
    text.replace(at, 3, "→");
  }
  return text;
}

}  // namespace

Result<CaptionFormat> parse_caption_format(std::string_view text) {
  return parse_word(formats, "a form of transcript", text);
}

std::string_view media_type(CaptionFormat format) {
  switch (format) {
    case CaptionFormat::srt:
      return "application/x-subrip; charset=utf-8";
    case CaptionFormat::vtt:
      return "text/vtt; charset=utf-8";
    case CaptionFormat::txt:
      break;
  }
  return "text/plain; charset=utf-8";
}

std::string caption_head(CaptionFormat format) {
  return format == CaptionFormat::vtt ? "WEBVTT\n\n" : "";
}

std::string to_text(const Caption& caption, CaptionFormat format, std::int64_t number) {
  const auto words = one_line(caption.text);
  switch (format) {
    case CaptionFormat::srt:
      return caption.is_gap
                 ? std::string{}
                 : fmt::format("{}\n{} --> {}\n{}\n\n", number, time_code(caption.start, ','),
                               time_code(caption.end, ','), without_arrow(words));
    case CaptionFormat::vtt:
      return caption.is_gap ? fmt::format("NOTE {} - {} : {}\n\n", time_code(caption.start, '.'),
                                          time_code(caption.end, '.'), escaped(words))
                            : fmt::format("{} --> {}\n{}\n\n", time_code(caption.start, '.'),
                                          time_code(caption.end, '.'), escaped(words));
    case CaptionFormat::txt:
      break;
  }
  const auto at = time_code(caption.start, '.').substr(0, 8);
  return caption.is_gap ? fmt::format("[{}] [{}]\n", at, words)
                        : fmt::format("[{}] {}\n", at, words);
}

}  // namespace vigie
