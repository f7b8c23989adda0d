// SPDX-License-Identifier: Apache-2.0
// The pages that work without JavaScript, as a browser would fill them in.
#include "conformance/api_people.hpp"

namespace vigie::api {
namespace {

class ApiPages : public ApiPeople {
 protected:
  http::Response look_in(std::string language, std::string path) {
    http::Headers headers;
    headers.add("Accept-Language", std::move(language));
    return ask_with(std::move(headers), "GET", std::move(path), nullptr);
  }

  std::size_t times(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
      ++count;
    }
    return count;
  }

  // What every page owes its readers.
  void expect_sound(const http::Response& page, std::string_view language) {
    const auto& body = page.body;
    EXPECT_EQ(page.headers.get("Content-Type"), "text/html; charset=utf-8");
    EXPECT_TRUE(page.headers.has("Content-Security-Policy"));
    EXPECT_NE(body.find(fmt::format("<html lang=\"{}\">", language)), std::string::npos) << body;
    EXPECT_EQ(times(body, "<h1>"), 1U) << body;
    EXPECT_EQ(times(body, "<main"), 1U);
    EXPECT_EQ(times(body, "<script"), 0U);
    EXPECT_EQ(times(body, " style="), 0U);
    EXPECT_EQ(times(body, "<label for="), times(body, "<input id=")) << body;
    EXPECT_LE(times(body, " autofocus"), 1U);
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, ApiPages, vigie::testing::each_database(),
                         vigie::testing::engine_name);

TEST_P(ApiPages, AreWholeInBothLanguages) {
  const auto token = run(services().desk.open_set_up()).value().value();
  for (const auto& path :
       {std::string{"/connexion"}, std::string{"/inscription"}, std::string{"/mot-de-passe"},
        std::string{"/deconnexion"}, std::string{"/mentions-legales"},
        std::string{"/accessibilite"}, "/demarrage/" + token}) {
    const auto french = look_in("fr", path);
    const auto english = look_in("en", path);
    EXPECT_EQ(french.status, 200) << path;
    expect_sound(french, "fr");
    expect_sound(english, "en");
    EXPECT_NE(french.body, english.body);
  }
  for (const auto* const path :
       {"/mot-de-passe/0123456789", "/adresse/0123456789", "/demarrage/0123456789"}) {
    const auto over = look_in("fr", path);
    EXPECT_EQ(over.status, 404) << path;
    expect_sound(over, "fr");
  }
}

TEST_P(ApiPages, TellEachFieldItsOwnErrorAndFocusTheFirst) {
  const auto page = submit("/inscription", "username=nora&email=x%22%3E%3Cb%3E&password=court");

  EXPECT_EQ(page.status, 422);
  expect_sound(page, "fr");
  EXPECT_EQ(times(page.body, "aria-invalid"), 2U);
  EXPECT_NE(page.body.find("id=\"f-email-e\""), std::string::npos);
  EXPECT_NE(page.body.find("aria-describedby=\"f-email-e \""), std::string::npos);
  EXPECT_NE(page.body.find("href=\"#f-password\""), std::string::npos);
  const auto focus = page.body.find(" autofocus");
  EXPECT_EQ(page.body.rfind("<input id=\"f-email\"", focus), page.body.rfind("<input id=", focus));
  EXPECT_NE(page.body.find("value=\"nora\""), std::string::npos) << "what was typed stays";
  EXPECT_EQ(page.body.find("<b>"), std::string::npos);
  EXPECT_EQ(page.body.find("value=\"court\""), std::string::npos);
}

TEST_P(ApiPages, SignInWithAndWithoutACode) {
  const auto uma = enter("uma", Role::user);
  const auto form = "username=uma&password=une+phrase+de+passe+assez+longue&suite=%2Falertes";
  const auto entered = submit("/connexion", form);
  EXPECT_EQ(entered.status, 303);
  EXPECT_EQ(entered.headers.get("Location"), "/alertes");

  const auto secret = enrol(uma);
  clock.advance(30s);
  const auto half = submit("/connexion", form);
  EXPECT_EQ(half.status, 200);
  EXPECT_FALSE(half.headers.has("Set-Cookie"));
  expect_sound(half, "fr");
  EXPECT_NE(half.body.find("autocomplete=\"one-time-code\""), std::string::npos);
  const auto mark = half.body.find("name=\"defi\" value=\"") + 19;
  const auto challenge = half.body.substr(mark, 64);
  const auto wrong = submit("/connexion/code", "defi=" + challenge + "&code=000000");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_NE(wrong.body.find("aria-invalid"), std::string::npos);
  const auto right =
      submit("/connexion/code", "defi=" + challenge + "&suite=%2Falertes&code=" + code_now(secret));
  EXPECT_EQ(right.status, 303) << right.body;
  EXPECT_EQ(right.headers.get("Location"), "/alertes");
  EXPECT_TRUE(right.headers.has("Set-Cookie"));
  EXPECT_EQ(submit("/connexion/code", "defi=" + challenge + "&code=1").status, 401);
  EXPECT_EQ(submit("/connexion/code", "").status, 303);
}

TEST_P(ApiPages, ResetAPassword) {
  enter_with_email("uma", Role::user, "uma@u.test");
  EXPECT_EQ(submit("/mot-de-passe", "email=pas+une+adresse").status, 422);
  const auto known = submit("/mot-de-passe", "email=uma%40u.test");
  const auto unknown = submit("/mot-de-passe", "email=nobody%40u.test");
  EXPECT_EQ(known.status, 202);
  EXPECT_EQ(known.body, unknown.body);
  const auto token = token_of("password_reset");
  expect_sound(look_in("fr", "/mot-de-passe/" + token), "fr");
  EXPECT_EQ(submit("/mot-de-passe/" + token, "password=court").status, 422);
  EXPECT_EQ(submit("/mot-de-passe/" + token, "password=girafe+lampe+tunnel+sept").status, 200);
  EXPECT_EQ(sign_in("uma", "girafe lampe tunnel sept").status, 200);
}

TEST_P(ApiPages, SayHonestlyWhatTheInstallationCannotDo) {
  desk_options.has_mail = false;
  desk_options.sign_up = people::SignUp::closed;
  house.legal_notice = "Préfecture\n\n# Éditeur\n\n<script>alert(1)</script>";
  build();
  EXPECT_NE(look_in("fr", "/mot-de-passe").body.find("vigie admin reset"), std::string::npos);
  EXPECT_EQ(look_in("fr", "/inscription").body.find("<form"), std::string::npos);
  const auto legal = look_in("fr", "/mentions-legales");
  EXPECT_NE(legal.body.find("<h2>Éditeur</h2>"), std::string::npos);
  EXPECT_EQ(legal.body.find("<script"), std::string::npos);
}

TEST_P(ApiPages, RefuseFormsFromOtherSites) {
  for (const auto& route : routes()) {
    if (route.method != "POST" || route.path.starts_with("/api/")) {
      continue;
    }
    http::Headers headers;
    headers.add("Origin", "https://evil.example");
    EXPECT_EQ(ask_with(headers, "POST", std::string{route.path}, nullptr, "x=1").status, 403)
        << route.path;
  }
}

}  // namespace
}  // namespace vigie::api
