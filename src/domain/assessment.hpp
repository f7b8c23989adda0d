// SPDX-License-Identifier: Apache-2.0
// What an analyser says of a window of speech: the original's six fields to the letter, and ours.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"

namespace vigie {

enum class Category : std::uint8_t { neutral, polemical, viral, hateful };
enum class Virality : std::uint8_t { low, medium, high };
enum class Target : std::uint8_t { ethnicity, religion, individual, social_group, other };

// The words of the original: "Neutre", "Polémique", "Potentiellement viral", "Discours haineux";
// "faible", "moyenne", "forte"; "ethnie", "religion", "individu", "groupe social", "autre".
std::string_view to_string(Category category);
std::string_view to_string(Virality virality);
std::string_view to_string(Target target);
Result<Category> parse_category(std::string_view text);
Result<Virality> parse_virality(std::string_view text);
Result<Target> parse_target(std::string_view text);

struct Judgement {
  Category category = Category::neutral;
  Virality virality = Virality::low;
  bool hateful = false;
  Target target = Target::other;
  std::string justification;
  double score = 0;        // probability of hate, 0 to 1
  bool undecided = false;  // a person must read it (indetermine)
  bool injection = false;  // somebody talks to the machine
  std::string evidence;    // a literal stretch of the window (preuve); empty when nothing was found
  std::string analyser;    // "embedded", "llm"
  std::string model;
  std::string prompt_sha256;
  bool fallback = false;  // the wished analyser did not answer (repli)
  std::int64_t tokens_in = 0;
  std::int64_t tokens_out = 0;
  std::string error;    // why the wished analyser did not answer
  double cost_usd = 0;  // 0: unknown, or nothing
  // The embedded analyser reads every window: which one it was, what it said, and whether the
  // verdict above is another.
  std::string embedded_version;
  double embedded_score = 0;
  bool disagreement = false;
};

// 0.2, + 0.3 medium or + 0.5 high virality, + 0.4 hateful, at most 1 (mission, "Algorithme de
// scoring").
double risk_score(Virality virality, bool hateful);

struct Assessment {
  std::string id;
  std::string live_id;
  Span start{0};
  Span end{0};
  Judgement judgement;
  double risk = 0;
  Span latency{0};
  // When the evidence is said, since the start of the live, as its letters share its segment's
  // time.
  std::optional<Span> evidence_start;
  std::optional<Span> evidence_end;
};

}  // namespace vigie
