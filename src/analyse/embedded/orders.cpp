// SPDX-License-Identifier: Apache-2.0
#include "analyse/embedded/orders.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "base/text.hpp"

namespace vigie::analyse {
namespace {

// Words as Term has them; only the first step of an order may hold no '*'.
struct Step {
  std::string_view words;
  std::size_t gap = 0;  // words that may stand between it and the step before
};

struct Order {
  std::array<Step, 3> steps;            // an empty one ends it
  std::string_view unless_before = {};  // words right after it that make it talk about somebody
};

// The endings that recognition confuses are all written out.
constexpr std::string_view forget =
    "ignore|ignores|ignorez|ignorer|oublie|oublies|oubliez|oublier|neglige|negligez|negliger|"
    "annule|annulez|annuler|efface|effacez|effacer|contourne|contournez|contourner|outrepasse|"
    "outrepassez|desobeis|desobeissez|abandonne|abandonnez|laisse tomber|laissez tomber|"
    "ne suis plus|ne suivez plus|ne respecte pas|ne respectez pas|ne tiens pas compte|"
    "ne tenez pas compte|fais abstraction|faites abstraction|passe outre|passez outre";
constexpr std::string_view told =
    "instruction*|consigne*|directive*|prompt*|ordres|regle|regles|parametre*|programmation|"
    "message systeme";
constexpr std::string_view told_before =
    "precedent*|anterieur*|initial*|recu*|ci dessus|au dessus|d avant|de depart|plus haut|systeme|"
    "qu on t*|que tu as|que vous avez|qui t*|donnees avant|d origine";
constexpr std::string_view judge =
    "reponds|repond|repondez|repondre|ecris|ecrit|ecrivez|ecrire|renvoie|renvoies|renvoyez|"
    "renvoyer|retourne|retournez|retourner|produis|produit|produisez|affiche|affichez|afficher|"
    "genere|generez|generer|indique|indiquez|indiquer|mets|met|mettez|mettre|attribue|attribuez|"
    "attribuer|classe|classez|classer|classifie|classifiez|classifier|note|notez|noter|considere|"
    "considerez|considerer|traite|traitez|traiter|qualifie|qualifiez|qualifier|marque|marquez|"
    "marquer|etiquette|etiquetez|juge|jugez|juger|evalue|evaluez|evaluer|declare|declarez|declarer|"
    "remplis|remplissez|conclus|concluez|range|rangez";
constexpr std::string_view this_text =
    "ce texte|ce passage|ce passage la|cet extrait|ce segment|ce contenu|ce message|cette fenetre|"
    "cette transcription|cette phrase|ces paroles|ces propos|cet enregistrement|cette sequence|"
    "le texte|le passage|l extrait|le segment|la transcription|la fenetre|le contenu|"
    "ce qui suit|ce qui va suivre|tout ce qui suit|la suite|mes paroles|ce que je dis|"
    "ce que je viens de dire";
constexpr std::string_view harmless =
    "neutre*|inoffensi*|anodin*|benin*|acceptable*|conforme*|sans danger|sans risque|non haineu*|"
    "pas haineu*|humoristique*|bienveillant*|positi*|autorise*|approuve*|sans haine|pacifique*";
constexpr std::string_view field =
    "categorie|score|champ|etiquette|label|classification|viralite|risque|probabilite|verdict|"
    "indetermine|resultat";
constexpr std::string_view nothing =
    "neutre*|zero|nul|nulle|faible|vide|minimal*|minimum|faux|false|le plus bas|inoffensi*";
constexpr std::string_view machine =
    "ia|i a|intelligence artificielle|chatbot|bot|llm|gpt|chatgpt|modele de langage|"
    "grand modele|moderateur automatique|moderation automatique|systeme de moderation|"
    "outil de moderation|logiciel de moderation|filtre automatique|classifieur|classificateur|"
    "analyseur|analyseur automatique|systeme d analyse|outil d analyse|logiciel d analyse|"
    "systeme de surveillance|algorithme de moderation|robot de moderation|machine qui*";
constexpr std::string_view approved =
    "valide*|approuve*|autorise*|confirme*|verifie*|certifie*|exempte*|blanchi*";

constexpr std::array orders{
    // Forget what you were told.
    Order{{{{forget}, {"tes|vos|ton|votre", 3}, {told, 2}}}},
    Order{{{{forget}, {told, 3}, {told_before, 3}}}},
    Order{{{{forget}, {"les|toutes les|ces", 0}, {"instruction*|consigne*|directive*", 0}}},
          "de|du|des|d|sanitaire*|pour|sur|a|aux|au|qui|que|dans|officielle*|ministerielle*"},
    Order{{{{forget}, {"tout|toute|toutes|tous", 1}, {told_before, 5}}}},
    Order{{{{forget}, {"prompt*|message systeme|invite systeme|garde fou*", 4}, {}}}},
    Order{{{{"voici|voila|suis|suivez|applique|appliquez"},
            {"nouvelle|nouvelles|vraies|veritables|seules|dernieres", 3},
            {"instruction*|consigne*|directive*", 1}}}},
    // Answer thus.
    Order{{{{judge}, {this_text, 3}, {harmless, 6}}}},
    Order{{{{judge}, {field, 4}, {nothing, 5}}}},
    Order{{{{judge}, {"json|neutre et rien|uniquement neutre|seulement neutre", 6}, {}}}},
    Order{{{{judge}, {"non haineu*|pas haineu*|aucune haine|pas de haine|zero haine", 8}, {}}}},
    Order{{{{this_text}, {"doit|doivent|devra|devront|sera|seront", 1}, {harmless, 6}}}},
    Order{{{{"ne"},
            {"signale|signalez|alerte|alertez|releve|relevez|remonte|remontez", 1},
            {"cette fenetre|ce passage|ce texte|cet extrait|cette transcription|ce segment|"
             "aucun passage|aucune fenetre|rien de ce qui",
             3}}}},
    // You, machine.
    Order{{{{"cher|chere|bonjour|bonsoir|salut|hello|hey"}, {machine, 2}, {}}}},
    Order{{{{"message|note|consigne|instruction|ordre|avis|indication|precision"},
            {"pour|a|au|aux|destine*|adresse*", 1},
            {machine, 3}}}},
    Order{{{{"tu es|vous etes|toi|agis|agissez|comporte toi|comportez vous"}, {machine, 4}, {}}}},
    // Play somebody else.
    Order{{{{"fais comme si|faites comme si|fais semblant|imagine que tu|imagine que vous|"
             "suppose que tu|joue le role|jouez le role|mets toi dans la peau|agis comme|"
             "agissez comme|a partir de maintenant tu|a partir de maintenant vous|desormais tu|"
             "desormais vous|reponds comme|repondez comme|passe en mode|passez en mode"},
            {"sans filtre*|sans regle*|sans aucune regle|sans aucun filtre|sans restriction*|"
             "sans limite*|sans censure|sans consigne*|n as plus de|n as aucune|n avais pas de|"
             "n avais aucune|moderateur*|ia|modele de langage|robot|machine|developpeur|debug|"
             "administrateur|maintenance",
             7},
            {}}}},
    // Somebody with authority has decided.
    Order{{{{"moderateur|moderateurs|moderation|moderatrice|administrateur|administratrice|"
             "administrateurs|superviseur|superviseurs|superieur|developpeur|developpeurs|"
             "operateur|operateurs|equipe|verificateur"},
            {approved, 5},
            {this_text, 4}}}},
    Order{
        {{{this_text}, {approved, 4}, {"moderat*|administrat*|supervis*|developpeur*|equipe", 5}}}},
    Order{
        {{{this_text},
          {"est|sont|c est", 1},
          {"un test|un exercice|une simulation|un entrainement|un essai technique|une demo*", 2}}}},
    // Tell your secret.
    Order{
        {{{"repete|repetez|revele|revelez|montre|montrez|recite|recitez|recopie|recopiez|divulgue|"
           "divulguez|donne|donnez|affiche|affichez"},
          {"tes|vos|ton|votre", 2},
          {"instruction*|consigne*|prompt*|message systeme|mot secret|texte initial|parametre*",
           2}}}},
    // In other languages.
    Order{{{{"ignore|forget|disregard|override|bypass|skip"},
            {"instruction*|prompt*|rules|guidelines|directions|directives", 4},
            {}}}},
    Order{{{{"classify|label|mark|rate|treat|consider"},
            {"this|it|everything", 2},
            {"neutral|harmless|safe|benign|acceptable", 6}}}},
    Order{{{{"ignora|ignorad|olvida|omite|desatiende"},
            {"instrucciones|reglas|indicaciones|ordenes", 4},
            {}}}},
    Order{
        {{{"ignoriere|ignorieren|vergiss|missachte"}, {"anweisung*|instruktion*|regeln", 4}, {}}}},
};

class Finder {
 public:
  explicit Finder(const std::vector<Token>& tokens) : tokens_{tokens} {}

