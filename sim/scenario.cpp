// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario.hpp"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "base/text.hpp"
#include "media/sound_file.hpp"
#include "sim/routes.hpp"
#include "sim/yaml.hpp"

namespace vigie::sim {
namespace {

constexpr std::int64_t most_people = 1'000'000'000;
constexpr std::int64_t most_padding = 64 << 20;

// Reads fields and remembers the first thing that is wrong; after it, values are defaults.
class Reader {
 public:
  Reader(std::string_view name, const std::filesystem::path& folder)
      : name_{name}, folder_{folder} {}

  Result<Scenario> scenario(const Yaml& root) {
    Scenario out;
    if (only(root, {"accounts", "crowd", "faults", "llm"}, "the scenario")) {
      each(root, "accounts", [&](const Yaml& item) { out.accounts.push_back(account(item)); });
      if (const auto* crowds = root.find("crowd")) {
        if (crowds->kind == Yaml::Kind::list) {
          each(root, "crowd", [&](const Yaml& item) { crowd(item, out.accounts); });
        } else {
          crowd(*crowds, out.accounts);
        }
      }
      each(root, "faults", [&](const Yaml& item) { out.faults.push_back(fault(item)); });
      each(root, "llm", [&](const Yaml& item) { out.llm.push_back(llm(item)); });
    }
    if (error_) {
      return *error_;
    }
    return out;
  }

 private:
  template <class... Args>
  void fail(const Yaml& at, fmt::format_string<Args...> text, Args&&... args) {
    if (!error_) {
      const auto cause = fmt::format(text, std::forward<Args>(args)...);
      error_ = make_error(Errc::invalid, "{}:{}: {}", name_, at.line, cause);
    }
  }

  bool only(const Yaml& map, const std::vector<std::string_view>& keys, std::string_view what) {
    if (map.kind == Yaml::Kind::nothing) {
      return false;
    }
    if (map.kind != Yaml::Kind::map) {
      fail(map, "{} must be made of \"key: value\" lines", what);
      return false;
    }
    for (std::size_t index = 0; index < map.keys.size(); ++index) {
      const auto& key = map.keys[index];
      const auto& value = map.items[index];
      if (std::ranges::find(keys, key) == keys.end()) {
        const auto near = nearest(key, keys);
        fail(value, "\"{}\" is not known in {}{}", clean_utf8(key, 40), what,
             near.empty() ? fmt::format(" (known: {})", fmt::join(keys, ", "))
                          : fmt::format(": did you mean \"{}\"?", near));
      }
    }
    return true;
  }

  template <class Use>
  void each(const Yaml& map, std::string_view key, const Use& use) {
    const auto* list = map.find(key);
    if (list == nullptr || list->kind == Yaml::Kind::nothing) {
      return;
    }
    if (list->kind != Yaml::Kind::list) {
      fail(*list, "\"{}\" must be a list", key);
      return;
    }
    for (const auto& item : list->items) {
      use(item);
    }
  }

  const Yaml* scalar(const Yaml& map, std::string_view key) {
    const auto* value = map.find(key);
    if (value == nullptr || value->kind == Yaml::Kind::nothing) {
      return nullptr;
    }
    if (value->kind != Yaml::Kind::scalar) {
      fail(*value, "\"{}\" must be one value", key);
      return nullptr;
    }
    return value;
  }

  std::string text(const Yaml& map, std::string_view key, std::string otherwise = {}) {
    const auto* value = scalar(map, key);
    return value == nullptr ? otherwise : value->text;
  }

  std::optional<Span> span(const Yaml& map, std::string_view key) {
    const auto* value = scalar(map, key);
    if (value == nullptr) {
      return std::nullopt;
    }
    const auto parsed = parse_span(value->text);
    if (!parsed) {
      fail(*value, "\"{}\" of \"{}\" is no duration (try 5s, 10m, 1h30m)",
           clean_utf8(value->text, 40), key);
    }
    return parsed;
  }

