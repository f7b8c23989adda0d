// SPDX-License-Identifier: Apache-2.0
// What is wrong in a body of /session, /users, /me and /password-resets is said by field, with its
// cure, in the language of who asks; and nothing comes of it.
#include <algorithm>

#include "api/openapi.hpp"
#include "base/text.hpp"
#include "conformance/api_people.hpp"

namespace vigie::api {
namespace {

struct Body {
  std::string method;
  std::string path;
  std::string good;                     // every field, all of the right type
  std::vector<std::string> required{};  // what must not be missing
  bool is_signed_in = true;
};

std::string repeated(std::string_view piece, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) {
    text += piece;
  }
  return text;
}

class BadInput : public ApiPeople {
 protected:
  void SetUp() override {
    ApiPeople::SetUp();
    if (!IsSkipped()) {
      ada = enter_with_email("ada", Role::admin, "ada@u.test");
      uma = enter("uma", Role::user);
    }
  }

  std::vector<Body> bodies() const {
    const std::string token(64, 'a');
    return {
        {"POST",
         "/api/v1/session",
         R"({"username":"x","password":"y"})",
         {"username", "password"},
         false},
        {"POST",
         "/api/v1/session/second-factor",
         R"({"challenge":"x","code":"y"})",
         {"challenge", "code"},
         false},
        {"POST", "/api/v1/session/reauthenticate", R"({"password":"x","code":"y"})", {"password"}},
        {"POST",
         "/api/v1/users",
         R"({"username":"zoe","email":"zoe@u.test","password":"quatre mots bien choisis"})",
         {"username", "email", "password"},
         false},
        {"PATCH", "/api/v1/users/" + uma.id, R"({"role":"moderator","state":"active"})"},
        {"POST", "/api/v1/password-resets", R"({"email":"x@u.test"})", {"email"}, false},
        {"POST", "/api/v1/password-resets/" + token, R"({"password":"x"})", {"password"}, false},
        {"PATCH", "/api/v1/me", R"({"language":"fr","time_zone":"Europe/Paris"})"},
        {"PUT",
         "/api/v1/me/email",
         R"({"email":"x@u.test","password":"y"})",
         {"email", "password"}},
        {"PUT",
         "/api/v1/me/password",
         R"({"current":"x","password":"y"})",
         {"current", "password"}},
        {"POST", "/api/v1/me/tokens", R"({"name":"x","scope":"read","expires_days":3})", {"name"}},
        {"POST", "/api/v1/me/totp", R"({"password":"x"})", {"password"}},
        {"PUT", "/api/v1/me/totp", R"({"code":"x"})", {"code"}},
        {"DELETE", "/api/v1/me/totp", R"({"password":"x","code":"y"})", {"password", "code"}}};
  }

  http::Response send(const Body& body, const json::object& with, std::string language) {
    execute("UPDATE person SET language = $1", {language});
    http::Headers headers;
    headers.add("Accept-Language", language);
    return ask_with(std::move(headers), body.method, body.path, body.is_signed_in ? &ada : nullptr,
                    json::serialize(with));
  }

  // What is said of this field; nothing: nothing is.
  std::string said_of(const http::Response& answer, std::string_view field) {
    const auto problem = json_of(answer);
    const auto* const errors = problem.as_object().if_contains("errors");
    if (errors == nullptr) {
      return {};
    }
    for (const auto& error : errors->as_array()) {
      if (get_string(error, "field") == field) {
        return get_string(error, "detail").value_or("");
      }
    }
    return {};
  }

  // Refused, and told by field in both languages.
  void expect_told(const Body& body, const json::object& with, std::string_view field) {
    const auto shown = fmt::format("{} {} {}", body.method, body.path, json::serialize(with));
    const auto french = send(body, with, "fr");
    const auto english = send(body, with, "en");
    EXPECT_EQ(french.status, 422) << shown << " " << french.body;
    const auto in_french = said_of(french, field);
    const auto in_english = said_of(english, field);
    EXPECT_FALSE(in_french.empty()) << shown << " " << french.body;
    EXPECT_FALSE(in_english.empty()) << shown << " " << english.body;
    EXPECT_NE(in_french, in_english) << shown << ": one of the two is no language of the reader";
  }

  // Ada again, whose password what was tried may have changed in no way.
  Visitor with_new_session() {
    const auto session = run(services().people.sign_in("ada", password, {"198.51.100.7", "test"}));
    EXPECT_TRUE(session) << session.error().what;
    return {
        .id = ada.id, .cookie = session.value().token, .csrf_token = session.value().csrf_token};
  }

