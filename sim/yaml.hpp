// SPDX-License-Identifier: Apache-2.0
// YAML from outside as a small tree with line numbers: no anchors, no aliases, bounded depth and
// size, no key twice. The only unit of the simulator that sees yaml-cpp is yaml.cpp.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace vigie::sim {

struct Yaml {
  enum class Kind : std::uint8_t { nothing, scalar, list, map };
  Kind kind = Kind::nothing;
  int line = 1;
  std::string text;               // of a scalar
  bool is_quoted = false;         // a quoted scalar is text whatever it looks like
  std::vector<std::string> keys;  // of a map, one for each item
  std::vector<Yaml> items;

  const Yaml* find(std::string_view key) const;
};

// One document. Errc::invalid says "name:line: cause".
Result<Yaml> parse_yaml(std::string_view text, std::string_view name);

}  // namespace vigie::sim
