// SPDX-License-Identifier: Apache-2.0
// When an assessment becomes an alert, how severe it is, and which incident it belongs to. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/alert.hpp"
#include "domain/assessment.hpp"
#include "domain/live.hpp"

namespace vigie::alert {

inline constexpr Span same_incident_within = std::chrono::seconds{60};
inline constexpr Span context_around = std::chrono::seconds{60};
inline constexpr Span clip_around = std::chrono::seconds{15};  // on each side: 30 s in all

struct Verdict {
  AlertKind kind = AlertKind::hate;
  Severity severity = Severity::low;
  bool operator==(const Verdict&) const = default;
};

// Nothing for speech that asks for nobody's eyes. The risk must be above the threshold, not at it
// (the original's comparison); hatred, doubt and words to the machine alert whatever the risk.
std::optional<Verdict> decide(const Assessment& assessment, double risk_threshold);

// Virality is another matter than hate, doubt and injection: its windows make incidents of their
// own.
bool is_same_family(AlertKind left, AlertKind right);

// Two verdicts on one incident: nothing is ever lowered.
Verdict raised(Verdict known, Verdict added);

// Who is told: an incident that is only listed interrupts nobody.
bool tells_followers(Verdict verdict);
bool tells_moderators(Verdict verdict);

// Where in the live something was said.
struct Place {
  std::string sentence;
  Span at{0};
};

// The segment of the window that holds the evidence; without evidence, or when it is nowhere (a
// model wrote it, segments were purged), the longest segment stands for the window.
Place locate(const std::vector<Segment>& window, std::string_view evidence, Span window_start);

// The segments' words in one line.
std::string joined(const std::vector<Segment>& segments);

}  // namespace vigie::alert