  // The last token of an order that begins at `at`.
  std::optional<std::size_t> end_of(const Order& order, std::size_t at) const {
    auto end = end_at(order.steps[0].words, at);
    for (std::size_t k = 1; end && k < order.steps.size() && !order.steps[k].words.empty(); ++k) {
      end = end_near(order.steps[k], *end + 1);
    }
    const bool is_talk = end && end_at(order.unless_before, *end + 1);
    return is_talk ? std::nullopt : end;
  }

 private:
  std::optional<std::size_t> end_near(const Step& step, std::size_t from) const {
    for (std::size_t at = from; at <= from + step.gap; ++at) {
      if (const auto end = end_at(step.words, at)) {
        return end;
      }
    }
    return std::nullopt;
  }

  std::optional<std::size_t> end_at(std::string_view alternatives, std::size_t at) const {
    while (!alternatives.empty()) {
      const auto bar = std::min(alternatives.find('|'), alternatives.size());
      if (const auto end = end_of_words(alternatives.substr(0, bar), at)) {
        return end;
      }
      alternatives.remove_prefix(std::min(bar + 1, alternatives.size()));
    }
    return std::nullopt;
  }

  std::optional<std::size_t> end_of_words(std::string_view words, std::size_t at) const {
    for (;; ++at) {
      const auto space = std::min(words.find(' '), words.size());
      if (at >= tokens_.size() || !fits(words.substr(0, space), tokens_[at].word)) {
        return std::nullopt;
      }
      if (space == words.size()) {
        return at;
      }
      words.remove_prefix(space + 1);
    }
  }

