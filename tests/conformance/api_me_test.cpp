// SPDX-License-Identifier: Apache-2.0
// What is one's own: profile, address, password, sessions, tokens, second factor.
#include "conformance/api_people.hpp"

namespace vigie::api {
namespace {

class ApiMe : public ApiPeople {};

INSTANTIATE_TEST_SUITE_P(Engines, ApiMe, vigie::testing::each_database(),
                         vigie::testing::engine_name);

constexpr auto new_password = "girafe lampe tunnel sept";

std::string with_password(std::string_view more = "") {
  return fmt::format(R"({{"password":"{}"{}}})", password, more);
}

TEST_P(ApiMe, ShowsAndChangesTheProfile) {
  const auto uma = enter_with_email("uma", Role::user, "uma@u.test");
  const auto me = json_of(ask("GET", "/api/v1/me", &uma));
  EXPECT_EQ(get_string(me, "email"), "uma@u.test");
  EXPECT_EQ(get_string(me, "time_zone"), "Europe/Paris");
  EXPECT_EQ(get_bool(me, "totp"), false);
  EXPECT_TRUE(me.at("pending_email").is_null());

  const auto changed = json_of(
      ask("PATCH", "/api/v1/me", &uma, R"({"language":"en","time_zone":"Africa/Ouagadougou"})"));
  EXPECT_EQ(get_string(changed, "language"), "en");
  EXPECT_EQ(get_string(changed, "time_zone"), "Africa/Ouagadougou");
  const auto english = ask("PATCH", "/api/v1/me", &uma, R"({"language":"de"})");
  EXPECT_EQ(english.status, 422);
  EXPECT_NE(english.body.find("fr or en"), std::string::npos) << "in the person's language now";
  EXPECT_EQ(ask("PATCH", "/api/v1/me", &uma, R"({"time_zone":"Mars"})").status, 422);
  EXPECT_EQ(ask("PATCH", "/api/v1/me", &uma, R"({"role":"admin"})").status, 422);
}

TEST_P(ApiMe, ChangesTheAddressOnceTheNewOneIsConfirmed) {
  const auto uma = enter_with_email("uma", Role::user, "uma@u.test");
  enter_with_email("taken", Role::user, "taken@u.test");

  const auto wrong =
      ask("PUT", "/api/v1/me/email", &uma, R"({"email":"new@u.test","password":"non"})");
  EXPECT_EQ(wrong.status, 422);
  EXPECT_EQ(get_string(json_of(wrong).at("errors").as_array()[0], "field"), "password");
  const auto asked =
      ask("PUT", "/api/v1/me/email", &uma, with_password(R"(,"email":"new@u.test")"));
  EXPECT_EQ(asked.status, 200) << asked.body;
  EXPECT_EQ(get_string(json_of(asked), "email"), "uma@u.test");
  EXPECT_EQ(get_string(json_of(asked), "pending_email"), "new@u.test");

  const auto told = mails();
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].what, "email_changed");
  EXPECT_EQ(told[0].to, "uma@u.test");
  EXPECT_EQ(told[1].what, "email_confirm");
  EXPECT_EQ(told[1].to, "new@u.test");
  EXPECT_EQ(submit("/adresse/" + told[1].token, "x=1").status, 200);
  EXPECT_EQ(get_string(json_of(ask("GET", "/api/v1/me", &uma)), "email"), "new@u.test");

  ask("PUT", "/api/v1/me/email", &uma, with_password(R"(,"email":"taken@u.test")"));
  EXPECT_EQ(submit("/adresse/" + token_of("email_confirm"), "x=1").status, 409);
}

