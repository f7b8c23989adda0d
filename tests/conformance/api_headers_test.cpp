// SPDX-License-Identifier: Apache-2.0
// What goes out with every answer whatever it is (B2, B3), and whom we answer: our own names only,
// and sockets of our own pages only (B15).
#include <fstream>

#include "conformance/api_people.hpp"
#include "http/policy.hpp"

namespace vigie::api {
namespace {

class ApiHeaders : public ApiPeople {
 protected:
  void SetUp() override {
    ApiPeople::SetUp();
    if (IsSkipped()) {
      return;
    }
    std::filesystem::create_directories(web_.path() / "assets");
    std::ofstream{web_.path() / "index.html"} << "<!doctype html><title>Vigie</title>";
    std::ofstream{web_.path() / "assets" / "a-1234.js"} << "1;";
    with_assets_ =
        std::make_unique<Site>(services(), Assets{web_.path().string()}, Language::french);
  }

  http::Request request(std::string method, std::string path, const Visitor* visitor = nullptr) {
    http::Request made;
    made.method = std::move(method);
    made.target = path;
    made.path = std::move(path);
    made.peer = "127.0.0.1";
    made.id = "r1";
    made.headers.add("Host", "localhost:8080");
    if (visitor != nullptr) {
      made.headers.add("Cookie", "vigie=" + visitor->cookie);
      made.headers.add("X-CSRF-Token", visitor->csrf_token);
    }
    return made;
  }

  http::Response answer(http::Request asked) {
    return std::get<http::Response>(run(with_assets_->answer(std::move(asked))));
  }
  http::Answer open(http::Request asked) { return run(with_assets_->answer(std::move(asked))); }

  void expect_policy(const http::Headers& headers, const std::string& what) {
    http::Headers policy;
    http::set_policy(policy);
    for (const auto& [name, value] : policy.fields()) {
      EXPECT_EQ(headers.get(name), value) << what << ": " << name;
    }
    for (const auto& [name, value] : headers.fields()) {
      EXPECT_FALSE(equals_ignoring_case(name, "Server")) << what;
      EXPECT_FALSE(starts_with_ignoring_case(name, "X-Powered")) << what;
    }
  }

