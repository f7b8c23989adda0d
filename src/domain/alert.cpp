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

}  // namespace vigie
