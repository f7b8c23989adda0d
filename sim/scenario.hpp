// SPDX-License-Identifier: Apache-2.0
// What the simulator plays, as plain values, and how it is read from YAML (the contract's scenario
// file). Beyond the contract: an account's `access` (open, private, age, absent, ghost), a live's
// `wait` (the file is spoken from the first viewer on), and an answer's `times` (how often it is
// given).
#pragma once
#include <boost/json/object.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace vigie::sim {

enum class Access : std::uint8_t {
  open,
  private_account,  // not found by name, its embed refused
  age_restricted,   // 4003110
  absent,           // does not exist
  ghost,            // on air, but not found by name
};

// How requests are answered. slow: one byte a second; poison: check_alive says alive to everything.
enum class Mode : std::uint8_t {
  ok,
  http_429,
  http_500,
  captcha,
  waf,
  garbage,
  empty,
  slow,
  reset,
  poison
};
Result<Mode> parse_mode(std::string_view text);
std::string_view to_string(Mode mode);

struct LiveEvent {
  enum class What : std::uint8_t {
    stall,   // no bytes for a while, and what was said meanwhile is lost
    expire,  // every address given so far: 403
    pause,   // the host pauses; the file waits for him
    jump,    // the timestamps leap by a span, which may be negative
    codec,   // another rate and channel count from here on
  };
  Span at{0};  // since the live's start
  What what = What::stall;
  Span span{0};  // `for` of stall and pause, `by` of jump
};

struct LivePlan {
  Span start{0};  // since the simulator's start
  std::optional<Span> end;
  std::string title;
  std::string audio;  // a path; empty: a generated melody
  bool loop = false;
  bool wait = false;
  std::vector<std::int64_t> viewers;
  std::vector<LiveEvent> events;
};

struct AccountPlan {
  std::string username;
  std::string nickname;
  std::string bio;
  std::int64_t followers = 0;
  Access access = Access::open;
  std::vector<LivePlan> lives;
};

struct FaultPlan {
  Span at{0};
  std::optional<Span> duration;  // absent: for ever
  Mode mode = Mode::ok;
  std::string user;  // empty: everybody
};

struct LlmPlan {
  std::string match;  // part of the user's message; empty: any
  boost::json::object answer;
  std::optional<std::string> raw;  // instead of the answer's JSON
  int status = 200;
  std::chrono::seconds retry_after{0};
  Span delay{0};
  std::optional<std::int64_t> times;
};

struct Scenario {
  std::vector<AccountPlan> accounts;
  std::vector<FaultPlan> faults;
  std::vector<LlmPlan> llm;
};

// The accounts of the contract that are there from the start.
Scenario built_in_scenario();

// 1 to 24 of [a-z0-9._], as TikTok's names.
bool is_username(std::string_view text);

// "5s", "10m", "1h30m", "250ms", "1.5s"; a bare number is seconds; a minus in front is allowed.
std::optional<Span> parse_span(std::string_view text);

// Sound files are looked for in folder and must be there. Errc::invalid says "name:line: cause".
// Anchors, aliases, more than 16 levels, 16 MiB or a million values are refused.
Result<Scenario> parse_scenario(std::string_view yaml, std::string_view name,
                                const std::filesystem::path& folder);
Result<Scenario> load_scenario(const std::filesystem::path& path);

}  // namespace vigie::sim
