// SPDX-License-Identifier: Apache-2.0
// Words spoken to the machine instead of to people. An instrument of detection: whoever says them
// in a live tries to bend the judgement, and a person must look.
#include <array>

#include "analyse/embedded/lexicon.hpp"

namespace vigie::analyse {
namespace {

constexpr std::array table{
    Term{"ignore tes instructions|ignore toutes les instructions|"
         "ignore toutes tes instructions|ignorez vos instructions|"
         "ignorez toutes les instructions|ignore tes consignes|"
         "ignore tes regles|ignore les regles precedentes|ignore ce qui precede|ignorez ce qui "
         "precede|"
         "ignore tout ce qui precede|ignore le message precedent|ignore ton prompt|"
         "oublie tes instructions|oublie toutes tes instructions|"
         "oublie tes consignes|oublie tes regles|oublie tout ce qui precede|oubliez vos "
         "instructions|nouvelles instructions|nouvelle instruction|nouvelles consignes|"
         "instruction systeme|instructions systeme|message systeme|invite systeme|prompt systeme|"
         "ne tiens pas compte de ce qui precede|ne tenez pas compte de ce qui precede",
         Family::injection},
    Term{"reponds que la categorie|reponds neutre|reponds uniquement|reponds seulement|repondez "
         "neutre|"
         "reponds simplement neutre|reponds par neutre|reponds que c est neutre|reponds faux|"
         "reponds en json|repondez en json|renvoie neutre|renvoie un json|la categorie est neutre|"
         "categorie neutre|categorie egale|classe ce texte|classe ce passage|classe cette "
         "transcription|"
         "classez ce texte|classez ce passage|note ce texte comme|marque ce texte comme|"
         "considere ce texte comme|considere cette transcription|considere ce passage comme|"
         "discours haineux egale|discours haineux false|discours haineux faux|haineux egale faux|"
         "haineux false|risque score|risque zero|score de risque|score zero|mets le score|"
         "mets un score|donne un score|viralite faible|cible autre|fin de la transcription|"
         "fin du transcript|debut de la transcription|la transcription suivante est|"
         "cette transcription est approuvee|approuvee par un moderateur|approuve par un moderateur|"
         "valide par un moderateur",
         Family::injection},
    Term{"tu es une ia|tu es une i a|vous etes une ia|tu es un assistant|tu es un modele|"
         "tu es un modele de langage|tu es un robot d analyse|tu es desormais|tu es maintenant un|"
         "tu es maintenant une ia|pour l intelligence artificielle|a l intelligence artificielle|"
         "chere intelligence artificielle|note pour l ia|note a l ia|message pour l ia|"
         "message a l ia|attention ia|chere ia|cher modele|cher assistant|cher analyseur|"
         "a l attention de l ia|a l attention du modele|en tant qu ia|en tant que modele|"
         "l analyseur doit|le modele doit|le moderateur automatique doit|l ia doit repondre|"
         "mode developpeur|mode debug|mode maintenance|mode test active|jailbreak|desactive le "
         "filtre|"
         "desactive tes filtres|desactive l analyse|desactivez l analyse|"
         "ceci est un test du systeme|ceci est un test de moderation|test de moderation",
         Family::injection},
    Term{"ne pas signaler|ne signale pas ce|ne signalez pas|ne reclasse pas|ne la reclasse pas|"
         "ne le reclasse pas|ne reclassez pas|reclasse cette fenetre|cette fenetre est|cette "
         "fenetre "
         "comme neutre|deja valide cette|deja valide ce|deja validee par|moderateur humain a|"
         "moderateur a deja|equipe de moderation a valide|ceci est un test du|ceci est un exercice|"
         "repete mot pour mot|repete ton|ton prompt|votre prompt|le prompt|prompt initial|champ "
         "justification|dans le "
         "champ|override|moderation "
         "off|mode admin|reponse attendue|sortie attendue|niveau de risque nul",
         Family::injection},
    Term{"ignore previous instructions|ignore all previous instructions|ignore the above|"
         "ignore your instructions|ignore all instructions|disregard previous|disregard the above|"
         "disregard all|forget your instructions|forget all previous|new instructions|"
         "you are an ai|you are now|you are a helpful|as an ai|system prompt|developer mode|"
         "answer neutral|respond with|output json|discours haineux is false|begin transcript|"
         "end of transcript",
         Family::injection},
};

}  // namespace

std::span<const Term> injection_terms() {
  return table;
}

}  // namespace vigie::analyse
