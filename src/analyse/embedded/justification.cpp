// SPDX-License-Identifier: Apache-2.0
#include "analyse/embedded/justification.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace vigie::analyse {
namespace {

constexpr std::string_view limits =
    "Analyseur embarqué, précision limitée : il aide à trier, une personne décide.";
constexpr std::size_t reach_of_report = 12;

// What is said, most telling first.
constexpr std::array manners{Family::wish,    Family::assault,   Family::violence,  Family::fate,
                             Family::animal,  Family::expulsion, Family::dismissal, Family::deed,
                             Family::feeling, Family::epithet,   Family::slogan,    Family::insult,
                             Family::slur,    Family::embrace};

std::string_view words_for(Family manner) {
  switch (manner) {
    case Family::feeling:
      return "expression de haine ou de dégoût";
    case Family::violence:
    case Family::assault:
    case Family::fate:
      return "menace ou appel à la violence";
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
    case Family::slur:
      return "mot injurieux pour un groupe";
    default:
      return "tournure proche de phrases hostiles à un groupe";
  }
}

}  // namespace

Finding finding_of(const std::vector<Token>& tokens, const std::vector<Word>& words,
                   TokenSpan span) {
  Finding finding;
  finding.span = span;
  if (tokens.empty()) {
    return finding;
  }
  auto best = manners.size();
  for (auto i = span.first; i <= span.last; ++i) {
    const auto& word = words[i];
    finding.names_group =
        finding.names_group || word.mask == Mask::group || word.mask == Mask::slur;
    finding.negated = finding.negated || (word.role != 0 && word.negated);
    finding.reported = finding.reported || tokens[i].quoted;
    if (word.role != 0) {
      const auto place = std::ranges::find(manners, word.family) - manners.begin();
      best = std::min(best, static_cast<std::size_t>(place));
    }
  }
  if (best < manners.size()) {
    finding.manner = manners[best];
  }
  const auto from = span.first > reach_of_report ? span.first - reach_of_report : 0;
  const auto to = std::min(tokens.size(), span.last + 1 + reach_of_report);
  for (auto i = from; i < to; ++i) {
    finding.reported =
        finding.reported || (words[i].role != 0 && words[i].family == Family::report);
    finding.condemned =
        finding.condemned || (words[i].role != 0 && words[i].family == Family::blame);
  }
  return finding;
}

std::string justification_of(const Judgement& judgement, const Finding& finding) {
  std::string text;
  if (judgement.injection) {
    text += "Paroles adressées à la machine plutôt qu'au public : à lire par une personne. ";
  }
  const bool is_kept = judgement.hateful || judgement.undecided;
  const bool is_hostile = finding.names_group && finding.manner != Family::group;
  if (finding.quote.empty() || (!is_kept && !is_hostile)) {
    text += "Rien d'hostile envers un groupe n'a été repéré. ";
    return text + std::string{limits};
  }
  text += fmt::format("« {} » : {}, cible « {} »", finding.quote, words_for(finding.manner),
                      to_string(judgement.target));
  text += finding.negated ? ", avec négation" : "";
  text += finding.reported ? ", propos rapportés ou cités" : "";
  text += finding.condemned ? ", propos dénoncés ou commentés" : "";
  text += fmt::format(" ; score {:.2f}. ", judgement.score);
  text += judgement.hateful ? "" : is_kept ? "Doute : à lire par une personne. " : "Pas retenu. ";
  return text + std::string{limits};
}

}  // namespace vigie::analyse
