// SPDX-License-Identifier: Apache-2.0
// Accounts and lives on both engines.
#include "conformance/watch_store.hpp"

namespace vigie::watch {
namespace {

INSTANTIATE_TEST_SUITE_P(Engines, WatchStore, testing::each_database());

TEST_P(WatchStore, SharesOneAccountAmongAllWhoFollowIt) {
  const auto first = follow("anna", "@Some.Name");
  const auto second = follow("bert", "https://www.tiktok.com/@some.name/live");

  EXPECT_EQ(first, second);
  const auto seen = run(accounts->get(first, anna)).value().account;
  EXPECT_EQ(seen.username, "some.name");
  EXPECT_EQ(seen.url, "https://www.tiktok.com/@some.name");
  EXPECT_EQ(seen.status, AccountStatus::unknown);
  EXPECT_EQ(seen.status_reason, "never_checked");
  EXPECT_EQ(run(accounts->watched("tiktok")).value().size(), 1U);
}

TEST_P(WatchStore, RefusesToFollowTwiceAndNamesThatAreNone) {
  follow("anna", "name");

  EXPECT_EQ(run(accounts->follow("anna", "NAME")).error().code, Errc::conflict);
  for (const auto* name : {"", "  ", "two words", "é", "🙂", "a/b"}) {
    EXPECT_EQ(run(accounts->follow("anna", name)).error().code, Errc::invalid) << name;
  }
  EXPECT_EQ(run(accounts->follow("anna", std::string(200, 'a'))).error().code, Errc::invalid);
  EXPECT_EQ(count("SELECT COUNT(*) FROM account"), 1);
}

TEST_P(WatchStore, ShowsAnAccountToThoseWhoMaySeeItOnly) {
  const auto id = follow("anna", "name");

  EXPECT_TRUE(run(accounts->get(id, anna)));
  EXPECT_EQ(run(accounts->get(id, bert)).error().code, Errc::not_found);
  EXPECT_TRUE(run(accounts->get(id, mod)));
  EXPECT_EQ(run(accounts->get("nothing", mod)).error().code, Errc::not_found);
  EXPECT_EQ(run(accounts->unfollow("bert", id)).error().code, Errc::not_found);
  EXPECT_EQ(run(accounts->check_now(id, bert)).error().code, Errc::not_found);

  EXPECT_TRUE(run(accounts->unfollow("anna", id)));
  EXPECT_EQ(run(accounts->get(id, anna)).error().code, Errc::not_found);
  EXPECT_EQ(run(accounts->get(id, mod)).error().code, Errc::not_found);
  EXPECT_TRUE(run(accounts->watched("tiktok")).value().empty());
}

TEST_P(WatchStore, KeepsNotesPersonal) {
  const auto id = follow("anna", "name");
  follow("bert", "name");
  FollowEdit edit;
  edit.note = "à surveiller";
  edit.tags = {"élection", "x"};
  edit.priority = 2;

  const auto edited = run(accounts->edit("anna", id, edit)).value();

  EXPECT_EQ(edited.note, "à surveiller");
  EXPECT_EQ(edited.tags, (std::vector<std::string>{"élection", "x"}));
  EXPECT_EQ(edited.priority, 2);
  EXPECT_EQ(run(accounts->get(id, bert)).value().note, "");
  EXPECT_EQ(run(accounts->get(id, mod)).value().note, "");
  FollowEdit wrong;
  wrong.priority = 3;
  EXPECT_EQ(run(accounts->edit("anna", id, wrong)).error().code, Errc::invalid);
  EXPECT_EQ(run(accounts->edit("mod", id, FollowEdit{})).error().code, Errc::not_found);
}

TEST_P(WatchStore, ListsNewestFirstInPages) {
  for (int i = 0; i < 5; ++i) {
    follow("anna", "name" + std::to_string(i));
    clock.advance(i == 2 ? Span{0} : Span{seconds{1}});  // two of the same moment
  }
  follow("bert", "other");

  std::vector<std::string> names;
  std::string cursor;
  do {
    const auto page = run(accounts->list(anna, 2, cursor)).value();
    for (const auto& item : page.items) {
      names.push_back(item.account.username);
    }
    cursor = page.next_cursor;
  } while (!cursor.empty());

  EXPECT_EQ(names, (std::vector<std::string>{"name4", "name3", "name2", "name1", "name0"}));
  EXPECT_EQ(run(accounts->list(mod, 50, "")).value().items.size(), 6U);
  EXPECT_EQ(run(accounts->list(bert, 50, "")).value().items.size(), 1U);
  EXPECT_EQ(run(accounts->list(anna, 2, "nonsense")).error().code, Errc::invalid);
}

TEST_P(WatchStore, TurnsTheFirstLiveAnswerIntoRowsEventsAndNotifications) {
  const auto id = follow("anna", "name");
  follow("bert", "name");
  auto seen = on_air();
  seen.stable_id = "42";
  seen.display_name = "Le Nom";
  seen.followers = 1234;

  const auto recorded = record(id, seen);

  ASSERT_TRUE(recorded.known.live);
  const auto live = run(lives->get(recorded.known.live->id, anna)).value();
  EXPECT_EQ(live.state, LiveState::live);
  EXPECT_EQ(live.username, "name");
  EXPECT_EQ(live.started_at, start);
  EXPECT_EQ(live.detected_at, clock.now());
  EXPECT_EQ(live.viewers, 10);
  EXPECT_EQ(live.capture, CaptureState::none);
  const auto account = run(accounts->get(id, anna)).value().account;
  EXPECT_EQ(account.status, AccountStatus::live);
  EXPECT_EQ(account.status_at, clock.now());
  EXPECT_EQ(account.display_name, "Le Nom");
  EXPECT_EQ(account.followers, 1234);
  EXPECT_EQ(account.last_live_at, start);
  EXPECT_EQ(event_types(), (std::vector<std::string>{"account.status", "live.started",
                                                     "notification", "notification"}));
  EXPECT_EQ(events()[2].person_id, "anna");
  EXPECT_EQ(events()[3].person_id, "bert");
  EXPECT_TRUE(events()[2].account_id.empty());
  EXPECT_EQ(events()[1].account_id, id);
  EXPECT_EQ(count("SELECT COUNT(*) FROM notification WHERE kind = 'live.started'"), 2);
  EXPECT_EQ(count("SELECT COUNT(*) FROM live_lease"), 1);
  EXPECT_FALSE(recorded.detection_delay);  // nobody looked before it began
}

TEST_P(WatchStore, MeasuresHowLateALiveWasNoticed) {
  const auto id = follow("anna", "name");
  record(id, FakeSource::saying(Evidence::not_live, "status_4"));
  const Time began = clock.now() + seconds{10};
  clock.advance(seconds{25});

  EXPECT_EQ(record(id, FakeSource::on_air("7", began)).detection_delay, Span{seconds{15}});
}

TEST_P(WatchStore, RecordsTheSameLiveOnceHoweverOftenItIsSeen) {
  const auto id = follow("anna", "name");
  record(id, on_air());
  clock.advance(minutes{1});
  record(id, on_air("7", 50));
  clock.advance(minutes{1});
  record(id, on_air("7", 30));

  const auto live = only_live();
  EXPECT_EQ(live.viewers, 30);
  EXPECT_EQ(live.peak_viewers, 50);
  const auto samples = run(lives->viewers(live.id, anna, 2)).value();
  ASSERT_EQ(samples.size(), 2U);
  EXPECT_EQ(samples[0].viewers, 50);
  EXPECT_EQ(samples[1].viewers, 30);
  EXPECT_EQ(count("SELECT COUNT(*) FROM notification"), 1);
  EXPECT_EQ(event_types(),
            (std::vector<std::string>{"account.status", "live.started", "notification",
                                      "live.updated", "live.updated"}));
}

TEST_P(WatchStore, EndsALiveAfterTwoAnswers) {
  const auto id = follow("anna", "name");
  record(id, on_air());
  clock.advance(minutes{1});
  const Time first_sign = clock.now();

  EXPECT_TRUE(record(id, FakeSource::saying(Evidence::not_live, "status_4")).asks_again_soon);
  EXPECT_EQ(only_live().state, LiveState::live);
  EXPECT_EQ(run(accounts->get(id, anna)).value().account.status, AccountStatus::live);
  clock.advance(seconds{5});
  record(id, FakeSource::saying(Evidence::not_live, "status_4"));

  EXPECT_EQ(only_live().state, LiveState::ended);
  EXPECT_EQ(only_live().ended_at, first_sign);
  EXPECT_EQ(run(accounts->get(id, anna)).value().account.status, AccountStatus::active);
  EXPECT_EQ(event_types().back(), "live.ended");
}

TEST_P(WatchStore, KeepsTheConfirmedStateThroughRefusals) {
  const auto id = follow("anna", "name");
  record(id, on_air());
  const Time confirmed = clock.now();
  clock.advance(minutes{7});

  record(id, FakeSource::saying(Evidence::unknown, "captcha"));

  const auto account = run(accounts->get(id, anna)).value().account;
  EXPECT_EQ(account.status, AccountStatus::live);
  EXPECT_EQ(account.status_at, confirmed);
  EXPECT_EQ(account.status_reason, "captcha");
  EXPECT_EQ(only_live().state, LiveState::live);
}

TEST_P(WatchStore, EndsTheOldAndBeginsTheNewWhenTheRoomChanges) {
  const auto id = follow("anna", "name");
  record(id, on_air("7"));
  clock.advance(minutes{1});

  record(id, FakeSource::on_air("8", clock.now() - seconds{20}));

  const auto all = run(lives->list(anna, {}, 10, "")).value().items;
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].room, "8");
  EXPECT_EQ(all[0].state, LiveState::live);
  EXPECT_EQ(all[1].state, LiveState::ended);
  EXPECT_EQ(run(lives->list(anna, LiveFilter{"", true}, 10, "")).value().items.size(), 1U);
  EXPECT_EQ(run(lives->list(anna, LiveFilter{"", false}, 10, "")).value().items.size(), 1U);
  EXPECT_EQ(run(lives->list(anna, LiveFilter{"other", {}}, 10, "")).value().items.size(), 0U);
  const auto page = run(lives->list(anna, {}, 1, "")).value();
  EXPECT_EQ(page.next_cursor, all[0].id);
  EXPECT_EQ(run(lives->list(anna, {}, 1, page.next_cursor)).value().items.at(0).id, all[1].id);
}

