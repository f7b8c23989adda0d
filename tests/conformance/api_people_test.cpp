// SPDX-License-Identifier: Apache-2.0
// Signing up, forgotten passwords, and what administrators do, over the whole API.
#include "conformance/api_people.hpp"

namespace vigie::api {
namespace {

INSTANTIATE_TEST_SUITE_P(Engines, ApiPeople, vigie::testing::each_database(),
                         vigie::testing::engine_name);

constexpr auto new_password = "girafe lampe tunnel sept";

std::string sign_up_body(std::string_view username, std::string_view email) {
  return fmt::format(R"({{"username":"{}","email":"{}","password":"{}"}})", username, email,
                     new_password);
}

TEST_P(ApiPeople, LetsInWhoSignedUpConfirmedAndWasApproved) {
  const auto ada = enter_with_email("ada", Role::admin, "ada@a.test");

  const auto signed_up = post("/api/v1/users", sign_up_body("Nora", "Nora@n.test"));
  EXPECT_EQ(signed_up.status, 202) << signed_up.body;
  EXPECT_EQ(get_string(json_of(signed_up), "status"), "check_mail");
  EXPECT_EQ(sign_in("nora", new_password).status, 401);

  const auto token = token_of("sign_up");
  EXPECT_EQ(ask("GET", "/adresse/" + token, nullptr).status, 200) << "looking changes nothing";
  EXPECT_EQ(ask("GET", "/adresse/" + token, nullptr).status, 200);
  EXPECT_EQ(submit("/adresse/" + token, "x=1").status, 200);
  EXPECT_EQ(submit("/adresse/" + token, "x=1").status, 404) << "once";
  EXPECT_EQ(sign_in("nora", new_password).status, 401) << "an administrator has to agree";
  const auto told = mails();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].what, "sign_up_waiting");
  EXPECT_EQ(told[0].to, "ada@a.test");

  const auto waiting = json_of(ask("GET", "/api/v1/users?state=pending", &ada));
  ASSERT_EQ(waiting.at("items").as_array().size(), 1U);
  EXPECT_EQ(get_string(waiting.at("items").as_array()[0], "state"), "pending");
  const auto id = get_string(waiting.at("items").as_array()[0], "id").value();
  const auto approved = ask("PATCH", "/api/v1/users/" + id, &ada, R"({"state":"active"})");
  EXPECT_EQ(approved.status, 200) << approved.body;
  EXPECT_EQ(get_string(json_of(approved), "state"), "active");
  EXPECT_EQ(mails().at(0).what, "sign_up_accepted");
  EXPECT_EQ(sign_in("nora", new_password).status, 200);
}

TEST_P(ApiPeople, SignUpTellsNobodyWhoIsThereAlready) {
  enter_with_email("ada", Role::admin, "ada@a.test");
  const auto attempt = [&](std::string_view name, std::string_view email) {
    const auto before = passwords().computed();
    const auto answer = post("/api/v1/users", sign_up_body(name, email));
    EXPECT_EQ(passwords().computed(), before + 1) << name;
    return std::pair{answer.status, answer.body};
  };

  const auto fresh = attempt("nora", "nora@n.test");
  EXPECT_EQ(attempt("ADA", "other@n.test"), fresh);
  EXPECT_EQ(attempt("olga", "ADA@a.test"), fresh);
  EXPECT_EQ(number("SELECT COUNT(*) FROM person"), 2);
  const auto told = mails();
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].what, "address_in_use");
  EXPECT_EQ(told[0].to, "ada@a.test");
}

TEST_P(ApiPeople, SignUpNamesEveryFieldInThePersonsLanguage) {
  const auto french = post("/api/v1/users", R"({"username":"a b","email":"x","password":"court"})");
  EXPECT_EQ(french.status, 422);
  const auto errors = json_of(french).at("errors").as_array();
  ASSERT_EQ(errors.size(), 3U);
  EXPECT_EQ(get_string(errors[0], "field"), "username");
  EXPECT_EQ(get_string(errors[1], "detail"), "une adresse a la forme nom@exemple.org");
  EXPECT_EQ(get_string(errors[2], "detail"),
            "12 à 128 caractères, de toute sorte : quelques mots conviennent");
  EXPECT_EQ(get_string(json_of(french), "title"), "Saisie à corriger");

  http::Headers headers;
  headers.add("Accept-Language", "en");
  const auto english = ask_with(headers, "POST", "/api/v1/users", nullptr,
                                R"({"username":"a b","email":"x","password":"court"})");
  EXPECT_NE(english.body.find("12 to 128 characters"), std::string::npos) << english.body;
  for (const auto* const bad :
       {R"({})", R"({"username":7,"email":"a@b.test","password":"x"})", "[]",
        R"({"username":"nora","email":"a@b.test","passwort":"x"})",
        R"({"username":"nora","email":"","password":"cheval agrafe pile"})"}) {
    EXPECT_EQ(post("/api/v1/users", bad).status, 422) << bad;
  }
  EXPECT_EQ(number("SELECT COUNT(*) FROM person"), 0);
}

