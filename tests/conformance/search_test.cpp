// SPDX-License-Identifier: Apache-2.0
// Full-text search, on both engines: what each finds is compared with reading every segment, so
// that they also find the same (requirement D7).
#include "search/search.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/text.hpp"
#include "search/indexer.hpp"
#include "support/databases.hpp"

namespace vigie::search {
namespace {

constexpr std::array<std::string_view, 30> sentences{
    "Bonsoir à toutes et à tous, on attend encore quelques minutes.",
    "Le maire a parlé des écoles et des médecins de la commune.",
    "L’école d'Amiens ferme, c’est décidé, et les élèves iront ailleurs.",
    "Les chevaux de la garde républicaine passent devant la mairie.",
    "Un cheval, des chevaux ; un journal, des journaux ; un œil, des yeux.",
    "La manifestation commence à quatorze heures place de la République.",
    "Des manifestants et des manifestations, partout en France.",
    "Vive la République, vive la France !",
    "La France républicaine n'est pas à vendre.",
    "Le médecin généraliste du quartier part à la retraite.",
    "Le cœur du problème, c'est l'œuvre des sœurs.",
    "Rendez-vous demain, au rendez-vous habituel.",
    "On nous a volé 49,3 millions d’euros, 49 fois sur 50.",
    "C'est aujourd'hui le jour J, jusqu'ici tout va bien.",
    "La police municipale et la politique nationale.",
    "Les intérêts nationaux, l'intérêt national.",
    "Heureux ceux qui mangent, heureuses celles qui ont mangé.",
    "Une pomme mangée, des pommes mangées, il les a mangés.",
    "Les travaux du bureau, les bureaux en travaux.",
    "Hé, l'ami, t'as vu le jeu ? Les jeux sont faits.",
    "مرحبا بكم في البث المباشر",
    "Thank you all for coming to the live tonight.",
    "Le live de ce soir, le direct d’hier.",
    "Non merci, non, merci bien.",
    "Grève générale : la grève continue, les grévistes tiennent.",
    "Élu, élue, élus, élues : les élus locaux.",
    "Français, Française, les Français parlent français.",
    "L’État, l'été, les états d'été.",
    "le le le la la les",
    "😀 merci 🙏 merci"};

constexpr std::array<std::string_view, 84> questions{"médecin",
                                                     "medecins",
                                                     "MÉDECIN",
                                                     "ecole",
                                                     "écoles",
                                                     "l'école",
                                                     "L’ÉCOLE",
                                                     "cheval",
                                                     "chevaux",
                                                     "journal",
                                                     "journaux",
                                                     "oeil",
                                                     "yeux",
                                                     "coeur",
                                                     "cœur",
                                                     "soeur",
                                                     "œuvre",
                                                     "oeuvres",
                                                     "manif*",
                                                     "manifestation",
                                                     "manifest*",
                                                     "manifesta*",
                                                     "\"vive la france\"",
                                                     "\"la france\"",
                                                     "\"france la\"",
                                                     "\"la République\"",
                                                     "la -france",
                                                     "france -république",
                                                     "la -\"la france\"",
                                                     "maire",
                                                     "mairie",
                                                     "mair*",
                                                     "rendez-vous",
                                                     "\"rendez vous\"",
                                                     "vous",
                                                     "49",
                                                     "49,3",
                                                     "\"49 3\"",
                                                     "aujourd'hui",
                                                     "aujourd’hui",
                                                     "hui",
                                                     "jusqu'ici",
                                                     "ici",
                                                     "police",
                                                     "politique",
                                                     "pol*",
                                                     "national",
                                                     "nationaux",
                                                     "nationale",
                                                     "heureux",
                                                     "heureuse",
                                                     "mange",
                                                     "mangée",
                                                     "mangés",
                                                     "travail",
                                                     "travaux",
                                                     "bureau",
                                                     "jeu",
                                                     "jeux",
                                                     "مرحبا",
                                                     "live",
                                                     "thank you",
                                                     "\"thank you\"",
                                                     "\"you thank\"",
                                                     "le",
                                                     "la les",
                                                     "le -la",
                                                     "\"le le le\"",
                                                     "merci",
                                                     "\"non merci\"",
                                                     "-non merci",
                                                     "greve",
                                                     "grève*",
                                                     "gréviste",
                                                     "elu",
                                                     "élues",
                                                     "elu*",
                                                     "francais",
                                                     "FRANÇAISE",
                                                     "état",
                                                     "été",
                                                     "ete*",
                                                     "rien de tout cela",
                                                     "zzz*"};

// By reading: every wanted term hits, no unwanted one does.
bool answers(std::string_view text, const Query& query) {
  const auto has = [&](const Term& term) {
    const auto parts = mark_hits(text, Query{.wanted = {term}, .unwanted = {}});
    return std::ranges::any_of(parts, &Part::hit);
  };
  return std::ranges::all_of(query.wanted, has) && std::ranges::none_of(query.unwanted, has);
}

class Searching : public testing::OnEachDatabase {
 protected:
  void SetUp() override {
    OnEachDatabase::SetUp();
    if (IsSkipped()) {
      return;
    }
    for (const auto* person : {"P", "Q"}) {
      add_person(person);
    }
    for (const auto* account : {"A", "B", "C"}) {
      add_account(account);
      execute(R"(INSERT INTO live (id, account_id, room, state, title, started_at, detected_at)
                 VALUES ($1, $1, '1', 'live', 'Direct', $2, 0))",
              {account, std::int64_t{account[0] - 'A'} * 1'000'000'000});
    }
    follow("P", "A");
    follow("Q", "B");
  }

  void follow(const char* person, const char* account) {
    execute("INSERT INTO follow (person_id, account_id, created_at) VALUES ($1, $2, 0)",
            {person, account});
  }

  void say(const std::string& id, const std::string& live, double at, std::string_view text,
           const std::string& language = "fr") {
    execute(R"(INSERT INTO segment (id, live_id, start_us, end_us, text, language, confidence,
                 uncertain, engine, model, token, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, 1.0, FALSE, 'e', 'm', 1, 0))",
            {id, live, from_seconds(at), from_seconds(at + 1), text, language});
  }

