// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "base/text.hpp"
#include "config/check.hpp"
#include "config/config.hpp"
#include "config/file.hpp"

namespace vigie::config {
namespace {

constexpr std::string_view file_suffix = "_FILE";

std::string as_flag(std::string_view name) {
  std::string out = "--" + to_lower_ascii(name);
  std::ranges::replace(out, '_', '-');
  return out;
}

std::string as_key(std::string_view name) {
  std::string out;
  for (const char c : name) {
    out += c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return out;
}

// The key whose value this name brings: itself, or the one of a secret's NAME_FILE.
struct Target {
  const Key* key = nullptr;
  bool by_file = false;
};

Target find_target(std::string_view name) {
  if (const auto* key = find_key(name)) {
    return {key, false};
  }
  if (name.ends_with(file_suffix)) {
    const auto* key = find_key(name.substr(0, name.size() - file_suffix.size()));
    if (key != nullptr && key->type == Type::secret) {
      return {key, true};
    }
  }
  return {};
}

// The C library's own LANGUAGE is a list of locales ("fr_FR:en"): the first that we speak counts,
// and a list of others says nothing about us. A word that is no locale is passed on, to be refused.
std::string language_of_locales(std::string_view value) {
  const auto choices = split(find_key("LANGUAGE")->bounds, '|');
  for (const auto locale : split(value, ':')) {
    const auto language = locale.substr(0, locale.find_first_of("_.@"));
    if (std::ranges::find(choices, language) != choices.end()) {
      return std::string{language};
    }
    if (language.size() > 3) {
      return std::string{value};
    }
  }
  return {};
}

class Loader {
 public:
  Result<Config> load(const Sources& sources) {
    for (const auto& key : keys()) {
      entries_.emplace(std::string{key.name},
                       Config::Entry{std::string{key.fallback}, Origin::fallback});
    }
    take_file(sources);
    take_environment(sources);
    take_flags(sources);
    if (!problems_.empty()) {
      return Error{Errc::invalid, problems_, std::chrono::seconds{0}};
    }
    apply_port();
    return Config{std::move(entries_)};
  }

 private:
  void complain(std::string_view where, std::string_view name, std::string_view what) {
    fmt::format_to(std::back_inserter(problems_), "{}{}: {}: {}", problems_.empty() ? "" : "\n",
                   where, name, what);
  }

  void take_file(const Sources& sources) {
    if (sources.file_path.empty()) {
      return;
    }
    const auto read = read_toml(sources.file_text, sources.file_path);
    if (!read) {
      problems_ = read.error().what;
      return;
    }
    const bool is_open = is_readable_by_others(sources.file_path);
    std::set<const Key*> seen;
    for (const auto& entry : *read) {
      const auto where = fmt::format("{}:{}", sources.file_path, entry.line);
      const auto target = find_lower_case(entry.name);
      if (target.key == nullptr) {
        complain(where, clean_utf8(entry.name, 60), unknown(entry.name, as_in_file));
      } else if (!entry.value) {
        complain(where, entry.name, entry.value.error().what);
      } else if (!seen.insert(target.key).second) {
        complain(where, entry.name, "stands here both as a value and as a file; keep one");
      } else if (is_open && target.key->type == Type::secret && !target.by_file &&
                 !entry.value->empty()) {
        complain(where, entry.name, "a secret, and others may read this file: chmod 600");
      } else {
        take(where, entry.name, target, *entry.value, Origin::file);
      }
    }
  }

  void take_environment(const Sources& sources) {
    std::set<const Key*> seen;
    for (const auto& [name, text] : sources.environment) {
      const auto target = find_target(name);
      const auto value = name == "LANGUAGE" ? language_of_locales(text) : text;
      if (target.key == nullptr || value.empty()) {
        continue;
      }
      if (!seen.insert(target.key).second) {
        complain("environment", name, "set, and so is the variable without _FILE; keep one");
        continue;
      }
      take("environment", name, target, value, Origin::environment);
    }
  }

  void take_flags(const Sources& sources) {
    std::set<const Key*> seen;
    for (const auto& [name, value] : sources.flags) {
      const auto target = find_target(as_key(name));
      const auto flag = as_flag(clean_utf8(name, 60));
      if (target.key == nullptr) {
        complain("command line", flag, unknown(as_key(name), as_flag));
      } else if (!seen.insert(target.key).second) {
        complain("command line", flag, "given, and so is the option without -file; keep one");
      } else {
        take("command line", flag, target, value, Origin::flag);
      }
    }
  }

  void take(std::string_view where, std::string_view name, Target target, const std::string& text,
            Origin origin) {
    const auto value = target.by_file ? read_secret_file(text) : Result<std::string>{text};
    const auto checked = value ? check(*target.key, *value) : value;
    if (!checked) {
      complain(where, name, checked.error().what);
      return;
    }
    entries_.find(target.key->name)->second = Config::Entry{*checked, origin};
  }

  // PORT replaces LISTEN unless LISTEN comes from a stronger source.
  void apply_port() {
    const auto& port = entries_.find("PORT")->second;
    auto& listen = entries_.find("LISTEN")->second;
    if (!port.value.empty() && port.origin >= listen.origin) {
      listen = {fmt::format("0.0.0.0:{}", port.value), port.origin};
    }
  }

  static std::string as_in_file(std::string_view name) { return to_lower_ascii(name); }

  static Target find_lower_case(std::string_view name) {
    return name == to_lower_ascii(name) ? find_target(as_key(name)) : Target{};
  }

  static std::string unknown(std::string_view name, std::string (*spell)(std::string_view)) {
    std::vector<std::string_view> names;
    for (const auto& key : keys()) {
      names.push_back(key.name);
    }
    const auto near = nearest(name, names);
    const auto cure = near.empty() ? std::string{"vigie config show lists all keys"}
                                   : fmt::format("did you mean {}?", spell(near));
    return fmt::format("there is no such key; {}", cure);
  }

  std::map<std::string, Config::Entry, std::less<>> entries_;
  std::string problems_;
};

}  // namespace

Result<Config> load(const Sources& sources) {
  return Loader{}.load(sources);
}

}  // namespace vigie::config
