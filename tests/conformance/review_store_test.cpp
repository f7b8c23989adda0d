// SPDX-License-Identifier: Apache-2.0
// Claims and decisions through the API, on both engines.
#include <gtest/gtest.h>

#include "base/json.hpp"
#include "conformance/api_site.hpp"
#include "review/reviews.hpp"

namespace vigie::review {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class ReviewStore : public api::Api {
 protected:
  void SetUp() override {
    Api::SetUp();
    if (IsSkipped()) {
      return;
    }
    uma = enter("uma", Role::user);
    mia = enter("mia", Role::moderator);
    noa = enter("noa", Role::moderator);
    account = run(accounts().follow(uma.id, "name")).value().account.id;
    live = put_on_air(account);
    add_alert("01ARZ3NDEKTSV4RRFFQ69G5FA1", 0.5);
  }

  void add_alert(const std::string& id, double score, std::string_view kind = "haine") {
    execute(
        "INSERT INTO assessment (id, live_id, start_us, end_us, categorie, viralite, "
        "discours_haineux, cible, justification, risque_score, score, indetermine, injection, "
        "preuve, analyser, model, prompt_sha256, repli, tokens_in, tokens_out, latency_us, error, "
        "created_at) VALUES ($2, $1, 0, 1, 'Neutre', 'faible', TRUE, 'autre', '', 0.6, 0.9, "
        "FALSE, FALSE, '', $2, 'x', '', FALSE, 0, 0, 0, '', 0)",
        {live, id});
    execute(
        "INSERT INTO alert (id, live_id, account_id, kind, severity, opened_at, updated_at, "
        "sentence, context, at_us, last_us, clip_from_us, clip_to_us, score, assessment_id, "
        "incident_key) VALUES ($1, $2, $3, $5, 'eleve', 0, 0, 's', 'c', 0, 0, 0, 1, $4, $1, $1)",
        {id, live, account, score, kind});
    alert = id;
  }

  std::string path(std::string_view rest = "") const {
    return fmt::format("/api/v1/alerts/{}{}", alert, rest);
  }
  http::Response claim(const api::Visitor& who) { return ask("PUT", path("/claim"), &who); }
  http::Response decide(const api::Visitor& who, std::string body) {
    return ask("POST", path("/decisions"), &who, std::move(body));
  }
  std::string member(const http::Response& response, std::string_view where) {
    return std::string{get_string(json_of(response), where).value_or("")};
  }
  std::vector<std::string> ids(const api::Visitor& who, const std::string& query) {
    const auto answer = json_of(ask("GET", "/api/v1/alerts" + query, &who));
    std::vector<std::string> found;
    for (const auto& item : answer.at("items").as_array()) {
      found.emplace_back(get_string(item, "id").value());
    }
    return found;
  }

