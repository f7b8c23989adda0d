// SPDX-License-Identifier: Apache-2.0
// What a person is shown nowhere, no route gives, changes or confirms (A11). The ids are taken from
// what the API tells their owner and the routes from its table, so that a new route or a new kind
// of object is tried here without a word.
#include <map>
#include <set>

#include "api/openapi.hpp"
#include "conformance/alert_store.hpp"
#include "conformance/api_site.hpp"

namespace vigie::api {
namespace {

using Names = std::set<std::string>;

bool names_an_id(std::string_view key) {
  return key == "id" || key.ends_with("_id");
}

void gather(const json::value& value, Names& found) {
  if (const auto* list = value.if_array()) {
    for (const auto& one : *list) {
      gather(one, found);
    }
  }
  const auto* fields = value.if_object();
  if (fields == nullptr) {
    return;
  }
  for (const auto& [key, field] : *fields) {
    if (const auto* text = field.if_string(); text != nullptr && names_an_id(key)) {
      found.insert(std::string{*text});
    }
    gather(field, found);
  }
}

// How many things the path names: "{token}" is a secret and no name.
int places(std::string_view path) {
  int count = 0;
  for (auto at = path.find("id}"); at != std::string_view::npos; at = path.find("id}", at + 1)) {
    ++count;
  }
  return path.find("{token}") == std::string_view::npos ? count : 0;
}

std::string filled(std::string_view pattern, const std::vector<std::string>& ids) {
  std::string path;
  std::size_t next = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '{') {
      path += ids.at(std::min(next++, ids.size() - 1));
      i = pattern.find('}', i);
    } else {
      path += pattern[i];
    }
  }
  return path;
}

json::value sample_of(const json::object& schema, std::string_view name, Time now) {
  const auto until = to_rfc3339(now + std::chrono::hours{24});
  const std::map<std::string_view, json::value> fitting{{"role", "user"},
                                                        {"state", "active"},
                                                        {"language", "fr"},
                                                        {"tags", json::array{}},
                                                        {"priority", 1},
                                                        {"until", until.c_str()},
                                                        {"cause", "other"},
                                                        {"verdict", "false_alarm"},
                                                        {"severity", "eleve"},
                                                        {"form", "vigie"},
                                                        {"url", "https://hooks.test/x"}};
  if (const auto known = fitting.find(name); known != fitting.end()) {
    return known->second;
  }
  const auto& type = schema.at("type");
  const auto kind = type.is_array() ? type.as_array().at(0).as_string() : type.as_string();
  if (kind == "boolean") {
    return json::value(true);
  }
  return kind == "string" ? json::value("mot") : json::value(0.5);
}

// A body that the route would take, as its description says.
std::string sample_body(const Route& route, Time now) {
  const auto& document = openapi_document();
  const auto& path =
      document.at("paths").as_object().at(json::string_view{route.path.data(), route.path.size()});
  const auto& operation = path.as_object().at(to_lower_ascii(route.method)).as_object();
  const auto* body = operation.if_contains("requestBody");
  if (body == nullptr) {
    return "";
  }
  const std::string reference{
      body->at("content").at("application/json").at("schema").at("$ref").as_string()};
  const auto name = reference.substr(reference.rfind('/') + 1);
  const auto& schema = document.at("components").at("schemas").as_object().at(name).as_object();
  json::object sample;
  for (const auto& [key, property] : schema.at("properties").as_object()) {
    sample[key] = sample_of(property.as_object(), {key.data(), key.size()}, now);
  }
  return json::serialize(sample);
}

class Owners : public Api {
 protected:
  struct Things {
    std::string account;
    std::string live;
  };