  std::int64_t whole(const Yaml& value, std::string_view key, std::int64_t lowest,
                     std::int64_t highest) {
    const auto number = value.kind == Yaml::Kind::scalar ? to_integer(value.text) : std::nullopt;
    if (!number || *number < lowest || *number > highest) {
      fail(value, "\"{}\" must be a whole number from {} to {}", key, lowest, highest);
      return lowest;
    }
    return *number;
  }
  std::optional<std::int64_t> whole_at(const Yaml& map, std::string_view key, std::int64_t lowest,
                                       std::int64_t highest) {
    const auto* value = scalar(map, key);
    if (value == nullptr) {
      return std::nullopt;
    }
    return whole(*value, key, lowest, highest);
  }

  bool truth(const Yaml& map, std::string_view key) {
    const auto* value = scalar(map, key);
    if (value != nullptr && value->text != "true" && value->text != "false") {
      fail(*value, "\"{}\" must be true or false", key);
    }
    return value != nullptr && value->text == "true";
  }

  AccountPlan account(const Yaml& map) {
    AccountPlan out;
    if (!only(map,
              {"username", "followers", "nickname", "bio", "access", "lives", "rhythm", "renames"},
              "an account")) {
      fail(map, "an account needs a username");
      return out;
    }
    out.username = new_username(map, text(map, "username"));
    out.nickname = text(map, "nickname", out.username);
    out.bio = text(map, "bio");
    out.followers = whole_at(map, "followers", 0, most_people).value_or(0);
    out.access = access(map);
    each(map, "lives", [&](const Yaml& item) { out.lives.push_back(live(item)); });
    if (const auto* value = map.find("rhythm")) {
      out.rhythm = std::make_shared<Rhythm>(rhythm(*value));
      if (!out.lives.empty()) {
        fail(*value, "an account has either lives or a rhythm");
      }
    }
    each(map, "renames", [&](const Yaml& item) { out.renames.push_back(rename(item)); });
    return out;
  }

  std::string new_username(const Yaml& at, std::string name) {
    if (!is_username(name)) {
      fail(at, "a username is 1 to 24 of a-z, 0-9, '.' and '_', not \"{}\"", clean_utf8(name, 40));
    }
    if (!usernames_.insert(name).second) {
      fail(at, "the account \"{}\" is there twice", name);
    }
    return name;
  }

  Access access(const Yaml& map) {
    const auto* value = scalar(map, "access");
    const auto parsed = value == nullptr ? Result<Access>{Access::open} : parse_access(value->text);
    if (!parsed) {
      fail(*value, "{}", parsed.error().what);
      return Access::open;
    }
    return *parsed;
  }

  Rename rename(const Yaml& map) {
    Rename out;
    if (!only(map, {"at", "to"}, "a rename")) {
      fail(map, "a rename needs at and to");
      return out;
    }
    out.at = span(map, "at").value_or(Span{0});
    out.to = new_username(map, text(map, "to"));
    return out;
  }

  Rhythm rhythm(const Yaml& map) {
    Rhythm out;
    only(map, {"every", "length", "seed", "title", "audio", "loop", "viewers", "events"},
         "a rhythm");
    out.every = span(map, "every").value_or(Span{0});
    out.length = span(map, "length").value_or(Span{0});
    out.seed = whole_at(map, "seed", 0, most_people).value_or(0);
    if (out.every < std::chrono::seconds{1} || out.length <= Span{0} || out.length >= out.every) {
      fail(map, "a rhythm needs \"every\" (1s at least) and a shorter \"length\"");
      out.every = std::chrono::hours{1};
      out.length = std::chrono::minutes{1};
    }
    fill(map, out.model);
    return out;
  }

