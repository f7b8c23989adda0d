// SPDX-License-Identifier: Apache-2.0
// What happened, as rows in the database tell it and as browsers receive it.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace vigie {

// The types of the contract.
namespace event_type {
inline constexpr std::string_view account_status = "account.status";
inline constexpr std::string_view live_started = "live.started";
inline constexpr std::string_view live_updated = "live.updated";
inline constexpr std::string_view live_ended = "live.ended";
inline constexpr std::string_view segment_interim = "segment.interim";  // never in the log
inline constexpr std::string_view segment_final = "segment.final";      // data: a segment or a gap
inline constexpr std::string_view assessment = "assessment";
inline constexpr std::string_view alert_opened = "alert.opened";
inline constexpr std::string_view alert_updated = "alert.updated";
inline constexpr std::string_view notification = "notification";
// Between processes, of nobody's concern: {"person_id"} whose sessions, tokens or rights are not
// what they were. No role receives it.
inline constexpr std::string_view people_changed = "people.changed";
}  // namespace event_type

struct Event {
  std::int64_t id = 0;  // given by the log; grows by one in commit order
  std::string type;
  Time at;
  std::string account_id;  // whose followers may see it; empty when person_id says who
  std::string live_id;     // may be empty
  std::string person_id;   // the only one who may see it; empty: followers of account_id
  std::string data;        // JSON object, the shape of the REST answer (domain/json.hpp)
};

}  // namespace vigie
