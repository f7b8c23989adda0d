// SPDX-License-Identifier: Apache-2.0
#include "api/access.hpp"

#include <gtest/gtest.h>

#include <set>

#include "domain/event.hpp"

namespace vigie::api {
namespace {

TEST(Routes, AreListedOnceEach) {
  std::set<std::string> seen;
  for (const auto& route : routes()) {
    EXPECT_TRUE(seen.insert(fmt::format("{} {}", route.method, route.path)).second) << route.path;
  }
}

TEST(Routes, OpenToTheAnonymousAreTheseAndNoOther) {
  std::set<std::string> open;
  for (const auto& route : routes()) {
    if ((route.roles & anonymous) != 0) {
      open.insert(fmt::format("{} {}", route.method, route.path));
    }
  }
  EXPECT_EQ(open, (std::set<std::string>{"POST /api/v1/session",
                                         "POST /api/v1/session/second-factor",
                                         "POST /api/v1/users",
                                         "POST /api/v1/password-resets",
                                         "POST /api/v1/password-resets/{token}",
                                         "GET /api/v1/openapi.json",
                                         "GET /healthz",
                                         "GET /readyz",
                                         "GET /connexion",
                                         "POST /connexion",
                                         "POST /connexion/code",
                                         "GET /deconnexion",
                                         "GET /inscription",
                                         "POST /inscription",
                                         "GET /mot-de-passe",
                                         "POST /mot-de-passe",
                                         "GET /mot-de-passe/{token}",
                                         "POST /mot-de-passe/{token}",
                                         "GET /adresse/{token}",
                                         "POST /adresse/{token}",
                                         "GET /demarrage/{token}",
                                         "POST /demarrage/{token}",
                                         "GET /mentions-legales",
                                         "GET /accessibilite",
                                         "GET /pages.css"}));
}

TEST(Routes, ThatAreNotListedAreDenied) {
  EXPECT_EQ(find_route("GET", "/api/v1/secrets").route, nullptr);
  EXPECT_TRUE(find_route("GET", "/api/v1/secrets").allowed_methods.empty());
  EXPECT_EQ(find_route("DELETE", "/api/v1/lives").route, nullptr);
  EXPECT_EQ(find_route("DELETE", "/api/v1/lives").allowed_methods, "GET");
}

TEST(Routes, HandOverWhatStandsInTheirPlace) {
  const auto match = find_route("GET", "/api/v1/lives/01ABC/segments");

  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.parameters, std::vector<std::string>{"01ABC"});
  EXPECT_EQ(match.route->path, "/api/v1/lives/{id}/segments");
}

TEST(Routes, TurnImplausibleIdsIntoOneThatNothingHas) {
  for (const auto* id : {"", "a b", "../x", "%00", "<script>"}) {
    const auto match = find_route("GET", fmt::format("/api/v1/lives/{}", id));
    if (match.route != nullptr) {
      EXPECT_EQ(match.parameters, std::vector<std::string>{"-"}) << id;
    }
  }
  const auto endless = find_route("GET", "/api/v1/lives/" + std::string(5000, 'a'));
  EXPECT_EQ(endless.parameters, std::vector<std::string>{"-"});
}

TEST(Routes, PreferTheLiteralToTheParameter) {
  EXPECT_EQ(find_route("PUT", "/api/v1/notifications/read").route->path,
            "/api/v1/notifications/read");
}

TEST(Events, OfATypeThatIsNotListedGoToNobody) {
  EXPECT_EQ(roles_for_event("audit.entry"), 0);
  EXPECT_EQ(roles_for_event(event_type::alert_opened), signed_in);
}

}  // namespace
}  // namespace vigie::api
