// SPDX-License-Identifier: Apache-2.0
// The figures of GET /stats against rows whose answers are known, and whose days those are.
#include "conformance/api_site.hpp"

namespace vigie::api {
namespace {

class StatsApi : public Api {
 protected:
  void SetUp() override {
    Api::SetUp();
    if (IsSkipped()) {
      return;
    }
    uma = enter("uma", Role::user);
    const auto followed = json_of(ask("POST", "/api/v1/accounts", &uma, R"({"username":"@demo"})"));
    account = get_string(followed, "id").value();
    open_live("L", "2026-10-20T10:00:00Z", "2026-10-20T12:30:00Z");
    execute(R"(INSERT INTO assessment (id, live_id, start_us, end_us, categorie, viralite,
                 discours_haineux, cible, justification, risque_score, score, indetermine,
                 injection, preuve, analyser, model, prompt_sha256, repli, tokens_in, tokens_out,
                 latency_us, error, created_at)
               VALUES ('J', 'L', 0, 1, '-', 'faible', FALSE, 'autre', '-', 0.5, 0.5, FALSE, FALSE,
                 '', '-', '-', '-', FALSE, 0, 0, 0, '', 0))",
            {});
  }

  static Time at(std::string_view text) { return parse_rfc3339(text).value(); }

  void open_live(std::string id, std::string_view from, std::string_view to,
                 std::optional<std::int64_t> delay_us = {}) {
    execute(R"(INSERT INTO live (id, account_id, room, state, started_at, detected_at, ended_at,
                 detection_delay_us)
               VALUES ($1, $2, $1, 'ended', $3, $3, $4, $5))",
            {id, account, at(from), at(to), delay_us});
  }

  void open_alert(std::string id, Time opened, std::string_view kind = "haine",
                  std::string_view severity = "critique", std::optional<Time> claimed = {}) {
    execute(R"(INSERT INTO alert (id, live_id, account_id, kind, severity, opened_at, updated_at,
                 sentence, context, at_us, last_us, clip_from_us, clip_to_us, score, assessment_id,
                 incident_key, first_claimed_at)
               VALUES ($1, 'L', $2, $3, $4, $5, $5, '-', '-', 0, 0, 0, 1, 1.0, 'J', $1, $6))",
            {id, account, kind, severity, opened, claimed});
  }

  void decide(std::string id, std::string alert, std::string_view verdict, std::string_view cause,
              Time when, std::optional<Time> undone = {}) {
    execute(R"(INSERT INTO decision (id, alert_id, person_id, verdict, cause, note, decided_at,
                 undone_at)
               VALUES ($1, $2, $3, $4, $5, '', $6, $7))",
            {id, alert, uma.id, verdict, cause, when, undone});
  }

  json::value stats(const std::string& query, const Visitor& visitor) {
    const auto answer = ask("GET", "/api/v1/stats?" + query, &visitor);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return json_of(answer);
  }
  // "2026-10-24=1 2026-10-25=2"
  static std::string days_of(const json::value& stats, std::string_view what) {
    std::string said;
    for (const auto& day : stats.at({what.data(), what.size()}).at("by_day").as_array()) {
      fmt::format_to(std::back_inserter(said), "{}{}={}", said.empty() ? "" : " ",
                     get_string(day, "day").value(), get_integer(day, "count").value());
    }
    return said;
  }

  Visitor uma;
  std::string account;
};

TEST_P(StatsApi, CountAlertsAndDecisionsThatStand) {
  const auto noon = at("2026-10-20T12:00:00Z");
  const auto minute = std::chrono::minutes{1};
  open_alert("A1", noon, "haine", "critique", noon + minute);
  open_alert("A2", noon, "haine", "eleve", noon + 2 * minute);
  open_alert("A3", noon, "incertain", "modere", noon + 9 * minute);
  open_alert("A4", noon, "viralite", "faible");
  decide("D1", "A1", "confirmed", "", noon + 4 * minute);
  decide("D2", "A2", "false_alarm", "quotation", noon + 6 * minute);
  decide("D3", "A3", "false_alarm", "transcription", noon + 10 * minute, noon + 11 * minute);
  decide("D4", "A3", "false_alarm", "quotation", noon + 12 * minute);
  decide("D5", "A4", "false_alarm", "irony", noon + 30 * minute);

  const auto said = stats("from=2026-10-20&to=2026-10-20", uma);

  EXPECT_EQ(get_integer(said, "alerts.total"), 4);
  EXPECT_EQ(json::serialize(said.at("alerts").at("by_kind")),
            R"({"haine":2,"incertain":1,"viralite":1})");
  EXPECT_EQ(json::serialize(said.at("alerts").at("by_severity")),
            R"({"critique":1,"eleve":1,"faible":1,"modere":1})");
  EXPECT_EQ(get_integer(said, "decisions.total"), 4) << "what was taken back does not count";
  EXPECT_EQ(json::serialize(said.at("decisions").at("by_verdict")),
            R"({"confirmed":1,"false_alarm":3})");
  EXPECT_EQ(json::serialize(said.at("decisions").at("false_alarm_causes")),
            R"({"irony":1,"quotation":2})");
  EXPECT_DOUBLE_EQ(get_number(said, "delays.alert_to_claim_s.p50").value(), 120);
  EXPECT_DOUBLE_EQ(get_number(said, "delays.alert_to_claim_s.p95").value(), 540);
  EXPECT_DOUBLE_EQ(get_number(said, "delays.alert_to_decision_s.p50").value(), 360);
  EXPECT_DOUBLE_EQ(get_number(said, "delays.alert_to_decision_s.p95").value(), 1800);
  EXPECT_EQ(get_integer(said, "lives.count"), 1);
  EXPECT_DOUBLE_EQ(get_number(said, "lives.hours").value(), 2.5);
}

