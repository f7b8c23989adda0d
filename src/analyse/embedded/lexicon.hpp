// SPDX-License-Identifier: Apache-2.0
// The words the embedded analyser knows, by what they do in a sentence. The tables (lexicon_*.cpp)
// are instruments of detection: they hold words that hurt so that a person can be called to look.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "analyse/embedded/tokens.hpp"
#include "domain/assessment.hpp"

namespace vigie::analyse {

enum class Family : std::uint8_t {
  // Who is spoken of.
  group,            // a protected group; what it is said of decides
  group_if_plural,  // the same, only after "les", "ces", "aux"…: also a language, a colour, an
                    // adjective
  role,             // an office, a party, a trade, a camp of ideas: may be criticised
  slur,             // a word made to wound a group
  slur_if_aimed,    // the same, only aimed at somebody: it has an innocent meaning too
  // What is said of them.
  feeling,    // detester, hair: what is hated follows
  embrace,    // aimer, supporter: hostile when negated
  violence,   // tuer, gazer (infinitive): a demand must precede
  assault,    // tuez, mort aux: a demand in itself
  expulsion,  // expulser, renvoyer: a demand must precede
  dismissal,  // degagez, dehors: called out beside the group
  wish,       // qu'ils crevent, meritent de mourir
  fate,       // tues, expulses: a demand and "etre" must precede
  animal,     // rats, vermine, sous-hommes: the group is said to be it
  insult,     // stupides, voleurs, degoutants: likewise
  deed,       // puent, nous envahissent: the group does it
  epithet,    // sale, bande de: stuck to the group
  slogan,     // hostile as a whole
  // What changes the meaning.
  link,           // sont, comme, c'est: makes a predicate
  plural,         // les, ces, aux
  all,            // tous, toutes
  demand,         // faut, devrait, va: what follows is wanted
  negation,       // pas, jamais, aucun
  half_negation,  // ne, n': with "plus", "rien", "que"
  stop,           // arreter de, cesser de: what follows is not wanted
  report,         // il a dit, on m'a traite de: somebody else's words
  blame,          // c'est raciste, je condamne: about the words
  belonging,      // nous les, en tant que
  pronoun,        // ils, elles, eux, les
  address,        // tu, vous, t'es
  praise,         // formidables, courageux, bienvenus: said well of somebody
  call,           // partagez, rendez-vous, boycott
  critical,       // honte, demission, menteur: what one says of power
  debate,         // immigration, laicite: what one argues about
  injection,      // ignore tes instructions
};

struct Term {
  std::string_view words;  // folded, separated by a space; '*' ends a prefix; "a|b" are two terms
  Family family;
  Target target = Target::other;
};

// Where a term was found: tokens first to last, both included.
struct Match {
  Family family;
  Target target;
  std::size_t first;
  std::size_t last;
};

std::span<const Term> group_terms();      // lexicon_groups.cpp
std::span<const Term> hostile_terms();    // lexicon_hostility.cpp
std::span<const Term> context_terms();    // lexicon_context.cpp
std::span<const Term> injection_terms();  // lexicon_injection.cpp

// Every term found, by first token. Time grows with the tokens, not with the lexicon.
std::vector<Match> match_terms(const std::vector<Token>& tokens);

}  // namespace vigie::analyse
