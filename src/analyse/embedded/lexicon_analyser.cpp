// SPDX-License-Identifier: Apache-2.0
#include "analyse/embedded/lexicon_analyser.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <unordered_map>

#include "analyse/embedded/lexicon.hpp"
#include "analyse/embedded/reading.hpp"
#include "analyse/embedded/spans.hpp"
#include "analyse/embedded/tokens.hpp"
#include "base/text.hpp"

namespace vigie::analyse {
namespace {

constexpr double threshold_to_close = 0.70;  // at or above: hateful
constexpr double threshold_to_read = 0.50;   // between: a person reads it

constexpr double base = -3.0;
constexpr double weight_of_naming = 0.3;    // a group is named; alone it stays far below both
constexpr double weight_of_rudeness = 0.2;  // hostile words bound to nobody, beside a named group
constexpr double share_of_others = 0.35;    // what the weaker events of a span add
constexpr double most_from_others = 4.0;
constexpr std::size_t longest_evidence_bytes = 400;
constexpr int repetitions_of_a_chant = 3;

constexpr std::uint64_t hostile_families =
    bit(Family::feeling) | bit(Family::violence) | bit(Family::assault) | bit(Family::dismissal) |
    bit(Family::wish) | bit(Family::animal) | bit(Family::insult) | bit(Family::deed);
constexpr std::uint64_t group_families = bit(Family::group) | bit(Family::group_if_plural) |
                                         bit(Family::slur) | bit(Family::slur_if_aimed);

double logistic(double x) {
  return 1.0 / (1.0 + std::exp(-x));
}

struct Finding {
  TokenSpan span{0, 0};
  double score = 0;
  const Event* strongest = nullptr;
};

// What stands in [first, last] of one window, by prefix sums over its tokens.
class Scorer {
 public:
  Scorer(const std::vector<Token>& tokens, const Reading& reading)
      : reading_{reading}, rude_(tokens.size() + 1, 0) {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      rude_[i + 1] = rude_[i] + ((reading.covers[i] & hostile_families) != 0 ? 1 : 0);
    }
  }

  Finding score(TokenSpan span) const {
    Finding finding{span, 0, nullptr};
    double total = 0;
    const auto from = std::ranges::lower_bound(reading_.events, span.first, {}, &Event::first);
    for (auto event = from; event != reading_.events.end() && event->first <= span.last; ++event) {
      if (event->last > span.last) {
        continue;
      }
      total += event->weight;
      if (finding.strongest == nullptr || event->weight > finding.strongest->weight) {
        finding.strongest = &*event;
      }
    }
    const double top = finding.strongest == nullptr ? 0 : finding.strongest->weight;
    double sum = base + top + share_of_others * std::min(total - top, most_from_others);
    if (names_group(span)) {
      const int rude = std::min(rude_[span.last + 1] - rude_[span.first], 3);
      sum += weight_of_naming + weight_of_rudeness * rude;
    }
    finding.score = logistic(sum);
    return finding;
  }

 private:
  bool names_group(TokenSpan span) const {
    const auto from = std::ranges::lower_bound(reading_.mentions, span.first, {}, &Mention::first);
    for (auto mention = from; mention != reading_.mentions.end() && mention->first <= span.last;
         ++mention) {
      if (mention->family != Family::role) {
        return true;
      }
    }
    return false;
  }

  const Reading& reading_;
  std::vector<int> rude_;
};

Finding strongest_span(const std::vector<Token>& tokens, const Reading& reading) {
  const Scorer scorer{tokens, reading};
  Finding best;
  for (const auto span : spans_of(tokens)) {
    const auto found = scorer.score(span);
    if (found.score > best.score) {
      best = found;
    }
  }
  return best;
}

// ---- virality, category, target

int longest_chant(const std::vector<Token>& tokens) {
  std::unordered_map<std::string, int> times;
  int most = 0;
  for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
    const auto three = tokens[i].word + ' ' + tokens[i + 1].word + ' ' + tokens[i + 2].word;
    most = std::max(most, ++times[three]);
  }
  return most;
}

Virality virality_of(const std::vector<Token>& tokens, const std::vector<Match>& matches) {
  std::vector<std::string> calls;
  for (const auto& match : matches) {
    if (match.family == Family::call) {
      calls.push_back(tokens[match.first].word);
    }
  }
  const auto said = calls.size();
  std::ranges::sort(calls);
  const auto different =
      static_cast<std::size_t>(std::distance(calls.begin(), std::ranges::unique(calls).begin()));
  const bool is_chanted = longest_chant(tokens) >= repetitions_of_a_chant;
  if (different >= 3 || said >= 4 || (different >= 1 && is_chanted)) {
    return Virality::high;
  }
  return different >= 1 || is_chanted ? Virality::medium : Virality::low;
}