  api::Visitor uma;  // follows the account
  api::Visitor mia;
  api::Visitor noa;
  std::string account;
  std::string live;
  std::string alert;
};

INSTANTIATE_TEST_SUITE_P(Engines, ReviewStore, vigie::testing::each_database(),
                         vigie::testing::engine_name);

TEST_P(ReviewStore, GivesAnAlertIntoOnePersonsHands) {
  const auto mine = claim(mia);
  EXPECT_EQ(mine.status, 200);
  EXPECT_EQ(member(mine, "state"), "claimed");
  EXPECT_EQ(member(mine, "claimed_by"), "mia");
  EXPECT_EQ(member(mine, "claimed_until"), to_rfc3339(clock.now() + minutes{10}));

  const auto other = claim(noa);
  EXPECT_EQ(other.status, 409);
  EXPECT_NE(other.body.find("mia"), std::string::npos) << "who has it is said";
  EXPECT_EQ(decide(noa, R"({"verdict":"lawful"})").status, 409);
  EXPECT_EQ(ask("DELETE", path("/claim"), &noa).status, 409);
  EXPECT_EQ(ids(mia, "?scope=all&mine=true").size(), 1U);
  EXPECT_TRUE(ids(noa, "?scope=all&mine=true").empty());
}

TEST_P(ReviewStore, RenewsAClaimAndLetsItEnd) {
  ASSERT_EQ(claim(mia).status, 200);
  clock.advance(minutes{9});
  ASSERT_EQ(claim(mia).status, 200) << "renewed";
  clock.advance(minutes{9});
  EXPECT_EQ(claim(noa).status, 409);
  clock.advance(minutes{2});

  EXPECT_EQ(member(ask("GET", path(), &uma), "state"), "open") << "over by itself";
  EXPECT_EQ(ids(mia, "?scope=all&state=open").size(), 1U);
  EXPECT_EQ(claim(noa).status, 200);
}

TEST_P(ReviewStore, GivesItBack) {
  ASSERT_EQ(claim(mia).status, 200);
  EXPECT_EQ(member(ask("DELETE", path("/claim"), &mia), "state"), "open");
  EXPECT_EQ(ask("DELETE", path("/claim"), &mia).status, 200) << "twice is harmless";
  EXPECT_EQ(claim(noa).status, 200);
}

TEST_P(ReviewStore, EndsWithADecision) {
  ASSERT_EQ(claim(mia).status, 200);
  const auto decided = decide(mia, R"({"verdict":"confirmed","note":" art. 24 "})");

  EXPECT_EQ(decided.status, 201);
  EXPECT_EQ(member(decided, "state"), "decided");
  EXPECT_EQ(member(decided, "decision.verdict"), "confirmed");
  EXPECT_EQ(member(decided, "decision.note"), "art. 24");
  EXPECT_EQ(member(decided, "decision.decided_by"), "mia");
  EXPECT_EQ(claim(noa).status, 409);
  EXPECT_EQ(decide(mia, R"({"verdict":"lawful"})").status, 409) << "once";
  EXPECT_EQ(ids(mia, "?scope=all&state=decided&verdict=confirmed").size(), 1U);
}

TEST_P(ReviewStore, TakesBackWhatWasDecidedAMomentAgo) {
  const auto decided = decide(mia, R"({"verdict":"false_alarm","cause":"quotation"})");
  const auto undo = path("/decisions/" + member(decided, "decision.id"));
  EXPECT_EQ(ask("DELETE", undo, &noa).status, 404) << "not another person's";
  clock.advance(seconds{10});

  const auto back = ask("DELETE", undo, &mia);
  EXPECT_EQ(back.status, 200);
  EXPECT_EQ(member(back, "state"), "claimed");
  EXPECT_TRUE(json_of(back).at("decision").is_null());
  EXPECT_EQ(ask("DELETE", undo, &mia).status, 404) << "once";

  const auto again = decide(mia, R"({"verdict":"lawful"})");
  clock.advance(seconds{11});
  EXPECT_EQ(ask("DELETE", path("/decisions/" + member(again, "decision.id")), &mia).status, 409);
}

TEST_P(ReviewStore, GivesASecondOpinionBackToTheQueue) {
  ASSERT_EQ(claim(mia).status, 200);
  const auto asked = decide(mia, R"({"verdict":"second_opinion","note":"ironie ?"})");
  EXPECT_EQ(member(asked, "state"), "open");
  EXPECT_EQ(ids(noa, "?scope=all&state=open&verdict=second_opinion").size(), 1U);
  EXPECT_EQ(claim(noa).status, 200);
  EXPECT_EQ(decide(noa, R"({"verdict":"lawful"})").status, 201);
}

TEST_P(ReviewStore, RefusesADecisionThatSaysTooLittleOrTooMuch) {
  for (const auto& body :
       {std::string{"{}"}, std::string{R"({"verdict":"guilty"})"},
        std::string{R"({"verdict":"false_alarm"})"},
        std::string{R"({"verdict":"false_alarm","cause":"mood"})"},
        std::string{R"({"verdict":"lawful","cause":"irony"})"}, std::string{R"({"verdict":7})"},
        std::string{R"({"verdict":"lawful","notes":"x"})"},
        fmt::format(R"({{"verdict":"lawful","note":"{}"}})", std::string(2001, 'x'))}) {
    EXPECT_EQ(decide(mia, body).status, 422) << body;
  }
  EXPECT_EQ(member(ask("GET", path(), &mia), "state"), "open");
}

TEST_P(ReviewStore, LetsOnlyDecidersDecide) {
  EXPECT_EQ(claim(uma).status, 403);
  EXPECT_EQ(decide(uma, R"({"verdict":"lawful"})").status, 403);
  alert = "01ARZ3NDEKTSV4RRFFQ69G5FZZ";
  EXPECT_EQ(claim(mia).status, 404);
  EXPECT_EQ(decide(mia, R"({"verdict":"lawful"})").status, 404);
}

TEST_P(ReviewStore, SortsByTheProbabilityOfHate) {
  add_alert("01ARZ3NDEKTSV4RRFFQ69G5FA2", 0.9);
  add_alert("01ARZ3NDEKTSV4RRFFQ69G5FA3", 0.7, "viralite");
  const std::vector<std::string> expected{
      "01ARZ3NDEKTSV4RRFFQ69G5FA2", "01ARZ3NDEKTSV4RRFFQ69G5FA3", "01ARZ3NDEKTSV4RRFFQ69G5FA1"};
  EXPECT_EQ(ids(uma, "?sort=score"), expected);
  EXPECT_EQ(ids(uma, "?sort=score&kind=haine").size(), 2U);
  EXPECT_EQ(ids(uma, "?live_id=" + live).size(), 3U);
  EXPECT_TRUE(ids(uma, "?account_id=none").empty());

  std::vector<std::string> walked;
  std::string cursor;
  do {
    const auto page = json_of(ask(
        "GET", "/api/v1/alerts?sort=score&limit=1" + (cursor.empty() ? "" : "&cursor=" + cursor),
        &uma));
    walked.emplace_back(get_string(page.at("items").as_array().at(0), "id").value());
    cursor = get_string(page, "next_cursor").value_or("");
  } while (!cursor.empty() && walked.size() < 5);
  EXPECT_EQ(walked, expected);
  EXPECT_EQ(ask("GET", "/api/v1/alerts?sort=risk", &uma).status, 422);
}

Async<> decide_into(Reviews& reviews, std::string alert_id, std::string person_id,
                    std::optional<Result<Alert>>& outcome) {
  NewDecision decision;
  decision.verdict = DecisionVerdict::lawful;
  Sight sight{std::move(person_id), true};
  outcome = co_await reviews.decide(std::move(alert_id), std::move(sight), decision);
}

// Two tabs decide at the same moment: one of them is told that it came too late.
TEST_P(ReviewStore, LetsOneOfTwoDecideWhoActAtOnce) {
  auto bus = create_memory_bus(io.get_executor());
  auto other_database = open_again();
  Reviews here{db(), clock, Api::ids, *bus};
  Reviews there{*other_database, clock, Api::ids, *bus};
  int good = 0;
  int late = 0;
  const auto count = [&](const Result<Alert>& result) {
    result ? ++good : ++late;
    if (!result) {
      EXPECT_EQ(result.error().code, Errc::conflict) << result.error().what;
    }
  };
  std::optional<Result<Alert>> first;
  std::optional<Result<Alert>> second;
  const auto one = testing::start(io, decide_into(here, alert, mia.id, first));
  const auto two = testing::start(io, decide_into(there, alert, noa.id, second));
  while (!*one || !*two) {
    io.restart();
    io.run_one();
  }
  count(*first);
  count(*second);
  EXPECT_EQ(good, 1);
  EXPECT_EQ(late, 1);
}

}  // namespace
}  // namespace vigie::review
