// SPDX-License-Identifier: Apache-2.0
// What asks for a fresh proof of who asks (A13), on a clock that is turned by hand.
#include <algorithm>

#include "api/proof.hpp"
#include "conformance/api_people.hpp"

namespace vigie::api {
namespace {

class ApiProof : public ApiPeople {
 protected:
  std::string type_of(const http::Response& response) {
    return get_string(json_of(response), "type").value_or("");
  }
  bool asks_for_proof(const http::Response& response) {
    return response.status == 403 && type_of(response) == reauthentication_required;
  }
  http::Response make_token(const Visitor& visitor) {
    return post("/api/v1/me/tokens", R"({"name":"relevé"})", &visitor);
  }
  http::Response prove(const Visitor& visitor, std::string_view with = password,
                       std::string_view code = "") {
    return post("/api/v1/session/reauthenticate",
                fmt::format(R"({{"password":"{}","code":"{}"}})", with, code), &visitor);
  }
  // The cookie of an answer, in the same browser.
  static Visitor with_cookie_of(const http::Response& response, Visitor visitor) {
    const auto cookie = response.headers.get("Set-Cookie");
    const auto begin = cookie.find('=') + 1;
    visitor.cookie = std::string{cookie.substr(begin, cookie.find(';') - begin)};
    return visitor;
  }
  std::int64_t lines(std::string_view kind) {
    return number(fmt::format("SELECT COUNT(*) FROM audit_line WHERE kind = '{}'", kind));
  }
};

TEST_P(ApiProof, IsAskedForFromTenMinutesAfterTheSignInOn) {
  const auto uma = enter("uma", Role::user);
  clock.advance(10min - 1s);
  EXPECT_EQ(make_token(uma).status, 201);

  clock.advance(1s);
  const auto refused = make_token(uma);
  EXPECT_TRUE(asks_for_proof(refused)) << refused.body;
  EXPECT_EQ(get_bool(json_of(refused), "second_factor"), false);
  EXPECT_NE(refused.body.find("mot de passe"), std::string::npos) << "in the person's language";
  EXPECT_EQ(number("SELECT COUNT(*) FROM api_token"), 1) << "nothing was made";
}

TEST_P(ApiProof, IsNoSignInOfTheFuture) {
  const auto uma = enter("uma", Role::user);
  execute("UPDATE session SET authenticated_at = authenticated_at + 60000000", {});
  EXPECT_TRUE(asks_for_proof(make_token(uma)));
}

TEST_P(ApiProof, IsThePasswordOnceMoreAndANewCookie) {
  const auto uma = enter("uma", Role::user);
  clock.advance(1h);

  const auto wrong = prove(uma, "une autre phrase de passe");
  EXPECT_EQ(wrong.status, 422);
  EXPECT_NE(wrong.body.find(R"("field":"password")"), std::string::npos) << wrong.body;
  EXPECT_EQ(lines("session.refused"), 1);
  EXPECT_TRUE(asks_for_proof(make_token(uma)));

  const auto proved = prove(uma);
  ASSERT_EQ(proved.status, 200) << proved.body;
  EXPECT_EQ(get_string(json_of(proved), "user.username"), "uma");
  const auto later = with_cookie_of(proved, uma);
  EXPECT_NE(later.cookie, uma.cookie);
  EXPECT_EQ(make_token(uma).status, 401) << "whoever stole the old cookie has nothing of it";
  EXPECT_EQ(make_token(later).status, 201) << "with the CSRF token of before";
  EXPECT_EQ(lines("session.confirmed"), 1);

  clock.advance(10min);
  EXPECT_TRUE(asks_for_proof(make_token(later)));
}

TEST_P(ApiProof, DoesNotMakeASessionLiveLonger) {
  auto uma = enter("uma", Role::user);
  for (int i = 0; i < 28; ++i) {
    clock.advance(12h - 1s);
    const auto proved = prove(uma);
    ASSERT_EQ(proved.status, 200) << i;
    uma = with_cookie_of(proved, uma);
  }
  clock.advance(1min);
  EXPECT_EQ(prove(uma).status, 401) << "fourteen days are over";
}

TEST_P(ApiProof, AsksForTheCodeWhereThereIsASecondFactor) {
  const auto uma = enter_with_email("uma", Role::user, "uma@u.test");
  const auto secret = enrol(uma);
  clock.advance(1h);

  EXPECT_EQ(get_bool(json_of(make_token(uma)), "second_factor"), true);
  const auto without = prove(uma);
  EXPECT_EQ(without.status, 422);
  EXPECT_NE(without.body.find(R"("field":"code")"), std::string::npos) << without.body;
  EXPECT_EQ(prove(uma, password, "000000").status, 422);
  EXPECT_EQ(lines("session.refused"), 1);

  const auto code = code_now(secret);
  const auto proved = prove(uma, password, code);
  ASSERT_EQ(proved.status, 200) << proved.body;
  const auto later = with_cookie_of(proved, uma);
  EXPECT_EQ(make_token(later).status, 201);
  EXPECT_EQ(prove(later, password, code).status, 422) << "each code is good once";
}

TEST_P(ApiProof, IsNoWayToGuessThePassword) {
  const auto uma = enter("uma", Role::user);
  int refused = 0;
  for (int i = 0; i < 8; ++i) {
    refused += prove(uma, "ce n'est pas celle-ci").status == 429 ? 1 : 0;
  }
  EXPECT_GE(refused, 3);
  EXPECT_EQ(prove(uma).status, 429) << "the right one waits too";
}

TEST_P(ApiProof, IsAskedForByEachRouteThatTheTableSaysAndNoProgramHasOne) {
  const auto ada = enter("ada", Role::admin);
  const auto token = run(tokens().create(ada.id, people::Scope::write, "tout")).value();
  http::Headers bearer;
  bearer.add("Authorization", "Bearer " + token.token);
  clock.advance(1h);
  int fresh = 0;
  for (const auto& route : routes()) {
    const std::string method{route.method};
    const std::string path{route.path};
    if (route.proof == Proof::any) {
      continue;
    }
    const auto by_program = ask_with(bearer, method, path, nullptr, "{}");
    EXPECT_EQ(by_program.status, 403) << method << " " << path;
    EXPECT_EQ(type_of(by_program), "about:blank") << "a program has no password to give";
    if (route.proof == Proof::fresh) {
      ++fresh;
      EXPECT_TRUE(asks_for_proof(ask(method, path, &ada, "{}"))) << method << " " << path;
    }
  }
  EXPECT_EQ(fresh, 2) << "tokens and webhooks are made";
}

TEST_P(ApiProof, IsAskedForWhenAWebhookGetsAnotherAddressButNotWhenItIsRenamed) {
  const auto ada = enter("ada", Role::admin);
  const auto made = post("/api/v1/webhooks", R"({"name":"x","url":"https://h.test/1"})", &ada);
  ASSERT_EQ(made.status, 201) << made.body;
  const auto path = "/api/v1/webhooks/" + get_string(json_of(made), "id").value();
  clock.advance(1h);

  EXPECT_EQ(ask("PATCH", path, &ada, R"({"name":"y"})").status, 200);
  EXPECT_TRUE(asks_for_proof(ask("PATCH", path, &ada, R"({"url":"https://h.test/2"})")));
  const auto token = run(tokens().create(ada.id, people::Scope::write, "tout")).value();
  http::Headers bearer;
  bearer.add("Authorization", "Bearer " + token.token);
  EXPECT_EQ(ask_with(bearer, "PATCH", path, nullptr, R"({"name":"z"})").status, 200);
  EXPECT_EQ(ask_with(bearer, "PATCH", path, nullptr, R"({"url":"https://h.test/2"})").status, 403);

  const auto later = with_cookie_of(prove(ada), ada);
  EXPECT_EQ(ask("PATCH", path, &later, R"({"url":"https://h.test/2"})").status, 200);
}

INSTANTIATE_TEST_SUITE_P(Engines, ApiProof, vigie::testing::each_database(),
                         vigie::testing::engine_name);

}  // namespace
}  // namespace vigie::api
