// SPDX-License-Identifier: Apache-2.0
// Words are never lost, and never late in silence.
#include "transcribe/strain.hpp"
#include "transcribe/words_rig.hpp"

namespace vigie::transcribe {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

TEST(Strain, RisesStepByStepAndFallsAfterCalm) {
  StrainGauge gauge{seconds{4}};
  EXPECT_EQ(gauge.judge(seconds{1}, seconds{0}), Strain::none);
  EXPECT_EQ(gauge.judge(seconds{60}, seconds{1}), Strain::no_interim);
  EXPECT_EQ(gauge.judge(seconds{60}, seconds{2}), Strain::quick);
  EXPECT_EQ(gauge.judge(seconds{60}, seconds{3}), Strain::put_off);
  EXPECT_EQ(gauge.judge(seconds{60}, seconds{4}), Strain::put_off);
  EXPECT_EQ(gauge.judge(seconds{0}, seconds{13}), Strain::put_off);
  EXPECT_EQ(gauge.judge(seconds{0}, seconds{14}), Strain::quick);
  EXPECT_EQ(gauge.judge(seconds{2}, seconds{20}), Strain::quick) << "not calm enough";
  EXPECT_EQ(gauge.judge(seconds{0}, seconds{30}), Strain::no_interim);
  EXPECT_EQ(gauge.judge(seconds{0}, seconds{40}), Strain::none);
}

TEST_F(Studio, KeepsTheMostUrgentOnTimeWhenThereIsThreeTimesTooMuch) {
  TranscriptionOptions options;
  options.urgency = [](std::string_view live) { return live == "hot" ? 8.0 : 1.0; };
  begin(0.5, 1, std::move(options));  // one worker hears two seconds a second: two lives' worth
  put_on_air("hot");
  for (const auto* id : {"a", "b", "c", "d", "e"}) {
    put_on_air(id);
  }

  play(minutes{10});

  const auto hot_until = store.standings["hot"].words_until;
  EXPECT_GT(hot_until, minutes{10} - seconds{20}) << "the most urgent is on time";
  EXPECT_LT(most_held, 150) << "what waits stays on disk";
  EXPECT_GE(value("vigie_transcribe_put_offs_total"), 4);
  EXPECT_TRUE(log.says("put off"));
  int late = 0;
  for (const auto& [id, states] : store.states) {
    late += states.back() == WordsState::put_off || states.back() == WordsState::catching_up;
  }
  EXPECT_GE(late, 3) << "and says so";
  EXPECT_EQ(std::ranges::count(store.states["hot"], WordsState::put_off), 0);
  EXPECT_EQ(store.states["hot"].back(), WordsState::on_time);

  transcriber_->cost = 0.02;  // a larger machine: what was put off comes now
  play(minutes{6});
  for (const auto& [id, live] : lives_) {
    EXPECT_EQ(store.states[id].back(), WordsState::on_time) << id;
    end(id);
    expect_every_word(id);
  }
  EXPECT_EQ(value("vigie_transcribe_lost_seconds_total"), 0);
  EXPECT_LE(transcription_->strain(), Strain::no_interim);
}

TEST_F(Studio, LeavesOutTheDearTriesBeforeItPutsLivesOff) {
  begin(0.5, 1);
  for (const auto* id : {"a", "b", "c", "d"}) {
    put_on_air(id);
  }
  int quick_before_put_off = 0;

  for (int i = 0; i < 60 && value("vigie_transcribe_put_offs_total") < 1; ++i) {
    quick_before_put_off = transcriber_->asked[static_cast<std::size_t>(Effort::quick)];
    play(seconds{1});
  }

  EXPECT_GT(quick_before_put_off, 0);
  EXPECT_GT(transcriber_->asked[static_cast<std::size_t>(Effort::full)], 0);
}

TEST_F(Studio, HearsEveryWordAfterItWasKilledInTheMiddle) {
  begin(0.05, 2);
  put_on_air("a");
  put_on_air("b", {.speech = seconds{40}, .period = seconds{41}});
  play(seconds{47});

  kill();
  for (auto& [id, live] : lives_) {
    live.said = live.archived;  // the unfinished piece is lost with the process
    ++live.claim.token;
  }
  start();
  play(seconds{60});

  for (const auto* id : {"a", "b"}) {
    end(id);
    expect_every_word(id);
  }
  EXPECT_EQ(value("vigie_transcribe_lost_seconds_total"), 0);
  EXPECT_GT(value("vigie_transcribe_catch_up_seconds_total"), 0);
}

TEST_F(Studio, HearsWhatALiveLeftWhenItEnded) {
  begin(4, 1);  // hopeless
  put_on_air("a");
  play(seconds{50});

  end("a");
  const auto settled = store.standings["a"].words_until;
  transcriber_->cost = 0.05;
  wait(minutes{2});  // what lies with the worker
  catch_up("a");

  EXPECT_LT(settled, seconds{50});
  expect_every_word("a");
  EXPECT_EQ(store.standings["a"].words_until, store.standings["a"].heard_until);
}

TEST_F(Studio, TellsAsALossWhatTheArchiveHasNoMore) {
  begin(0.05, 1);
  put_on_air("a");
  lives_.at("a").said = 16'000 * 60;
  keep(lives_.at("a"));
  lives_.at("a").is_on = false;
  purged["a"] = seconds{20};

  catch_up("a");

  ASSERT_EQ(store.losses.size(), 1U);
  EXPECT_EQ(store.losses[0].start, Span{0});
  EXPECT_EQ(store.losses[0].end, seconds{20});
  EXPECT_EQ(store.losses[0].reason, "purged");
  EXPECT_DOUBLE_EQ(value("vigie_transcribe_lost_seconds_total"), 20);
  EXPECT_EQ(store.kept.front().start, seconds{20});
  EXPECT_EQ(store.standings["a"].words_until, minutes{1});
  EXPECT_TRUE(log.says("purged"));
}

TEST_F(Studio, MovesTheMarkOverSilence) {
  begin(0.05, 1);
  put_on_air("a", {.speech = seconds{0}, .period = seconds{10}});

  play(seconds{60});

  EXPECT_TRUE(store.kept.empty());
  EXPECT_GT(store.standings["a"].words_until, seconds{50});
  EXPECT_LE(store.calls, 13) << "not at every frame";
}

TEST_F(Studio, ShowsUnfinishedTextWhileThereIsTimeAndKeepsNoneOfIt) {
  std::vector<Interim> shown;
  Span latest{0};
  TranscriptionOptions options;
  options.on_interim = [&](const Interim& interim) {
    latest = std::max(latest, time_at(lives_.at("a").said) - interim.end);
    shown.push_back(interim);
  };
  begin(0.03, 2, std::move(options));
  store.standings["a"].account_id = "A";
  put_on_air("a", {.speech = seconds{7}, .period = seconds{9}});

  play(seconds{27});
  end("a");

  EXPECT_GE(shown.size(), 12U);
  EXPECT_EQ(shown.front().account_id, "A");
  EXPECT_EQ(shown.front().start, Span{0});
  EXPECT_LT(shown.front().end, seconds{2});
  EXPECT_LT(latest, seconds{1});
  EXPECT_EQ(store.kept.size(), 3U);
  expect_every_word("a");
}

TEST_F(Studio, LeavesUnfinishedTextOutFirstAndWhenNobodyLooks) {
  bool is_watched = false;
  int shown = 0;
  TranscriptionOptions options;
  options.has_audience = [&] { return is_watched; };
  options.on_interim = [&](const Interim&) { ++shown; };
  begin(0.45, 2, std::move(options));
  put_on_air("a");
  play(seconds{12});
  EXPECT_EQ(shown, 0);

  is_watched = true;
  for (const auto* id : {"b", "c", "d", "e", "f"}) {
    put_on_air(id);
  }
  play(minutes{1});
  shown = 0;
  play(minutes{1});

  EXPECT_GE(transcription_->strain(), Strain::no_interim);
  EXPECT_EQ(shown, 0);
}

}  // namespace
}  // namespace vigie::transcribe