TEST_P(StatsApi, AreOfOnesOwnAccountsAndOfAllForWhoOversees) {
  const auto noon = at("2026-10-20T12:00:00Z");
  open_alert("A1", noon);
  decide("D1", "A1", "confirmed", "", noon);
  const auto other = enter("other", Role::user);
  for (const auto role : {Role::moderator, Role::auditor, Role::admin}) {
    const auto overseer = enter(std::string{"as-"} + std::string{to_string(role)}, role);
    const auto said = stats("from=2026-10-20&to=2026-10-20", overseer);
    EXPECT_EQ(get_integer(said, "alerts.total"), 1) << to_string(role);
    EXPECT_EQ(get_integer(said, "decisions.total"), 1) << to_string(role);
  }
  const auto none = stats("from=2026-10-20&to=2026-10-20", other);
  EXPECT_EQ(get_integer(none, "alerts.total"), 0);
  EXPECT_EQ(get_integer(none, "decisions.total"), 0);
  EXPECT_EQ(get_integer(none, "lives.count"), 0);
  EXPECT_TRUE(none.at("delays").at("alert_to_decision_s").at("p95").is_null());
}

TEST_P(StatsApi, KnowTheDaysThatAreLongerOrShorter) {
  // The night of 25 October 2026 has 25 hours in Paris, that of 29 March 23.
  open_alert("A1", at("2026-10-24T21:59:59.999999Z"));
  open_alert("A2", at("2026-10-24T22:00:00Z"));
  open_alert("A3", at("2026-10-25T22:59:59.999999Z"));
  open_alert("A4", at("2026-10-25T23:00:00Z"));
  open_alert("B1", at("2026-03-28T22:59:59.999999Z"));
  open_alert("B2", at("2026-03-28T23:00:00Z"));
  open_alert("B3", at("2026-03-29T21:59:59.999999Z"));
  open_alert("B4", at("2026-03-29T22:00:00Z"));

  const auto autumn = stats("from=2026-10-24&to=2026-10-26", uma);
  EXPECT_EQ(days_of(autumn, "alerts"), "2026-10-24=1 2026-10-25=2 2026-10-26=1");
  const auto night = stats("from=2026-10-25&to=2026-10-25", uma);
  EXPECT_EQ(days_of(night, "alerts"), "2026-10-25=2");
  EXPECT_EQ(get_string(night, "from"), to_rfc3339(at("2026-10-24T22:00:00Z")));
  EXPECT_EQ(get_string(night, "to"), to_rfc3339(at("2026-10-25T23:00:00Z")));
  const auto spring = stats("from=2026-03-28&to=2026-03-30", uma);
  EXPECT_EQ(days_of(spring, "alerts"), "2026-03-28=1 2026-03-29=2 2026-03-30=1");
}

TEST_P(StatsApi, FollowThePersonsZoneDownToItsQuarterHour) {
  ask("PATCH", "/api/v1/me", &uma, R"({"time_zone":"Asia/Kathmandu"})");  // UTC+5:45
  open_alert("A1", at("2026-10-24T18:14:59Z"));
  open_alert("A2", at("2026-10-24T18:15:00Z"));
  open_live("M", "2026-10-24T18:15:00Z", "2026-10-24T19:15:00Z", 3'000'000);

  const auto said = stats("from=2026-10-24&to=2026-10-25", uma);

  EXPECT_EQ(get_string(said, "time_zone"), "Asia/Kathmandu");
  EXPECT_EQ(days_of(said, "alerts"), "2026-10-24=1 2026-10-25=1");
  EXPECT_EQ(days_of(said, "lives"), "2026-10-24=0 2026-10-25=1");
  EXPECT_DOUBLE_EQ(get_number(said, "delays.live_to_known_s.p50").value(), 3);
}

TEST_P(StatsApi, OfDecisionsAreByWhenTheyWereMade) {
  open_alert("A1", at("2026-10-20T12:00:00Z"));
  decide("D1", "A1", "lawful", "", at("2026-10-22T12:00:00Z"));

  EXPECT_EQ(get_integer(stats("from=2026-10-20&to=2026-10-21", uma), "decisions.total"), 0);
  EXPECT_EQ(get_integer(stats("from=2026-10-22&to=2026-10-22", uma), "decisions.total"), 1);
  const auto opened = stats("from=2026-10-20&to=2026-10-20", uma);
  EXPECT_DOUBLE_EQ(get_number(opened, "delays.alert_to_decision_s.p50").value(), 2 * 86400.0)
      << "a delay is of the day its alert opened";
}

INSTANTIATE_TEST_SUITE_P(Engines, StatsApi, vigie::testing::each_database(),
                         vigie::testing::engine_name);

}  // namespace
}  // namespace vigie::api
