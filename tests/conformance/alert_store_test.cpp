// SPDX-License-Identifier: Apache-2.0
// Assessments become alerts, each exactly once, on both engines.
#include <gtest/gtest.h>

#include <thread>

#include "alert/account_rules.hpp"
#include "alert/alerting.hpp"
#include "alert/alerts.hpp"
#include "async/task_group.hpp"
#include "base/json.hpp"
#include "bus/memory/memory_bus.hpp"
#include "db/event_log.hpp"
#include "domain/assessment.hpp"
#include "support/databases.hpp"

namespace vigie::alert {
namespace {

using std::chrono::seconds;

constexpr std::string_view insert_segment =
    "INSERT INTO segment (id, live_id, start_us, end_us, text, language, confidence, uncertain, "
    "engine, model, token, created_at) VALUES ($1, $2, $3, $4, $5, 'fr', 1, FALSE, '-', '-', 1, 0)";

constexpr std::string_view insert_assessment =
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
    const auto end = start + seconds{15};
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
INSTANTIATE_TEST_SUITE_P(Engines, AlertStore, testing::each_database());

TEST_P(AlertStore, OpensAnAlertForHatredWithItsWordsAndItsPlace) {
  judge({.start = 0, .text = "bonjour à tous"});
  const auto assessment = judge({.start = 15,
                                 .text = "je déteste les Chinois et voilà",
                                 .hateful = true,
                                 .evidence = "je déteste les Chinois",
                                 .score = 0.9});
  const auto taken = take_in();

  EXPECT_EQ(taken.opened, 1);
  const auto all = alerts();
  ASSERT_EQ(all.size(), 1U);
  const auto& alert = all[0];
  EXPECT_EQ(alert.kind, AlertKind::hate);
  EXPECT_EQ(alert.severity, Severity::high);
  EXPECT_EQ(alert.state, AlertState::open);
  EXPECT_EQ(alert.username, "marie");
  EXPECT_EQ(alert.account_id, "A");
  EXPECT_EQ(alert.sentence, "je déteste les Chinois");
  EXPECT_EQ(alert.context, "bonjour à tous je déteste les Chinois et voilà");
  EXPECT_EQ(alert.at, seconds{15});
  EXPECT_EQ(alert.clip_from, seconds{0});
  EXPECT_EQ(alert.clip_to, seconds{30});
  EXPECT_EQ(alert.count, 1);
  EXPECT_EQ(alert.score, 0.9);
  EXPECT_EQ(alert.assessment_id, assessment);
  EXPECT_EQ(alert.opened_at, clock.now());

  const auto told = events(event_type::alert_opened);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].account_id, "A");
  EXPECT_EQ(get_string(parse_json(told[0].data).value(), "sentence"), "je déteste les Chinois");
}

TEST_P(AlertStore, OpensNothingForOrdinarySpeech) {
  judge({.start = 0});
  judge({.start = 15, .virality = Virality::high});  // 0.7 is not above 0.7

  const auto taken = take_in();

  EXPECT_EQ(taken.events, 2);
  EXPECT_EQ(taken.opened, 0);
  EXPECT_TRUE(alerts().empty());
}

TEST_P(AlertStore, TellsFollowersAndForHatredModeratorsAndAdminsToo) {
  judge({.start = 0, .hateful = true});
  const auto taken = take_in();

  EXPECT_EQ(taken.notified, 4);
  for (const auto* person : {"anna", "ben", "mod", "root"}) {
    const auto of = notes(person);
    ASSERT_EQ(of.size(), 1U) << person;
    EXPECT_EQ(of[0].kind, "alert");
    EXPECT_EQ(of[0].alert_id, alerts()[0].id);
    EXPECT_EQ(of[0].severity, "eleve");
    EXPECT_EQ(of[0].username, "marie");
  }
  EXPECT_TRUE(notes("carl").empty());
  EXPECT_TRUE(notes("gone").empty()) << "a disabled person is told nothing";
  const auto told = events(event_type::notification);
  ASSERT_EQ(told.size(), 4U);
  EXPECT_EQ(told[0].person_id, "anna");
  EXPECT_TRUE(told[0].account_id.empty()) << "it is for one person";
}

