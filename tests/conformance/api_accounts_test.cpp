// SPDX-License-Identifier: Apache-2.0
// Accounts and lists through the API: many at once, filters, other people's lists, bad input.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <set>

#include "conformance/api_site.hpp"

namespace vigie::api {
namespace {

class AccountsApi : public Api {
 protected:
  std::string follow(const Visitor& visitor, const std::string& name) {
    const json::object body{{"username", name}};
    const auto answer =
        ask("POST", "/api/v1/accounts", &visitor, json::serialize(json::value(body)));
    EXPECT_EQ(answer.status, 201) << answer.body;
    return get_string(json_of(answer), "id").value();
  }

  std::string make_list(const Visitor& visitor, const std::string& name) {
    const json::object body{{"name", name}};
    const auto answer = ask("POST", "/api/v1/lists", &visitor, json::serialize(json::value(body)));
    EXPECT_EQ(answer.status, 201) << answer.body;
    return get_string(json_of(answer), "id").value();
  }

  json::array batch(const Visitor& visitor, const json::object& body) {
    const auto answer =
        ask("POST", "/api/v1/accounts/batch", &visitor, json::serialize(json::value(body)));
    EXPECT_EQ(answer.status, 200) << answer.body;
    return json::parse(answer.body).at("items").as_array();  // more than we read from others
  }

  std::string names(const Visitor& visitor, const std::string& query) {
    const auto answer = ask("GET", "/api/v1/accounts?" + query, &visitor);
    EXPECT_EQ(answer.status, 200) << answer.body;
    std::string all;
    const auto page = json_of(answer);
    for (const auto& item : page.at("items").as_array()) {
      all += (all.empty() ? "" : " ") + get_string(item, "username").value();
    }
    return all;
  }

