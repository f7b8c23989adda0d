// SPDX-License-Identifier: Apache-2.0
// What people and administrators may ask of the channels.
#include "conformance/api_site.hpp"

namespace vigie::api {
namespace {

class ApiChannels : public Api {};

INSTANTIATE_TEST_SUITE_P(Engines, ApiChannels, vigie::testing::each_database(),
                         vigie::testing::engine_name);

TEST_P(ApiChannels, KeepEachPersonsWishes) {
  const auto uma = enter("uma", Role::user);
  const auto otto = enter("otto", Role::auditor);

  const auto changed = ask(
      "PATCH", "/api/v1/me/notifications", &uma,
      R"({"mail":"daily","time_zone":"Africa/Casablanca","quiet_hours":[{"weekday":5,"from":"12:00","to":"14:30"}]})");

  EXPECT_EQ(changed.status, 200) << changed.body;
  const auto kept = json_of(ask("GET", "/api/v1/me/notifications", &uma));
  EXPECT_EQ(get_string(kept, "mail"), "daily");
  EXPECT_EQ(get_string(kept, "time_zone"), "Africa/Casablanca");
  EXPECT_EQ(get_bool(kept, "critical_passes"), true);
  const auto others = json_of(ask("GET", "/api/v1/me/notifications", &otto));
  EXPECT_EQ(get_string(others, "mail"), "immediate");
  for (const auto* const body :
       {R"({"mail":"never"})", R"({"time_zone":"Mars"})", R"({"quiet_hours":[{"weekday":9}]})",
        R"({"critical_passes":1})", R"({"male":"off"})"}) {
    EXPECT_EQ(ask("PATCH", "/api/v1/me/notifications", &uma, body).status, 422) << body;
  }
}

TEST_P(ApiChannels, EndEverySilence) {
  const auto uma = enter("uma", Role::user);
  const auto otto = enter("otto", Role::user);

  const auto made = ask("POST", "/api/v1/silences", &uma, R"({"length":"1h"})");

  ASSERT_EQ(made.status, 201) << made.body;
  const auto silence = json_of(made);
  EXPECT_EQ(get_string(silence, "ends_at"), to_rfc3339(clock.now() + std::chrono::hours{1}));
  const auto path = "/api/v1/silences/" + get_string(silence, "id").value();
  EXPECT_EQ(ask("DELETE", path, &otto).status, 404);
  EXPECT_EQ(ask("DELETE", path, &uma).status, 204);
  EXPECT_EQ(ask("POST", "/api/v1/silences", &uma, R"({"length":"for ever"})").status, 422);
  EXPECT_EQ(ask("POST", "/api/v1/silences", &uma, R"({"length":"live"})").status, 422);
}

TEST_P(ApiChannels, ShowAWebhooksSecretOnce) {
  const auto ada = enter("ada", Role::admin);

  const auto made = ask("POST", "/api/v1/webhooks", &ada,
                        R"({"name":"salle","url":"https://hooks.test/x","form":"slack"})");

  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(get_string(json_of(made), "url"), "https://hooks.test/…");
  const auto secret = get_string(json_of(made), "secret").value();
  EXPECT_EQ(secret.size(), 64U);
  EXPECT_EQ(ask("GET", "/api/v1/webhooks", &ada).body.find(secret), std::string::npos);
  const auto path = "/api/v1/webhooks/" + get_string(json_of(made), "id").value();
  const auto off = ask("PATCH", path, &ada, R"({"enabled":false})");
  EXPECT_EQ(get_bool(json_of(off), "enabled"), false);
  EXPECT_EQ(off.body.find(secret), std::string::npos);
  for (const auto* const body : {R"({"name":"x","url":"file:///etc/passwd"})", R"({"name":"x"})",
                                 R"({"name":"x","url":"https://h.test","severity":"faible"})",
                                 R"({"name":"","url":"https://h.test"})"}) {
    EXPECT_EQ(ask("POST", "/api/v1/webhooks", &ada, body).status, 422) << body;
  }
  EXPECT_EQ(ask("DELETE", path, &ada).status, 204);
  EXPECT_EQ(ask("POST", path + "/test", &ada).status, 404);
}

TEST_P(ApiChannels, SayWhatTheOtherSideAnsweredToATest) {
  const auto ada = enter("ada", Role::admin);
  const auto made = json_of(
      ask("POST", "/api/v1/webhooks", &ada, R"({"name":"inside","url":"http://127.0.0.1:80/"})"));

  const auto outcome =
      json_of(ask("POST", "/api/v1/webhooks/" + get_string(made, "id").value() + "/test", &ada));

  EXPECT_EQ(get_bool(outcome, "delivered"), false);  // the guard: not a public address
  EXPECT_NE(get_string(outcome, "answer").value_or("").find("127.0.0.1"), std::string::npos);
  EXPECT_EQ(ask("POST", "/api/v1/me/notifications/test", &ada).status, 409);  // no address
  EXPECT_EQ(ask("GET", "/api/v1/outbox?state=dead", &ada).status, 200);
  EXPECT_EQ(ask("GET", "/api/v1/outbox?state=lost", &ada).status, 422);
}

}  // namespace
}  // namespace vigie::api