 private:
  vigie::testing::TemporaryFolder web_;
  std::unique_ptr<Site> with_assets_;
};

TEST_P(ApiHeaders, GoWithEveryAnswerOfEveryRouteToEverybody) {
  const auto ada = enter("ada", Role::admin);
  const auto uma = enter("uma", Role::user);
  std::set<int> statuses;
  const auto look = [&](http::Request asked) {
    const auto what = asked.method + " " + asked.path;
    const auto given = open(std::move(asked));
    if (const auto* socket = std::get_if<http::Upgrade>(&given)) {
      expect_policy(socket->headers, what);
      return;
    }
    const auto& response = std::get<http::Response>(given);
    statuses.insert(response.status);
    expect_policy(response.headers, fmt::format("{} {}", what, response.status));
    EXPECT_TRUE(response.headers.has("Cache-Control")) << what;
    EXPECT_FALSE(response.headers.has("Strict-Transport-Security")) << what << " on plain HTTP";
  };
  std::vector<std::pair<std::string, std::string>> addresses;
  for (const auto& route : routes()) {
    if (route.path != "/api/v1/session" || route.method != "DELETE") {
      addresses.emplace_back(route.method, route.path);
    }
  }
  for (const auto* path :
       {"/", "/directs", "/assets/a-1234.js", "/assets/none.js", "/../secret.txt", "/favicon.ico",
        "/api/v1/nothing", "/api/v1/events", "/nowhere"}) {
    addresses.emplace_back("GET", path);
  }
  for (const auto& [method, path] : addresses) {
    for (const auto* visitor : {static_cast<const Visitor*>(nullptr), &uma, &ada}) {
      look(request(method, path, visitor));
      look(request("BREW", path, visitor));
      if (method == "GET") {
        look(request("HEAD", path, visitor));
      }
      auto stranger = request(method, path, visitor);
      stranger.headers.set("Host", "evil.example");
      look(std::move(stranger));
    }
  }
  auto packed = request("POST", "/api/v1/lists", &uma);
  packed.headers.add("Content-Encoding", "gzip");
  look(std::move(packed));
  for (const int status : {200, 303, 401, 403, 404, 405, 415, 421, 422}) {
    EXPECT_TRUE(statuses.contains(status)) << status << " was never seen: not looked at";
  }
}

TEST_P(ApiHeaders, AskForTlsForAYearWhereThereIsSome) {
  for (const auto* path : {"/connexion", "/api/v1/nothing", "/assets/a-1234.js", "/nowhere.png"}) {
    auto asked = request("GET", path);
    asked.headers.add("X-Forwarded-Proto", "https");
    const auto given = answer(std::move(asked));
    expect_policy(given.headers, path);
    EXPECT_EQ(given.headers.get("Strict-Transport-Security"), "max-age=31536000") << path;
  }
}

TEST_P(ApiHeaders, SendPagesToTlsAndRefuseProgramsWithoutIt) {
  const auto uma = enter("uma", Role::user);
  const auto plainly = [&](const std::string& method, const std::string& path) {
    auto asked = request(method, path, &uma);
    asked.headers.add("X-Forwarded-Proto", "http");
    return answer(std::move(asked));
  };

  for (const auto* path : {"/", "/directs", "/connexion", "/assets/a-1234.js"}) {
    const auto sent_on = plainly("GET", path);
    EXPECT_EQ(sent_on.status, 308) << path;
    EXPECT_EQ(sent_on.headers.get("Location"), fmt::format("https://localhost{}", path));
    expect_policy(sent_on.headers, path);
  }
  EXPECT_EQ(plainly("GET", "/api/v1/accounts").status, 403);
  EXPECT_EQ(plainly("GET", "/api/v1/events").status, 403);
  EXPECT_EQ(plainly("POST", "/api/v1/session").status, 403);
  EXPECT_EQ(plainly("POST", "/connexion").status, 403);
  EXPECT_EQ(plainly("GET", "/healthz").status, 200) << "whoever watches us asks from inside";
}

TEST_P(ApiHeaders, NameNoHostButOurs) {
  enter_with_email("uma", Role::user, "uma@example.org");
  const std::vector<std::string> names{"evil.example",
                                       "evil.example:8080",
                                       "localhost.evil.example",
                                       "localhost@evil.example",
                                       "127.0.0.1.evil.example",
                                       "[::1].evil.example",
                                       "",
                                       "localhost evil.example"};
  for (const auto& name : names) {
    for (const auto* path : {"/connexion", "/api/v1/password-resets", "/assets/a-1234.js",
                             "/healthz", "/api/v1/events", "/nowhere"}) {
      auto asked = request("GET", path);
      asked.headers.set("Host", name);
      const auto given = answer(std::move(asked));
      EXPECT_EQ(given.status, 421) << name << " " << path;
      EXPECT_EQ(given.body.find("evil"), std::string::npos) << given.body;
    }
    auto reset = request("POST", "/api/v1/password-resets");
    reset.headers.set("Host", name);
    reset.headers.add("Content-Type", "application/json");
    reset.body = R"({"email":"uma@example.org"})";
    EXPECT_EQ(answer(std::move(reset)).status, 421) << name;
  }
  EXPECT_TRUE(mails().empty()) << "a foreign name made a mail";
}

TEST_P(ApiHeaders, BelieveNobodyAboutOurName) {
  enter_with_email("uma", Role::user, "uma@example.org");
  const auto poisoned = [&](std::string method, std::string path) {
    auto asked = request(std::move(method), std::move(path));
    for (const auto* field : {"X-Forwarded-Host", "X-Host", "X-Forwarded-Server", "Forwarded",
                              "X-Original-URL", "X-Rewrite-URL", "X-HTTP-Host-Override"}) {
      asked.headers.add(
          field, field == std::string_view{"Forwarded"} ? "host=evil.example" : "evil.example");
    }
    return asked;
  };

  auto reset = poisoned("POST", "/api/v1/password-resets");
  reset.headers.add("Content-Type", "application/json");
  reset.body = R"({"email":"uma@example.org"})";
  EXPECT_EQ(answer(std::move(reset)).status, 202);
  for (const auto* path : {"/", "/connexion", "/mot-de-passe", "/nowhere", "/api/v1/nothing"}) {
    const auto given = answer(poisoned("GET", path));
    EXPECT_EQ(given.body.find("evil"), std::string::npos) << path;
    for (const auto& [name, value] : given.headers.fields()) {
      EXPECT_EQ(value.find("evil"), std::string::npos) << path << " " << name;
    }
  }
  EXPECT_EQ(mails().size(), 1U);  // whose link tests/integration/hostile.py reads
}

TEST_P(ApiHeaders, OpenNoSocketToPagesOfOthers) {
  const auto uma = enter("uma", Role::user);
  const auto knock = [&](const std::vector<std::pair<std::string, std::string>>& fields,
                         const Visitor* visitor) {
    auto asked = request("GET", "/api/v1/events", visitor);
    for (const auto& [name, value] : fields) {
      asked.headers.set(name, value);
    }
    auto given = open(std::move(asked));
    const auto* refused = std::get_if<http::Response>(&given);
    return refused == nullptr ? 101 : refused->status;
  };

  EXPECT_EQ(knock({{"Origin", "http://localhost:8080"}}, &uma), 101);
  EXPECT_EQ(knock({}, &uma), 101) << "a program";
  EXPECT_EQ(knock({}, nullptr), 401);
  for (const auto* origin :
       {"https://evil.example", "null", "http://localhost:9999",
        "http://localhost:8080.evil.example", "http://evil.example:8080", "http://localhost"}) {
    EXPECT_EQ(knock({{"Origin", origin}}, &uma), 403) << origin;
  }
  EXPECT_EQ(knock({{"Sec-Fetch-Site", "cross-site"}}, &uma), 403);
  EXPECT_EQ(knock({{"Sec-Fetch-Site", "same-site"}}, &uma), 403);
  EXPECT_EQ(knock({{"Host", "evil.example"}, {"Origin", "http://evil.example"}}, &uma), 421);
}

TEST_P(ApiHeaders, AskAnAddressThatAsksTooMuchToWait) {
  const auto from = [&](const std::string& address) {
    auto asked = request("GET", "/healthz");
    asked.headers.add("X-Forwarded-For", address);
    return answer(std::move(asked));
  };
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(from("203.0.113.5").status, 200) << i;
  }