TEST_P(ApiPeople, SignUpIsWhatTheOperatorSays) {
  desk_options.sign_up = people::SignUp::closed;
  build();
  EXPECT_EQ(post("/api/v1/users", sign_up_body("nora", "nora@n.test")).status, 403);
  EXPECT_EQ(number("SELECT COUNT(*) FROM person"), 0);

  desk_options.sign_up = people::SignUp::open;
  build();
  post("/api/v1/users", sign_up_body("nora", "nora@n.test"));
  EXPECT_EQ(submit("/adresse/" + token_of("sign_up"), "x=1").status, 200);
  EXPECT_EQ(sign_in("nora", new_password).status, 200);

  desk_options.has_mail = false;
  build();
  const auto open = post("/api/v1/users", sign_up_body("olga", ""));
  EXPECT_EQ(get_string(json_of(open), "status"), "active");
  EXPECT_EQ(sign_in("olga", new_password).status, 200);
}

TEST_P(ApiPeople, ForgetsSignUpsThatNobodyConfirmed) {
  post("/api/v1/users", sign_up_body("nora", "nora@n.test"));
  const auto token = token_of("sign_up");
  clock.advance(30min);
  EXPECT_EQ(submit("/adresse/" + token, "x=1").status, 404);
  ASSERT_TRUE(run(services().people.purge()).has_value());
  EXPECT_EQ(number("SELECT COUNT(*) FROM person"), 0);
}

TEST_P(ApiPeople, ResetsAForgottenPasswordOnce) {
  const auto uma = enter_with_email("uma", Role::user, "uma@u.test");
  const auto known = post("/api/v1/password-resets", R"({"email":"UMA@u.test"})");
  const auto unknown = post("/api/v1/password-resets", R"({"email":"nobody@u.test"})");
  EXPECT_EQ(known.status, 202);
  EXPECT_EQ(known.body, unknown.body);

  const auto first = token_of("password_reset");
  EXPECT_EQ(first.size(), 64U);
  EXPECT_EQ(number("SELECT COUNT(*) FROM one_time_secret WHERE token_sha256 = '" + first + "'"), 0)
      << "only its hash is kept";
  post("/api/v1/password-resets", R"({"email":"uma@u.test"})");
  const auto token = token_of("password_reset");
  const auto body = fmt::format(R"({{"password":"{}"}})", new_password);
  EXPECT_EQ(post("/api/v1/password-resets/" + first, body).status, 404) << "a new one voids it";

  EXPECT_EQ(post("/api/v1/password-resets/" + token, R"({"password":"court"})").status, 422);
  EXPECT_EQ(post("/api/v1/password-resets/" + token, R"({"password":"je suis uma encore"})").status,
            422);
  EXPECT_EQ(post("/api/v1/password-resets/" + token, body).status, 204);
  EXPECT_EQ(post("/api/v1/password-resets/" + token, body).status, 404) << "once";
  EXPECT_EQ(ask("GET", "/api/v1/session", &uma).status, 401) << "sessions end";
  EXPECT_EQ(sign_in("uma").status, 401);
  EXPECT_EQ(sign_in("uma", new_password).status, 200);
  const auto told = mails();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].what, "password_changed");
  EXPECT_EQ(told[0].to, "uma@u.test");
}

TEST_P(ApiPeople, ResetLinksLastHalfAnHourAndAreThrottled) {
  enter_with_email("uma", Role::user, "uma@u.test");
  post("/api/v1/password-resets", R"({"email":"uma@u.test"})");
  const auto token = token_of("password_reset");
  clock.advance(30min);
  EXPECT_EQ(
      post("/api/v1/password-resets/" + token, fmt::format(R"({{"password":"{}"}})", new_password))
          .status,
      404);

  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(post("/api/v1/password-resets", R"({"email":"uma@u.test"})").status, 202) << i;
  }
  EXPECT_EQ(mails().size(), 3U) << "the mailbox is spared, and nobody is told";
  int refused = 0;
  for (int i = 0; i < 20; ++i) {
    const auto answer =
        post("/api/v1/password-resets", fmt::format(R"({{"email":"u{}@u.test"}})", i));
    refused += answer.status == 429 ? 1 : 0;
  }
  EXPECT_GT(refused, 0);
}

