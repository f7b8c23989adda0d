// SPDX-License-Identifier: Apache-2.0
#include "log/log.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>

#include "base/text.hpp"

namespace vigie::log {
namespace {

constexpr std::string_view hidden = "[…]";
constexpr std::size_t longest_text =
    4096;  // bytes of one fact; a page served as an error is longer
constexpr Span longest_silence = std::chrono::minutes{1};

bool names_a_secret(std::string_view name) {
  const auto lower = to_lower_ascii(name);
  constexpr std::array<std::string_view, 7> words{"password", "passwd", "token",        "secret",
                                                  "key",      "cookie", "authorization"};
  return std::ranges::any_of(words,
                             [&](auto word) { return lower.find(word) != std::string::npos; });
}

// Besides JSON's own rule (below 0x20, quote, backslash): what a terminal or a log viewer would
// obey.
bool must_be_escaped(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069) || c == 0x200E || c == 0x200F || c == 0xFEFF;
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const auto next = decode_utf8(text).value_or(CodePoint{0xFFFD, 1});
    text.remove_prefix(next.length);
    if (next.value == '"' || next.value == '\\') {
      out += '\\';
      out += static_cast<char>(next.value);
    } else if (next.value == '\n') {
      out += "\\n";
    } else if (next.value == '\t') {
      out += "\\t";
    } else if (must_be_escaped(next.value)) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(next.value));
    } else {
      append_utf8(out, next.value);
    }
  }
  out += '"';
}

void append_text(std::string& out, std::string_view text) {
  const auto shown = redact(text);
  if (shown.size() <= longest_text) {
    append_quoted(out, shown);
  } else {
    append_quoted(out, fmt::format("{}… ({} bytes)", cut_utf8(shown, longest_text), shown.size()));
  }
}

void append_fact(std::string& out, const Fact& fact) {
  const auto& [name, value] = fact;
  const bool taken = name == "ts" || name == "level" || name == "event" || name == "repeated";
  out += ',';
  append_quoted(out, taken ? fmt::format("{}_", name) : std::string{name});
  out += ':';
  if (const auto* text = std::get_if<std::string>(&value)) {
    append_text(out, names_a_secret(name) && !text->empty() ? hidden : std::string_view{*text});
  } else if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    fmt::format_to(std::back_inserter(out), "{}", *whole);
  } else if (const auto* number = std::get_if<double>(&value)) {
    out += std::isfinite(*number) ? fmt::format("{}", *number) : "null";
  } else {
    out += std::get<bool>(value) ? "true" : "false";
  }
}

}  // namespace

Result<Level> parse_level(std::string_view text) {
  for (const auto level : {Level::debug, Level::info, Level::warn, Level::error}) {
    if (text == to_string(level)) {
      return level;
    }
  }
  return make_error(Errc::invalid, "'{}' is not a log level: debug, info, warn or error",
                    cut_utf8(text, 40));
}

std::string_view to_string(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warn:
      return "warn";
    case Level::error:
      return "error";
  }
  return "error";
}

Sink to_stream(int file_descriptor) {
  return [file_descriptor](std::string_view line) {
    std::string whole{line};
    whole += '\n';
    std::string_view rest{whole};
    while (!rest.empty()) {
      const auto written = ::write(file_descriptor, rest.data(), rest.size());
      if (written > 0) {
        rest.remove_prefix(static_cast<std::size_t>(written));
      } else if (errno != EINTR) {
        return;  // nowhere left to complain: a full disk must not stop the lookout
      }
    }
  };
}

Log::Log(Sink sink, std::function<Time()> now, Level level)
    : sink_{std::move(sink)}, now_{std::move(now)}, level_{level} {}

Log::~Log() {
  if (repeats_ != 0) {
    emit(now_(), last_);
  }
}

void Log::write(Level level, std::string_view event, Facts facts) {
  if (level < level_.load(std::memory_order_relaxed)) {
    return;
  }
  std::string body = fmt::format("\"level\":\"{}\",\"event\":", to_string(level));
  append_text(body, event);
  for (const auto& fact : facts) {
    append_fact(body, fact);
  }

  const std::scoped_lock lock{mutex_};
  const auto now = now_();
  if (body == last_ && now < last_written_ + longest_silence) {
    ++repeats_;
    return;
  }
  emit(now, body);
  last_ = std::move(body);
  last_written_ = now;
}

void Log::emit(Time now, std::string_view body) {
  auto line = fmt::format("{{\"ts\":\"{}\",{}", to_rfc3339(now), body);
  if (repeats_ != 0) {
    fmt::format_to(std::back_inserter(line), ",\"repeated\":{}", std::exchange(repeats_, 0));
  }
  line += '}';
  sink_(line);
}

}  // namespace vigie::log
