// SPDX-License-Identifier: Apache-2.0
#include "base/time.hpp"

#include <charconv>
#include <optional>

#include "base/text.hpp"

namespace vigie {
namespace {

// Takes exactly count digits from the front of text.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) {
    return std::nullopt;
  }
  int value = 0;
  const auto* end = text.data() + count;
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec != std::errc{} || parsed.ptr != end || text.front() == '-') {
    return std::nullopt;
  }
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, std::string_view allowed) {
  if (text.empty() || allowed.find(text.front()) == std::string_view::npos) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

std::int64_t take_fraction_micros(std::string_view& text) {
  std::int64_t micros = 0;
  std::int64_t unit = 100'000;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    micros += (text.front() - '0') * unit;
    unit /= 10;
    text.remove_prefix(1);
  }
  return micros;
}

std::optional<std::chrono::minutes> take_offset(std::string_view& text) {
  if (take(text, "Zz")) {
    return std::chrono::minutes{0};
  }
  const bool west = !text.empty() && text.front() == '-';
  if (!take(text, "+-")) {
    return std::nullopt;
  }
  const auto hours = take_digits(text, 2);
  if (!hours || !take(text, ":")) {
    return std::nullopt;
  }
  const auto minutes = take_digits(text, 2);
  if (!minutes || *hours > 23 || *minutes > 59) {
    return std::nullopt;
  }
  const std::chrono::minutes offset{*hours * 60 + *minutes};
  return west ? -offset : offset;
}

std::optional<Time> parse(std::string_view text) {
  using namespace std::chrono;
  const auto year_ = take_digits(text, 4);
  if (!year_ || !take(text, "-")) return std::nullopt;
  const auto month_ = take_digits(text, 2);
  if (!month_ || !take(text, "-")) return std::nullopt;
  const auto day_ = take_digits(text, 2);
  if (!day_ || !take(text, "Tt ")) return std::nullopt;
  const auto hour_ = take_digits(text, 2);
  if (!hour_ || !take(text, ":")) return std::nullopt;
  const auto minute_ = take_digits(text, 2);
  if (!minute_ || !take(text, ":")) return std::nullopt;
  const auto second_ = take_digits(text, 2);
  if (!second_) return std::nullopt;
  const bool has_fraction = take(text, ".");
  const bool digit_next = !text.empty() && text.front() >= '0' && text.front() <= '9';
  if (has_fraction && !digit_next) return std::nullopt;
  const std::int64_t fraction = has_fraction ? take_fraction_micros(text) : 0;
  const auto offset = take_offset(text);
  const year_month_day date{year{*year_}, month{static_cast<unsigned>(*month_)},
                            day{static_cast<unsigned>(*day_)}};
  if (!offset || !text.empty() || !date.ok() || *hour_ > 23 || *minute_ > 59 || *second_ > 60) {
    return std::nullopt;
  }
  return Time{sys_days{date}} + hours{*hour_} + minutes{*minute_} + seconds{*second_} +
         microseconds{fraction} - *offset;
}

}  // namespace

std::string to_rfc3339(Time time) {
  using namespace std::chrono;
  const auto midnight = floor<days>(time);
  const year_month_day date{midnight};
  const hh_mm_ss clock{floor<milliseconds>(time - midnight)};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

Result<Time> parse_rfc3339(std::string_view text) {
  if (const auto time = parse(text)) {
    return *time;
  }
  return make_error(Errc::invalid, "'{}' is not an RFC 3339 time such as 2026-11-22T17:20:05Z",
                    clean_utf8(text, 40));
}

}  // namespace vigie