TEST_P(AlertStore, TellsOnlyFollowersOfDoubt) {
  judge({.start = 0, .undecided = true});
  take_in();

  EXPECT_EQ(notes("anna").size(), 1U);
  EXPECT_TRUE(notes("mod").empty());
}

TEST_P(AlertStore, ListsDetectionsWithoutTellingAnybody) {
  judge({.start = 0, .text = "tous dans la rue", .virality = Virality::high});
  const auto taken = take_in(0.6);

  EXPECT_EQ(taken.opened, 1);
  EXPECT_EQ(taken.notified, 0);
  EXPECT_EQ(alerts()[0].kind, AlertKind::virality);
  EXPECT_EQ(alerts()[0].severity, Severity::low);
  EXPECT_EQ(alerts()[0].sentence, "tous dans la rue");
}

TEST_P(AlertStore, MergesTheWindowsOfOneIncident) {
  judge({.start = 0, .hateful = true, .score = 0.8});
  take_in();
  clock.advance(seconds{15});
  judge({.start = 15, .hateful = true, .score = 0.95});
  judge({.start = 80, .hateful = true, .score = 0.7});  // 50 s after the last words of the incident
  const auto taken = take_in();

  EXPECT_EQ(taken.opened, 0);
  EXPECT_EQ(taken.updated, 2);
  EXPECT_EQ(taken.notified, 0) << "told once";
  const auto all = alerts();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].count, 3);
  EXPECT_EQ(all[0].score, 0.95);
  EXPECT_EQ(all[0].updated_at, clock.now());
  EXPECT_LT(all[0].opened_at, clock.now());
  EXPECT_EQ(events(event_type::alert_updated).size(), 2U);
}

TEST_P(AlertStore, OpensAnotherAfterAMinuteOfPeaceOrInAnotherLive) {
  judge({.start = 0, .hateful = true});
  judge({.start = 76, .hateful = true});
  judge({.start = 76, .hateful = true, .live = "M"});
  take_in();

  EXPECT_EQ(alerts().size(), 3U);
}

TEST_P(AlertStore, RaisesAnIncidentAndShowsWhatMadeItWorse) {
  judge({.start = 0, .text = "on ne sait pas", .undecided = true});
  take_in();
  EXPECT_TRUE(notes("mod").empty());
  const auto worse = judge({.start = 15,
                            .text = "à mort",
                            .hateful = true,
                            .virality = Virality::high,
                            .evidence = "à mort"});
  take_in();
  judge({.start = 30, .text = "on ne sait plus", .undecided = true});
  take_in();

  const auto all = alerts();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].kind, AlertKind::hate);
  EXPECT_EQ(all[0].severity, Severity::critical);
  EXPECT_EQ(all[0].sentence, "à mort");
  EXPECT_EQ(all[0].at, seconds{15});
  EXPECT_EQ(all[0].assessment_id, worse);
  EXPECT_EQ(all[0].count, 3);
  EXPECT_EQ(notes("mod").size(), 1U) << "it became an alert of hate";
  EXPECT_EQ(notes("anna").size(), 1U);
}

TEST_P(AlertStore, KeepsViralityApart) {
  judge({.start = 0, .hateful = true});
  judge({.start = 15, .virality = Virality::high});
  take_in(0.5);

  EXPECT_EQ(alerts().size(), 2U);
}

TEST_P(AlertStore, CompletesTheContextWithTheMinuteAfter) {
  judge({.start = 0, .text = "avant"});
  judge({.start = 15, .text = "pendant", .hateful = true, .evidence = "pendant"});
  take_in();
  judge({.start = 30, .text = "après"});
  judge({.start = 76, .text = "bien après"});
  take_in();

  EXPECT_EQ(alerts()[0].context, "avant pendant après");
}

