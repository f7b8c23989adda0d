// SPDX-License-Identifier: Apache-2.0
// Configuration: flags > environment > vigie.toml > defaults, through one table of keys
// (config/keys.cpp).
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace vigie::config {

enum class Type : std::uint8_t {
  text,
  integer,
  number,
  boolean,
  choice,
  list,     // separated by commas; in the file an array may be written
  address,  // host:port, 127.0.0.1:8080 or [::1]:8080
  secret,   // never shown; also read from the file that NAME_FILE names
};

struct Key {
  std::string_view name;  // as in the environment: "RISK_THRESHOLD"; in the file: risk_threshold
  Type type;
  std::string_view fallback;  // the default, as text
  std::string_view
      bounds;  // "0..1", "a|b|c" for a choice, for a text what it may begin with; or empty
  std::string_view sentence;  // what it is, in one sentence
};

// Every key there is, in the order of the documentation.
const std::vector<Key>& keys();

enum class Origin : std::uint8_t { fallback, file, environment, flag };

struct Address {
  std::string host;
  std::uint16_t port = 0;
};

// What was found where; values are checked. Reading a key that the table lacks is a bug and throws.
class Config {
 public:
  std::string text(std::string_view name) const;
  std::int64_t integer(std::string_view name) const;
  double number(std::string_view name) const;
  bool boolean(std::string_view name) const;
  std::vector<std::string> list(std::string_view name) const;
  Address address(std::string_view name) const;  // LISTEN: with PORT taken into account
  Origin origin(std::string_view name) const;
  bool is_set(std::string_view name) const;  // not empty

  // "NAME = value  # origin", one a line; secrets shown as "[set]" or "[empty]".
  std::string show() const;

  struct Entry {
    std::string value;
    Origin origin = Origin::fallback;
  };
  explicit Config(std::map<std::string, Entry, std::less<>> entries)
      : entries_{std::move(entries)} {}

 private:
  const Entry& entry(std::string_view name) const;
  std::map<std::string, Entry, std::less<>> entries_;
};

struct Sources {
  std::map<std::string, std::string> flags = {};  // by key name: from --risk-threshold 0.8
  std::map<std::string, std::string> environment =
      {};                      // the whole of it; foreign names are ignored
  std::string file_path = {};  // of vigie.toml; empty: none
  std::string file_text = {};
};

// All problems at once, one a line, each with where, what and a cure: unknown keys of the file or
// the flags with a suggestion, wrong types, values out of bounds, NAME and NAME_FILE both set in
// one place, a secret file that cannot be read or that others may write, secrets in a vigie.toml
// that others may read. An empty value in the environment counts as unset. Errors are Errc::invalid
// (exit 78).
Result<Config> load(const Sources& sources);

// The reference in Markdown, for docs/CONFIGURATION.md.
std::string reference();

}  // namespace vigie::config