  // Many accounts of one rhythm: prefix0, prefix1, …
  void crowd(const Yaml& map, std::vector<AccountPlan>& accounts) {
    constexpr std::int64_t most = 200'000;
    if (!only(map, {"count", "prefix", "followers", "bio", "access", "lives"}, "a crowd") ||
        map.find("lives") == nullptr) {
      fail(map, "a crowd needs count, prefix and lives: {{every, length}}");
      return;
    }
    const auto count = whole_at(map, "count", 1, most).value_or(1);
    const auto prefix = text(map, "prefix", "crowd_");
    AccountPlan model;
    model.bio = text(map, "bio");
    model.followers = whole_at(map, "followers", 0, most_people).value_or(0);
    model.access = access(map);
    model.rhythm = std::make_shared<Rhythm>(rhythm(*map.find("lives")));
    accounts.reserve(accounts.size() + static_cast<std::size_t>(count));
    for (std::int64_t index = 0; index < count && !error_; ++index) {
      model.username = new_username(map, fmt::format("{}{}", prefix, index));
      model.nickname = model.username;
      accounts.push_back(model);
    }
  }

  LivePlan live(const Yaml& map) {
    LivePlan out;
    only(map, {"start", "end", "title", "audio", "from", "loop", "wait", "viewers", "events"},
         "a live");
    out.start = span(map, "start").value_or(Span{0});
    out.end = span(map, "end");
    if (out.end && *out.end <= out.start) {
      fail(map, "the live ends before it starts");
    }
    out.wait = truth(map, "wait");
    out.from = span(map, "from").value_or(Span{0});
    if (out.from < Span{0}) {
      fail(map, "a sound begins at its beginning at the earliest");
    }
    fill(map, out);
    return out;
  }

  // What a live and a rhythm have in common.
  void fill(const Yaml& map, LivePlan& out) {
    out.title = text(map, "title", "Direct");
    out.audio = audio(map);
    out.loop = truth(map, "loop") || out.audio.empty();
    each(map, "viewers",
         [&](const Yaml& item) { out.viewers.push_back(whole(item, "viewers", 0, most_people)); });
    each(map, "events", [&](const Yaml& item) { out.events.push_back(event(item)); });
  }

  std::string audio(const Yaml& map) {
    const auto* value = scalar(map, "audio");
    if (value == nullptr) {
      return {};
    }
    auto path = (folder_ / value->text).lexically_normal().string();
    // Ten thousand accounts may share a file: looked at once.
    if (!error_ && files_.insert(path).second) {
      const auto opened = media::open_sound_file(path);
      if (!opened) {
        fail(*value, "{}", opened.error().what);
      }
    }
    return path;
  }

  LiveEvent event(const Yaml& map) {
    using What = LiveEvent::What;
    LiveEvent out;
    if (!only(map, {"at", "what", "for", "by", "bytes"}, "an event") ||
        map.find("what") == nullptr) {
      fail(map, "an event needs at and what");
      return out;
    }
    out.at = span(map, "at").value_or(Span{0});
    const auto* value = scalar(map, "what");
    const auto parsed = parse_event(value == nullptr ? "" : value->text);
    if (!parsed) {
      fail(map, "{}", parsed.error().what);
      return out;
    }
    out.what = *parsed;
    const bool lasts = out.what == What::stall || out.what == What::pause;
    const bool leaps = out.what == What::jump;
    out.span = span(map, leaps ? "by" : "for").value_or(Span{0});
    if ((lasts && out.span <= Span{0}) || (leaps && out.span == Span{0})) {
      fail(map, "this event needs \"{}\"", leaps ? "by" : "for");
    }
    out.bytes = whole_at(map, "bytes", 1, most_garbage).value_or(default_garbage);
    return out;
  }