TEST_P(ApiMe, ChangesThePasswordAndEndsTheOtherSessions) {
  const auto uma = enter_with_email("uma", Role::user, "uma@u.test");
  const auto other = sign_in("uma");
  const auto body = [](std::string_view current, std::string_view wished) {
    return fmt::format(R"({{"current":"{}","password":"{}"}})", current, wished);
  };
  const auto wrong = ask("PUT", "/api/v1/me/password", &uma, body("non", new_password));
  EXPECT_EQ(wrong.status, 422);
  EXPECT_EQ(get_string(json_of(wrong).at("errors").as_array()[0], "field"), "current");
  EXPECT_EQ(ask("PUT", "/api/v1/me/password", &uma, body(password, "azertyuiop12")).status, 422);

  const auto changed = ask("PUT", "/api/v1/me/password", &uma, body(password, new_password));
  EXPECT_EQ(changed.status, 200) << changed.body;
  const auto cookie = std::string{changed.headers.get("Set-Cookie")};
  EXPECT_EQ(cookie.find(uma.cookie), std::string::npos) << "a new token";
  EXPECT_EQ(ask("GET", "/api/v1/session", &uma).status, 401);
  EXPECT_EQ(number("SELECT COUNT(*) FROM session"), 1);
  EXPECT_EQ(sign_in("uma").status, 401);
  EXPECT_EQ(sign_in("uma", new_password).status, 200);
  EXPECT_EQ(mails().at(0).what, "password_changed");
}

TEST_P(ApiMe, AStolenSessionIsNoWayToGuessThePassword) {
  const auto uma = enter("uma", Role::user);
  int checked = 0;
  for (int i = 0; i < 20; ++i) {
    const auto answer = ask("PUT", "/api/v1/me/password", &uma,
                            R"({"current":"essai","password":"girafe lampe tunnel sept"})");
    checked += answer.status == 422 ? 1 : 0;
    EXPECT_TRUE(answer.status == 422 || answer.status == 429) << answer.status;
  }
  EXPECT_EQ(checked, 5);
}

TEST_P(ApiMe, ListsAndEndsSessions) {
  const auto uma = enter("uma", Role::user);
  const auto bob = enter("bob", Role::user);
  sign_in("uma");
  const auto listed = json_of(ask("GET", "/api/v1/me/sessions", &uma)).at("items").as_array();
  ASSERT_EQ(listed.size(), 2U);
  const auto other = get_bool(listed[0], "current") == true ? listed[1] : listed[0];
  const auto path = "/api/v1/me/sessions/" + get_string(other, "id").value();
  EXPECT_EQ(ask("DELETE", path, &bob).status, 404);
  EXPECT_EQ(ask("DELETE", path, &uma).status, 204);
  EXPECT_EQ(ask("DELETE", path, &uma).status, 404);
  sign_in("uma");
  EXPECT_EQ(ask("DELETE", "/api/v1/me/sessions", &uma).status, 204);
  EXPECT_EQ(json_of(ask("GET", "/api/v1/me/sessions", &uma)).at("items").as_array().size(), 1U);
  EXPECT_EQ(ask("GET", "/api/v1/session", &bob).status, 200);
}

TEST_P(ApiMe, MakesTokensThatAreShownOnce) {
  const auto uma = enter("uma", Role::user);
  const auto bob = enter("bob", Role::user);
  const auto made = post("/api/v1/me/tokens",
                         R"({"name":"relevé du soir","scope":"write","expires_days":30})", &uma);
  ASSERT_EQ(made.status, 201) << made.body;
  const auto token = get_string(json_of(made), "token").value();
  EXPECT_TRUE(token.starts_with("vigie_"));
  EXPECT_EQ(get_string(json_of(made), "expires_at"), to_rfc3339(clock.now() + 30 * 24h));
  EXPECT_EQ(ask("GET", "/api/v1/me/tokens", &uma).body.find(token), std::string::npos);
  http::Headers bearer;
  bearer.add("Authorization", "Bearer " + token);
  EXPECT_EQ(ask_with(bearer, "GET", "/api/v1/me", nullptr).status, 200);
  EXPECT_EQ(ask_with(bearer, "POST", "/api/v1/me/tokens", nullptr, R"({"name":"x"})").status, 403)
      << "a token makes no tokens";

  const auto path = "/api/v1/me/tokens/" + get_string(json_of(made), "id").value();
  EXPECT_EQ(ask("DELETE", path, &bob).status, 404);
  EXPECT_EQ(ask("DELETE", path, &uma).status, 204);
  EXPECT_EQ(ask_with(bearer, "GET", "/api/v1/me", nullptr).status, 401);
  for (const auto* const bad :
       {R"({})", R"({"name":""})", R"({"name":"x","scope":"all"})",
        R"({"name":"x","expires_days":0})", R"({"name":"x","expires_days":"30"})",
        R"({"name":"x","days":3})"}) {
    EXPECT_EQ(post("/api/v1/me/tokens", bad, &uma).status, 422) << bad;
  }
}