  // One of everything that a person can have, and an alert that somebody decided.
  Things own(const Visitor& visitor, const std::string& username, std::string_view room) {
    Things things;
    things.account = id_of(
        ask("POST", "/api/v1/accounts", &visitor, fmt::format(R"({{"username":"{}"}})", username)));
    things.live = put_on_air_in(things.account, room);
    execute(
        "INSERT INTO notification (id, person_id, event_key, kind, live_id, username, created_at) "
        "VALUES ($1, $2, $1, 'live', $3, $4, 0)",
        {things.live + "N", visitor.id, things.live, username});
    const auto list = id_of(ask("POST", "/api/v1/lists", &visitor, R"({"name":"à voir"})"));
    EXPECT_EQ(
        ask("PUT", fmt::format("/api/v1/lists/{}/accounts/{}", list, things.account), &visitor)
                .status /
            100,
        2);
    id_of(ask("POST", "/api/v1/me/tokens", &visitor, R"({"name":"x"})"));
    id_of(ask("POST", "/api/v1/silences", &visitor, R"({"length":"1h"})"));
    return things;
  }

  std::string put_on_air_in(const std::string& account, std::string_view room) {
    const auto live = "01LIVE" + std::string{room};
    execute(
        "INSERT INTO live (id, account_id, room, state, started_at, detected_at) VALUES ($1, "
        "$2, $3, 'live', 0, 0)",
        {live, account, room});
    execute(alert::insert_segment, {live + "S", live, 0, 9'000'000, "des mots"});
    execute(alert::insert_assessment,
            {live + "W", live, 0, 9'000'000, "moyenne", true, 0.9, 0.9, false, false, "des mots"});
    execute("UPDATE assessment SET categorie = 'Neutre' WHERE id = $1", {live + "W"});
    execute(
        "INSERT INTO alert (id, live_id, account_id, kind, severity, opened_at, updated_at, "
        "sentence, context, at_us, last_us, clip_from_us, clip_to_us, score, assessment_id, "
        "incident_key) VALUES ($1, $2, $3, 'haine', 'eleve', 0, 0, 'des mots', 'des mots', 0, "
        "0, 0, 9000000, 0.9, $4, $1)",
        {live + "A", live, account, live + "W"});
    return live;
  }

  std::string id_of(const http::Response& made) {
    const auto id = get_string(json_of(made), "id");
    EXPECT_TRUE(id) << made.body;
    return id.value_or("-");
  }

  // Every id that the API tells a person who asks all they may, down to what is inside of things.
  Names shown_to(const Visitor& visitor, Role role) {
    Names found;
    for (int depth = 0; depth < 3; ++depth) {
      const auto known = found;
      for (const auto& route : routes()) {
        if (route.method != "GET" || (route.roles & role_bit(role)) == 0 ||
            !route.path.starts_with("/api/")) {
          continue;
        }
        if (places(route.path) == 0) {
          look(visitor, std::string{route.path}, found);
        }
        for (const auto& id : places(route.path) == 0 ? Names{} : known) {
          look(visitor, filled(route.path, {id}), found);
        }
      }
    }
    return found;
  }
  void look(const Visitor& visitor, const std::string& path, Names& found) {
    const auto answer = ask("GET", path + "?scope=all", &visitor);
    // The journal names everything and shows nothing; the description is of routes.
    const bool is_about = path.ends_with("/audit") || path.ends_with("openapi.json");
    if (!is_about && answer.status == 200 &&
        answer.headers.get("Content-Type") == "application/json") {
      gather(json_of(answer), found);
    }
  }

  void expect_as_missing(const Visitor& visitor, const Route& route,
                         const std::vector<std::string>& theirs,
                         const std::vector<std::string>& missing) {
    const std::string method{route.method};
    const auto body = sample_body(route, clock.now());
    const auto given = ask(method, filled(route.path, theirs) + "?scope=all", &visitor, body);
    const auto absent = ask(method, filled(route.path, missing) + "?scope=all", &visitor, body);
    EXPECT_EQ(given.status, 404) << method << " " << route.path << " " << theirs.front() << " "
                                 << body << " " << given.body;
    EXPECT_EQ(given.body, absent.body) << method << " " << route.path << " " << theirs.front();
  }
};