  FaultPlan fault(const Yaml& map) {
    FaultPlan out;
    if (!only(map, {"at", "for", "mode", "user", "route", "times", "retry_after"}, "a fault")) {
      fail(map, "a fault needs a mode");
      return out;
    }
    out.at = span(map, "at").value_or(Span{0});
    out.duration = span(map, "for");
    const auto mode = parse_mode(text(map, "mode"));
    if (mode) {
      out.mode = *mode;
    } else {
      fail(map, "{}", mode.error().what);
    }
    out.user = text(map, "user");
    out.route = text(map, "route");
    if (!out.route.empty() && !is_route_name(out.route)) {
      fail(map, "\"{}\" is no route (they are {})", clean_utf8(out.route, 40),
           fmt::join(route_names, ", "));
    }
    out.times = whole_at(map, "times", 1, most_people);
    out.retry_after = std::chrono::seconds{whole_at(map, "retry_after", 0, 86'400).value_or(5)};
    return out;
  }

  LlmPlan llm(const Yaml& map) {
    LlmPlan out;
    only(map,
         {"match", "answer", "raw", "status", "retry_after", "delay", "times", "body", "error",
          "finish", "padding", "refuses", "headers"},
         "an llm answer");
    out.match = text(map, "match");
    if (const auto* answer = map.find("answer")) {
      if (answer->kind == Yaml::Kind::map) {
        out.answer = to_json(*answer).as_object();
      } else {
        fail(*answer, "\"answer\" must be made of \"key: value\"");
      }
    }
    if (const auto* raw = scalar(map, "raw")) {
      out.raw = raw->text;
    }
    if (const auto* body = scalar(map, "body")) {
      out.body = body->text;
    }
    out.error = text(map, "error");
    if (const auto* finish = scalar(map, "finish")) {
      out.finish = finish->text;
    }
    out.padding = whole_at(map, "padding", 0, most_padding).value_or(0);
    out.refuses = text(map, "refuses");
    if (const auto* headers = map.find("headers"); headers != nullptr) {
      for (std::size_t index = 0; index < headers->keys.size(); ++index) {
        out.headers.emplace_back(headers->keys[index], headers->items[index].text);
      }
    }
    out.status = static_cast<int>(whole_at(map, "status", 200, 599).value_or(200));
    out.retry_after = std::chrono::seconds{whole_at(map, "retry_after", 0, 86'400).value_or(0)};
    out.delay = std::max(span(map, "delay").value_or(Span{0}), Span{0});
    out.times = whole_at(map, "times", 0, most_people);
    return out;
  }

  static boost::json::value to_json(const Yaml& value) {
    switch (value.kind) {
      case Yaml::Kind::nothing:
        return nullptr;
      case Yaml::Kind::list: {
        boost::json::array out;
        for (const auto& item : value.items) {
          out.push_back(to_json(item));
        }
        return out;
      }
      case Yaml::Kind::map: {
        boost::json::object out;
        for (std::size_t index = 0; index < value.keys.size(); ++index) {
          out[value.keys[index]] = to_json(value.items[index]);
        }
        return out;
      }
      case Yaml::Kind::scalar:
        break;
    }
    if (!value.is_quoted && (value.text == "true" || value.text == "false")) {
      return value.text == "true";
    }
    if (const auto whole = to_integer(value.text); whole && !value.is_quoted) {
      return *whole;
    }
    if (const auto number = to_number(value.text); number && !value.is_quoted) {
      return *number;
    }
    return boost::json::string{value.text};
  }

  std::string_view name_;
  const std::filesystem::path& folder_;
  std::optional<Error> error_;
  std::set<std::string> usernames_;
  std::set<std::string> files_;
};

}  // namespace

Result<Scenario> parse_scenario(std::string_view yaml, std::string_view name,
                                const std::filesystem::path& folder) {
  const auto root = parse_yaml(yaml, name);
  if (!root) {
    return root.error();
  }
  return Reader{name, folder}.scenario(*root);
}

Result<Scenario> load_scenario(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    return make_error(Errc::not_found, "{}: there is no such file", path.string());
  }
  std::ifstream file{path, std::ios::binary};
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) {
    return make_error(Errc::denied, "{}: it cannot be read", path.string());
  }
  return parse_scenario(text.str(), path.string(), path.parent_path());
}

}  // namespace vigie::sim
