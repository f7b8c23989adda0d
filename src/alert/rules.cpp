// SPDX-License-Identifier: Apache-2.0
#include "alert/rules.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace vigie::alert {
namespace {

// 0.2 + 0.5 against 0.7 must not depend on how doubles round.
constexpr double rounding = 1e-9;
constexpr std::size_t longest_sentence_bytes = 600;

int rank(AlertKind kind) {
  switch (kind) {
    case AlertKind::hate:
      return 3;
    case AlertKind::injection:
      return 2;
    case AlertKind::undecided:
      return 1;
    case AlertKind::virality:
      return 0;
  }
  return 0;
}

}  // namespace

std::optional<Verdict> decide(const Assessment& assessment, double risk_threshold) {
  const auto& judgement = assessment.judgement;
  if (judgement.hateful) {
    const bool spreads = judgement.virality == Virality::high;
    return Verdict{AlertKind::hate, spreads ? Severity::critical : Severity::high};
  }
  if (judgement.injection) {
    return Verdict{AlertKind::injection, Severity::moderate};
  }
  if (judgement.undecided) {
    return Verdict{AlertKind::undecided, Severity::moderate};
  }
  if (assessment.risk > risk_threshold + rounding) {
    return Verdict{AlertKind::virality, Severity::low};
  }
  return std::nullopt;
}

bool is_same_family(AlertKind left, AlertKind right) {
  return (left == AlertKind::virality) == (right == AlertKind::virality);
}

Verdict raised(Verdict known, Verdict added) {
  return Verdict{rank(added.kind) > rank(known.kind) ? added.kind : known.kind,
                 std::max(known.severity, added.severity)};
}

bool tells_followers(Verdict verdict) {
  return verdict.severity != Severity::low;
}

bool tells_moderators(Verdict verdict) {
  return verdict.kind == AlertKind::hate;
}

std::string joined(const std::vector<Segment>& segments) {
  std::string text;
  for (const auto& segment : segments) {
    if (!text.empty() && !segment.text.empty()) {
      text += ' ';
    }
    text += segment.text;
  }
  return text;
}

Place locate(const std::vector<Segment>& window, std::string_view evidence, Span window_start) {
  if (window.empty()) {
    return Place{std::string{cut_utf8(evidence, longest_sentence_bytes)}, window_start};
  }
  const auto found = evidence.empty() ? std::string::npos : joined(window).find(evidence);
  if (found == std::string::npos) {
    const auto longest = std::ranges::max_element(
        window, {}, [](const Segment& segment) { return segment.text.size(); });
    const auto sentence = evidence.empty() ? std::string_view{longest->text} : evidence;
    return Place{std::string{cut_utf8(sentence, longest_sentence_bytes)},
                 evidence.empty() ? longest->start : window_start};
  }
  // The last segment that begins at or before the evidence does.
  Span at = window.front().start;
  std::size_t offset = 0;
  for (const auto& segment : window) {
    if (segment.text.empty()) {
      continue;
    }
    if (offset > found) {
      break;
    }
    at = segment.start;
    offset += segment.text.size() + 1;
  }
  return Place{std::string{cut_utf8(evidence, longest_sentence_bytes)}, at};
}

}  // namespace vigie::alert
