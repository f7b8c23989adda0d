// SPDX-License-Identifier: Apache-2.0
#include "analyse/embedded/reading.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace vigie::analyse {
namespace {

// Weights are log-odds over a base of −3 (lexicon_analyser.cpp): 4.6 alone reaches 0.83, 4.0
// reaches 0.73, 3.2 reaches 0.55. Set from what the sentences mean, not fitted.
constexpr double weight_of_feeling = 4.6;
constexpr double weight_of_rejection = 4.0;
constexpr double weight_of_violence = 4.8;
constexpr double weight_of_expulsion = 4.0;
constexpr double weight_of_migration_policy = 2.6;  // lawful debate: below both thresholds alone
constexpr double weight_of_dismissal = 4.6;
constexpr double weight_of_animal = 4.6;
constexpr double weight_of_insult = 4.0;
constexpr double weight_of_deed = 4.2;
constexpr double weight_of_epithet = 4.6;
constexpr double weight_of_slogan = 4.4;
constexpr double weight_of_slur = 3.2;
constexpr double weight_of_aimed_slur = 4.4;
constexpr double weight_of_nearness = 1.2;  // an insult near a group, nothing binding them
constexpr double weight_when_negated = 0.2;
constexpr double bonus_for_all = 0.5;
constexpr double malus_for_anybody = 0.6;
constexpr double malus_for_somebody = 1.5;
constexpr double malus_for_some = 1.0;  // "les … qui …"
constexpr double malus_for_report = 3.0;
constexpr double malus_for_quotation_marks = 1.5;
constexpr double malus_for_belonging = 1.5;
constexpr double malus_for_praise = 1.0;

constexpr std::size_t reach_of_object = 5;
constexpr std::size_t reach_of_pronoun = 12;
constexpr std::size_t reach_of_wish = 10;
constexpr std::size_t reach_of_call_out = 3;
constexpr std::size_t reach_of_report = 12;

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::ranges::find(words, word) != words.end();
}

constexpr std::array<std::string_view, 17> opens_another_noun{
    "les", "ces", "des", "leurs", "leur", "la", "le",  "l",  "un",
    "une", "mon", "ma",  "mes",   "son",  "sa", "ses", "nos"};
constexpr std::array<std::string_view, 8> migration_words{
    "migrant", "clandestin", "immigre", "refugie", "etranger", "exile", "sans", "demandeur"};

class Reader {
 public:
  Reader(const std::vector<Token>& tokens, const std::vector<Match>& matches)
      : scene_{tokens, matches}, matches_{matches} {}

  Reading run() {
    for (const auto& match : matches_) {
      bind(match);
    }
    for (std::size_t i = 0; i < scene_.mentions().size(); ++i) {
      bind_slur(i);
    }
    for (auto& event : events_) {
      weaken(event);
    }
    std::ranges::sort(events_, {}, &Event::first);
    return Reading{scene_.mentions(), std::move(events_), scene_.covers()};
  }

 private:
  // ---- binding

  void bind(const Match& match) {
    switch (match.family) {
      case Family::feeling:
        bind_object(match, weight_of_feeling, false);
        break;
      case Family::embrace:
        bind_embrace(match);
        break;
      case Family::violence:
        bind_object(match, weight_of_violence, true);
        break;
      case Family::assault:
        bind_object(match, weight_of_violence, false);
        break;
      case Family::expulsion:
        bind_expulsion(match);
        break;
      case Family::dismissal:
        bind_either(match, reach_of_call_out, weight_of_dismissal, false);
        break;
      case Family::wish:
        bind_either(match, reach_of_wish, weight_of_violence, true);
        break;
      case Family::fate:
        bind_fate(match);
        break;
      case Family::animal:
        bind_predicate(match, weight_of_animal);
        break;
      case Family::insult:
        bind_predicate(match, weight_of_insult);
        break;
      case Family::deed:
        bind_deed(match);
        break;
      case Family::epithet:
        bind_epithet(match);
        break;
      case Family::slogan:
        add_slogan(match);
        break;
      default:
        break;
    }
  }

  void bind_object(const Match& match, double weight, bool needs_demand) {
    if (scene_.has(Family::stop, back(match.first, 5), match.first)) {
      return;
    }
    if (needs_demand ? !is_demanded(match) : is_said_of_power(match)) {
      return;
    }
    if (const auto target = object_of(match)) {
      add(match, *target, match.weight > 0 ? match.weight : weight);
    }
  }