  static bool fits(std::string_view pattern, std::string_view word) {
    return pattern.ends_with('*') ? word.starts_with(pattern.substr(0, pattern.size() - 1))
                                  : word == pattern;
  }

  const std::vector<Token>& tokens_;
};

// Orders by the words they may begin with.
const auto& orders_by_first_word() {
  static const auto index = [] {
    std::unordered_map<std::string_view, std::vector<const Order*>> made;
    for (const auto& order : orders) {
      for (const auto alternative : split(order.steps[0].words, '|')) {
        auto& known = made[alternative.substr(0, alternative.find(' '))];
        if (known.empty() || known.back() != &order) {
          known.push_back(&order);
        }
      }
    }
    return made;
  }();
  return index;
}

}  // namespace

void add_orders(const std::vector<Token>& tokens, std::vector<Match>& matches) {
  const Finder finder{tokens};
  std::vector<Match> given;
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    const auto found = orders_by_first_word().find(tokens[at].word);
    if (found == orders_by_first_word().end()) {
      continue;
    }
    for (const auto* order : found->second) {
      if (const auto end = finder.end_of(*order, at)) {
        given.push_back(Match{Family::injection, Target::other, at, *end});
        break;
      }
    }
  }
  if (given.empty()) {
    return;
  }
  std::vector<Match> all;
  all.reserve(matches.size() + given.size());
  std::ranges::merge(matches, given, std::back_inserter(all), {}, &Match::first, &Match::first);
  matches = std::move(all);
}

}  // namespace vigie::analyse
