// SPDX-License-Identifier: Apache-2.0
#include "domain/alert.hpp"

#include "domain/words.hpp"

namespace vigie {
namespace {

constexpr Words<AlertKind, 4> kinds{{{AlertKind::hate, "haine"},
                                     {AlertKind::undecided, "incertain"},
                                     {AlertKind::injection, "injection"},
                                     {AlertKind::virality, "viralite"}}};
constexpr Words<Severity, 4> severities{{{Severity::low, "faible"},
                                         {Severity::moderate, "modere"},
                                         {Severity::high, "eleve"},
                                         {Severity::critical, "critique"}}};
constexpr Words<AlertState, 3> states{{{AlertState::open, "open"},
                                       {AlertState::claimed, "claimed"},
                                       {AlertState::decided, "decided"}}};

constexpr Words<DecisionVerdict, 6> verdicts{{{DecisionVerdict::confirmed, "confirmed"},
                                              {DecisionVerdict::platform_rule, "platform_rule"},
                                              {DecisionVerdict::lawful, "lawful"},
                                              {DecisionVerdict::false_alarm, "false_alarm"},
                                              {DecisionVerdict::out_of_scope, "out_of_scope"},
                                              {DecisionVerdict::second_opinion, "second_opinion"}}};
constexpr Words<FalseAlarmCause, 5> causes{{{FalseAlarmCause::transcription, "transcription"},
                                            {FalseAlarmCause::analysis, "analysis"},
                                            {FalseAlarmCause::quotation, "quotation"},
                                            {FalseAlarmCause::irony, "irony"},
                                            {FalseAlarmCause::other, "other"}}};

}  // namespace

std::string_view to_string(AlertKind kind) {
  return word_of(kinds, kind);
}
std::string_view to_string(Severity severity) {
  return word_of(severities, severity);
}
std::string_view to_string(AlertState state) {
  return word_of(states, state);
}
Result<AlertKind> parse_alert_kind(std::string_view text) {
  return parse_word(kinds, "an alert kind", text);
}
Result<Severity> parse_severity(std::string_view text) {
  return parse_word(severities, "a severity", text);
}
Result<AlertState> parse_alert_state(std::string_view text) {
  return parse_word(states, "an alert state", text);
}
std::string_view to_string(DecisionVerdict verdict) {
  return word_of(verdicts, verdict);
}
std::string_view to_string(FalseAlarmCause cause) {
  return word_of(causes, cause);
}
Result<DecisionVerdict> parse_decision_verdict(std::string_view text) {
  return parse_word(verdicts, "a verdict", text);
}
Result<FalseAlarmCause> parse_false_alarm_cause(std::string_view text) {
  return parse_word(causes, "a cause of a false alarm", text);
}

}  // namespace vigie
