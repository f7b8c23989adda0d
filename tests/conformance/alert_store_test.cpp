// SPDX-License-Identifier: Apache-2.0
// Assessments become alerts, each exactly once, on both engines.
#include "conformance/alert_store.hpp"

#include <thread>

#include "alert/alerting.hpp"
#include "async/task_group.hpp"

namespace vigie::alert {
namespace {

using std::chrono::seconds;

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