TEST_P(WatchStore, ClosesTheLiveNobodyFollowsAndTakesItUpAgain) {
  const auto id = follow("anna", "name");
  const auto live_id = record(id, on_air()).known.live->id;
  EXPECT_EQ(run(accounts->close_unfollowed()).value(), 0);

  ASSERT_TRUE(run(accounts->unfollow("anna", id)));
  EXPECT_EQ(run(accounts->close_unfollowed()).value(), 1);
  EXPECT_EQ(only_live().state, LiveState::ended);
  Check late;
  late.account_id = id;
  late.observation = on_air();
  late.at = clock.now();
  EXPECT_EQ(run(accounts->record(late)).error().code, Errc::not_found);

  follow("anna", "name");
  EXPECT_EQ(record(id, on_air()).known.live->id, live_id);
  EXPECT_EQ(only_live().state, LiveState::live);
  EXPECT_FALSE(only_live().ended_at);
  EXPECT_EQ(count("SELECT COUNT(*) FROM notification"), 1);
}

TEST_P(WatchStore, ShowsRestrictedLivesAsSuchAndBack) {
  const auto id = follow("anna", "name");
  auto hidden = on_air();
  hidden.live->restricted = true;
  hidden.reason = "login_required";
  record(id, hidden);
  EXPECT_EQ(only_live().capture, CaptureState::restricted);
  EXPECT_EQ(only_live().capture_reason, "login_required");

  record(id, on_air());
  EXPECT_EQ(only_live().capture, CaptureState::none);
}

