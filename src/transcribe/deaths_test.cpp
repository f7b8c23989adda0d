// SPDX-License-Identifier: Apache-2.0
// Words and the sound they are of, whenever the process dies: what is settled has its sound on
// disk, what is on disk becomes words once, and nothing else does.
#include "base/random_fake.hpp"
#include "transcribe/words_rig.hpp"

namespace vigie::transcribe {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class Deaths : public Studio {
 protected:
  // As a process that dies now would leave the record.
  void expect_sound_of_all_words() {
    constexpr Span rounding = milliseconds{1};
    for (const auto& [id, standing] : store.standings) {
      ASSERT_LE(standing.words_until, standing.heard_until + rounding) << id;
    }
    for (; checked_ < store.kept.size(); ++checked_) {
      const auto& segment = store.kept[checked_];
      ASSERT_LE(segment.end, store.standings[segment.live_id].heard_until + rounding)
          << segment.live_id;
    }
  }

  // In steps as sound comes in, the record looked at after each.
  void play_and_look(Span length) {
    for (Span passed{0}; passed < length && !HasFatalFailure(); passed += milliseconds{250}) {
      play(milliseconds{250});
      expect_sound_of_all_words();
    }
  }

  void expect_no_words_of_holes(const std::string& id) {
    for (const auto& segment : store.kept) {
      for (const auto& [from, to] : lives_.at(id).holes) {
        EXPECT_FALSE(segment.live_id == id && segment.start < time_at(to) - milliseconds{1} &&
                     segment.end > time_at(from) + milliseconds{1})
            << id << ": words at " << to_seconds(segment.start) << " s, where nothing was kept";
      }
    }
  }

  SeededRandom random{7};

 private:
  std::size_t checked_ = 0;
};

TEST_F(Deaths, LeaveNoWordsWithoutSoundAndNoSoundWithoutWords) {
  begin(0.2, 2);
  put_on_air("talk");
  put_on_air("speech", {.speech = seconds{40}, .period = seconds{41}});
  put_on_air("short", {.speech = milliseconds{900}, .period = milliseconds{2'300}});

  for (int death = 0; death < 12 && !HasFatalFailure(); ++death) {
    play_and_look(from_seconds(25 * random.unit()));
    kill();
    revive(from_seconds(6 * random.unit()));
    wait(from_seconds(4 * random.unit()));  // its stream is not there yet
    tell_holes();
    expect_sound_of_all_words();
  }
  play_and_look(seconds{20});

  for (const auto* id : {"talk", "speech", "short"}) {
    end(id);
    expect_every_word(id);
    expect_no_words_of_holes(id);
    EXPECT_NEAR(to_seconds(store.standings[id].words_until),
                to_seconds(store.standings[id].heard_until), 0.002)
        << id;
  }
  EXPECT_EQ(value("vigie_transcribe_lost_seconds_total"), 0);
}

TEST_F(Deaths, AreFollowedByTheWordsOfWhatWasKeptThoughNoSoundReturns) {
  begin(4, 1);  // hopeless
  put_on_air("a");
  play(seconds{30});
  kill();
  transcriber_->cost = 0.05;

  revive(seconds{1});
  wait(seconds{1});
  EXPECT_EQ(store.states["a"].back(), WordsState::catching_up);
  for (int second = 0; second < 30; ++second) {
    wait(seconds{1});
  }

  lives_.at("a").said = lives_.at("a").holes.back().first;  // nothing was heard since
  expect_every_word("a");
  EXPECT_EQ(store.states["a"].back(), WordsState::on_time);
}

TEST_F(Deaths, OfTheDiskKeepWordsWaitingAndInterimTextComing) {
  int shown = 0;
  TranscriptionOptions options;
  options.on_interim = [&](const Interim&) { ++shown; };
  begin(0.05, 2, std::move(options));
  put_on_air("a");
  auto& live = lives_.at("a");
  for (int step = 0; step < 60; ++step) {  // as say(), but nothing is kept
    const auto from = live.said;
    live.said += 4'000;
    testing::run(
        io, transcription_->sound(live.claim, time_at(from), live.script.samples(from, live.said)));
    wait(milliseconds{250});
  }
  EXPECT_TRUE(store.kept.empty());
  EXPECT_GT(shown, 3);
  EXPECT_GT(transcription_->awaited(live.claim), seconds{10});

  keep(live);
  wait(milliseconds{250});

  EXPECT_EQ(store.kept.size(), 2U);
}

}  // namespace
}  // namespace vigie::transcribe
