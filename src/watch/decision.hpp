// SPDX-License-Identifier: Apache-2.0
// What one answer of a platform changes in what we know. Pure: no I/O, no clock of its own. The
// rules are tiktok protocol §6: nothing unproved is shown, a pause ends nothing, an end needs two
// answers.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "domain/account.hpp"
#include "domain/live.hpp"
#include "platform/live_source.hpp"
#include "watch/boxed.hpp"

namespace vigie::watch {

// Two answers "not on air" this far apart end a live.
inline constexpr Span end_confirmation{std::chrono::seconds{5}};
// Two independent denials this far apart make an account offline.
inline constexpr Span absence_confirmation{std::chrono::minutes{10}};

struct OpenLive {
  std::string id;
  std::string room;
  Time started_at;
  LiveState state = LiveState::live;
  std::string title;
  std::optional<std::int64_t> viewers;
  bool restricted = false;
};

struct Known {
  AccountStatus status = AccountStatus::unknown;
  std::optional<Time> status_at;
  std::string status_reason = "never_checked";
  std::optional<Time> ending_since;    // the first "not on air" while a live is open
  std::optional<Time> negative_since;  // the first confirmed absence
  Boxed<OpenLive> live;
  std::string stable_id;           // the platform's id of this person; empty until it told
  std::optional<Time> checked_at;  // as last written
};

struct Ending {
  Time at;
  std::string reason;  // "status_4", "new_room"
};

struct Decision {
  AccountStatus status = AccountStatus::unknown;
  std::optional<Time> status_at;
  std::string status_reason;
  std::optional<Time> ending_since;
  std::optional<Time> negative_since;
  std::optional<Ending> ends;                  // the open live is over
  std::optional<platform::LiveFacts> starts;   // another begins
  bool is_start_known = false;                 // of that one: else it is taken to begin now
  LiveState state = LiveState::live;           // of the one that starts or goes on
  std::optional<platform::LiveFacts> goes_on;  // what is now known of the open live
  bool is_news = false;            // something a person would see changed (viewers and ages aside)
  bool has_new_viewers = false;    // only that number moved
  bool asks_again_soon = false;    // ask again after end_confirmation
  bool wants_second_look = false;  // LiveSource::look_up would tell more
  bool wants_owner = false;        // LiveSource::probe_room would tell where this person went
};

// evidence `absent` and `exists` are second looks, taken only after the main source said
// `not_found`. An answer about another stable id than the one we know is about somebody else and
// proves nothing ("other_account"). A contradiction is asked about again soon, once.
Decision decide(const Known& known, const platform::Observation& seen, Time now);

}  // namespace vigie::watch
