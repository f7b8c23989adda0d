// SPDX-License-Identifier: Apache-2.0
#include "search/query.hpp"

#include <gtest/gtest.h>

namespace vigie::search {
namespace {

std::string fts5(std::string_view text) {
  return to_fts5(parse_query(text).value(), {});
}

std::string marked(std::string_view text, std::string_view question) {
  std::string all;
  for (const auto& part : mark_hits(text, parse_query(question).value())) {
    all += part.hit ? "[" + part.text + "]" : part.text;
  }
  return all;
}

TEST(Query, KnowsWordsPhrasesExclusionsAndPrefixes) {
  const auto query = parse_query(R"(le maire "vive la France" -"non merci" -grève manif*)").value();

  ASSERT_EQ(query.wanted.size(), 4U);
  EXPECT_EQ(query.wanted[2].stems.size(), 3U);
  EXPECT_EQ(query.wanted[3].prefix, "manif");
  ASSERT_EQ(query.unwanted.size(), 2U);
  EXPECT_EQ(query.unwanted[0].stems.size(), 2U);
}

TEST(Query, MakesAPhraseOfWhatAHyphenJoins) {
  EXPECT_EQ(fts5("rendez-vous"), fts5("\"rendez vous\""));
  EXPECT_EQ(fts5("« l’école »"), fts5("ecole"));
}

TEST(Query, WithoutAWordToLookForIsRefusedInWords) {
  for (const auto* text :
       {"", "   ", "\"\"", "-", "--", "*", "-chat", "😀", "\" \" -\"x\"", "()&|!:<->"}) {
    const auto query = parse_query(text);
    ASSERT_FALSE(query) << text;
    EXPECT_EQ(query.error().code, Errc::invalid);
    EXPECT_TRUE(query.error().what.starts_with("q: ")) << query.error().what;
  }
}

TEST(Query, HasABound) {
  std::string accents;
  for (int i = 0; i < 500; ++i) {
    accents += "é";
  }
  EXPECT_TRUE(parse_query(accents));
  EXPECT_FALSE(parse_query(accents + "é"));
  std::string many;
  for (int i = 0; i < 33; ++i) {
    many += "mot ";
  }
  EXPECT_FALSE(parse_query(many));
}

TEST(Query, NeverLetsSignsThroughToTheEngines) {
  const auto query =
      parse_query(R"(chat' OR "x" -"; DROP" NEAR(a) a:b ^c {d} \ \' <-> & ')").value();
  const auto left = to_fts5(query, {.accounts = {"A1"}, .language = "f') r"});
  const auto right = to_tsquery(query, {.accounts = {"A1"}, .language = "f') r"});

  EXPECT_EQ(left.find('\''), std::string::npos) << left;
  EXPECT_EQ(right.find('\\'), std::string::npos) << right;
  EXPECT_EQ(right.find("''"), std::string::npos) << right;
}

TEST(Query, LooksForAccountsAndALanguageAmongTheMarks) {
  const auto query = parse_query("chat").value();
  const Within within{.accounts = {"A1", "B2"}, .language = "fr-CA"};

  EXPECT_EQ(to_fts5(query, within),
            R"((words : "chat" AND marks : ("a1" OR "b2") AND marks : "languagefrca"))");
  EXPECT_EQ(to_tsquery(query, within), "('chat') & ('@a1' | '@b2') & '@languagefrca'");
  const auto entry = entry_of("Un chat", "A1", "fr-CA");
  EXPECT_EQ(entry.marks, "a1 languagefrca");
  EXPECT_EQ(to_tsvector(entry), "'@a1' '@languagefrca' 'un':1 'chat':2");
}

TEST(Hits, AreMarkedAsTheyWereSaid) {
  EXPECT_EQ(marked("Les Médecins de l’école.", "medecin ecoles"), "Les [Médecins] de l’[école].");
  EXPECT_EQ(marked("vive la France, la France", "\"la france\""), "vive [la France], [la France]");
  EXPECT_EQ(marked("manifester, manifeste, mani", "manif*"), "[manifester], [manifeste], mani");
  EXPECT_EQ(marked("rien ici", "chat"), "rien ici");
}

}  // namespace
}  // namespace vigie::search
