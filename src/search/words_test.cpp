// SPDX-License-Identifier: Apache-2.0
#include "search/words.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace vigie::search {
namespace {

std::string stems(std::string_view text) {
  std::string all;
  for (const auto& word : words_of(text)) {
    all += all.empty() ? "" : " ";
    all += word.stem;
  }
  return all;
}

std::string forms(std::string_view text) {
  std::string all;
  for (const auto& word : words_of(text)) {
    all += all.empty() ? "" : " ";
    all += word.form;
  }
  return all;
}

TEST(Words, AreTheSameWithAndWithoutAccentsAndInThePlural) {
  for (const auto& [left, right] :
       std::vector<std::pair<std::string, std::string>>{{"médecin", "MEDECINS"},
                                                        {"école", "Écoles"},
                                                        {"cheval", "chevaux"},
                                                        {"journal", "JOURNAUX"},
                                                        {"bureau", "bureaux"},
                                                        {"genou", "genoux"},
                                                        {"jeu", "jeux"},
                                                        {"mangée", "mangées"},
                                                        {"mangé", "mange"},
                                                        {"cœur", "coeurs"},
                                                        {"œuvre", "oeuvres"},
                                                        {"ex æquo", "ex aequo"},
                                                        {"heureux", "heureuse"},
                                                        {"élu", "élus"},
                                                        {"manifestation", "manifestations"},
                                                        {"français", "francais"},
                                                        {"e\xCC\x81"
                                                         "cole",
                                                         "école"},  // e and a combining accent
                                                        {"national", "nationaux"}}) {
    EXPECT_EQ(stems(left), stems(right)) << left << " / " << right;
  }
}

TEST(Words, ThatDifferStayApart) {
  EXPECT_NE(stems("pas"), stems("passe"));
  EXPECT_NE(stems("chat"), stems("château"));
  EXPECT_NE(stems("police"), stems("politique"));
}

TEST(Words, LoseTheirElidedCompanions) {
  EXPECT_EQ(forms("L’école d'Amiens qu’il n'a jusqu'ici lorsqu'on"), "ecole amiens il a ici on");
  EXPECT_EQ(forms("aujourd'hui"), "aujourd hui");
  EXPECT_EQ(forms("rendez-vous"), "rendez vous");
}

TEST(Words, KeepNumbersAndOtherScriptsAndNothingElse) {
  EXPECT_EQ(forms("49,3 % à 18h30 !"), "49 3 a 18h30");
  EXPECT_EQ(forms("مَدرسة школа"), "مدرسة школа");
  EXPECT_EQ(forms("😀 … — « ok » \xFF"), "ok");
  EXPECT_EQ(forms(""), "");
}

TEST(Words, SayWhereTheyStand) {
  const std::string text = "L’été, déjà";
  const auto words = words_of(text);

  ASSERT_EQ(words.size(), 2U);
  EXPECT_EQ(text.substr(words[0].begin, words[0].end - words[0].begin), "été");
  EXPECT_EQ(text.substr(words[1].begin, words[1].end - words[1].begin), "déjà");
}

TEST(Words, OfAnyBytesAreBoundedAndPlain) {
  std::string bytes;
  for (int i = 0; i < 3000; ++i) {
    bytes += static_cast<char>((i * 7919) % 256);
  }
  bytes += std::string(500, 'a');
  for (const auto& word : words_of(bytes)) {
    EXPECT_LE(word.form.size(), 60U);
    EXPECT_TRUE(is_valid_utf8(word.form));
    for (const char c : word.stem + word.form) {
      const auto byte = static_cast<unsigned char>(c);
      EXPECT_TRUE((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || byte >= 0x80);
    }
  }
}

}  // namespace
}  // namespace vigie::search
