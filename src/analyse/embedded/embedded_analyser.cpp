// SPDX-License-Identifier: Apache-2.0
#include "analyse/embedded/embedded_analyser.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <stdexcept>

#include "analyse/embedded/features.hpp"
#include "analyse/embedded/injection.hpp"
#include "analyse/embedded/justification.hpp"
#include "analyse/embedded/language.hpp"
#include "analyse/embedded/lexicon.hpp"
#include "analyse/embedded/model.hpp"
#include "analyse/embedded/orders.hpp"
#include "analyse/embedded/spans.hpp"
#include "analyse/embedded/tokens.hpp"
#include "analyse/embedded/virality.hpp"
#include "base/text.hpp"

namespace vigie::analyse {

std::string_view embedded_weights();  // data/weights.bin, put into the binary by the build

namespace {

// Set on ../shared/analysis/dev with `vigie eval` (docs/guides/analysers.md): the score is the
// probability of hatred where half the windows are hateful.
constexpr double slope = 1.33;
constexpr double shift = 0.60;
// Hostile words that name no protected group are seldom hatred in real talk: without this a person
// would be sent 24 harmless windows an hour of speech instead of 8, for 1.5 points of hateful ones.
constexpr double doubt_without_group = 0.5;
constexpr double threshold_to_close = 0.81;  // at or above: hateful
constexpr double threshold_to_read = 0.77;   // between: a person reads it

constexpr std::size_t longest_evidence_bytes = 400;

const Model& model() {
  static const auto opened = Model::open(embedded_weights());
  if (!opened) {
    throw std::logic_error(opened.error().what);
  }
  return *opened;
}

double calibrated(double logit) {
  const double score = 1.0 / (1.0 + std::exp(-(slope * logit + shift)));
  return std::round(score * 1e6) / 1e6;
}

std::string quote(std::string_view text, const std::vector<Token>& tokens, TokenSpan span) {
  const auto begin = tokens[span.first].begin;
  const auto stretch = text.substr(begin, tokens[span.last].end - begin);
  return std::string{cut_utf8(stretch, longest_evidence_bytes)};
}

// Most of what the span names; nobody named and somebody spoken to: a person.
Target target_of(const Scene& scene, TokenSpan span) {
  std::array<int, 5> votes{};
  for (const auto& mention : scene.mentions()) {
    const bool is_inside = mention.first >= span.first && mention.last <= span.last;
    if (is_inside && mention.family != Family::role) {
      const bool is_slur =
          mention.family == Family::slur || mention.family == Family::slur_if_aimed;
      votes[static_cast<std::size_t>(mention.target)] += is_slur ? 2 : 1;
    }
  }
  const auto most = std::ranges::max_element(votes);
  if (*most > 0) {
    return static_cast<Target>(std::distance(votes.begin(), most));
  }
  const bool is_aimed = scene.has(Family::address, span.first, span.last);
  const bool is_rude = scene.has(Family::insult, span.first, span.last) ||
                       scene.has(Family::animal, span.first, span.last);
  return is_aimed && is_rude ? Target::individual : Target::other;
}

Category category_of(const Judgement& judgement, const std::vector<Match>& matches) {
  if (judgement.hateful) {
    return Category::hateful;
  }
  if (judgement.virality == Virality::high) {
    return Category::viral;
  }
  return judgement.undecided || is_polemical(matches) ? Category::polemical : Category::neutral;
}

Judgement blank() {
  Judgement judgement;
  judgement.analyser = embedded_name;
  judgement.model = embedded_version();
  return judgement;
}

Judgement not_judged(std::string_view why) {
  auto judgement = blank();
  judgement.justification = why;
  return judgement;
}

class EmbeddedAnalyser final : public Analyser {
 public:
  std::string_view name() const override { return embedded_name; }
  Async<Result<Judgement>> judge(Window window) override { co_return judge_embedded(window.text); }
};

}  // namespace

const std::string& embedded_version() {
  static const auto version = [] {
    std::uint64_t hash = 0xCBF29CE484222325U;
    for (const char c : embedded_weights()) {
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
    }
    return fmt::format("masked-1-{:08x}", hash >> 32U);
  }();
  return version;
}

Judgement judge_embedded(std::string_view text) {
  auto tokens = tokenise(text);
  const bool has_markup = holds_machine_markup(text);
  if (tokens.empty() && !has_markup) {
    return not_judged("Aucune parole à juger.");
  }
  auto matches = match_terms(tokens);
  add_orders(tokens, matches);
  const auto injection = first_injection(matches);
  if (!is_french(tokens, matches) && !has_markup && !injection) {
    auto judgement = not_judged(
        "Langue que l'analyseur embarqué ne connaît pas (il n'a appris que le français) : rien "
        "n'est jugé.");
    judgement.error = "the language is not one the embedded analyser knows";
    return judgement;
  }
  set_injections_apart(tokens, matches);
  const Scene scene{tokens, matches};
  const auto words = words_of(tokens, matches, scene);
  const auto strongest =
      model().strongest(tokens, words, injection ? fine_spans_of(tokens) : spans_of(tokens));
  auto finding = finding_of(tokens, words, strongest.span);
  if (!tokens.empty()) {
    finding.quote = quote(text, tokens, strongest.span);
  }

  auto judgement = blank();
  const double logit = strongest.logit - (finding.names_group ? 0 : doubt_without_group);
  judgement.score = tokens.empty() ? 0 : calibrated(logit);
  judgement.injection = has_markup || injection.has_value();
  judgement.hateful = judgement.score >= threshold_to_close && finding.names_group;
  judgement.undecided =
      !judgement.hateful && (judgement.injection || judgement.score >= threshold_to_read);
  judgement.virality = virality_of(tokens, matches);
  judgement.target = tokens.empty() ? Target::other : target_of(scene, strongest.span);
  judgement.category = category_of(judgement, matches);
  if (judgement.hateful || judgement.undecided) {
    const bool is_hostile = judgement.score >= threshold_to_read;
    judgement.evidence = is_hostile  ? finding.quote
                         : injection ? quote(text, tokens, *injection)
                                     : std::string{cut_utf8(trim(text), longest_evidence_bytes)};
  }
  judgement.justification = justification_of(judgement, finding);
  return judgement;
}

std::unique_ptr<Analyser> create_embedded_analyser() {
  return std::make_unique<EmbeddedAnalyser>();
}

}  // namespace vigie::analyse