  // "le président méprise les …" accuses the president.
  bool is_said_of_power(const Match& match) const {
    for (std::size_t step = 1; step <= 2 && step <= match.first; ++step) {
      const auto i = match.first - step;
      const auto mention = scene_.mention_at(i);
      if (!scene_.same_sentence(i, match.first)) {
        return false;
      }
      if (mention != Scene::nobody) {
        return match.family == Family::feeling && scene_.mentions()[mention].family == Family::role;
      }
    }
    return false;
  }

  bool is_demanded(const Match& match) const {
    const auto from = back(match.first, 5);
    const bool is_suffered = match.first > 0 && scene_.word(match.first - 1) == "faire";
    return !is_suffered && match.first > 0 && scene_.has(Family::demand, from, match.first - 1) &&
           !scene_.has(Family::barrier, back(match.first, 2), match.first - 1);
  }

  // "les tuer", "tuez les": the pronoun points back; else the object follows.
  std::optional<std::size_t> object_of(const Match& match) const {
    const auto after = scene_.target_after(match.last, reach_of_object);
    if (after) {
      return after;
    }
    for (std::size_t step = 1; step <= 2 && step <= match.first; ++step) {
      const auto& before = scene_.word(match.first - step);
      if (before == "les" || before == "vous" || before == "leur") {
        return scene_.target_before(match.first - step, reach_of_pronoun, true);
      }
    }
    const bool points_back =
        match.last + 1 < scene_.size() && scene_.word(match.last + 1) == "les" &&
        (match.last + 2 == scene_.size() || scene_.covers(match.last + 2, Family::all) ||
         !scene_.same_sentence(match.last, match.last + 2));
    return points_back ? scene_.target_before(match.first, reach_of_pronoun, true) : std::nullopt;
  }

  void bind_embrace(const Match& match) {
    auto target = object_of(match);
    if (!target && scene_.is_negated(match)) {
      target = scene_.target_before(match.first, reach_of_object, false);
    }
    if (!target) {
      return;
    }
    if (scene_.is_negated(match)) {
      add(match, *target, weight_of_rejection, false);
    } else {
      praised_.push_back(scene_.token(match.first).sentence);
    }
  }

  void bind_expulsion(const Match& match) {
    const auto& verb = scene_.word(match.first);
    const bool is_order = verb.ends_with("ez") || verb.ends_with("ons") || verb == "dehors";
    const auto target = object_of(match);
    if (!target || (!is_order && !is_demanded(match)) ||
        scene_.has(Family::stop, back(match.first, 5), match.first)) {
      return;
    }
    const auto& name = scene_.word(scene_.mentions()[*target].first);
    const bool is_policy = std::ranges::any_of(
        migration_words, [&](std::string_view start) { return name.starts_with(start); });
    add(match, *target, is_policy ? weight_of_migration_policy : weight_of_expulsion);
  }

  void bind_either(const Match& match, std::size_t reach, double weight, bool crosses) {
    const bool is_place = scene_.word(match.first) == "dehors" && match.first > 0 &&
                          (scene_.covers(match.first - 1, Family::link) ||
                           scene_.mention_at(match.first - 1) == Scene::nobody);
    if (is_place && !scene_.target_after(match.last, 2)) {
      return;
    }
    auto target = scene_.target_after(match.last, reach);
    if (!target) {
      target = scene_.target_before(match.first, reach, crosses);
    }
    if (target) {
      add(match, *target, weight);
    }
  }

  // "devraient tous être pendus"; "ont été tués" is news.
  void bind_fate(const Match& match) {
    const bool is_wanted = match.first > 1 && scene_.word(match.first - 1) == "etre" &&
                           scene_.has(Family::demand, back(match.first, 5), match.first - 2);
    if (is_wanted) {
      bind_either(match, reach_of_wish, weight_of_violence, true);
    }
  }

  // "les … sont des rats", "ces … puants", "ces chiens de …".
  void bind_predicate(const Match& match, double weight) {
    if (match.first > 0 && scene_.mention_at(match.first - 1) != Scene::nobody) {
      if (const auto target = scene_.protected_only(scene_.mention_at(match.first - 1))) {
        add(match, *target, weight);
      }
      return;
    }
    if (const auto of = group_it_is_said_of(match)) {
      add(match, *of, weight);
      return;
    }
    if (const auto subject = subject_through_link(match)) {
      add(match, *subject, weight);
      return;
    }
    if (const auto worse = compared_to(match)) {
      add(match, *worse, weight, false, true);
      return;
    }
    auto near = scene_.target_before(match.first, reach_of_object, false);
    if (!near) {
      near = scene_.target_after(match.last, reach_of_object);
    }
    if (near) {
      add(match, *near, weight_of_nearness);
    }
  }

