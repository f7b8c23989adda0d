// SPDX-License-Identifier: Apache-2.0
#include "domain/assessment.hpp"

#include "domain/words.hpp"

namespace vigie {
namespace {

constexpr Words<Category, 4> categories{{{Category::neutral, "Neutre"},
                                         {Category::polemical, "Polémique"},
                                         {Category::viral, "Potentiellement viral"},
                                         {Category::hateful, "Discours haineux"}}};
constexpr Words<Virality, 3> viralities{
    {{Virality::low, "faible"}, {Virality::medium, "moyenne"}, {Virality::high, "forte"}}};
constexpr Words<Target, 5> targets{{{Target::ethnicity, "ethnie"},
                                    {Target::religion, "religion"},
                                    {Target::individual, "individu"},
                                    {Target::social_group, "groupe social"},
                                    {Target::other, "autre"}}};

}  // namespace

std::string_view to_string(Category category) {
  return word_of(categories, category);
}
std::string_view to_string(Virality virality) {
  return word_of(viralities, virality);
}
std::string_view to_string(Target target) {
  return word_of(targets, target);
}
Result<Category> parse_category(std::string_view text) {
  return parse_word(categories, "a categorie", text);
}
Result<Virality> parse_virality(std::string_view text) {
  return parse_word(viralities, "a viralite", text);
}
Result<Target> parse_target(std::string_view text) {
  return parse_word(targets, "a cible", text);
}

double risk_score(Virality virality, bool hateful) {
  // Tenths as integers: 0.2 + 0.5 in binary floating point is not the 0.7 of the threshold.
  int tenths = 2;
  switch (virality) {
    case Virality::low:
      break;
    case Virality::medium:
      tenths += 3;
      break;
    case Virality::high:
      tenths += 5;
      break;
  }
  tenths += hateful ? 4 : 0;
  return static_cast<double>(std::min(tenths, 10)) / 10.0;
}

}  // namespace vigie
