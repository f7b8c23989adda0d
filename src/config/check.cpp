// SPDX-License-Identifier: Apache-2.0
#include "config/check.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>

#include "base/text.hpp"

namespace vigie::config {
namespace {

constexpr std::size_t longest_value = 16 * 1024;

std::string shown(std::string_view value) {
  return clean_utf8(value, 60);
}

std::pair<std::string_view, std::string_view> limits(std::string_view bounds) {
  const auto dots = bounds.find("..");
  return {bounds.substr(0, dots), bounds.substr(dots + 2)};
}

template <class Number, class Parse>
Result<std::string> check_number(const Key& key, std::string_view value, const Parse& parse,
                                 std::string_view what) {
  const std::optional<Number> number = parse(value);
  if (!number) {
    return make_error(Errc::invalid, "'{}' is not {}; between {}", shown(value), what, key.bounds);
  }
  const auto [low, high] = limits(key.bounds);
  if (*number < *parse(low) || *number > *parse(high)) {
    return make_error(Errc::invalid, "{} is out of bounds; between {}", shown(value), key.bounds);
  }
  return std::string{value};
}

Result<std::string> check_boolean(std::string_view value) {
  const auto word = to_lower_ascii(value);
  for (const std::string_view yes : {"true", "1", "yes", "on"}) {
    if (word == yes) {
      return std::string{"true"};
    }
  }
  for (const std::string_view no : {"false", "0", "no", "off"}) {
    if (word == no) {
      return std::string{"false"};
    }
  }
  return make_error(Errc::invalid, "'{}' is neither true nor false", shown(value));
}

Result<std::string> check_choice(const Key& key, std::string_view value) {
  const auto choices = split(key.bounds, '|');
  if (std::ranges::find(choices, value) != choices.end()) {
    return std::string{value};
  }
  const auto near = nearest(value, choices);
  const auto hint = near.empty() ? std::string{} : fmt::format("; did you mean {}?", near);
  return make_error(Errc::invalid, "'{}' is not one of {}{}", shown(value), key.bounds, hint);
}

Result<std::string> check_list(std::string_view value) {
  std::string out;
  for (const auto part : split(value, ',')) {
    const auto item = trim(part);
    if (item.find_first_of(" \t\r\n") != std::string_view::npos) {
      return make_error(Errc::invalid, "'{}' holds a blank; separate by commas", shown(item));
    }
    if (!item.empty()) {
      out.append(out.empty() ? "" : ",").append(item);
    }
  }
  return out;
}

// Text that must begin with one of the bounds and go on after it.
bool begins_well(const Key& key, std::string_view value) {
  return std::ranges::any_of(split(key.bounds, '|'), [&](std::string_view beginning) {
    return value.size() > beginning.size() && starts_with_ignoring_case(value, beginning) &&
           value.find_first_of(" \t\r\n") == std::string_view::npos;
  });
}

Result<std::string> check_text(const Key& key, std::string_view value) {
  if (key.bounds.empty() || value.empty() || begins_well(key, value)) {
    return std::string{value};
  }
  const auto what =
      key.type == Type::secret ? std::string{"it"} : fmt::format("'{}'", shown(value));
  return make_error(Errc::invalid, "{} does not begin with {}, or nothing follows, or a blank does",
                    what, key.bounds);
}

}  // namespace

const Key* find_key(std::string_view name) {
  const auto found = std::ranges::find(keys(), name, &Key::name);
  return found == keys().end() ? nullptr : &*found;
}

std::optional<Address> parse_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  auto host = text.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
  if (bracketed) {
    host = host.substr(1, host.size() - 2);
  }
  const auto allowed = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_' || (bracketed && (c == ':' || c == '%'));
  };
  const auto digits = text.substr(colon + 1);
  const auto port = to_integer(digits);
  if (host.empty() || !std::ranges::all_of(host, allowed) || !port || digits.starts_with('-') ||
      *port > 65535) {
    return std::nullopt;
  }
  return Address{std::string{host}, static_cast<std::uint16_t>(*port)};
}

Result<std::string> check(const Key& key, std::string_view value) {
  if (value.size() > longest_value) {
    return make_error(Errc::invalid, "{} bytes, at most {}", value.size(), longest_value);
  }
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (!is_valid_utf8(value) || std::ranges::any_of(value, is_control)) {
    return make_error(Errc::invalid, "holds control characters or is not UTF-8");
  }
  switch (key.type) {
    case Type::integer:
      return check_number<std::int64_t>(key, value, to_integer, "a whole number");
    case Type::number:
      return check_number<double>(key, value, to_number, "a number (with a dot)");
    case Type::boolean:
      return check_boolean(value);
    case Type::choice:
      return check_choice(key, value);
    case Type::list:
      return check_list(value);
    case Type::address:
      if (parse_address(value)) {
        return std::string{value};
      }
      return make_error(Errc::invalid, "'{}' is not host:port, such as {}", shown(value),
                        key.fallback);
    case Type::text:
    case Type::secret:
      return check_text(key, value);
  }
  return make_error(Errc::invalid, "of no known type");
}

Result<std::string> read_secret_file(const std::string& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) {
    return make_error(Errc::invalid, "there is no file {}", shown(path));
  }
  if (!S_ISREG(status.st_mode)) {
    return make_error(Errc::invalid, "{} is not a file", shown(path));
  }
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return make_error(Errc::invalid, "others may write {}: chmod go-w", shown(path));
  }
  std::ifstream file{path, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  if (!file.is_open() || file.bad()) {
    return make_error(Errc::invalid, "{} cannot be read", shown(path));
  }
  if (text.ends_with('\n')) {
    text.pop_back();
    if (text.ends_with('\r')) {
      text.pop_back();
    }
  }
  if (text.empty()) {
    return make_error(Errc::invalid, "{} is empty", shown(path));
  }
  return text;
}

bool is_readable_by_others(const std::string& path) {
  struct stat status{};
  return stat(path.c_str(), &status) == 0 && (status.st_mode & (S_IRGRP | S_IROTH)) != 0;
}

}  // namespace vigie::config