TEST_P(AlertStore, CountsAnAssessmentExactlyOnceAcrossRestarts) {
  judge({.start = 0, .hateful = true});
  take_in();
  store = std::make_unique<Alerts>(db(), clock, ids, *bus);
  const auto again = take_in();

  EXPECT_EQ(again.opened + again.updated, 0);
  EXPECT_EQ(alerts()[0].count, 1);
}

TEST_P(AlertStore, CountsAnAssessmentExactlyOnceBetweenTwoProcesses) {
  for (int i = 0; i < 20; ++i) {
    judge({.start = i * 15.0, .hateful = true});
  }
  // A context outlives the database whose threads post to it.
  asio::io_context other_io;
  auto other_database = open_again();
  const auto drain = [this](db::Database& database, asio::io_context& own) {
    SeededRandom seeds{static_cast<std::uint64_t>(&database == &db())};
    Ids own_ids{seeds};
    auto own_bus = create_memory_bus(own.get_executor());
    Alerts own_store{database, clock, own_ids, *own_bus};
    for (int tries = 0; tries < 200; ++tries) {
      const auto taken = testing::run(own, own_store.take_in(0.7));
      if (taken && taken->events == 0) {
        return;
      }
    }
    ADD_FAILURE() << "never came to the end";
  };

  std::thread beside{[&] { drain(*other_database, other_io); }};
  drain(db(), io);
  beside.join();

  const auto all = alerts();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].count, 20);
  EXPECT_EQ(notes("anna").size(), 1U);
}

TEST_P(AlertStore, SkipsAnAssessmentThatIsNotThere) {
  const auto done = db().write_now([](db::Transaction& transaction) -> Result<> {
    for (const std::string data : {"{\"id\":\"nobody\"}", "{}", "not json"}) {
      Event event;
      event.type = event_type::assessment;
      event.account_id = "A";
      event.data = data;
      auto told = db::append_event(transaction, event);
      if (!told) {
        return told.error();
      }
    }
    return {};
  });
  ASSERT_TRUE(done);
  judge({.start = 0, .hateful = true});

  const auto taken = take_in();

  EXPECT_EQ(taken.unreadable, 3);
  EXPECT_EQ(taken.opened, 1);
}

TEST_P(AlertStore, ShowsAlertsToThoseWhoMaySeeThem) {
  judge({.start = 0, .hateful = true});
  judge({.start = 0, .hateful = true, .live = "M"});
  take_in();

  const auto of_anna = alerts({"anna", false});
  ASSERT_EQ(of_anna.size(), 1U);
  EXPECT_EQ(of_anna[0].username, "marie");
  EXPECT_TRUE(run(store->get(of_anna[0].id, Sight{"anna", false})));
  EXPECT_EQ(run(store->get(of_anna[0].id, Sight{"carl", false})).error().code, Errc::not_found);
  EXPECT_TRUE(run(store->get(of_anna[0].id, Sight{"mod", true})));
  EXPECT_EQ(run(store->get("nope", Sight{"mod", true})).error().code, Errc::not_found);
}

TEST_P(AlertStore, FollowsTheRuleOfAnAccount) {
  AccountRules rules{db(), clock};
  const Sight moderator{"mod", true};
  AccountRule rule;
  rule.risk_threshold = 0.99;
  rule.hate_alerts = false;
  ASSERT_TRUE(run(rules.set("A", moderator, rule)));
  judge({.start = 0, .hateful = true});
  take_in();
  EXPECT_TRUE(alerts().empty()) << "hatred alone does not alert here";

  rule.hate_alerts = true;
  rule.cooldown = std::chrono::minutes{30};
  ASSERT_TRUE(run(rules.set("A", moderator, rule)));
  judge({.start = 100, .hateful = true});
  judge({.start = 1000, .hateful = true});
  take_in();
  ASSERT_EQ(alerts().size(), 1U) << "within the cooldown it is one incident";
  EXPECT_EQ(alerts()[0].count, 2);
}