  std::size_t followed(const Visitor& visitor) {
    const auto answer = ask("GET", "/api/v1/accounts?limit=1000", &visitor);
    return json::parse(answer.body).at("items").as_array().size();
  }
};

TEST_P(AccountsApi, FollowsManyAndTellsOfEachLine) {
  const auto uma = enter("uma", Role::user);
  follow(uma, "known");
  const auto list = make_list(uma, "marchés");

  const auto lines = batch(
      uma, {{"text",
             "@Anna\nknown\n\nanna, bert\nRegardez @Carl et https://www.tiktok.com/@dora/live !\n"
             "rien de tel ici\nhttps://example.org/@x\n<b>é</b>\nstream:https://radio.test/a,b"},
            {"list", list},
            {"tags", json::array{"  marché ", "marché"}},
            {"priority", 2}});

  std::vector<std::string> told;
  for (const auto& line : lines) {
    told.push_back(fmt::format("{} {} {}", line.at("line").as_int64(),
                               get_string(line, "typed").value(),
                               get_string(line, "result").value()));
  }
  EXPECT_EQ(told, (std::vector<std::string>{
                      "1 @Anna added", "2 known already", "4 anna duplicate", "4 bert added",
                      "5 @Carl added", "5 https://www.tiktok.com/@dora/live added",
                      "6 rien de tel ici invalid", "7 https://example.org/@x invalid",
                      "8 b>é</b invalid", "9 stream:https://radio.test/a,b added"}));
  EXPECT_EQ(lines[0].at("account").at("priority").as_int64(), 2);
  EXPECT_EQ(json::serialize(lines[0].at("account").at("tags")), R"(["marché"])");
  EXPECT_EQ(lines[1].at("account").at("priority").as_int64(), 0);
  EXPECT_TRUE(lines[2].at("account").is_null());
  EXPECT_EQ(get_string(lines[2], "detail"), "the same account as on line 1");
  EXPECT_EQ(names(uma, "list=" + list + "&sort=name"),
            "anna bert carl dora https://radio.test/a,b known");
}

TEST_P(AccountsApi, RefusesABatchWholeOnlyWhenItsOptionsAreWrong) {
  const auto uma = enter("uma", Role::user);
  const auto theirs = make_list(enter("other", Role::user), "à eux");
  const std::vector<std::pair<std::string, std::string>> bodies{
      {"{}", "text"},
      {R"({"text":"a","usernames":["b"]})", "text"},
      {R"({"text":7})", "text"},
      {R"({"usernames":"b"})", "usernames"},
      {R"({"usernames":[1]})", "usernames"},
      {R"({"text":"a","priority":3})", "priority"},
      {R"({"text":"a","tags":[""]})", "tags"},
      {R"({"text":"a","tags":"x"})", "tags"},
      {R"({"text":"a","lists":"x"})", "lists"},
      {R"({"text":"a","list":")" + theirs + R"("})", "list"},
      {R"({"text":"a","list":"01NOTHING"})", "list"}};
  for (const auto& [body, field] : bodies) {
    const auto answer = ask("POST", "/api/v1/accounts/batch", &uma, body);
    EXPECT_EQ(answer.status, 422) << body << answer.body;
    EXPECT_EQ(get_string(json_of(answer).at("errors").at(0), "field"), field) << answer.body;
  }
  std::string many;
  for (int i = 0; i < 1001; ++i) {
    many += fmt::format("n{}\n", i);
  }
  const json::object too_many{{"text", many}};
  EXPECT_EQ(
      ask("POST", "/api/v1/accounts/batch", &uma, json::serialize(json::value(too_many))).status,
      422);
  EXPECT_EQ(followed(uma), 0U);
}

TEST_P(AccountsApi, FollowsAThousandAtOnce) {
  const auto uma = enter("uma", Role::user);
  json::array usernames;
  for (int i = 0; i < 1000; ++i) {
    usernames.emplace_back(fmt::format("n{}", i));
  }
  usernames[7] = "\U0001F642";
  usernames[8] = std::string("a\0b", 3);
  usernames[9] = std::string(5000, 'a');

  const auto lines = batch(uma, {{"usernames", usernames}});

  EXPECT_EQ(lines.size(), 1000U);
  EXPECT_EQ(get_string(lines[7], "result"), "invalid");
  EXPECT_EQ(get_string(lines[8], "result"), "invalid");
  EXPECT_EQ(get_string(lines[9], "result"), "invalid");
  EXPECT_EQ(get_string(lines[9], "typed").value().size(), 200U);
  EXPECT_EQ(followed(uma), 997U);
}

TEST_P(AccountsApi, FiltersAndSortsInPages) {
  const auto uma = enter("uma", Role::user);
  const auto edit = [&](const std::string& id, const std::string& body) {
    EXPECT_EQ(ask("PATCH", "/api/v1/accounts/" + id, &uma, body).status, 200);
  };
  const auto zoe = follow(uma, "zoe_1");
  clock.advance(std::chrono::seconds{1});
  const auto abel = follow(uma, "abel");
  clock.advance(std::chrono::seconds{1});
  const auto mia = follow(uma, "mia");
  edit(zoe, R"({"priority":2,"tags":["élection","100%"]})");
  edit(abel, R"({"note":"Voir le marché","tags":["élection locale"]})");
  put_on_air(mia);

  EXPECT_EQ(names(uma, ""), "mia abel zoe_1");
  EXPECT_EQ(names(uma, "sort=name"), "abel mia zoe_1");
  EXPECT_EQ(names(uma, "sort=priority"), "zoe_1 abel mia");
  EXPECT_EQ(names(uma, "sort=status"), "mia abel zoe_1");
  EXPECT_EQ(names(uma, "sort=last_live"), "mia abel zoe_1");
  EXPECT_EQ(names(uma, "status=live"), "mia");
  EXPECT_EQ(names(uma, "status=unknown&sort=name"), "abel zoe_1");
  EXPECT_EQ(names(uma, "q=%40ZOE_"), "zoe_1");
  EXPECT_EQ(names(uma, "q=o_e"), "");
  EXPECT_EQ(names(uma, "q=voir%20le"), "abel");
  EXPECT_EQ(names(uma, "q=%25"), "zoe_1");
  EXPECT_EQ(names(uma, "tag=%C3%A9lection"), "zoe_1");
  EXPECT_EQ(names(uma, "tag=100%25"), "zoe_1");
  for (const auto* sort : {"recent", "name", "priority", "status", "last_live"}) {
    std::string paged;
    std::string cursor;
    do {
      const auto page = json_of(
          ask("GET", fmt::format("/api/v1/accounts?limit=1&sort={}{}", sort, cursor), &uma));
      paged += get_string(page.at("items").at(0), "username").value() + " ";
      const auto next = get_string(page, "next_cursor");
      cursor = next ? "&cursor=" + *next : "";
    } while (!cursor.empty());
    EXPECT_EQ(paged, names(uma, fmt::format("sort={}", sort)) + " ") << sort;
  }
  for (const auto* query : {"sort=size", "status=asleep"}) {
    EXPECT_EQ(ask("GET", std::string{"/api/v1/accounts?"} + query, &uma).status, 422) << query;
  }
  for (const auto* query : {"cursor=x", "cursor=1-../x"}) {
    EXPECT_EQ(ask("GET", std::string{"/api/v1/accounts?"} + query, &uma).status, 400) << query;
  }
  EXPECT_EQ(ask("GET", "/api/v1/accounts?q=" + std::string(300, 'a'), &uma).status, 422);
}

// The list is answered again from memory while nothing changes.
TEST_P(AccountsApi, ShowsEveryChangeAtOnceAndToNobodyElse) {
  const auto uma = enter("uma", Role::user);
  const auto otto = enter("otto", Role::user);
  const auto anna = follow(uma, "anna");
  const auto list = [&](const Visitor& who) {
    return ask("GET", "/api/v1/accounts?limit=50", &who).body;
  };
  const auto before = list(uma);
  EXPECT_EQ(list(uma), before);
  EXPECT_EQ(list(otto).find("anna"), std::string::npos);

  ask("PATCH", "/api/v1/accounts/" + anna, &uma, R"({"note":"le marché"})");
  EXPECT_NE(list(uma).find("le marché"), std::string::npos);

  execute("UPDATE account SET status = 'live' WHERE id = $1", {anna});
  EXPECT_NE(list(uma).find(R"("status":"live")"), std::string::npos);

  ask("DELETE", "/api/v1/accounts/" + anna, &uma);
  EXPECT_EQ(list(uma).find("anna"), std::string::npos);
}

TEST_P(AccountsApi, KeepsListsPersonal) {
  const auto uma = enter("uma", Role::user);
  const auto mona = enter("mona", Role::moderator);
  const auto account = follow(uma, "demo");
  const auto list = make_list(uma, "Élections");
  const auto entry = [&](const std::string& list_id, const std::string& account_id) {
    return "/api/v1/lists/" + list_id + "/accounts/" + account_id;
  };

  EXPECT_EQ(ask("PUT", entry(list, account), &uma).status, 204);
  EXPECT_EQ(ask("PUT", entry(list, account), &uma).status, 204);
  EXPECT_EQ(json::serialize(json_of(ask("GET", "/api/v1/accounts/" + account, &uma)).at("lists")),
            "[\"" + list + "\"]");
  EXPECT_EQ(json::serialize(json_of(ask("GET", "/api/v1/accounts/" + account, &mona)).at("lists")),
            "[]");
  EXPECT_EQ(json_of(ask("GET", "/api/v1/lists", &uma)).at("items").at(0).at("accounts"), 1);
  EXPECT_TRUE(json_of(ask("GET", "/api/v1/lists", &mona)).at("items").as_array().empty());

  // A moderator's own list may hold what others follow; another person's list is no list to them.
  const auto own = make_list(mona, "élections");
  EXPECT_EQ(ask("PUT", entry(own, account), &mona).status, 204);
  EXPECT_EQ(names(mona, "scope=all&list=" + own), "demo");
  for (const auto& [method, path] : std::vector<std::pair<std::string, std::string>>{
           {"PUT", entry(list, account)},
           {"DELETE", entry(list, account)},
           {"PATCH", "/api/v1/lists/" + list},
           {"DELETE", "/api/v1/lists/" + list},
           {"GET", "/api/v1/accounts?scope=all&list=" + list}}) {
    EXPECT_EQ(ask(method, path, &mona, method == "PATCH" ? R"({"name":"x"})" : "").status, 404)
        << method << path;
  }
  EXPECT_EQ(ask("PUT", entry(list, "01NOTHING"), &uma).status, 404);
  EXPECT_EQ(names(uma, "list=" + list), "demo");

  EXPECT_EQ(ask("DELETE", "/api/v1/accounts/" + account, &uma).status, 204);
  EXPECT_EQ(json_of(ask("GET", "/api/v1/lists", &uma)).at("items").at(0).at("accounts"), 0);
  EXPECT_EQ(ask("DELETE", "/api/v1/lists/" + list, &uma).status, 204);
  EXPECT_EQ(ask("DELETE", "/api/v1/lists/" + list, &uma).status, 404);
}

TEST_P(AccountsApi, NamesListsAndSaysWhatIsWrongWithAName) {
  const auto uma = enter("uma", Role::user);
  const auto first = make_list(uma, "  Été ");
  const auto second = make_list(uma, "Hiver");
  const auto post = [&](const std::string& body) {
    return ask("POST", "/api/v1/lists", &uma, body);
  };

  EXPECT_EQ(post(R"({"name":"ete"})").status, 409);
  EXPECT_EQ(ask("PATCH", "/api/v1/lists/" + second, &uma, R"({"name":"ÉTÉ"})").status, 409);
  EXPECT_EQ(ask("PATCH", "/api/v1/lists/" + first, &uma, R"({"name":"ÉTÉ"})").status, 200);
  const auto kept =
      ask("PATCH", "/api/v1/lists/" + first, &uma, "{}");  // as every PATCH: no change
  EXPECT_EQ(get_string(json_of(kept), "name"), "ÉTÉ") << kept.body;
  for (const auto* body : {"{}", R"({"name":""})", R"({"name":"   "})", R"({"name":7})",
                           R"({"name":"\u0000"})", R"({"nam":"x"})", "[]"}) {
    EXPECT_EQ(post(body).status, 422) << body;
  }
  EXPECT_EQ(post("x").status, 400);
  const json::object endless{{"name", std::string(81, 'x')}};
  EXPECT_EQ(post(json::serialize(json::value(endless))).status, 422);
  EXPECT_EQ(post(R"({"name":"<script>alert(1)</script> 🙂"})").status, 201);
  EXPECT_EQ(json_of(ask("GET", "/api/v1/lists", &uma)).at("items").as_array().size(), 3U);
}

TEST_P(AccountsApi, TellsHowLateLivesAreNoticed) {
  const auto uma = enter("uma", Role::user);
  const auto before = json_of(ask("GET", "/api/v1/status", &uma));
  EXPECT_TRUE(before.at("detection_delay_p50_s").is_null());
  const auto account = follow(uma, "demo");
  watch::Check look;
  look.account_id = account;
  look.observation.evidence = platform::Evidence::not_live;
  look.observation.reason = "status_4";
  look.at = clock.now();
  run(accounts().record(look)).value();
  clock.advance(std::chrono::seconds{20});
  look.observation = {};
  look.observation.evidence = platform::Evidence::live;
  auto& live = look.observation.live.emplace();
  live.room = "7";
  live.started_at = clock.now() - std::chrono::seconds{9};
  look.at = clock.now();
  run(accounts().record(look)).value();

  const auto status = json_of(ask("GET", "/api/v1/status", &uma));
  EXPECT_EQ(status.at("detection_delay_p50_s").as_double(), 9.0);
  EXPECT_EQ(status.at("detection_delay_p95_s").as_double(), 9.0);
}

TEST_P(AccountsApi, CleansTagsAndNotes) {
  const auto uma = enter("uma", Role::user);
  const auto account = follow(uma, "demo");
  const auto patch = [&](const std::string& body) {
    return ask("PATCH", "/api/v1/accounts/" + account, &uma, body);
  };

  const auto edited = patch(R"({"tags":[" a ","a","b\u0000c"],"note":"un\u0000deux"})");
  EXPECT_EQ(edited.status, 200) << edited.body;
  EXPECT_EQ(json::serialize(json_of(edited).at("tags")), R"(["a","bc"])");
  EXPECT_EQ(get_string(json_of(edited), "note"), "undeux");
  for (const auto* body :
       {R"({"tags":[""]})", R"({"tags":["a\nb"]})", R"({"tags":[1]})", R"({"priority":"2"})",
        R"({"priority":-1})", R"({"priority":1.5})", R"({"note":7})", R"({"followed":false})"}) {
    EXPECT_EQ(patch(body).status, 422) << body;
  }
  EXPECT_EQ(json::serialize(json_of(ask("GET", "/api/v1/accounts/" + account, &uma)).at("tags")),
            R"(["a","bc"])");
}

INSTANTIATE_TEST_SUITE_P(Engines, AccountsApi, vigie::testing::each_database(),
                         vigie::testing::engine_name);

TEST_P(AccountsApi, GivesAListARuleForThoseWhoDecideOnly) {
  const auto mona = enter("mona", Role::moderator);
  const auto uma = enter("uma", Role::user);
  const auto made = ask("POST", "/api/v1/lists", &mona, R"({"name":"calme"})");
  const auto rule = "/api/v1/lists/" + get_string(json_of(made), "id").value() + "/alert-rule";

  const auto before = json_of(ask("GET", rule, &mona));
  EXPECT_TRUE(before.at("hate_alerts").is_null());
  const auto set = ask("PUT", rule, &mona, R"({"risk_threshold":0.9,"hate_alerts":false})");
  ASSERT_EQ(set.status, 200) << set.body;
  EXPECT_EQ(get_number(json_of(ask("GET", rule, &mona)), "risk_threshold"), 0.9);

  EXPECT_EQ(ask("GET", rule, &uma).status, 403);
  EXPECT_EQ(ask("PUT", rule, &uma, "{}").status, 403);
  const auto otto = enter("otto", Role::admin);
  EXPECT_EQ(ask("PUT", rule, &otto, "{}").status, 404) << "another person's list";
  for (const auto* const body :
       {R"({"risk_threshold":2})", R"({"cooldown_s":-1})", R"({"hate_alerts":1})", R"({"x":1})"}) {
    EXPECT_EQ(ask("PUT", rule, &mona, body).status, 422) << body;
  }
}

}  // namespace
}  // namespace vigie::api