  std::optional<std::size_t> group_it_is_said_of(const Match& match) const {
    const auto i = match.last + 1;
    if (i + 1 >= scene_.size() || (scene_.word(i) != "d" && scene_.word(i) != "de")) {
      return std::nullopt;
    }
    const auto mention = scene_.mention_at(i + 1);
    return mention == Scene::nobody ? std::nullopt : scene_.protected_only(mention);
  }

  // "rien n'est plus sale que …", "personne n'est aussi bête qu'un …".
  std::optional<std::size_t> compared_to(const Match& match) const {
    constexpr std::array<std::string_view, 7> none{"rien",  "personne", "pas",   "nul",
                                                   "nulle", "aucun",    "jamais"};
    const auto i = match.last + 1;
    if (i >= scene_.size() || (scene_.word(i) != "que" && scene_.word(i) != "qu")) {
      return std::nullopt;
    }
    for (std::size_t step = 1; step <= 6 && step <= match.first; ++step) {
      if (is_one_of(scene_.word(match.first - step), none)) {
        return scene_.target_after(i, 3);
      }
    }
    return std::nullopt;
  }

  std::optional<std::size_t> subject_through_link(const Match& match) const {
    std::optional<std::size_t> link;
    for (std::size_t step = 1; step <= 6 && step <= match.first; ++step) {
      const auto i = match.first - step;
      if (!scene_.same_sentence(i, match.first) || scene_.mention_at(i) != Scene::nobody) {
        break;
      }
      if (scene_.covers(i, Family::link)) {
        link = i;
        break;
      }
      if (!scene_.covers(i, Family::filler) && !scene_.covers(i, Family::negation)) {
        break;
      }
    }
    if (!link) {
      return std::nullopt;
    }
    // "…, c'est une honte" comments on what was said, not on who was named.
    const bool is_comment = scene_.word(*link) == "est" && scene_.word(match.last) == "honte";
    return is_comment ? std::nullopt : subject_of(*link);
  }

  std::optional<std::size_t> subject_of(std::size_t link) const {
    const bool is_singular =
        scene_.word(link) == "est" || scene_.word(link) == "etait" || scene_.word(link) == "sera";
    const bool is_it = is_singular && link > 0 && scene_.word(link - 1) == "c";
    const std::size_t start = is_it ? link - 1 : link;
    const std::size_t reach = is_it ? 2 : 6;
    constexpr std::array<std::string_view, 5> stand_ins{"ils", "elles", "ce", "tous", "toutes"};
    const bool through_pronoun = start > 0 && is_one_of(scene_.word(start - 1), stand_ins);
    for (std::size_t step = 1;
         step <= (through_pronoun ? reach_of_pronoun : reach) && step <= start; ++step) {
      const auto i = start - step;
      if (scene_.token(start).sentence - scene_.token(i).sentence > (through_pronoun ? 1U : 0U)) {
        return std::nullopt;
      }
      if (const auto mention = scene_.mention_at(i); mention != Scene::nobody) {
        const bool agrees =
            is_it || !is_singular || scene_.mentions()[mention].scope != Scope::everybody;
        return agrees ? scene_.protected_only(mention) : std::nullopt;
      }
      const bool names_another = is_one_of(scene_.word(i), opens_another_noun) && i + 1 < start;
      if (!through_pronoun && (names_another || scene_.covers(i, Family::barrier))) {
        return std::nullopt;
      }
    }
    return std::nullopt;
  }

  void bind_deed(const Match& match) {
    const bool pronoun = match.first > 0 && (scene_.word(match.first - 1) == "ils" ||
                                             scene_.word(match.first - 1) == "elles");
    const auto reach = pronoun ? reach_of_pronoun : reach_of_object;
    if (const auto target = scene_.target_before(match.first, reach, pronoun)) {
      add(match, *target, weight_of_deed);
    }
  }

