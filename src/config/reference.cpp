// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "config/config.hpp"

namespace vigie::config {
namespace {

constexpr std::string_view beginning = R"(# Configuration

<!-- Written by config::reference() from src/config/keys.cpp: VIGIE_UPDATE_DOCS=1 vigie_config_test -->

Each key is looked for on the command line (`--risk-threshold 0.8`), then in the environment
(`RISK_THRESHOLD=0.8`; an empty value counts as unset), then in `vigie.toml`
(`risk_threshold = 0.8`, no sections), then in the table below. `vigie config show` says what holds and
where it comes from, `vigie config check` names every problem at once and ends with 78.

A secret is never shown. Instead of `NAME`, `NAME_FILE` may name a file that holds it (one newline at
its end is dropped); others must not be able to write that file. A `vigie.toml` that holds a secret must
be readable by its owner alone.

| Key | Kind | Default | Bounds | |
|---|---|---|---|---|
)";

std::string_view kind(Type type) {
  switch (type) {
    case Type::text:
      return "text";
    case Type::integer:
      return "whole number";
    case Type::number:
      return "number";
    case Type::boolean:
      return "true or false";
    case Type::choice:
      return "choice";
    case Type::list:
      return "list, by commas";
    case Type::address:
      return "host:port";
    case Type::secret:
      return "secret";
  }
  return "text";
}

std::string bounds(const Key& key) {
  if (key.bounds.empty()) {
    return {};
  }
  if (key.type == Type::integer || key.type == Type::number) {
    const auto dots = key.bounds.find("..");
    return fmt::format("{} to {}", key.bounds.substr(0, dots), key.bounds.substr(dots + 2));
  }
  std::string words;
  for (const auto choice : split(key.bounds, '|')) {
    fmt::format_to(std::back_inserter(words), "{}`{}`", words.empty() ? "" : ", ", choice);
  }
  return key.type == Type::choice ? words : fmt::format("begins with {}", words);
}

}  // namespace

std::string reference() {
  std::string out{beginning};
  for (const auto& key : keys()) {
    const auto fallback =
        key.fallback.empty() ? std::string{"empty"} : fmt::format("`{}`", key.fallback);
    fmt::format_to(std::back_inserter(out), "| `{}` | {} | {} | {} | {} |\n", key.name,
                   kind(key.type), fallback, bounds(key), key.sentence);
  }
  return out;
}

}  // namespace vigie::config