TEST_P(ApiMe, SignsInWithASecondFactor) {
  const auto uma = enter_with_email("uma", Role::user, "uma@u.test");
  const auto secret = enrol(uma);
  EXPECT_EQ(mails().at(0).what, "second_factor_on");
  EXPECT_EQ(get_bool(json_of(ask("GET", "/api/v1/me", &uma)), "totp"), true);

  const auto half = sign_in("uma");
  EXPECT_EQ(half.status, 401);
  EXPECT_FALSE(half.headers.has("Set-Cookie"));
  EXPECT_EQ(get_bool(json_of(half), "second_factor"), true);
  const auto challenge = get_string(json_of(half), "challenge").value();
  const auto enter_code = [&](std::string_view code) {
    return post("/api/v1/session/second-factor",
                fmt::format(R"({{"challenge":"{}","code":"{}"}})", challenge, code));
  };
  EXPECT_EQ(enter_code(code_now(secret)).status, 401) << "that step was used to enrol";
  clock.advance(30s);
  const auto entered = enter_code(code_now(secret));
  EXPECT_EQ(entered.status, 200) << entered.body;
  EXPECT_TRUE(entered.headers.has("Set-Cookie"));
  EXPECT_EQ(enter_code(code_now(secret)).status, 401) << "a challenge is answered once";

  const auto again = get_string(json_of(sign_in("uma")), "challenge").value();
  const auto replayed =
      post("/api/v1/session/second-factor",
           fmt::format(R"({{"challenge":"{}","code":"{}"}})", again, code_now(secret)));
  EXPECT_EQ(replayed.status, 401) << "each step once";
}

TEST_P(ApiMe, GivesFiveTriesAChallengeAndFewChallenges) {
  const auto uma = enter("uma", Role::user);
  const auto secret = enrol(uma);
  clock.advance(30s);
  const auto challenge = get_string(json_of(sign_in("uma")), "challenge").value();
  const auto body = [&](std::string_view code) {
    return fmt::format(R"({{"challenge":"{}","code":"{}"}})", challenge, code);
  };
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(post("/api/v1/session/second-factor", body("000000")).status, 401);
  }
  EXPECT_EQ(post("/api/v1/session/second-factor", body(code_now(secret))).status, 401)
      << "even the right one";
  int asked = 1;
  while (sign_in("uma").status == 401) {
    ++asked;
  }
  EXPECT_EQ(asked, 5) << "a known password does not make codes cheap";
  EXPECT_EQ(sign_in("uma").status, 429);
}

TEST_P(ApiMe, TakesEachRecoveryCodeOnce) {
  const auto uma = enter("uma", Role::user);
  std::vector<std::string> codes;
  enrol(uma, &codes);
  ASSERT_EQ(codes.size(), 10U);
  EXPECT_EQ(number("SELECT COUNT(*) FROM recovery_code"), 10);
  const auto enter_code = [&](std::string_view code) {
    const auto challenge = get_string(json_of(sign_in("uma")), "challenge").value();
    return post("/api/v1/session/second-factor",
                fmt::format(R"({{"challenge":"{}","code":"{}"}})", challenge, code))
        .status;
  };
  EXPECT_EQ(enter_code(codes[0]), 200);
  EXPECT_EQ(enter_code(codes[0]), 401);
  EXPECT_EQ(enter_code("  " + codes[1] + " "), 200);
}