bool is_polemical(const std::vector<Match>& matches) {
  std::uint64_t seen = 0;
  for (const auto& match : matches) {
    seen |= bit(match.family);
  }
  const auto has = [&](std::uint64_t families) { return (seen & families) != 0; };
  const bool attacks_power =
      has(bit(Family::role)) && has(bit(Family::critical) | hostile_families);
  const bool argues = has(bit(Family::debate)) && has(group_families | bit(Family::critical));
  return attacks_power || argues;
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

Target target_of(const Finding& finding, const Reading& reading, const std::vector<Token>& tokens) {
  std::array<int, 5> votes{};
  for (const auto& mention : reading.mentions) {
    const bool is_inside = mention.first >= finding.span.first && mention.last <= finding.span.last;
    if (is_inside && mention.family != Family::role) {
      ++votes[static_cast<std::size_t>(mention.target)];
    }
  }
  if (finding.strongest != nullptr) {
    votes[static_cast<std::size_t>(finding.strongest->target)] += 2;
  }
  const auto most = std::ranges::max_element(votes);
  if (*most > 0) {
    return static_cast<Target>(std::distance(votes.begin(), most));
  }
  const bool is_aimed = std::ranges::any_of(
      reading.covers, [](std::uint64_t covers) { return (covers & bit(Family::address)) != 0; });
  const bool is_rude = std::ranges::any_of(
      reading.covers, [](std::uint64_t covers) { return (covers & hostile_families) != 0; });
  return is_aimed && is_rude && !tokens.empty() ? Target::individual : Target::other;
}

// ---- words for the reader

std::string_view manner_of(Family family) {
  switch (family) {
    case Family::feeling:
      return "expression de haine";
    case Family::embrace:
      return "rejet";
    case Family::violence:
    case Family::assault:
      return "appel à la violence";
    case Family::wish:
      return "souhait de mort ou de disparition";
    case Family::expulsion:
    case Family::dismissal:
      return "appel à l'exclusion";
    case Family::animal:
      return "déshumanisation";
    case Family::insult:
      return "insulte ou dénigrement";
    case Family::deed:
      return "accusation contre tout un groupe";
    case Family::epithet:
      return "injure visant un groupe";
    case Family::slogan:
      return "formule connue de la haine";
    default:
      return "mot injurieux pour un groupe";
  }
}

std::string justify(const Judgement& judgement, const Finding& finding, bool is_empty) {
  constexpr std::string_view card = "Analyseur embarqué (lexique), précision limitée.";
  std::string text;
  if (judgement.injection) {
    text += "Paroles adressées à la machine plutôt qu'au public : à lire par une personne. ";
  }
  if (is_empty) {
    text += "Aucune parole à juger. ";
  } else if (finding.strongest == nullptr || judgement.evidence.empty()) {
    text += "Rien d'hostile envers un groupe n'a été repéré. ";
  } else {
    const auto& event = *finding.strongest;
    text += fmt::format("« {} » : {}, cible « {} »", judgement.evidence, manner_of(event.family),
                        to_string(judgement.target));
    text += event.is_negated ? ", avec négation" : "";
    text += event.is_reported ? ", propos rapportés ou cités" : "";
    text += event.is_condemned ? ", propos dénoncés ou commentés" : "";
    text += judgement.hateful     ? ". "
            : judgement.undecided ? ". Doute : à lire. "
                                  : ". Pas retenu. ";
  }
  return text + std::string{card};
}

std::string quote(std::string_view text, const std::vector<Token>& tokens, TokenSpan span) {
  const auto begin = tokens[span.first].begin;
  const auto stretch = text.substr(begin, tokens[span.last].end - begin);
  return std::string{cut_utf8(stretch, longest_evidence_bytes)};
}

// Markup of prompts, which the words alone do not show.
bool holds_machine_markup(std::string_view text) {
  constexpr std::array<std::string_view, 10> marks{
      "</transcription", "<transcription>", "<|",       "[inst]",        "<<sys>>",
      "system:",         "assistant:",      "systeme:", "\"categorie\"", "discours_haineux"};
  const auto folded = fold(text);
  return std::ranges::any_of(
      marks, [&](std::string_view mark) { return folded.find(mark) != std::string::npos; });
}

// An order to the machine spends words: the evidence of an attack is where the order stands.
std::string injection_evidence(std::string_view text, const std::vector<Token>& tokens,
                               const std::vector<Match>& matches) {
  for (const auto& match : matches) {
    if (match.family == Family::injection) {
      return quote(text, tokens, TokenSpan{match.first, match.last});
    }
  }
  return {};
}

class LexiconAnalyser final : public Analyser {
 public:
  std::string_view name() const override { return lexicon_name; }
  Async<Result<Judgement>> judge(Window window) override {
    co_return judge_by_lexicon(window.text);
  }
};

}  // namespace

Judgement judge_by_lexicon(std::string_view text) {
  const auto tokens = tokenise(text);
  const auto matches = match_terms(tokens);
  const auto reading = read(tokens, matches);
  const auto finding = strongest_span(tokens, reading);

  Judgement judgement;
  judgement.analyser = lexicon_name;
  judgement.model = lexicon_version;
  judgement.score = std::round(finding.score * 1000) / 1000;
  judgement.injection =
      holds_machine_markup(text) || std::ranges::any_of(matches, [](const Match& match) {
        return match.family == Family::injection;
      });
  judgement.hateful = judgement.score >= threshold_to_close;
  judgement.undecided =
      judgement.injection || (!judgement.hateful && judgement.score >= threshold_to_read);
  judgement.virality = virality_of(tokens, matches);
  judgement.target = target_of(finding, reading, tokens);
  judgement.category = category_of(judgement, matches);
  if (finding.strongest != nullptr && finding.strongest->weight > 0) {
    judgement.evidence = quote(text, tokens, finding.span);
  }
  judgement.justification = justify(judgement, finding, tokens.empty());
  if (judgement.evidence.empty()) {
    judgement.evidence = injection_evidence(text, tokens, matches);
  }
  return judgement;
}

std::unique_ptr<Analyser> create_lexicon_analyser() {
  return std::make_unique<LexiconAnalyser>();
}

}  // namespace vigie::analyse
