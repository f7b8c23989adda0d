// SPDX-License-Identifier: Apache-2.0
// Judged windows and who is told of them, for the tests of alerts.
#pragma once
#include <gtest/gtest.h>

#include "alert/alerts.hpp"
#include "base/json.hpp"
#include "bus/memory/memory_bus.hpp"
#include "db/event_log.hpp"
#include "domain/assessment.hpp"
#include "support/databases.hpp"

namespace vigie::alert {

inline constexpr std::string_view insert_segment =
    "INSERT INTO segment (id, live_id, start_us, end_us, text, language, confidence, uncertain, "
    "engine, model, token, created_at) VALUES ($1, $2, $3, $4, $5, 'fr', 1, FALSE, '-', '-', 1, 0)";

inline constexpr std::string_view insert_assessment =
    "INSERT INTO assessment (id, live_id, start_us, end_us, categorie, viralite, discours_haineux, "
    "cible, justification, risque_score, score, indetermine, injection, preuve, analyser, model, "
    "prompt_sha256, repli, tokens_in, tokens_out, latency_us, error, created_at) VALUES ($1, $2, "
    "$3, "
    "$4, '-', $5, $6, 'autre', '-', $7, $8, $9, $10, $11, '-', '-', '-', FALSE, 0, 0, 0, '', 0)";

struct Said {
  double start = 0;
  std::string text = "des mots";
  bool hateful = false;
  Virality virality = Virality::low;
  bool undecided = false;
  bool injection = false;
  std::string evidence = {};
  double score = 0.5;
  std::string live = "L";
};

class AlertStore : public testing::OnEachDatabase {
 protected:
  // anna (user) and ben (auditor) follow marie; mod and admin follow nobody; gone is disabled.
  void SetUp() override {
    OnEachDatabase::SetUp();
    if (IsSkipped()) {
      return;
    }
    const auto done = db().write_now([](db::Transaction& transaction) {
      return transaction.script(R"(
        INSERT INTO person (id, username, username_folded, password_hash, role, created_at, disabled_at)
        VALUES
          ('anna', 'anna', 'anna', 'x', 'user', 0, NULL), ('ben', 'ben', 'ben', 'x', 'auditor', 0, NULL),
          ('carl', 'carl', 'carl', 'x', 'user', 0, NULL), ('mod', 'mod', 'mod', 'x', 'moderator', 0, NULL),
          ('root', 'root', 'root', 'x', 'admin', 0, NULL), ('gone', 'gone', 'gone', 'x', 'admin', 0, 1);
        INSERT INTO account (id, platform, username, url, created_at) VALUES
          ('A', 'tiktok', 'marie', 'u', 0), ('B', 'tiktok', 'paul', 'u', 0);
        INSERT INTO follow (person_id, account_id, created_at) VALUES
          ('anna', 'A', 0), ('ben', 'A', 0), ('gone', 'A', 0), ('carl', 'B', 0);
        INSERT INTO live (id, account_id, room, state, started_at, detected_at) VALUES
          ('L', 'A', '1', 'live', 0, 0), ('M', 'B', '2', 'live', 0, 0);)");
    });
    ASSERT_TRUE(done) << done.error().what;
    bus = create_memory_bus(io.get_executor());
    store = std::make_unique<Alerts>(db(), clock, ids, *bus);
    notifications = std::make_unique<Notifications>(db(), clock);
  }

  // A window of 15 s, spoken, judged and told of.
  std::string judge(Said said) {
    const auto id = ids.next(clock.now());
    const auto start = from_seconds(said.start);
    const auto end = start + std::chrono::seconds{15};
    const auto risk = risk_score(said.virality, said.hateful);
    const auto done = db().write_now([&](db::Transaction& transaction) -> Result<> {
      for (const auto& result :
           {transaction.execute(insert_segment,
                                {ids.next(clock.now()), said.live, start, end, said.text}),
            transaction.execute(
                insert_assessment,
                {id, said.live, start, end, to_string(said.virality), said.hateful, risk,
                 said.score, said.undecided, said.injection, said.evidence})}) {
        if (!result) {
          return result.error();
        }
      }
      Event event;
      event.type = event_type::assessment;
      event.account_id = said.live == "L" ? "A" : "B";
      event.live_id = said.live;
      event.data = json::serialize(json::object{{"id", id}});
      auto told = db::append_event(transaction, event);
      if (!told) {
        return told.error();
      }
      return {};
    });
    EXPECT_TRUE(done) << done.error().what;
    return id;
  }

  TakenIn take_in(double threshold = 0.7) {
    TakenIn all;
    for (;;) {
      const auto taken = run(store->take_in(threshold));
      EXPECT_TRUE(taken) << taken.error().what;
      if (!taken || taken->events == 0) {
        return all;
      }
      all.events += taken->events;
      all.opened += taken->opened;
      all.updated += taken->updated;
      all.notified += taken->notified;
      all.unreadable += taken->unreadable;
    }
  }

  std::vector<Alert> alerts(Sight sight = {"mod", true}) {
    return run(store->list(std::move(sight), {}, 50, "")).value().items;
  }

  std::vector<Notification> notes(std::string person) {
    return run(notifications->list(std::move(person), 50, "")).value().items;
  }

  std::vector<Event> events(std::string_view type) {
    std::vector<Event> found;
    const auto done = db().read_now([&](db::Transaction& transaction) -> Result<> {
      const auto all = db::events_after(transaction, 0, 1000);
      for (const auto& event : *all) {
        if (event.type == type) {
          found.push_back(event);
        }
      }
      return {};
    });
    EXPECT_TRUE(done);
    return found;
  }

  std::unique_ptr<Bus> bus;
  std::unique_ptr<Alerts> store;
  std::unique_ptr<Notifications> notifications;
};

}  // namespace vigie::alert
