// SPDX-License-Identifier: Apache-2.0
// Six lives talk for hours on a clock turned by hand; the recogniser is sometimes too slow, and the
// process's memory must not grow. ctest plays minutes; VIGIE_SOAK_WORDS_HOURS=48 is the soak
// proper.
#include <cstdlib>
#include <fstream>

#include "transcribe/words_rig.hpp"

namespace vigie::transcribe {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

double resident_mb() {
  std::ifstream status{"/proc/self/statm"};
  std::int64_t pages = 0;
  std::int64_t resident = 0;
  status >> pages >> resident;
  return static_cast<double>(resident) * 4096 / 1e6;
}

class WordsSoak : public Studio {
 protected:
  // So that the test's own memory does not grow: what is settled is counted and forgotten.
  void forget_words() {
    for (const auto& segment : store.kept) {
      ASSERT_GE(segment.start, until_[segment.live_id]) << "twice, or out of order";
      until_[segment.live_id] = segment.end;
      ++words_;
    }
    store.kept.clear();
    log.forget();
    for (auto& [id, states] : store.states) {
      states.clear();
    }
  }

  std::map<std::string, Span> until_;
  std::int64_t words_ = 0;
};

TEST_F(WordsSoak, HoldsNoMoreAfterHoursThanAfterMinutes) {
  const auto* wish = std::getenv("VIGIE_SOAK_WORDS_HOURS");
  const auto hours = wish == nullptr ? 0.8 : std::strtod(wish, nullptr);
  begin(0.1, 2);
  for (const auto* id : {"a", "b", "c", "d", "e", "f"}) {
    put_on_air(id, {.speech = seconds{5}, .period = seconds{7}});
  }
  double first = 0;
  double last = 0;

  const auto slices = std::max(8, static_cast<int>(hours * 60 / 6));  // of six minutes
  for (int slice = 0; slice < slices; ++slice) {
    transcriber_->cost = slice % 5 == 3 ? 1.0 : 0.1;  // now and then three times too slow
    play(minutes{6}, seconds{1});
    forget_words();
    last = resident_mb();
    first = slice == std::max(4, slices / 10) ? last : first;  // once everything was in use
  }
  transcriber_->cost = 0.05;
  play(minutes{10}, seconds{1});
  forget_words();

  std::printf(
      "%.1f h, 6 lives, %lld segments, most in memory %.0f s of sound; resident %.1f MB "
      "then, %.1f MB now (%+.1f %%); put off %.0f times\n",
      hours, static_cast<long long>(words_), most_held, first, last, 100 * (last - first) / first,
      value("vigie_transcribe_put_offs_total"));
  EXPECT_EQ(value("vigie_transcribe_lost_seconds_total"), 0);
  EXPECT_LE(last, 1.05 * first);
  EXPECT_LT(most_held, 250);
  for (const auto& [id, live] : lives_) {
    EXPECT_GT(until_[id], time_at(live.said) - minutes{1}) << id;
  }
}

}  // namespace
}  // namespace vigie::transcribe
