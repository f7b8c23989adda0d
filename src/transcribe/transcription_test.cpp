// SPDX-License-Identifier: Apache-2.0
#include "transcribe/transcription.hpp"

#include <gtest/gtest.h>

#include <semaphore>

#include "async/clock_fake.hpp"
#include "async/task_group.hpp"
#include "async/testing.hpp"
#include "log/log_fake.hpp"
#include "transcribe/speech_detector_fake.hpp"
#include "transcribe/transcriber_fake.hpp"

namespace vigie::transcribe {
namespace {

using std::chrono::seconds;

std::vector<float> loud(double length) {
  return std::vector<float>(media::samples_in(from_seconds(length)), 0.3F);
}
std::vector<float> quiet(double length) {
  return std::vector<float>(media::samples_in(from_seconds(length)), 0.0F);
}

class TranscriptionTest : public ::testing::Test {
 protected:
  void begin(Transcriber* transcriber, TranscriptionOptions options = {}) {
    transcription = std::make_unique<Transcription>(
        io.get_executor(), [] { return std::make_unique<LoudnessDetector>(); }, transcriber, store,
        archive, clock, log.log, metrics, std::move(options));
    tasks_.spawn("transcription", transcription->run());
  }

  void TearDown() override {
    if (transcription) {
      tasks_.cancel();
      turn_until([this] { return tasks_.size() == 0; });
      ASSERT_EQ(tasks_.size(), 0U) << "run() did not end when cancelled";
    }
    transcription.reset();
  }

  // Turns io until it is so, 20 s at most.
  template <class Condition>
  void turn_until(Condition condition) {
    io.restart();
    for (int i = 0; i < 2000 && !condition(); ++i) {
      io.run_one_for(std::chrono::milliseconds{10});
    }
  }

  void hear(double at, std::vector<float> samples, LiveClaim from = {"L", "me", 1}) {
    const auto end = from_seconds(at) + media::duration_of(samples.size());
    testing::run(io, transcription->sound(from, from_seconds(at), std::move(samples)));
    transcription->kept(from, end);
  }
  void finish(LiveClaim from = {"L", "me", 1}) {
    testing::run(io, transcription->finish(std::move(from)));
  }
  // Without waiting for it; true once it has returned.
  std::shared_ptr<bool> start_hearing(double at, std::vector<float> samples) {
    return testing::start(io, transcription->sound(claim, from_seconds(at), std::move(samples)));
  }

  double value(const std::string& name) {
    const auto text = metrics.render();
    const auto line = text.find("\n" + name + " ");
    return line == std::string::npos ? -1 : std::stod(text.substr(line + name.size() + 2));
  }

  asio::io_context io;
  ManualClock clock;
  log::KeptLog log;
  metrics::Registry metrics;
  KeptSegments store;
  KeptSounds archive;
  std::unique_ptr<Transcription> transcription;
  const LiveClaim claim{"L", "me", 1};

