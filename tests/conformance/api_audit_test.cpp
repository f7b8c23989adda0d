// SPDX-License-Identifier: Apache-2.0
// Every deed leaves its line, with who did it and by which request (E9).
#include <algorithm>
#include <set>

#include "conformance/api_people.hpp"

namespace vigie::api {
namespace {

class ApiAudit : public ApiPeople {
 protected:
  std::vector<audit::Line> lines(const audit::Filter& filter = {}) {
    auto page = run(trail().list(filter, 1000, "")).value();
    std::vector<audit::Line> found;
    for (auto& listed : page.items) {
      found.push_back(std::move(listed.line));
    }
    std::ranges::reverse(found);
    return found;
  }
  // What was noted since the last question, oldest first.
  std::vector<std::string> news() {
    std::vector<std::string> kinds;
    for (const auto& line : lines()) {
      if (line.number > seen_) {
        kinds.push_back(line.kind);
        seen_ = line.number;
      }
    }
    return kinds;
  }
  audit::Line last() { return lines().back(); }
  bool is_whole() {
    bool whole = false;
    const auto walked = db().read_now([&](db::Transaction& transaction) -> Result<> {
      const auto verdict = audit::verify(transaction);
      whole = verdict && !verdict->broken;
      return verdict ? Result<>{} : verdict.error();
    });
    return walked && whole;
  }

  // An alert of a live that the person follows.
  void open_alert(const std::string& live, const std::string& account) {
    execute(R"(INSERT INTO assessment (id, live_id, start_us, end_us, categorie, viralite,
                 discours_haineux, cible, justification, risque_score, score, indetermine,
                 injection, preuve, analyser, model, prompt_sha256, repli, tokens_in, tokens_out,
                 latency_us, error, created_at)
               VALUES ('01J', $1, 0, 1, '-', 'faible', FALSE, 'autre', '-', 0.5, 0.5, FALSE, FALSE,
                 '', '-', '-', '-', FALSE, 0, 0, 0, '', 0))",
            {live});
    execute(R"(INSERT INTO alert (id, live_id, account_id, kind, severity, opened_at, updated_at,
                 sentence, context, at_us, last_us, clip_from_us, clip_to_us, score, assessment_id,
                 incident_key)
               VALUES ('01A', $1, $2, 'haine', 'critique', 0, 0, '-', '-', 0, 0, 0, 1, 1.0, '01J',
                 'k'))",
            {live, account});
  }

 private:
  std::int64_t seen_ = 0;
};

using Kinds = std::vector<std::string>;

TEST_P(ApiAudit, NotesComingAndGoing) {
  const auto uma = enter("uma", Role::user);
  EXPECT_EQ(news(), (Kinds{"person.created", "session.opened"}));

  sign_in("uma", "une autre phrase de passe");
  EXPECT_EQ(news(), Kinds{"session.refused"});
  const auto refused = last();
  EXPECT_EQ(refused.person_id, "") << "nobody proved to be her";
  EXPECT_EQ(refused.thing_id, uma.id);
  EXPECT_EQ(refused.via, "visitor");
  EXPECT_EQ(refused.request_id, "r1");
  EXPECT_EQ(refused.detail, R"({"why":"password"})");
  sign_in("nobody");
  EXPECT_EQ(news(), Kinds{"session.refused"});
  EXPECT_EQ(last().thing_id, "");

  sign_in("uma");
  ask("DELETE", "/api/v1/me/sessions", &uma);
  ask("DELETE", "/api/v1/session", &uma);
  EXPECT_EQ(news(), (Kinds{"session.opened", "session.ended", "session.ended"}));
  EXPECT_EQ(last().person_id, uma.id);
  EXPECT_EQ(last().via, "session");
  EXPECT_TRUE(is_whole());
}

