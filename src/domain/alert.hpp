// SPDX-License-Identifier: Apache-2.0
// What asks for a person's eyes, and the note that tells them.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"

namespace vigie {

enum class AlertKind : std::uint8_t {
  hate,
  undecided,
  injection,
  virality
};  // haine incertain injection viralite
enum class Severity : std::uint8_t {
  low,
  moderate,
  high,
  critical
};  // faible modere eleve critique
enum class AlertState : std::uint8_t { open, claimed, decided };
std::string_view to_string(AlertKind kind);
std::string_view to_string(Severity severity);
std::string_view to_string(AlertState state);
Result<AlertKind> parse_alert_kind(std::string_view text);
Result<Severity> parse_severity(std::string_view text);
Result<AlertState> parse_alert_state(std::string_view text);

// What a person may say of an alert. confirmed: against the law · platform_rule: against the
// platform's rules · lawful · false_alarm: with its cause · out_of_scope · second_opinion: somebody
// else should say.
enum class DecisionVerdict : std::uint8_t {
  confirmed,
  platform_rule,
  lawful,
  false_alarm,
  out_of_scope,
  second_opinion
};
enum class FalseAlarmCause : std::uint8_t { transcription, analysis, quotation, irony, other };
std::string_view to_string(DecisionVerdict verdict);
std::string_view to_string(FalseAlarmCause cause);
Result<DecisionVerdict> parse_decision_verdict(std::string_view text);
Result<FalseAlarmCause> parse_false_alarm_cause(std::string_view text);

struct Decision {
  std::string id;
  DecisionVerdict verdict = DecisionVerdict::confirmed;
  std::optional<FalseAlarmCause> cause;  // with false_alarm
  std::string note;
  std::string decided_by;  // a user name; empty when that person is gone
  Time decided_at;
};

// One incident, however many windows it spans.
struct Alert {
  std::string id;
  std::string live_id;
  std::string account_id;
  std::string username;
  AlertKind kind = AlertKind::hate;
  Severity severity = Severity::low;
  AlertState state = AlertState::open;
  Time opened_at;
  Time updated_at;
  std::int64_t count = 1;  // windows merged into it
  std::string sentence;    // the evidence, literal
  std::string context;     // the text from 60 s before to 60 s after
  Span at{0};              // where the sentence begins in the live
  Span clip_from{0};
  Span clip_to{0};
  double score = 0;  // highest probability of hate among its windows
  std::string assessment_id;
  std::string claimed_by;  // with claimed: the user name of who has it in hand
  std::optional<Time> claimed_until;
  std::optional<Decision> decision;  // the newest; second_opinion leaves the alert open
};

struct Notification {
  std::string id;
  std::string person_id;
  std::string kind;  // "live.started", "alert"
  std::string live_id;
  std::string alert_id;  // empty unless kind is alert
  std::string username;  // the account's
  std::string severity;  // of the alert, else empty
  Time created_at;
  std::optional<Time> read_at;
};

}  // namespace vigie