TEST_P(ApiPeople, ResetsNothingForThoseWhoMayNotComeIn) {
  const auto ada = enter("ada", Role::admin);
  const auto uma = enter_with_email("uma", Role::user, "uma@u.test");
  post("/api/v1/password-resets", R"({"email":"uma@u.test"})");
  const auto token = token_of("password_reset");
  EXPECT_EQ(ask("PATCH", "/api/v1/users/" + uma.id, &ada, R"({"state":"disabled"})").status, 200);

  EXPECT_EQ(
      post("/api/v1/password-resets/" + token, fmt::format(R"({{"password":"{}"}})", new_password))
          .status,
      404);
  post("/api/v1/password-resets", R"({"email":"uma@u.test"})");
  EXPECT_TRUE(mails().empty());
}

TEST_P(ApiPeople, AdministratorsManagePeople) {
  const auto ada = enter("ada", Role::admin);
  const auto uma = enter("uma", Role::user);
  const auto path = "/api/v1/users/" + uma.id;

  const auto raised = ask("PATCH", path, &ada, R"({"role":"moderator"})");
  EXPECT_EQ(get_string(json_of(raised), "role"), "moderator");
  EXPECT_EQ(ask("GET", "/api/v1/session", &uma).status, 401) << "a new role is a new sign-in";
  EXPECT_EQ(sign_in("uma").status, 200);
  EXPECT_EQ(number("SELECT COUNT(*) FROM session WHERE person_id = '" + uma.id + "'"), 1);
  EXPECT_EQ(ask("DELETE", path + "/sessions", &ada).status, 204);
  EXPECT_EQ(number("SELECT COUNT(*) FROM session WHERE person_id = '" + uma.id + "'"), 0);
  EXPECT_EQ(ask("PATCH", path, &ada, R"({"state":"disabled"})").status, 200);
  EXPECT_EQ(sign_in("uma").status, 401);

  const auto last = ask("PATCH", "/api/v1/users/" + ada.id, &ada, R"({"role":"user"})");
  EXPECT_EQ(last.status, 409);
  EXPECT_NE(last.body.find("dernier administrateur"), std::string::npos) << last.body;
  for (const auto* const bad :
       {R"({"role":"king"})", R"({"state":"pending"})", R"({"rôle":"user"})", R"({"role":7})"}) {
    EXPECT_EQ(ask("PATCH", path, &ada, bad).status, 422) << bad;
  }
  EXPECT_EQ(ask("PATCH", "/api/v1/users/01NOBODY", &ada, R"({"role":"user"})").status, 404);
  EXPECT_EQ(ask("GET", "/api/v1/users?state=lost", &ada).status, 422);
  const auto page = json_of(ask("GET", "/api/v1/users?limit=1", &ada));
  EXPECT_EQ(get_string(page.at("items").as_array()[0], "username"), "uma");
  const auto cursor = get_string(page, "next_cursor").value();
  EXPECT_EQ(get_string(json_of(ask("GET", "/api/v1/users?limit=1&cursor=" + cursor, &ada))
                           .at("items")
                           .as_array()[0],
                       "username"),
            "ada");
}

TEST_P(ApiPeople, TheSetUpLinkMakesTheFirstAdministratorOnly) {
  const auto token = run(services().desk.open_set_up()).value().value();
  EXPECT_EQ(ask("GET", "/demarrage/" + token, nullptr).status, 200);
  EXPECT_EQ(ask("GET", "/demarrage/" + std::string(64, 'a'), nullptr).status, 404);
  const auto bad = submit("/demarrage/" + token, "username=a+b&password=court");
  EXPECT_EQ(bad.status, 422);
  EXPECT_NE(bad.body.find("aria-invalid"), std::string::npos);
  EXPECT_EQ(bad.body.find("court\""), std::string::npos) << "no password comes back";

  const auto made = submit("/demarrage/" + token, "username=ada&password=girafe+lampe+tunnel+sept");
  EXPECT_EQ(made.status, 303) << made.body;
  EXPECT_TRUE(made.headers.has("Set-Cookie"));
  EXPECT_EQ(number("SELECT COUNT(*) FROM person WHERE role = 'admin'"), 1);
  EXPECT_EQ(submit("/demarrage/" + token, "username=eve&password=girafe+lampe+tunnel+sept").status,
            404);
  EXPECT_FALSE(run(services().desk.open_set_up()).value());
}

TEST_P(ApiPeople, TheSetUpLinkIsOverAfterHalfAnHourOrOnceSomebodyIsThere) {
  const auto late = run(services().desk.open_set_up()).value().value();
  clock.advance(30min);
  EXPECT_EQ(ask("GET", "/demarrage/" + late, nullptr).status, 404);
  const auto token = run(services().desk.open_set_up()).value().value();
  enter("ada", Role::admin);
  EXPECT_EQ(submit("/demarrage/" + token, "username=eve&password=girafe+lampe+tunnel+sept").status,
            404);
  EXPECT_EQ(number("SELECT COUNT(*) FROM person"), 1);
}

}  // namespace
}  // namespace vigie::api