TEST_P(WatchStore, ShowsALiveToThoseWhoMaySeeItOnly) {
  const auto id = follow("anna", "name");
  const auto live_id = record(id, on_air()).known.live->id;

  EXPECT_TRUE(run(lives->get(live_id, anna)));
  EXPECT_EQ(run(lives->get(live_id, bert)).error().code, Errc::not_found);
  EXPECT_TRUE(run(lives->get(live_id, mod)));
  EXPECT_EQ(run(lives->viewers(live_id, bert, 10)).error().code, Errc::not_found);
  EXPECT_EQ(run(lives->set_capture_wanted(live_id, bert, false)).error().code, Errc::not_found);
  EXPECT_TRUE(run(lives->list(bert, {}, 10, "")).value().items.empty());
}

TEST_P(WatchStore, StopsAndResumesACapture) {
  const auto id = follow("anna", "name");
  const auto live_id = record(id, on_air()).known.live->id;

  EXPECT_EQ(run(lives->set_capture_wanted(live_id, mod, false)).value().capture,
            CaptureState::stopped);
  EXPECT_EQ(run(lives->set_capture_wanted(live_id, mod, true)).value().capture, CaptureState::none);
  EXPECT_EQ(count("SELECT COUNT(*) FROM live WHERE capture_wanted = TRUE"), 1);

  ASSERT_TRUE(run(accounts->unfollow("anna", id)));
  ASSERT_TRUE(run(accounts->close_unfollowed()));
  EXPECT_EQ(run(lives->set_capture_wanted(live_id, mod, false)).error().code, Errc::conflict);
}

TEST_P(WatchStore, TellsTheLagTheGapsAndTheRiskOfALive) {
  const auto id = follow("anna", "name");
  const auto live_id = record(id, on_air()).known.live->id;
  EXPECT_FALSE(only_live().lag_s);
  execute("UPDATE live SET heard_until = 30000000, words_until = 20000000 WHERE id = $1",
          {live_id});
  execute("INSERT INTO gap (id, live_id, start_us, end_us, reason) VALUES ('g', $1, 0, 5, 'stall')",
          {live_id});
  const auto assess = [&](const char* key, std::int64_t end, double risk) {
    execute(
        "INSERT INTO assessment (id, live_id, start_us, end_us, categorie, viralite, "
        "discours_haineux, cible, "
        "justification, risque_score, score, indetermine, injection, preuve, analyser, model, "
        "prompt_sha256, repli, "
        "tokens_in, tokens_out, latency_us, error, created_at) VALUES ($1, $2, 0, $3, '', '', "
        "FALSE, '', '', $4, 0, "
        "FALSE, FALSE, '', '', '', '', FALSE, 0, 0, 0, '', 0)",
        {key, live_id, end, risk});
  };
  assess("old", 1'000'000, 0.9);
  assess("new", 700'000'000, 0.5);

  const auto live = only_live();

  EXPECT_NEAR(live.lag_s.value(), 10, 0.001);
  EXPECT_EQ(live.gaps, 1);
  EXPECT_NEAR(live.risk, 0.5, 1e-9);
}

}  // namespace
}  // namespace vigie::watch