 private:
  TaskGroup tasks_{io.get_executor(),
                   [](const std::string& name, std::exception_ptr) { ADD_FAILURE() << name; }};
};

TEST_F(TranscriptionTest, WritesDownWhatIsSaidAndWhen) {
  ScriptedTranscriber transcriber{{"bonjour", "au revoir"}};
  begin(&transcriber);

  hear(10, quiet(1));
  hear(11, loud(2));
  hear(13, quiet(1));
  hear(14, loud(3));
  finish();

  ASSERT_EQ(store.kept.size(), 2U);
  EXPECT_EQ(store.kept[0].text, "bonjour");
  EXPECT_NEAR(to_seconds(store.kept[0].start), 10.7, 0.04);
  EXPECT_NEAR(to_seconds(store.kept[0].end), 13.3, 0.04);
  EXPECT_EQ(store.kept[0].language, "fr");
  EXPECT_EQ(store.kept[0].engine, "script");
  EXPECT_EQ(store.kept[1].text, "au revoir");
  EXPECT_EQ(store.kept[1].end, seconds{17});
  EXPECT_EQ(value("vigie_transcribe_segments_total"), 2);
  EXPECT_DOUBLE_EQ(value("vigie_transcribe_audio_seconds_total"), 7);
  EXPECT_EQ(value("vigie_transcribe_lost_seconds_total"), 0);
}

TEST_F(TranscriptionTest, StoresNothingWhereNothingIsSaid) {
  ScriptedTranscriber transcriber{{"", "oui"}};
  begin(&transcriber);

  hear(0, loud(2));
  hear(2, quiet(2));
  hear(4, loud(2));
  finish();

  ASSERT_EQ(store.kept.size(), 1U);
  EXPECT_EQ(store.kept[0].text, "oui");
}

TEST_F(TranscriptionTest, SettlesWhatComesBeforeAGapAndPlacesWhatComesAfter) {
  ScriptedTranscriber transcriber{{"avant", "après"}};
  begin(&transcriber);

  hear(0, loud(2));
  testing::run(io, transcription->gap(claim, seconds{2}, seconds{100}));
  hear(100, loud(2));
  finish();

  ASSERT_EQ(store.kept.size(), 2U);
  EXPECT_EQ(store.kept[0].end, seconds{2});
  EXPECT_EQ(store.kept[1].start, seconds{100});
  EXPECT_EQ(store.kept[1].end, seconds{102});
}

TEST_F(TranscriptionTest, BelievesAClockThatLeavesTheSamplesBehindAndNeverOverlaps) {
  ScriptedTranscriber transcriber;
  begin(&transcriber);

  hear(0, loud(2));
  hear(2.1, loud(2));  // a tenth: the samples are believed
  hear(9, loud(2));    // a jump nobody announced
  hear(8, loud(2));    // one back, which is placed behind what is known
  transcription->kept(claim, seconds{13});
  finish();

  ASSERT_EQ(store.kept.size(), 3U);
  EXPECT_EQ(store.kept[0].end, seconds{4});
  EXPECT_EQ(store.kept[1].start, seconds{9});
  EXPECT_EQ(store.kept[1].end, seconds{11});
  EXPECT_EQ(store.kept[2].start, seconds{11});
}

TEST_F(TranscriptionTest, KeepsTheOrderOfALiveWhenWorkersOvertakeOneAnother) {
  std::binary_semaphore release{0};
  ScriptedTranscriber transcriber{{}, 2};
  // The long utterance comes first and is held back until the short one is heard.
  transcriber.before_answer = [&](std::span<const float> samples) {
    if (samples.size() > 80'000) {
      release.acquire();
    }
  };
  begin(&transcriber);

  hear(0, loud(6));
  hear(6, quiet(2));
  hear(8, loud(1.5));
  hear(9.5, quiet(2));
  turn_until([&] { return transcriber.asked().size() == 1; });
  const auto stored_early = store.kept.size();
  release.release();
  finish();

  EXPECT_EQ(stored_early, 0U);
  ASSERT_EQ(store.kept.size(), 2U);
  EXPECT_LT(store.kept[0].start, store.kept[1].start);
}

TEST_F(TranscriptionTest, HearsTheMostUrgentFirst) {
  std::counting_semaphore<> release{0};
  ScriptedTranscriber transcriber;
  transcriber.before_answer = [&](auto) { release.acquire(); };
  TranscriptionOptions options;
  options.urgency = [](std::string_view live) { return live == "hot" ? 100.0 : 1.0; };
  begin(&transcriber, std::move(options));
  const auto utter = [this](const std::string& live) {
    auto samples = loud(2);
    samples.resize(samples.size() + 16'000);
    hear(0, std::move(samples), {live, "me", 1});
  };

  utter("first");
  utter("cool");
  utter("hot");
  release.release(3);
  for (const auto* live : {"first", "cool", "hot"}) {
    finish({live, "me", 1});
  }

  ASSERT_EQ(store.kept.size(), 3U);
  EXPECT_EQ(store.kept[0].live_id, "first");
  EXPECT_EQ(store.kept[1].live_id, "hot");
  EXPECT_EQ(store.kept[2].live_id, "cool");
}

TEST_F(TranscriptionTest, HearsTogetherWhatWaitsAndIsOfAboutOneLength) {
  std::counting_semaphore<> release{0};
  ScriptedTranscriber transcriber;
  transcriber.together = 4;
  transcriber.before_answer = [&](auto) { release.acquire(); };
  begin(&transcriber);

  const std::vector<std::pair<std::string, double>> lives{
      {"first", 2}, {"a", 2}, {"b", 12}, {"c", 3}, {"d", 2}, {"e", 4}, {"f", 2}};
  for (const auto& [live, length] : lives) {
    auto samples = loud(length);
    samples.resize(samples.size() + 16'000);
    hear(0, std::move(samples), {live, "me", 1});
  }
  release.release(7);
  for (const auto& [live, length] : lives) {
    finish({live, "me", 1});
  }

  EXPECT_EQ(store.kept.size(), 7U);
  auto parties = transcriber.parties();
  ASSERT_EQ(parties.size(), 4U);
  EXPECT_EQ(parties[0], 1U);  // nobody else was there yet
  std::ranges::sort(parties);
  EXPECT_EQ(parties, (std::vector<std::size_t>{1, 1, 1, 4}));
}

TEST_F(TranscriptionTest, AsksAgainOnlyForTheOneOfSeveralThatFailed) {
  std::counting_semaphore<> release{0};
  ScriptedTranscriber transcriber;
  transcriber.together = 4;
  transcriber.before_answer = [&](auto) { release.acquire(); };
  begin(&transcriber);

  for (const auto* live : {"first", "a", "b", "c"}) {
    auto samples = loud(2);
    samples.resize(samples.size() + 16'000);
    hear(0, std::move(samples), {live, "me", 1});
  }
  release.release(1);
  turn_until([&] { return transcriber.parties().size() == 2; });
  transcriber.fail_next(make_error(Errc::unavailable, "busy"));
  release.release(4);
  turn_until([&] { return transcriber.asked().size() == 4 && clock.sleepers() == 2; });
  clock.advance(seconds{1});
  for (const auto* live : {"first", "a", "b", "c"}) {
    finish({live, "me", 1});
  }

  EXPECT_EQ(store.kept.size(), 4U);
  EXPECT_EQ(transcriber.parties(), (std::vector<std::size_t>{1, 3, 1}));
}

TEST_F(TranscriptionTest, LetsTheSecondWorkerWaitForCompanyButNotLong) {
  std::counting_semaphore<> release{0};
  ScriptedTranscriber transcriber{{}, 2};
  transcriber.together = 2;
  transcriber.before_answer = [&](auto) { release.acquire(); };
  begin(&transcriber);
  const auto utter = [this](const std::string& live) {
    auto samples = loud(2);
    samples.resize(samples.size() + 16'000);
    hear(0, std::move(samples), {live, "me", 1});
  };

  utter("first");
  utter("alone");
  EXPECT_EQ(transcription->busy(), 1U);
  EXPECT_EQ(transcription->waiting(), 1U);
  turn_until([&] { return clock.sleepers() > 0; });
  clock.advance(seconds{1});
  turn_until([&] { return transcription->busy() == 2; });
  EXPECT_EQ(transcription->busy(), 2U);

  release.release(1);  // whoever it is: one worker is free, one is not
  turn_until([&] { return transcription->busy() == 1; });
  utter("one");
  EXPECT_EQ(transcription->busy(), 1U);
  utter("of two");
  EXPECT_EQ(transcription->busy(), 2U);  // company came
  release.release(3);
  for (const auto* live : {"first", "alone", "one", "of two"}) {
    finish({live, "me", 1});
  }

  EXPECT_EQ(store.kept.size(), 4U);
  EXPECT_EQ(transcriber.parties(), (std::vector<std::size_t>{1, 1, 2}));
}

TEST_F(TranscriptionTest, WaitsForADatabaseThatIsAway) {
  ScriptedTranscriber transcriber{{"un", "deux"}};
  store.failures = {make_error(Errc::unavailable, "away"), make_error(Errc::unavailable, "away")};
  begin(&transcriber);

  auto samples = loud(2);
  samples.resize(samples.size() + 16'000);
  hear(0, samples);
  turn_until([this] { return store.calls == 1; });
  clock.advance(seconds{1});
  turn_until([this] { return store.calls == 2; });
  clock.advance(seconds{2});
  turn_until([this] { return !store.kept.empty(); });
  hear(3, loud(2));
  finish();

  ASSERT_EQ(store.kept.size(), 2U);
  EXPECT_EQ(store.kept[0].text, "un");
  EXPECT_EQ(value("vigie_transcribe_lost_seconds_total"), 0);
}

TEST_F(TranscriptionTest, AsksAgainARecogniserThatIsAway) {
  ScriptedTranscriber transcriber{{"enfin"}};
  transcriber.fail_next(make_error(Errc::unavailable, "busy"));
  begin(&transcriber);

  auto samples = loud(2);
  samples.resize(samples.size() + 16'000);
  hear(0, samples);
  turn_until([&] { return transcriber.asked().size() == 1 && clock.sleepers() == 2; });
  clock.advance(seconds{1});
  finish();

  ASSERT_EQ(store.kept.size(), 1U);
  EXPECT_EQ(store.kept[0].text, "enfin");
}

TEST_F(TranscriptionTest, CountsAndTellsWhatIsLost) {
  ScriptedTranscriber transcriber{{"reste"}};
  transcriber.fail_next(make_error(Errc::corrupt, "broken"));
  begin(&transcriber);

  hear(0, loud(2));
  hear(2, quiet(2));
  hear(4, loud(2));
  finish();

  EXPECT_EQ(store.kept.size(), 1U);
  EXPECT_NEAR(value("vigie_transcribe_lost_seconds_total"), 2.3, 0.05);
  EXPECT_TRUE(log.says("words are lost"));
}

TEST_F(TranscriptionTest, LetsALiveGoThatAnotherWorkerHas) {
  ScriptedTranscriber transcriber;
  store.failures = {make_error(Errc::conflict, "not ours")};
  begin(&transcriber);

  hear(0, loud(2));
  hear(2, quiet(2));
  turn_until([this] { return store.calls == 1; });
  testing::settle(io);
  hear(4, loud(2));
  finish();

  EXPECT_TRUE(store.kept.empty());
  EXPECT_EQ(store.calls, 1);
  EXPECT_EQ(value("vigie_transcribe_lost_seconds_total"), 0);
}

TEST_F(TranscriptionTest, StartsAfreshUnderANewClaimAndIgnoresTheOldOne) {
  ScriptedTranscriber transcriber{{"nouveau"}};
  begin(&transcriber);

  hear(0, loud(1), {"L", "me", 1});
  hear(50, loud(2), {"L", "me", 2});
  hear(1, loud(2), {"L", "me", 1});
  finish({"L", "me", 1});
  finish({"L", "me", 2});

  ASSERT_EQ(store.kept.size(), 1U);
  EXPECT_EQ(store.kept[0].start, seconds{50});
}

TEST_F(TranscriptionTest, WithoutWeightsCountsTheSoundAndSaysTheCureOnce) {
  begin(nullptr);

  hear(0, loud(2));
  hear(2, loud(2));
  testing::run(io, transcription->gap(claim, seconds{4}, seconds{5}));
  finish();

  EXPECT_DOUBLE_EQ(value("vigie_transcribe_audio_seconds_total"), 4);
  EXPECT_TRUE(log.says("make setup"));
  EXPECT_TRUE(store.kept.empty());
}

TEST_F(TranscriptionTest, LeavesToTheArchiveWhatIsNotSettledAtTheEnd) {
  ScriptedTranscriber transcriber;
  store.failures.assign(1000, make_error(Errc::unavailable, "away"));
  begin(&transcriber);
  hear(0, loud(2));

  const auto done = testing::start(io, transcription->finish(claim));
  turn_until([this] { return store.calls > 0; });  // the recogniser has answered
  for (int i = 0; i < 20 && !*done; ++i) {
    turn_until([&] { return *done || clock.sleepers() >= 2; });
    clock.advance(seconds{1});
    testing::settle(io);
  }

  EXPECT_TRUE(*done);
  EXPECT_EQ(value("vigie_transcribe_lost_seconds_total"), 0);
  EXPECT_EQ(store.standings["L"].words_until, Span{0}) << "so that they are heard again";
  EXPECT_TRUE(log.says("from the archive"));
}

TEST_F(TranscriptionTest, LocksTheLanguageItFinds) {
  ScriptedTranscriber transcriber;
  TranscriptionOptions options;
  options.language = "auto";
  begin(&transcriber, std::move(options));

  for (int i = 0; i < 5; ++i) {
    hear(i * 5, loud(4));
    hear(i * 5 + 4, quiet(1));
    turn_until([&] { return store.kept.size() == static_cast<std::size_t>(i + 1); });
  }
  finish();

  const auto asked = transcriber.asked();
  ASSERT_EQ(asked.size(), 5U);
  EXPECT_EQ(asked[0].language, "auto");
  EXPECT_EQ(asked[4].language, "fr");
}

}  // namespace
}  // namespace vigie::transcribe