  void bind_epithet(const Match& match) {
    auto i = match.last + 1;
    if (i < scene_.size() && (scene_.word(i) == "d" || scene_.word(i) == "de")) {
      ++i;
    }
    if (i >= scene_.size() || !scene_.same_sentence(match.first, i)) {
      return;
    }
    const auto mention = scene_.mention_at(i);
    if (mention == Scene::nobody) {
      return;
    }
    const auto& named = scene_.mentions()[mention];
    const bool is_slur = named.family == Family::slur || named.family == Family::slur_if_aimed;
    const auto& first = scene_.word(match.first);
    const bool is_mild =
        first == "gros" || first == "grosse" || first == "pauvre" || first == "sacre";
    const bool is_crowd = (first == "bande" || first == "espece" || first == "especes") &&
                          named.family == Family::group_if_plural &&
                          named.target == Target::social_group;
    if (named.family == Family::role || is_crowd || (is_mild && !is_slur)) {
      return;
    }
    add(match, mention, weight_of_epithet, true, true);
  }

  void add_slogan(const Match& match) {
    Event event{match.family, match.target, match.first, match.last,
                match.weight > 0 ? match.weight : weight_of_slogan};
    events_.push_back(event);
  }

  void bind_slur(std::size_t index) {
    const auto& slur = scene_.mentions()[index];
    if (slur.family != Family::slur && slur.family != Family::slur_if_aimed) {
      return;
    }
    const auto from = back(slur.first, 6);
    const bool is_addressed = slur.first > 0 && scene_.has(Family::address, from, slur.first - 1) &&
                              scene_.has(Family::link, from, slur.first - 1);
    const bool is_crowd = slur.first > 0 && is_plural_article(scene_.word(slur.first - 1));
    const bool is_plain = slur.family == Family::slur;
    if (!is_plain && !is_addressed) {
      return;
    }
    Event event{Family::slur, slur.target, is_addressed ? from : slur.first, slur.last,
                is_addressed || is_crowd ? weight_of_aimed_slur : weight_of_slur};
    while (!scene_.same_sentence(event.first, slur.first)) {
      ++event.first;
    }
    event.is_negated = slur.first > 0 && scene_.has(Family::negation, from, slur.first - 1);
    events_.push_back(event);
  }

  void add(const Match& match, std::size_t mention, double weight, bool may_be_negated = true,
           bool is_for_anybody = false) {
    const auto& named = scene_.mentions()[mention];
    Event event{match.family, named.target, std::min(match.first, named.first),
                std::max(match.last, named.last), weight};
    event.is_negated = may_be_negated && (scene_.is_negated(match) || says_none_of(named));
    const bool is_group = named.family == Family::group || named.family == Family::group_if_plural;
    if (is_group && !is_for_anybody) {
      event.weight -= named.scope == Scope::somebody  ? malus_for_somebody
                      : named.scope == Scope::anybody ? malus_for_anybody
                                                      : 0;
    }
    const bool is_some = named.last + 1 < scene_.size() && scene_.word(named.last + 1) == "qui";
    if (is_some) {
      event.weight -= malus_for_some;
    }
    if (scene_.has(Family::all, back(event.first, 1), event.last)) {
      event.weight += bonus_for_all;
    }
    events_.push_back(event);
  }

  // "aucun … ne mérite de mourir".
  bool says_none_of(const Mention& named) const {
    return named.first > 0 &&
           (scene_.word(named.first - 1) == "aucun" || scene_.word(named.first - 1) == "aucune");
  }

  // ---- what weakens

  void weaken(Event& event) const {
    const auto sentence = scene_.token(event.first).sentence;
    const auto from = back(event.first, reach_of_report);
    event.is_condemned =
        scene_.near_in(Family::blame, from, event.last + reach_of_report, sentence);
    event.is_reported = scene_.near_in(Family::report, from, event.last, sentence) ||
                        scene_.token(event.last).quoted;
    if (event.is_negated) {
      event.weight = std::min(event.weight, weight_when_negated);
    }
    if (event.is_condemned || event.is_reported) {
      event.weight -= malus_for_report;
    }
    if (scene_.token(event.last).quoted) {
      event.weight -= malus_for_quotation_marks;
    }
    if (scene_.near_in(Family::belonging, back(event.first, 5), event.first, sentence)) {
      event.weight -= malus_for_belonging;
    }
    if (std::ranges::binary_search(praised_, sentence)) {
      event.weight -= malus_for_praise;
    }
    event.weight = std::max(event.weight, 0.0);
  }

  Scene scene_;
  const std::vector<Match>& matches_;
  std::vector<Event> events_;
  std::vector<std::size_t> praised_;  // sentences that praise a group, ascending
};

}  // namespace

Reading read(const std::vector<Token>& tokens, const std::vector<Match>& matches) {
  if (tokens.empty()) {
    return {};
  }
  return Reader{tokens, matches}.run();
}

}  // namespace vigie::analyse
