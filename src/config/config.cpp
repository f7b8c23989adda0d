// SPDX-License-Identifier: Apache-2.0
#include "config/config.hpp"

#include <stdexcept>

#include "base/text.hpp"
#include "config/check.hpp"

namespace vigie::config {
namespace {

std::string_view to_string(Origin origin) {
  switch (origin) {
    case Origin::fallback:
      return "default";
    case Origin::file:
      return "file";
    case Origin::environment:
      return "environment";
    case Origin::flag:
      return "command line";
  }
  return "default";
}

template <class T>
T checked(std::string_view name, std::optional<T> value, std::string_view what) {
  if (!value) {
    throw std::logic_error(fmt::format("{} is read as {}, which it is not", name, what));
  }
  return *std::move(value);
}

}  // namespace

const Config::Entry& Config::entry(std::string_view name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) {
    throw std::logic_error(fmt::format("there is no configuration key {}", name));
  }
  return found->second;
}

std::string Config::text(std::string_view name) const {
  return entry(name).value;
}

std::int64_t Config::integer(std::string_view name) const {
  return checked(name, to_integer(entry(name).value), "a whole number");
}

double Config::number(std::string_view name) const {
  return checked(name, to_number(entry(name).value), "a number");
}

bool Config::boolean(std::string_view name) const {
  const auto& value = entry(name).value;
  if (value != "true" && value != "false") {
    throw std::logic_error(fmt::format("{} is read as a boolean, which it is not", name));
  }
  return value == "true";
}

std::vector<std::string> Config::list(std::string_view name) const {
  std::vector<std::string> out;
  for (const auto part : split(entry(name).value, ',')) {
    if (!part.empty()) {
      out.emplace_back(part);
    }
  }
  return out;
}

Address Config::address(std::string_view name) const {
  return checked(name, parse_address(entry(name).value), "an address");
}

Origin Config::origin(std::string_view name) const {
  return entry(name).origin;
}

bool Config::is_set(std::string_view name) const {
  return !entry(name).value.empty();
}

std::string Config::show() const {
  std::string out;
  for (const auto& key : keys()) {
    const auto& [value, origin] = entry(key.name);
    const std::string_view hidden = value.empty() ? "[empty]" : "[set]";
    fmt::format_to(std::back_inserter(out), "{} = {}  # {}\n", key.name,
                   key.type == Type::secret ? hidden : std::string_view{value}, to_string(origin));
  }
  return out;
}

}  // namespace vigie::config
