// SPDX-License-Identifier: Apache-2.0
// What people and programs type to see whether it is taken for SQL (B5): in every parameter of
// every list, in every path, in what is stored. It is text, and comes back as such.
#include "api/openapi.hpp"
#include "conformance/api_site.hpp"

namespace vigie::api {
namespace {

const std::vector<std::string> corpus{
    "'",
    "''",
    "\"",
    "\\",
    "\\'",
    "%",
    "_",
    ";",
    "--",
    "/*",
    "' OR '1'='1",
    "' OR 1=1--",
    "') OR ('a'='a",
    "'; DROP TABLE person; --",
    "1; DELETE FROM session",
    "' UNION SELECT password_hash FROM person--",
    "1 AND 1=2 UNION ALL SELECT NULL,NULL",
    "' AND (SELECT COUNT(*) FROM sqlite_master)>0--",
    "'||(SELECT pg_sleep(5))||'",
    "1);SELECT pg_sleep(5)--",
    "$1",
    "$$",
    ":name",
    "?",
    "NULL",
    "\xEF\xBC\x87 OR 1=1",  // a fullwidth apostrophe
    "é' --",
    "9223372036854775808",
    "-1",
    "0x27",
    "1e309",
    "NaN",
    "{\"$gt\":\"\"}",
    "* OR a:b NEAR(",  // the language of full text
    "\"un deux",
};

// The parameters that a route's description names, in its query.
std::vector<std::string> query_names(const Route& route) {
  const auto& document = openapi_document();
  const auto& operation = document.at("paths")
                              .as_object()
                              .at(json::string_view{route.path.data(), route.path.size()})
                              .as_object()
                              .at(to_lower_ascii(route.method));
  std::vector<std::string> names;
  const auto* parameters = operation.as_object().if_contains("parameters");
  for (std::size_t i = 0; parameters != nullptr && i < parameters->as_array().size(); ++i) {
    const auto& one = parameters->as_array().at(i).as_object();
    const auto* reference = one.if_contains("$ref");
    const std::string told{reference == nullptr ? "" : reference->as_string().c_str()};
    names.push_back(told.empty() ? std::string{one.at("name").as_string().c_str()}
                                 : told.substr(told.rfind('/') + 1));
  }
  return names;
}

class Corpus : public Api {};

TEST_P(Corpus, IsNotTakenForSql) {
  const auto ada = enter("ada", Role::admin);
  enter("uma", Role::user);
  const auto sessions = number("SELECT COUNT(*) FROM session");
  const auto list =
      get_string(json_of(ask("POST", "/api/v1/lists", &ada, R"({"name":"à voir"})")), "id").value();
  int asked = 0;
  for (const auto& route : routes()) {
    if (route.method != "GET" || !route.path.starts_with("/api/v1/")) {
      continue;
    }
    std::string path{route.path};
    if (const auto place = path.find("{id}"); place != std::string::npos) {
      path.replace(place, 4, list);
    }
    auto names = query_names(route);
    names.emplace_back("nobody_knows_it");
    for (const auto& name : names) {
      for (const auto& text : corpus) {
        const auto answer =
            ask("GET", fmt::format("{}?{}={}", path, name, http::percent_encode(text)), &ada);
        ++asked;
        EXPECT_LT(answer.status, 500) << path << " " << name << " " << text << " " << answer.body;
      }
    }
  }
  EXPECT_GT(asked, 1000) << "there is little in the description";
  EXPECT_EQ(number("SELECT COUNT(*) FROM person"), 2);
  EXPECT_EQ(number("SELECT COUNT(*) FROM session"), sessions);
}

TEST_P(Corpus, IsNotTakenForSqlInAPath) {
  const auto ada = enter("ada", Role::admin);
  for (const auto& route : routes()) {
    for (const auto& text : corpus) {
      std::string path{route.path};
      const auto place = path.find('{');
      if (place == std::string::npos || text.find('/') != std::string::npos ||
          text.find('?') != std::string::npos) {
        continue;
      }
      path.replace(place, path.find('}') + 1 - place, text);
      const auto answer = ask(std::string{route.method}, path, &ada, "{}");
      EXPECT_LT(answer.status, 500) << path << " " << answer.body;
      EXPECT_NE(answer.status / 100, route.path.starts_with("/api/") ? 2 : 9) << path;
    }
  }
  EXPECT_EQ(number("SELECT COUNT(*) FROM person"), 1);
}

TEST_P(Corpus, ComesBackLetterByLetter) {
  const auto uma = enter("uma", Role::user);
  const auto account =
      get_string(json_of(ask("POST", "/api/v1/accounts", &uma, R"({"username":"demo"})")), "id")
          .value();
  for (const auto& text : corpus) {
    json::object wished{{"note", text}};
    if (text.size() <= 40) {
      wished["tags"] = json::array{text};
    }
    const auto said = json::serialize(wished);
    const auto stored = ask("PATCH", "/api/v1/accounts/" + account, &uma, said);
    EXPECT_EQ(stored.status, 200) << text << " " << stored.body;
    const auto read = json_of(ask("GET", "/api/v1/accounts/" + account, &uma));
    EXPECT_EQ(get_string(read, "note"), text);

    const auto list =
        json_of(ask("POST", "/api/v1/lists", &uma, json::serialize(json::object{{"name", text}})));
    EXPECT_EQ(get_string(list, "name"), text) << json::serialize(list);

    const auto signed_in =
        ask("POST", "/api/v1/session", nullptr,
            json::serialize(json::object{{"username", text}, {"password", text}}));
    EXPECT_TRUE(signed_in.status == 401 || signed_in.status == 429) << signed_in.body;
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, Corpus, vigie::testing::each_database(),
                         vigie::testing::engine_name);

}  // namespace
}  // namespace vigie::api