  const auto refused = from("203.0.113.5");

  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.headers.get("Retry-After"), "1");
  expect_policy(refused.headers, "429");
  EXPECT_EQ(from("203.0.113.6").status, 200);
}

TEST_P(ApiHeaders, NameFilesByOurIdsAlone) {
  const auto uma = enter("uma", Role::user);
  const auto made = ask("POST", "/api/v1/accounts", &uma, R"({"username":"demo"})");
  const auto live = put_on_air(get_string(json_of(made), "id").value());
  for (const auto* form : {"txt", "srt", "vtt", "json"}) {
    const auto given =
        answer(request("GET", fmt::format("/api/v1/lives/{}/transcript.{}", live, form), &uma));
    EXPECT_EQ(given.status, 200) << form;
    EXPECT_EQ(given.headers.get("Content-Disposition"),
              fmt::format("attachment; filename=\"direct-{}.{}\"", live, form));
  }
  EXPECT_EQ(live.find_first_not_of("0123456789ABCDEFGHJKMNPQRSTVWXYZ"), std::string::npos);
}

TEST_P(ApiHeaders, GiveTenSocketsToAPerson) {
  const auto uma = enter("uma", Role::user);
  std::vector<http::Answer> opened;
  for (int i = 0; i < 10; ++i) {
    opened.push_back(open(request("GET", "/api/v1/events", &uma)));
    const auto* upgrade = std::get_if<http::Upgrade>(&opened.back());
    ASSERT_NE(upgrade, nullptr) << i;
    expect_policy(upgrade->headers, "the handshake");
  }
  auto one_more = open(request("GET", "/api/v1/events", &uma));

  const auto* refused = std::get_if<http::Response>(&one_more);
  ASSERT_NE(refused, nullptr);
  EXPECT_EQ(refused->status, 429);
  EXPECT_EQ(refused->headers.get("Retry-After"), "30");
  opened.pop_back();
  EXPECT_TRUE(std::holds_alternative<http::Upgrade>(open(request("GET", "/api/v1/events", &uma))));
}

INSTANTIATE_TEST_SUITE_P(Engines, ApiHeaders, vigie::testing::each_database(),
                         vigie::testing::engine_name);

}  // namespace
}  // namespace vigie::api