TEST_P(Owners, AreAloneWithWhatOthersAreNotShown) {
  const auto owner = enter("owner", Role::user);
  own(owner, "demo", "1");
  const auto mona = enter("mona", Role::moderator);
  const auto tomorrow = to_rfc3339(clock.now() + std::chrono::hours{24});
  EXPECT_EQ(ask("POST", "/api/v1/lives/01LIVE1/holds", &mona,
                fmt::format(R"({{"reason":"enquête","until":"{}"}})", tomorrow))
                .status,
            201);
  EXPECT_EQ(ask("PUT", "/api/v1/alerts/01LIVE1A/claim", &mona).status, 200);
  EXPECT_EQ(
      ask("POST", "/api/v1/alerts/01LIVE1A/decisions", &mona, R"({"verdict":"confirmed"})").status /
          100,
      2);
  const auto before = shown_to(owner, Role::user);
  EXPECT_GE(before.size(), 12U) << "there is little to be crossed";

  for (const auto role : {Role::user, Role::moderator, Role::admin, Role::auditor}) {
    const auto other = enter("other" + std::string{to_string(role)}, role);
    const auto shown = shown_to(other, role);
    std::size_t hidden = 0;
    for (const auto& id : before) {
      hidden += shown.contains(id) ? 0U : 1U;
      for (const auto& route : routes()) {
        if (places(route.path) == 0 || (route.roles & role_bit(role)) == 0 || shown.contains(id)) {
          continue;
        }
        expect_as_missing(other, route, {id}, {"01MISSING"});
      }
    }
    EXPECT_GE(hidden, 5U) << to_string(role);
  }
  EXPECT_EQ(shown_to(owner, Role::user), before) << "something of theirs is gone";
}

TEST_P(Owners, AreNotReachedThroughThingsOfOnesOwn) {
  const auto owner = enter("owner", Role::user);
  own(owner, "demo", "1");
  const auto other = enter("other", Role::user);
  own(other, "else", "2");
  const auto foreign = shown_to(owner, Role::user);
  const auto mine = shown_to(other, Role::user);
  for (const auto& route : routes()) {
    if (places(route.path) < 2 || (route.roles & role_bit(Role::user)) == 0) {
      continue;
    }
    for (const auto& id : foreign) {
      for (const auto& own_id : mine) {
        if (!mine.contains(id)) {
          expect_as_missing(other, route, {own_id, id}, {own_id, "01MISSING"});
          expect_as_missing(other, route, {id, own_id}, {"01MISSING", own_id});
        }
      }
    }
  }
  EXPECT_EQ(shown_to(owner, Role::user), foreign);
}

TEST_P(Owners, AreNotFoundByAskingForTheirThings) {
  const auto owner = enter("owner", Role::user);
  own(owner, "demo", "1");
  const auto other = enter("other", Role::user);
  const auto foreign = shown_to(owner, Role::user);
  for (const auto& route : routes()) {
    if (route.method != "GET" || places(route.path) != 0 || !route.path.starts_with("/api/v1/") ||
        (route.roles & role_bit(Role::user)) == 0) {
      continue;
    }
    for (const auto* name : {"account_id", "live_id", "list", "alert_id", "person_id", "mine"}) {
      const auto asked = [&](std::string_view id) {
        return ask("GET", fmt::format("{}?scope=all&words=mots&{}={}", route.path, name, id),
                   &other);
      };
      for (const auto& id : foreign) {
        const auto given = asked(id);
        const auto absent = asked("01MISSING");
        EXPECT_EQ(given.status, absent.status) << route.path << " " << name;
        if (route.path != "/api/v1/session") {  // its token is masked anew each time
          EXPECT_EQ(given.body, absent.body) << route.path << " " << name;
        }
      }
    }
  }
}

TEST_P(Owners, AreNotGuessed) {
  const auto owner = enter("owner", Role::user);
  own(owner, "demo", "1");
  const auto admin = enter("ada", Role::admin);
  for (const auto& route : routes()) {
    if (places(route.path) == 0 || (route.roles & role_bit(Role::admin)) == 0) {
      continue;
    }
    for (int i = 0; i < 5; ++i) {
      expect_as_missing(admin, route, {ids.next(clock.now())}, {"01MISSING"});
    }
    for (const auto* odd : {"0", "-1", "01MISSING'--", "..", "%00", "é", "01LIVE1\n"}) {
      expect_as_missing(admin, route, {odd}, {"01MISSING"});
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, Owners, vigie::testing::each_database(),
                         vigie::testing::engine_name);

}  // namespace
}  // namespace vigie::api