TEST_P(ApiMe, RemovesTheSecondFactorWithPasswordAndCode) {
  const auto uma = enter("uma", Role::user);
  std::vector<std::string> codes;
  enrol(uma, &codes);
  EXPECT_EQ(post("/api/v1/me/totp", with_password(), &uma).status, 409);
  EXPECT_EQ(ask("DELETE", "/api/v1/me/totp", &uma, with_password(R"(,"code":"000000")")).status,
            422);
  EXPECT_EQ(ask("DELETE", "/api/v1/me/totp", &uma,
                fmt::format(R"({{"password":"non","code":"{}"}})", codes[0]))
                .status,
            422);
  EXPECT_EQ(ask("DELETE", "/api/v1/me/totp", &uma,
                with_password(fmt::format(R"(,"code":"{}")", codes[0])))
                .status,
            204);
  EXPECT_EQ(number("SELECT COUNT(*) FROM recovery_code"), 0);
  EXPECT_EQ(sign_in("uma").status, 200);
}

TEST_P(ApiMe, WhoRunsTheMachineLetsInWhoLostTheirSecondFactor) {
  const auto uma = enter("uma", Role::user);
  enrol(uma);
  ASSERT_EQ(sign_in("uma").status, 401);

  ASSERT_TRUE(run(services().people.reset_password(uma.id, std::string{password})));

  EXPECT_EQ(sign_in("uma").status, 200);
  EXPECT_EQ(number("SELECT COUNT(*) FROM recovery_code"), 0);
}

TEST_P(ApiMe, AnEnrolmentNeedsItsCodeInTenMinutes) {
  const auto uma = enter("uma", Role::user);
  EXPECT_EQ(ask("PUT", "/api/v1/me/totp", &uma, R"({"code":"123456"})").status, 409);
  const auto offered = json_of(post("/api/v1/me/totp", with_password(), &uma));
  EXPECT_TRUE(get_string(offered, "uri").value().starts_with("otpauth://totp/Vigie:uma?secret="));
  EXPECT_EQ(sign_in("uma").status, 200) << "an offer is no factor yet";
  clock.advance(11min);
  const auto late =
      fmt::format(R"({{"code":"{}"}})", code_now(get_string(offered, "secret").value()));
  EXPECT_EQ(ask("PUT", "/api/v1/me/totp", &uma, late).status, 409);
  EXPECT_EQ(post("/api/v1/me/totp", R"({"password":"non"})", &uma).status, 422);
}

TEST_P(ApiMe, KeepsSeedsSealed) {
  const auto uma = enter("uma", Role::user);
  const auto secret = enrol(uma);
  EXPECT_EQ(number("SELECT COUNT(*) FROM person WHERE totp_sealed LIKE '%:%'"), 1);
  EXPECT_EQ(number("SELECT COUNT(*) FROM person WHERE totp_sealed LIKE '%" + secret + "%'"), 0);
}

TEST_P(ApiMe, AResetDoesNotGoAroundTheSecondFactor) {
  const auto uma = enter_with_email("uma", Role::user, "uma@u.test");
  enrol(uma);
  mails();
  post("/api/v1/password-resets", R"({"email":"uma@u.test"})");
  const auto reset = post("/api/v1/password-resets/" + token_of("password_reset"),
                          fmt::format(R"({{"password":"{}"}})", new_password));
  EXPECT_EQ(reset.status, 204);
  EXPECT_FALSE(reset.headers.has("Set-Cookie"));
  EXPECT_EQ(get_bool(json_of(sign_in("uma", new_password)), "second_factor"), true);
}

TEST_P(ApiMe, AnAdministratorWithoutTheFactorThatIsNeededOnlyEnrols) {
  house.admins_need_second_factor = true;
  build();
  const auto ada = enter("ada", Role::admin);
  const auto mona = enter("mona", Role::moderator);
  EXPECT_EQ(ask("GET", "/api/v1/users", &ada).status, 403);
  EXPECT_EQ(ask("GET", "/api/v1/accounts", &ada).status, 403);
  EXPECT_EQ(ask("GET", "/api/v1/accounts", &mona).status, 200);
  const auto me = json_of(ask("GET", "/api/v1/me", &ada));
  EXPECT_EQ(get_bool(me, "totp_required"), true);
  enrol(ada);
  EXPECT_EQ(ask("GET", "/api/v1/users", &ada).status, 200);
}

}  // namespace
}  // namespace vigie::api