TEST_P(AlertStore, RefusesARuleThatMakesNoSense) {
  AccountRules rules{db(), clock};
  AccountRule rule;
  for (const double threshold : {-0.1, 1.1, std::nan("")}) {
    rule.risk_threshold = threshold;
    EXPECT_EQ(run(rules.set("A", Sight{"mod", true}, rule)).error().code, Errc::invalid);
  }
  rule.risk_threshold = 0.5;
  rule.cooldown = std::chrono::hours{25};
  EXPECT_EQ(run(rules.set("A", Sight{"mod", true}, rule)).error().code, Errc::invalid);
  rule.cooldown.reset();
  EXPECT_EQ(run(rules.set("A", Sight{"nobody", false}, rule)).error().code, Errc::not_found);
  EXPECT_FALSE(run(rules.get("A", Sight{"mod", true})).value().risk_threshold);
}

TEST_P(AlertStore, ListsByStateInPages) {
  for (int i = 0; i < 5; ++i) {
    judge({.start = i * 100.0, .hateful = true});
  }
  take_in();

  const auto page = [this](std::optional<AlertState> state, std::string cursor) {
    AlertFilter filter;
    filter.state = state;
    return run(store->list(Sight{"mod", true}, filter, 2, std::move(cursor))).value();
  };
  const auto first = page(AlertState::open, "");
  const auto second = page(AlertState::open, first.next_cursor);
  const auto third = page(AlertState::open, second.next_cursor);

  EXPECT_EQ(first.items.size(), 2U);
  EXPECT_EQ(first.items[0].at, seconds{400}) << "newest first";
  EXPECT_EQ(second.items.size(), 2U);
  EXPECT_EQ(third.items.size(), 1U);
  EXPECT_TRUE(third.next_cursor.empty());
  EXPECT_TRUE(page(AlertState::decided, "").items.empty());
  EXPECT_EQ(run(store->list(Sight{"mod", true}, {}, 2, "no cursor!")).error().code, Errc::invalid);
}

TEST_P(AlertStore, MarksNotificationsAsReadForTheirOwnerOnly) {
  judge({.start = 0, .hateful = true});
  judge({.start = 200, .hateful = true});
  take_in();
  const auto newest = notes("anna")[0].id;
  EXPECT_EQ(run(notifications->unread("anna")).value(), 2);

  EXPECT_EQ(run(notifications->mark_read("carl", newest)).error().code, Errc::not_found);
  const auto read = run(notifications->mark_read("anna", newest));
  ASSERT_TRUE(read);
  clock.advance(seconds{5});
  const auto again = run(notifications->mark_read("anna", newest));
  EXPECT_EQ(again->read_at, read->read_at);
  EXPECT_EQ(run(notifications->mark_all_read("anna")).value(), 1);
  EXPECT_EQ(run(notifications->unread("anna")).value(), 0);
  EXPECT_EQ(run(notifications->unread("mod")).value(), 2);
}

TEST_P(AlertStore, FollowsTheLogByItself) {
  log::Log log{[](std::string_view) {}, [this] { return clock.now(); }};
  metrics::Registry metrics;
  Alerting alerting{io.get_executor(), *store, *bus, clock, log, metrics, AlertingOptions{}};
  TaskGroup tasks{io.get_executor(), [](const std::string& name, std::exception_ptr) {
                    ADD_FAILURE() << name << " ended by an exception";
                  }};
  tasks.spawn("alerting", alerting.run());
  judge({.start = 0, .hateful = true});
  bus->publish(topic::events, {});

  io.restart();
  while (events(event_type::alert_opened).empty() && io.run_one_for(seconds{10}) != 0) {
  }

  EXPECT_EQ(events(event_type::alert_opened).size(), 1U);
  tasks.cancel();
  run(tasks.join());
  EXPECT_EQ(clock.sleepers(), 0U);
}

}  // namespace
}  // namespace vigie::alert
