// SPDX-License-Identifier: Apache-2.0
// GET /search and GET /stats, and what holds for every answer: ETags, forms of bodies.
#include "conformance/api_site.hpp"
#include "search/indexer.hpp"

namespace vigie::api {
namespace {

class SearchApi : public Api {
 protected:
  // A live of an account that the person follows, with these words.
  std::string live_with_words(const Visitor& owner, std::string_view text) {
    const auto followed =
        json_of(ask("POST", "/api/v1/accounts", &owner, R"({"username":"@demo"})"));
    const auto live = put_on_air(get_string(followed, "id").value());
    execute(R"(INSERT INTO segment (id, live_id, start_us, end_us, text, language, confidence,
                 uncertain, engine, model, token, created_at)
               VALUES ('01S', $1, 61000000, 64000000, $2, 'fr', 1.0, FALSE, 'e', 'm', 1, $3))",
            {live, text, clock.now() + std::chrono::seconds{70}});
    run(search::index_waiting(db(), 10)).value();
    return live;
  }

  std::size_t hits(const std::string& query, const Visitor& visitor) {
    const auto page = json_of(ask("GET", "/api/v1/search?" + query, &visitor));
    return page.at("items").as_array().size();
  }
};

TEST_P(SearchApi, OpensAtTheSecondAndMarksTheWords) {
  const auto uma = enter("uma", Role::user);
  const auto live = live_with_words(uma, "L’école des médecins");
  const auto page = json_of(ask("GET", "/api/v1/search?q=medecin%20ecoles", &uma));
  const auto& hit = page.at("items").as_array().at(0);

  EXPECT_EQ(get_string(hit, "live_id"), live);
  EXPECT_EQ(get_string(hit, "username"), "demo");
  EXPECT_DOUBLE_EQ(get_number(hit, "start").value(), 61.0);
  const auto& parts = hit.at("parts").as_array();
  ASSERT_EQ(parts.size(), 4U);
  EXPECT_EQ(get_string(parts[1], "text"), "école");
  EXPECT_EQ(get_bool(parts[1], "hit"), true);
  EXPECT_EQ(get_bool(parts[2], "hit"), false);
  EXPECT_EQ(get_string(parts[3], "text"), "médecins");
}

TEST_P(SearchApi, ShowsOthersNothingAndOverseersAll) {
  const auto uma = enter("uma", Role::user);
  const auto other = enter("other", Role::user);
  const auto mona = enter("mona", Role::moderator);
  live_with_words(uma, "un secret");

  EXPECT_EQ(hits("q=secret", uma), 1U);
  EXPECT_EQ(hits("q=secret", other), 0U);
  EXPECT_EQ(hits("q=secret", mona), 1U);
  EXPECT_EQ(hits("q=secret&lang=en", uma), 0U);
  EXPECT_EQ(hits("q=secret&from=2100-01-01", uma), 0U);
}

TEST_P(SearchApi, NamesTheFieldThatIsWrong) {
  const auto uma = enter("uma", Role::user);
  for (const auto& [query, field] :
       std::vector<std::pair<std::string, std::string>>{{"", "q"},
                                                        {"q=", "q"},
                                                        {"q=-chat", "q"},
                                                        {"q=" + std::string(501, 'a'), "q"},
                                                        {"q=a&from=hier", "from"},
                                                        {"q=a&to=2026-13-01", "to"},
                                                        {"q=a&from=2026-02-02&to=2026-02-01", "to"},
                                                        {"q=a&account_id=%27", "account_id"},
                                                        {"q=a&lang=%00", "lang"}}) {
    const auto response = ask("GET", "/api/v1/search?" + query, &uma);
    EXPECT_EQ(response.status, 422) << query;
    EXPECT_NE(response.body.find("\"field\":\"" + field + "\""), std::string::npos)
        << query << " " << response.body;
  }
  EXPECT_EQ(ask("GET", "/api/v1/search?q=a&cursor=x", &uma).status, 400);
}

TEST_P(SearchApi, CountsAPeriodByTheDaysOfThePerson) {
  const auto uma = enter("uma", Role::user);
  const auto other = enter("other", Role::user);
  live_with_words(uma, "bonsoir");
  const auto stats = json_of(ask("GET", "/api/v1/stats", &uma));
  const auto none = json_of(ask("GET", "/api/v1/stats", &other));

  EXPECT_EQ(get_integer(stats, "lives.count"), 1);
  EXPECT_EQ(get_string(stats, "time_zone"), "Europe/Paris");
  EXPECT_EQ(stats.at("lives").at("by_day").as_array().size(), 30U);
  EXPECT_DOUBLE_EQ(get_number(stats, "delays.words_s.p50").value(), 6.0);
  EXPECT_EQ(get_integer(stats, "alerts.total"), 0);
  EXPECT_TRUE(stats.at("delays").at("alert_to_claim_s").at("p50").is_null());
  EXPECT_EQ(get_integer(none, "lives.count"), 0);
  EXPECT_EQ(ask("GET", "/api/v1/stats?from=2020-01-01&to=2026-01-01", &uma).status, 422);
}

TEST_P(SearchApi, SendsNothingTwiceToWhoHoldsIt) {
  const auto uma = enter("uma", Role::user);
  const auto first = ask("GET", "/api/v1/lists", &uma);
  http::Headers held;
  held.add("If-None-Match", std::string{first.headers.get("ETag")});
  const auto again = ask_with(held, "GET", "/api/v1/lists", &uma);
  ask("POST", "/api/v1/lists", &uma, R"({"name":"à voir"})");
  const auto changed = ask_with(held, "GET", "/api/v1/lists", &uma);

  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(again.status, 304);
  EXPECT_TRUE(again.body.empty());
  EXPECT_TRUE(again.headers.has("Content-Security-Policy"));
  EXPECT_EQ(changed.status, 200);
}

TEST_P(SearchApi, TellsTheContractToAnybody) {
  const auto document = ask("GET", "/api/v1/openapi.json", nullptr);

  EXPECT_EQ(document.status, 200);
  EXPECT_TRUE(document.body.starts_with(R"({"openapi":"3.1.0")")) << document.body.substr(0, 40);
}

INSTANTIATE_TEST_SUITE_P(Engines, SearchApi, vigie::testing::each_database(),
                         vigie::testing::engine_name);

}  // namespace
}  // namespace vigie::api