TEST_P(ApiAudit, NotesTheSecondFactorAndItsCodes) {
  const auto uma = enter_with_email("uma", Role::user, "uma@u.test");
  news();
  const auto secret = enrol(uma);
  EXPECT_EQ(news(), Kinds{"second_factor.on"});

  const auto challenge = get_string(json_of(sign_in("uma")), "challenge").value();
  EXPECT_EQ(news(), Kinds{}) << "half a sign-in is none";
  const auto answer = [&](const std::string& code) {
    return post("/api/v1/session/second-factor",
                fmt::format(R"({{"challenge":"{}","code":"{}"}})", challenge, code));
  };
  EXPECT_EQ(answer("000000").status, 401);
  EXPECT_EQ(news(), Kinds{"session.refused"});
  EXPECT_EQ(last().detail, R"({"why":"code"})");
  clock.advance(30s);
  EXPECT_EQ(answer(code_now(secret)).status, 200);
  EXPECT_EQ(news(), Kinds{"session.opened"});
  EXPECT_EQ(last().detail, R"({"second_factor":true})");
}

TEST_P(ApiAudit, NotesWhatIsDoneToPeople) {
  const auto ada = enter("ada", Role::admin);
  const auto uma = enter("uma", Role::user);
  const auto path = "/api/v1/users/" + uma.id;
  news();

  ask("PATCH", path, &ada, R"({"role":"moderator","state":"disabled"})");
  EXPECT_EQ(news(), (Kinds{"person.role", "person.disabled"}));
  const auto both = lines({.kind = "person.role", .person_id = uma.id, .from = {}, .to = {}});
  ASSERT_EQ(both.size(), 1U);
  EXPECT_EQ(both[0].detail, R"({"from":"user","to":"moderator"})");
  EXPECT_EQ(both[0].person_id, ada.id);
  EXPECT_EQ(both[0].request_id, "r1");
  ask("PATCH", path, &ada, R"({"state":"active"})");
  EXPECT_EQ(news(), Kinds{"person.enabled"});
  ask("PATCH", path, &ada, R"({"state":"active","role":"moderator"})");
  EXPECT_EQ(news(), Kinds{}) << "nothing changed";
  ask("DELETE", path + "/sessions", &ada);
  EXPECT_EQ(news(), Kinds{"session.ended"});

  const auto last_one =
      ask("PATCH", "/api/v1/users/" + ada.id, &ada, R"({"role":"user","state":"disabled"})");
  EXPECT_EQ(last_one.status, 409);
  EXPECT_EQ(news(), Kinds{}) << "what was refused did not happen";
}

TEST_P(ApiAudit, NotesOnesOwnKeys) {
  const auto uma = enter_with_email("uma", Role::user, "uma@u.test");
  news();
  const auto made = post("/api/v1/me/tokens", R"({"name":"relevé"})", &uma);
  ask("DELETE", "/api/v1/me/tokens/" + get_string(json_of(made), "id").value(), &uma);
  ask("PUT", "/api/v1/me/email", &uma,
      fmt::format(R"({{"email":"neuve@u.test","password":"{}"}})", password));
  submit("/adresse/" + token_of("email_confirm"), "");
  ask("PUT", "/api/v1/me/password", &uma,
      fmt::format(R"({{"current":"{}","password":"trois autres mots bien choisis"}})", password));
  EXPECT_EQ(news(), (Kinds{"token.created", "token.revoked", "person.email", "person.email",
                           "person.password"}));
  EXPECT_EQ(last().detail, R"({"how":"own"})");
}

TEST_P(ApiAudit, NotesSignUpsAndThatNobodyConfirmedThem) {
  post("/api/v1/users",
       R"({"username":"zoe","email":"zoe@u.test","password":"quatre mots bien choisis"})");
  EXPECT_EQ(news(), Kinds{"person.created"});
  const auto created = last();
  EXPECT_EQ(created.via, "visitor");

  clock.advance(31min);
  ASSERT_TRUE(run(services().people.purge()));
  EXPECT_EQ(news(), Kinds{"person.forgotten"});
  EXPECT_EQ(last().thing_id, created.thing_id);
  EXPECT_EQ(last().via, "vigie");
}

