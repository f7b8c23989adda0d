// SPDX-License-Identifier: Apache-2.0
// What the simulator plays, as plain values, and how it is read from YAML (the contract's scenario
// file). Beyond the contract: an account's `access`, `renames` and `rhythm`; a live's `wait` (the
// file is spoken from the first viewer on) and `from` (where in the file it begins); the events
// `move` and `garbage`; a fault's `route`, `times` and `retry_after`; an answer's `times`, `body`,
// `error`, `finish`, `padding`, `refuses` and `headers`; and `crowd`, many accounts with a rhythm.
#pragma once
#include <boost/json/object.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace vigie::sim {

enum class Access : std::uint8_t {
  open,
  private_account,  // not found by name, its embed refused, its profile 10222
  age_restricted,   // 4003110
  absent,           // does not exist: its profile 10221, as every name nobody has
  ghost,            // on air, but not found by name
  banned,           // as absent, with the profile's other code: 10202
  login_required,   // on air without addresses: to be seen after signing in only
  restricted,       // on air without addresses, and room/info says 4003110
  contradiction,    // on air, but the user's own status says 4
  hls_only,         // on air without FLV addresses
  pictures,         // no address of sound alone: every stream has video tags as well
};
Result<Access> parse_access(std::string_view text);

// How requests are answered. slow: one byte a second; huge: a body of 1 GB; truncated: the first
// half of the answer; poison: check_alive says alive to everything; login: a redirect to the page
// that asks for an account; region: what a country without TikTok is told.
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
  poison,
  truncated,
  huge,
  login,
  region,
  forbidden,
  params_error
};
Result<Mode> parse_mode(std::string_view text);
std::string_view to_string(Mode mode);

struct LiveEvent {
  enum class What : std::uint8_t {
    stall,    // no bytes for a while, and what was said meanwhile is lost
    expire,   // every address given so far: 403
    pause,    // the host pauses; the file waits for him
    jump,     // the timestamps leap by a span, which may be negative
    codec,    // another rate and channel count from here on
    move,     // to the origin's other port: addresses given so far answer 404
    garbage,  // bytes that are no FLV between two tags
  };
  Span at{0};  // since the live's start
  What what = What::stall;
  Span span{0};            // `for` of stall and pause, `by` of jump
  std::int64_t bytes = 0;  // of garbage
};

Result<LiveEvent::What> parse_event(std::string_view text);
constexpr std::int64_t most_garbage = 1 << 20;  // bytes of one event
constexpr std::int64_t default_garbage = 700;

struct LivePlan {
  Span start{0};  // since the simulator's start
  std::optional<Span> end;
  std::string title;
  std::string audio;  // a path; empty: a generated melody
  Span from{0};       // where in it the live begins
  bool loop = false;
  bool wait = false;
  std::vector<std::int64_t> viewers;
  std::vector<LiveEvent> events;
};

// A live of the same length in each stretch of `every`, at a moment of it that depends on seed,
// account and stretch. The one before the simulator's start is over: such an account was live once.
struct Rhythm {
  Span every{0};
  Span length{0};
  std::int64_t seed = 0;
  LivePlan model;  // its start and end are not used
};

struct Rename {
  Span at{0};  // since the simulator's start
  std::string to;
};

struct AccountPlan {
  std::string username;
  std::string nickname;
  std::string bio;
  std::int64_t followers = 0;
  Access access = Access::open;
  std::vector<LivePlan> lives;
  std::shared_ptr<const Rhythm> rhythm;  // instead of lives; shared by a crowd
  std::vector<Rename> renames;
};

struct FaultPlan {
  Span at{0};
  std::optional<Span> duration;  // absent: for ever
  Mode mode = Mode::ok;
  std::string user;                   // empty: everybody
  std::string route;                  // of sim/routes.hpp; empty: all of them
  std::optional<std::int64_t> times;  // how many requests it is for; absent: all
  std::chrono::seconds retry_after{5};
};

struct LlmPlan {
  std::string match;  // part of the user's message; empty: any
  boost::json::object answer;
  std::optional<std::string> raw;  // instead of the answer's JSON
  int status = 200;
  std::chrono::seconds retry_after{0};
  Span delay{0};
  std::optional<std::int64_t> times;
  std::optional<std::string> body;  // the whole HTTP body, as it is
  std::string error;                // what a refusal says
  std::string finish = "stop";      // finish_reason
  std::int64_t padding = 0;         // bytes of white space after the body
  std::string refuses;              // formats (json_schema …) answered with `status`
  std::vector<std::pair<std::string, std::string>> headers;
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
