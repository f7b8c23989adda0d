// SPDX-License-Identifier: Apache-2.0
#include "analyse/embedded/tokens.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace vigie::analyse {
namespace {

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> all;
  for (const auto& token : tokenise(text)) {
    all.push_back(token.word);
  }
  return all;
}

using Words = std::vector<std::string>;

TEST(Tokens, AreFoldedAndSeparatedAtElisionsAndHyphens) {
  EXPECT_EQ(words("L'Évêque n’a PAS vu de sous-préfet."),
            (Words{"l", "eveque", "n", "a", "pas", "vu", "de", "sous", "prefet"}));
}

TEST(Tokens, PointAtTheOriginalText) {
  const std::string text = "  Éric, où ça ? « Là-bas » 🎉 s4lut";

  std::vector<std::string> originals;
  for (const auto& token : tokenise(text)) {
    originals.push_back(text.substr(token.begin, token.end - token.begin));
  }

  EXPECT_EQ(originals, (Words{"Éric", "où", "ça", "Là", "bas", "s4lut"}));
}

TEST(Tokens, ReadDisguisedLetters) {
  EXPECT_EQ(words("s4lut @bien b0nj0ur"), (Words{"salut", "abien", "bonjour"}));
  EXPECT_EQ(words("saaaalut la belle"), (Words{"salut", "la", "belle"}));
  EXPECT_EQ(words("en 2024 à 20"), (Words{"en", "2024", "a", "20"}));
}

TEST(Tokens, JoinLettersSaidOneByOne) {
  const std::string text = "un b o n j o u r à tous";

  const auto tokens = tokenise(text);

  ASSERT_EQ(tokens.size(), 4U);
  EXPECT_EQ(tokens[1].word, "bonjour");
  EXPECT_EQ(text.substr(tokens[1].begin, tokens[1].end - tokens[1].begin), "b o n j o u r");
  EXPECT_EQ(words("il y a à boire"), (Words{"il", "y", "a", "a", "boire"}));
}

TEST(Tokens, LeaveLinksOut) {
  EXPECT_EQ(words("voir https://exemple.fr/sale?x=1 puis www.exemple.fr fin"),
            (Words{"voir", "puis", "fin"}));
}

TEST(Tokens, KnowTheirSentenceAndTheirQuotationMarks) {
  const auto tokens = tokenise("Un. « Deux trois » quatre !");

  ASSERT_EQ(tokens.size(), 4U);
  EXPECT_EQ(tokens[0].sentence, 0U);
  EXPECT_EQ(tokens[1].sentence, 1U);
  EXPECT_FALSE(tokens[0].quoted);
  EXPECT_TRUE(tokens[1].quoted);
  EXPECT_TRUE(tokens[2].quoted);
  EXPECT_FALSE(tokens[3].quoted);
}

TEST(Tokens, EndAQuotationThatNobodyCloses) {
  std::string text = "\"début";
  for (int i = 0; i < 60; ++i) {
    text += " mot";
  }

  const auto tokens = tokenise(text);

  EXPECT_TRUE(tokens.front().quoted);
  EXPECT_FALSE(tokens.back().quoted);
}

TEST(Tokens, SurviveAnything) {
  EXPECT_TRUE(words("").empty());
  EXPECT_TRUE(words(" \t\n…!?").empty());
  EXPECT_TRUE(words("🎉🎉🎉").empty());
  EXPECT_EQ(words("مرحبا 你好"), (Words{"مرحبا", "你好"}));
  EXPECT_EQ(words(std::string(100'000, 'a')).size(), 1U);
  EXPECT_NO_THROW(words(std::string{"\xff\xfe\x00 a \xc3", 8}));
}

}  // namespace
}  // namespace vigie::analyse