TEST_P(ApiAudit, NotesWhatIsDoneWithLivesAndAlerts) {
  const auto mona = enter("mona", Role::moderator);
  const auto followed = json_of(post("/api/v1/accounts", R"({"username":"@demo"})", &mona));
  const auto account = get_string(followed, "id").value();
  const auto live = put_on_air(account);
  open_alert(live, account);
  news();

  const auto decided =
      post("/api/v1/alerts/01A/decisions",
           R"({"verdict":"false_alarm","cause":"irony","note":"très secret"})", &mona);
  ASSERT_EQ(decided.status, 201) << decided.body;
  const auto decision = get_string(json_of(decided), "decision.id").value();
  EXPECT_EQ(last().detail, fmt::format(R"({{"decision":"{}","verdict":"false_alarm",)"
                                       R"("cause":"irony"}})",
                                       decision));
  ask("DELETE", "/api/v1/alerts/01A/decisions/" + decision, &mona);
  ask("GET", "/api/v1/lives/" + live + "/transcript.srt", &mona);
  ask("PUT", "/api/v1/lives/" + live + "/capture", &mona, R"({"running":false})");
  const auto held =
      post("/api/v1/lives/" + live + "/holds",
           fmt::format(R"({{"reason":"x","until":"{}"}})", to_rfc3339(clock.now() + 24h)), &mona);
  ask("DELETE", "/api/v1/holds/" + get_string(json_of(held), "id").value(), &mona);
  ask("PUT", "/api/v1/accounts/" + account + "/alert-rule", &mona,
      R"({"risk_threshold":0.5,"hate_alerts":true})");
  ask("DELETE", "/api/v1/accounts/" + account, &mona);
  EXPECT_EQ(news(), (Kinds{"alert.decided", "alert.undone", "live.exported", "live.capture",
                           "hold.placed", "hold.released", "account.rule", "account.unfollowed"}));
  EXPECT_TRUE(is_whole());
}