  std::int64_t take_in() { return run(index_waiting(db(), 1000)).value(); }

  Page<Hit> page(std::string_view q, Sight sight, std::int64_t limit = 50, std::string cursor = "",
                 Question question = {}) {
    question.query = parse_query(q).value();
    return run(find(db(), std::move(sight), std::move(question), limit, std::move(cursor), reading))
        .value();
  }

  std::set<std::string> found(std::string_view q, Sight sight = {.person_id = "P"}) {
    std::set<std::string> ids;
    for (const auto& hit : page(q, std::move(sight), 1000).items) {
      ids.insert(hit.segment_id);
    }
    return ids;
  }

  Reading reading{};
};

TEST_P(Searching, FindsWhatReadingEverythingWouldFind) {
  std::vector<std::pair<std::string, std::string>> corpus;
  for (const auto sentence : sentences) {
    const auto id = fmt::format("S{:02}", corpus.size());
    say(id, "A", static_cast<double>(corpus.size()), sentence);
    corpus.emplace_back(id, sentence);
  }
  EXPECT_EQ(take_in(), std::ssize(sentences));
  std::vector<std::string> all{questions.begin(), questions.end()};
  for (std::size_t i = 0; all.size() < 250; ++i) {  // pairs of words that were said, and were not
    const auto words = words_of(sentences[i % sentences.size()]);
    const auto others = words_of(sentences[(i * 7 + 3) % sentences.size()]);
    const auto& left = words[i % words.size()].form;
    const auto& right = others[i % others.size()].form;
    all.push_back(fmt::format(fmt::runtime(i % 4 == 0   ? "{} {}"
                                           : i % 4 == 1 ? "{} -{}"
                                           : i % 4 == 2 ? "\"{} {}\""
                                                        : "{}* {}"),
                              left, right));
  }
  std::size_t hits = 0;
  for (const auto& question : all) {
    const auto query = parse_query(question);
    if (!query) {
      continue;
    }
    std::set<std::string> expected;
    for (const auto& [id, text] : corpus) {
      if (answers(text, *query)) {
        expected.insert(id);
      }
    }
    hits += expected.size();
    for (const auto& some : {Reading{}, Reading{.first = 5, .then = 10}}) {
      reading = some;
      EXPECT_EQ(found(question), expected) << question;
    }
  }
  EXPECT_GT(hits, 300U);
}

TEST_P(Searching, FindsOnlyWhatThePersonMaySee) {
  say("S1", "A", 1, "un secret");
  say("S2", "B", 1, "un secret");
  say("S3", "C", 1, "un secret");  // followed by nobody
  take_in();

  EXPECT_EQ(found("secret", {.person_id = "P"}), std::set<std::string>{"S1"});
  EXPECT_EQ(found("secret", {.person_id = "Q"}), std::set<std::string>{"S2"});
  EXPECT_EQ(found("secret", {.person_id = "nobody"}), std::set<std::string>{});
  EXPECT_EQ(found("secret", {.person_id = "M", .all_accounts = true}),
            (std::set<std::string>{"S1", "S2"}));
  EXPECT_TRUE(page("secret", {.person_id = "P"}, 50, "", {.account_id = "B"}).items.empty());
  EXPECT_EQ(page("secret", {.person_id = "Q"}, 50, "", {.account_id = "B"}).items.size(), 1U);
  follow("P", "B");
  EXPECT_EQ(found("secret", {.person_id = "P"}), (std::set<std::string>{"S1", "S2"}));
}

TEST_P(Searching, ReadsPageByPageTheNewestFirst) {
  for (int i = 0; i < 7; ++i) {
    say(fmt::format("S{}", i), "A", 10 - i, "un mot");  // said in the other order
  }
  take_in();
  std::vector<std::string> ids;
  std::string cursor;
  do {
    const auto one = page("mot", {.person_id = "P"}, 3, cursor);
    for (const auto& hit : one.items) {
      ids.push_back(hit.segment_id);
    }
    cursor = one.next_cursor;
  } while (!cursor.empty());

  EXPECT_EQ(ids, (std::vector<std::string>{"S0", "S1", "S2", "S3", "S4", "S5", "S6"}));
  Question question;
  question.query = parse_query("mot").value();
  for (const auto* bad : {"x", "-1", "1.5", "99999999999999999999"}) {
    EXPECT_EQ(run(find(db(), Sight{.person_id = "P"}, question, 3, bad)).error().code,
              Errc::invalid)
        << bad;
  }
}

TEST_P(Searching, KeepsToATimeAndALanguage) {
  say("S1", "A", 10, "le mot");
  say("S2", "A", 20, "le mot", "en");
  say("S3", "A", 30, "le mot");
  take_in();
  const Sight sight{.person_id = "P"};
  const Question later{.from = from_micros(20'000'000)};
  const Question earlier{.to = from_micros(20'000'000)};
  const Question english{.language = "en"};
  const Question absurd{.from = parse_rfc3339("9999-12-31T23:59:59Z").value()};

  EXPECT_EQ(page("mot", sight, 50, "", later).items.size(), 2U);
  EXPECT_EQ(page("mot", sight, 50, "", earlier).items.size(), 1U);
  EXPECT_EQ(page("mot", sight, 50, "", english).items.at(0).segment_id, "S2");
  EXPECT_TRUE(page("mot", sight, 50, "", absurd).items.empty());
  execute("UPDATE segment SET language = 'en' WHERE id = 'S1'", {});
  EXPECT_EQ(take_in(), 1);
  EXPECT_EQ(page("mot", sight, 50, "", english).items.size(), 2U);
}

// The engines look at the newest words first: what only older ones say is found all the same, and
// the pages have no seam.
TEST_P(Searching, FindsWhatWasSaidBeforeManyOthers) {
  execute(
      R"(WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < 11000)
             INSERT INTO segment (id, live_id, start_us, end_us, text, language, confidence,
               uncertain, engine, model, token, created_at)
             SELECT 'S' || i, 'A', 1000000 * i, 1000000 * i + 1,
               CASE WHEN i > 10998 OR i < 5 THEN 'le but' ELSE 'le mot' END, 'fr', 1.0, FALSE, 'e',
               'm', 1, 0
             FROM n)",
      {});
  while (take_in() > 0) {
  }
  const Sight sight{.person_id = "P"};