  Visitor ada;
  Visitor uma;
};

TEST_P(BadInput, NamesTheFieldThatIsMissing) {
  for (const auto& body : bodies()) {
    for (const auto& name : body.required) {
      auto with = parse_json(body.good).value().as_object();
      with.erase(name);
      expect_told(body, with, name);
    }
  }
}

TEST_P(BadInput, AsksForTheBodyThatTheDocumentCallsRequired) {
  const auto& paths = openapi_document().at("paths").as_object();
  int asked = 0;
  for (const auto& route : routes()) {
    const auto* const described = paths.if_contains(route.path);
    if (described == nullptr ||
        !described->at(to_lower_ascii(route.method)).as_object().contains("requestBody")) {
      continue;
    }
    std::string address;
    for (const auto part : split(route.path.substr(1), '/')) {
      address += fmt::format("/{}", part.starts_with('{') ? "01GONE" : part);
    }
    const auto answer = ask(std::string{route.method}, address, &ada, "");
    EXPECT_EQ(answer.status, 422) << route.method << " " << address << " " << answer.body;
    ++asked;
  }
  EXPECT_EQ(asked, 28);
}

TEST_P(BadInput, NamesTheFieldOfAnotherType) {
  for (const auto& body : bodies()) {
    const auto good = parse_json(body.good).value().as_object();
    for (const auto& [key, value] : good) {
      const std::string name{key};
      for (const auto* const wrong : {"7.5", "true", "[]", "{}", R"(["x"])"}) {
        auto with = good;
        with[name] = parse_json(wrong).value();
        expect_told(body, with, name);
      }
    }
  }
}

TEST_P(BadInput, NamesTheFieldThatNobodyKnows) {
  for (const auto& body : bodies()) {
    auto with = parse_json(body.good).value().as_object();
    with["rôle"] = "admin";
    const auto answer = send(body, with, "fr");
    EXPECT_EQ(answer.status, 422) << body.method << " " << body.path << " " << answer.body;
    EXPECT_NE(answer.body.find("rôle"), std::string::npos) << body.path << " " << answer.body;

    with.erase("rôle");
    with["x" + repeated("é🔥", 20)] = "admin";
    const auto cut = send(body, with, "fr");
    EXPECT_EQ(cut.status, 422) << body.path << " " << cut.body;
    EXPECT_TRUE(is_valid_utf8(cut.body)) << body.path << " " << cut.body;
  }
}

TEST_P(BadInput, TakesNothingThatIsNoTextAndAnswersEverything) {
  const std::vector<std::pair<std::string, std::string>> texts{
      {"NUL", std::string("a\0b", 3)},
      {"emoji", "👩‍💻🔥"},
      {"HTML", "<script>alert(1)</script>"},
      {"long", std::string(20'000, 'x')},
      {"long and wide", repeated("é🔥", 5000)},
      {"spaces", "   "},
      {"empty", ""},
      {"overridden", "\u202Eadmin"},
      {"header", "a\r\nBcc: b@c.test"},
      {"SQL", "'; DROP TABLE person; --"}};
  for (const auto& body : bodies()) {
    const auto good = parse_json(body.good).value().as_object();
    for (const auto& [key, value] : good) {
      for (const auto& [what, text] : texts) {
        auto with = good;
        with[key] = text;
        const auto answer = send(body, with, "fr");
        EXPECT_GE(answer.status, 200);
        EXPECT_LT(answer.status, 500) << body.path << " " << key << " " << what << answer.body;
        EXPECT_TRUE(is_valid_utf8(answer.body)) << body.path << " " << key << " " << what;
        EXPECT_EQ(answer.headers.get("Content-Type").find("html"), std::string_view::npos)
            << body.path << " " << key;
        if (answer.status == 422) {
          EXPECT_NE(answer.body.find("\"errors\""), std::string::npos)
              << body.path << " " << key << " " << what << answer.body;
        }
      }
    }
    clock.advance(20min);  // the throttle lets go
    ada = with_new_session();
  }
  EXPECT_EQ(number("SELECT COUNT(*) FROM person WHERE username LIKE '%<%'"), 0);
  EXPECT_EQ(number("SELECT COUNT(*) FROM person WHERE email LIKE '%Bcc%'"), 0);
  EXPECT_GE(number("SELECT COUNT(*) FROM person"), 2);
}

TEST_P(BadInput, SaysThatIdsThatAreGoneAreGone) {
  for (const auto* const path : {"/api/v1/users/01GONE", "/api/v1/users/%00",
                                 "/api/v1/users/<script>", "/api/v1/users/🔥"}) {
    EXPECT_EQ(ask("PATCH", path, &ada, R"({"role":"user"})").status, 404) << path;
  }
  for (const auto* const path :
       {"/api/v1/me/sessions/gone", "/api/v1/me/tokens/gone", "/api/v1/users/01GONE/sessions"}) {
    EXPECT_EQ(ask("DELETE", path, &ada).status, 404) << path;
  }
  EXPECT_EQ(
      post("/api/v1/password-resets/gone", R"({"password":"quatre mots bien choisis"})").status,
      404);
}

TEST_P(BadInput, WritesNothingTwice) {
  const auto form =
      R"({"username":"zoe","email":"zoe@u.test","password":"quatre mots bien choisis"})";
  EXPECT_EQ(post("/api/v1/users", form).status, 202);
  EXPECT_EQ(post("/api/v1/users", form).status, 202) << "and nobody learns of the first";
  EXPECT_EQ(number("SELECT COUNT(*) FROM person WHERE username = 'zoe'"), 1);
  const auto path = "/api/v1/users/" + uma.id;
  EXPECT_EQ(ask("PATCH", path, &ada, R"({"role":"moderator"})").status, 200);
  EXPECT_EQ(ask("PATCH", path, &ada, R"({"role":"moderator"})").status, 200);
  EXPECT_EQ(number("SELECT COUNT(*) FROM audit_line WHERE kind = 'person.role'"), 1);
}

INSTANTIATE_TEST_SUITE_P(Engines, BadInput, vigie::testing::each_database(),
                         vigie::testing::engine_name);

}  // namespace
}  // namespace vigie::api