TEST_P(ApiAudit, NotesChannelsAndSilences) {
  const auto ada = enter("ada", Role::admin);
  news();
  const auto hook = post("/api/v1/webhooks", R"({"name":"x","url":"https://h.test/cle"})", &ada);
  ASSERT_EQ(hook.status, 201) << hook.body;
  const auto path = "/api/v1/webhooks/" + get_string(json_of(hook), "id").value();
  ask("PATCH", path, &ada, R"({"enabled":false})");
  EXPECT_EQ(last().detail, R"({"address":false,"enabled":false})");
  ask("DELETE", path, &ada);
  const auto silence = post("/api/v1/silences", R"({"length":"1h"})", &ada);
  ask("DELETE", "/api/v1/silences/" + get_string(json_of(silence), "id").value(), &ada);
  ask("PATCH", "/api/v1/me/notifications", &ada, R"({"mail":"daily"})");
  const auto list = post("/api/v1/lists", R"({"name":"à voir"})", &ada);
  const auto list_path = "/api/v1/lists/" + get_string(json_of(list), "id").value();
  ask("PUT", list_path + "/alert-rule", &ada, R"({"risk_threshold":0.4})");
  ask("DELETE", list_path, &ada);
  EXPECT_EQ(news(),
            (Kinds{"webhook.created", "webhook.changed", "webhook.removed", "silence.created",
                   "silence.removed", "preferences.changed", "list.rule", "list.removed"}));
}

TEST_P(ApiAudit, HoldsNoNamesNoSecretsAndNothingThatWasTyped) {
  const auto ada = enter_with_email("ada-lovelace", Role::admin, "ada@lovelace.test");
  sign_in("a-typed-name", "a-typed-password");
  const auto made = post("/api/v1/me/tokens", R"({"name":"nom-du-jeton"})", &ada);
  post("/api/v1/webhooks", R"({"name":"nom-du-crochet","url":"https://secret.test/cle"})", &ada);
  std::string all;
  for (const auto& line : lines()) {
    all += audit::canonical_bytes(line, "");
  }
  const auto token = get_string(json_of(made), "token").value();
  for (const std::string& word :
       {std::string{"lovelace"}, std::string{"typed"}, std::string{"nom-"},
        std::string{"secret.test"}, std::string{password}, token, ada.cookie,
        std::string{"127.0.0.1"}}) {
    EXPECT_EQ(all.find(word), std::string::npos) << word;
  }
}

TEST_P(ApiAudit, IsReadByAdministratorsAndAuditorsOnly) {
  const auto ada = enter("ada", Role::admin);
  const auto otto = enter("otto", Role::auditor);
  const auto mona = enter("mona", Role::moderator);
  EXPECT_EQ(ask("GET", "/api/v1/audit", &mona).status, 403);
  EXPECT_EQ(ask("GET", "/api/v1/audit", nullptr).status, 401);

  const auto page = json_of(ask("GET", "/api/v1/audit?limit=2&kind=session.opened", &otto));
  const auto& items = page.at("items").as_array();
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(get_string(items[0], "thing_id"), mona.id);
  EXPECT_TRUE(items[0].at("detail").is_object());
  EXPECT_TRUE(items[0].at("person_id").is_null());
  const auto next = ask(
      "GET",
      "/api/v1/audit?limit=2&kind=session.opened&cursor=" + get_string(page, "next_cursor").value(),
      &otto);
  EXPECT_EQ(json_of(next).at("items").as_array().size(), 1U);
  const auto of_ada = json_of(ask("GET", "/api/v1/audit?person=" + ada.id, &otto));
  EXPECT_EQ(of_ada.at("items").as_array().size(), 2U);
  EXPECT_EQ(json_of(ask("GET", "/api/v1/audit?to=1971-01-01", &otto)).at("items").as_array().size(),
            0U);
  EXPECT_EQ(ask("GET", "/api/v1/audit?kind=everything", &otto).status, 422);
  EXPECT_EQ(ask("GET", "/api/v1/audit?from=hier", &otto).status, 422);
  EXPECT_EQ(ask("GET", "/api/v1/audit?cursor=x", &otto).status, 400);
}

TEST_P(ApiAudit, NamesPeopleWhenItIsReadAsTheyAreCalledThen) {
  const auto ada = enter("ada", Role::admin);
  const auto otto = enter("otto", Role::auditor);
  ask("PATCH", "/api/v1/users/" + otto.id, &ada, R"({"state":"disabled"})");
  const audit::By gone{.person_id = "01GONE", .request_id = "r2", .via = audit::Via::session};
  ASSERT_TRUE(run(trail().record(gone, {audit::kind::person_enabled, "person", "01GONE", {}})));
  ASSERT_TRUE(run(trail().record(gone, {audit::kind::list_removed, "list", otto.id, {}})));

  const auto first = [&](const std::string& kind) {
    const auto page = json_of(ask("GET", "/api/v1/audit?kind=" + kind, &ada));
    return page.at("items").as_array().at(0);
  };
  const auto disabled = first("person.disabled");
  EXPECT_EQ(get_string(disabled, "username"), "ada");
  EXPECT_EQ(get_string(disabled, "thing_username"), "otto");
  const auto opened = first("session.opened");
  EXPECT_TRUE(opened.at("username").is_null()) << "nobody was signed in";
  EXPECT_EQ(get_string(opened, "thing_username"), "otto");
  const auto of_gone = first("person.enabled");
  EXPECT_EQ(get_string(of_gone, "person_id"), "01GONE");
  EXPECT_TRUE(of_gone.at("username").is_null());
  EXPECT_TRUE(of_gone.at("thing_username").is_null());
  EXPECT_TRUE(first("list.removed").at("thing_username").is_null()) << "a list, whatever its id";

  execute("UPDATE person SET username = 'ada-l' WHERE id = $1", {ada.id});
  EXPECT_EQ(get_string(first("person.disabled"), "username"), "ada-l");
  EXPECT_TRUE(is_whole());
}

// A new route that changes something must be thought of here.
TEST_P(ApiAudit, KnowsOfEveryRouteThatChangesSomethingWhetherItIsNoted) {
  const std::set<std::string> not_noted{
      "POST /api/v1/session/second-factor",  // noted as session.opened or session.refused
      "POST /api/v1/password-resets",        // asked by anybody; its use is noted
      "PATCH /api/v1/me",                    // language and time zone: the zone is a preference
      "POST /api/v1/me/totp",                // an offer; its confirmation is noted
      "POST /api/v1/accounts",               // following is one's own and in the rows
      "POST /api/v1/accounts/batch",
      "PATCH /api/v1/accounts/{id}",  // one's own note, tags, priority
      "POST /api/v1/accounts/{id}/check",
      "POST /api/v1/lists",
      "PATCH /api/v1/lists/{id}",
      "PUT /api/v1/lists/{id}/accounts/{account_id}",
      "DELETE /api/v1/lists/{id}/accounts/{account_id}",
      "PUT /api/v1/alerts/{id}/claim",  // in the row and in its event
      "DELETE /api/v1/alerts/{id}/claim",
      "PUT /api/v1/notifications/read",
      "PUT /api/v1/notifications/{id}/read",
      "POST /api/v1/me/notifications/test",
      "POST /api/v1/webhooks/{id}/test",
      "POST /api/v1/outbox/{id}/retry"};
  const std::set<std::string> noted{"POST /api/v1/session",
                                    "DELETE /api/v1/session",
                                    "POST /api/v1/session/reauthenticate",
                                    "POST /api/v1/users",
                                    "PATCH /api/v1/users/{id}",
                                    "DELETE /api/v1/users/{id}/sessions",
                                    "POST /api/v1/password-resets/{token}",
                                    "PUT /api/v1/me/email",
                                    "PUT /api/v1/me/password",
                                    "DELETE /api/v1/me/sessions",
                                    "DELETE /api/v1/me/sessions/{id}",
                                    "POST /api/v1/me/tokens",
                                    "DELETE /api/v1/me/tokens/{id}",
                                    "PUT /api/v1/me/totp",
                                    "DELETE /api/v1/me/totp",
                                    "DELETE /api/v1/accounts/{id}",
                                    "PUT /api/v1/accounts/{id}/alert-rule",
                                    "DELETE /api/v1/lists/{id}",
                                    "PUT /api/v1/lists/{id}/alert-rule",
                                    "PUT /api/v1/lives/{id}/capture",
                                    "POST /api/v1/lives/{id}/holds",
                                    "DELETE /api/v1/holds/{id}",
                                    "POST /api/v1/alerts/{id}/decisions",
                                    "DELETE /api/v1/alerts/{id}/decisions/{decision_id}",
                                    "PATCH /api/v1/me/notifications",
                                    "POST /api/v1/silences",
                                    "DELETE /api/v1/silences/{id}",
                                    "POST /api/v1/webhooks",
                                    "PATCH /api/v1/webhooks/{id}",
                                    "DELETE /api/v1/webhooks/{id}"};
  for (const auto& route : routes()) {
    if (route.method == "GET" || !route.path.starts_with("/api/")) {
      continue;
    }
    const auto key = fmt::format("{} {}", route.method, route.path);
    EXPECT_EQ(noted.count(key) + not_noted.count(key), 1U) << key;
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, ApiAudit, vigie::testing::each_database(),
                         vigie::testing::engine_name);

}  // namespace
}  // namespace vigie::api