  EXPECT_EQ(found("but"), (std::set<std::string>{"S1", "S2", "S3", "S4", "S10999", "S11000"}));
  EXPECT_EQ(page("mot", sight, 1000).items.size(), 1000U);
  const auto first = page("but", sight, 3);
  EXPECT_EQ(first.items.at(2).segment_id, "S4");
  EXPECT_EQ(page("but", sight, 3, first.next_cursor).items.at(0).segment_id, "S3");
  reading = {.first = 2000, .then = 4000};
  EXPECT_EQ(page("but", sight, 3).items.at(2).segment_id, "S4");
}

TEST_P(Searching, FollowsWhatChangesAndGoes) {
  say("S1", "A", 1, "avant");
  say("S2", "A", 1'000'000, "avant");
  take_in();
  execute("UPDATE segment SET text = 'après' WHERE id = 'S1'", {});
  EXPECT_EQ(take_in(), 1);
  EXPECT_EQ(found("avant"), std::set<std::string>{"S2"});
  EXPECT_EQ(found("apres"), std::set<std::string>{"S1"});

  execute("UPDATE live SET account_id = 'B' WHERE id = 'A'", {});
  EXPECT_EQ(take_in(), 2);
  EXPECT_EQ(found("avant"), std::set<std::string>{});
  EXPECT_EQ(found("avant", {.person_id = "Q"}), std::set<std::string>{"S2"});

  execute("DELETE FROM live WHERE id = 'A'", {});
  EXPECT_EQ(found("avant", {.person_id = "Q"}), std::set<std::string>{});
  say("S3", "B", 1, "encore");
  EXPECT_EQ(take_in(), 1);
  EXPECT_EQ(number("SELECT COUNT(*) FROM segment_words"), 1);
  EXPECT_EQ(take_in(), 0);
}

TEST_P(Searching, TakesInAThousandWordsOfOneMomentAndMore) {
  for (int i = 0; i < 1005; ++i) {
    const auto live = fmt::format("L{}", i);
    execute(R"(INSERT INTO live (id, account_id, room, state, started_at, detected_at)
               VALUES ($1, 'A', $1, 'live', 0, 0))",
            {live});
    say(fmt::format("S{}", i), live, 5, "ensemble");
  }
  EXPECT_EQ(run(index_waiting(db(), 2000)).value(), 1005);
  EXPECT_EQ(found("ensemble").size(), 1000U);  // one page
}

INSTANTIATE_TEST_SUITE_P(Engines, Searching, testing::each_database(), testing::engine_name);

}  // namespace
}  // namespace vigie::search
