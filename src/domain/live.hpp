// SPDX-License-Identifier: Apache-2.0
// A live, and what happens to our capture of it. Times inside a live are spans from its start.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"

namespace vigie {

enum class LiveState : std::uint8_t { live, paused, ended };
std::string_view to_string(LiveState state);
Result<LiveState> parse_live_state(std::string_view text);

// none: not begun · running: sound comes in · stalled: trying to get it back · stopped: by a person
// · restricted: the platform shows it only to some · done: the live is over · failed: given up.
enum class CaptureState : std::uint8_t {
  none,
  running,
  stalled,
  stopped,
  restricted,
  done,
  failed
};
std::string_view to_string(CaptureState state);
Result<CaptureState> parse_capture_state(std::string_view text);

// none: nothing was heard yet, or nobody can write it down · on_time · late: behind, but coming ·
// put_off: there is no time for it now, the sound waits in the archive · catching_up: it is heard
// from there · done: the live is over and every word is there.
enum class WordsState : std::uint8_t { none, on_time, late, put_off, catching_up, done };
std::string_view to_string(WordsState state);
Result<WordsState> parse_words_state(std::string_view text);

struct Live {
  std::string id;
  std::string account_id;
  std::string platform;
  std::string username;
  std::string room;  // the platform's id of this live
  LiveState state = LiveState::live;
  std::string title;
  Time started_at;
  Time detected_at;
  std::optional<Time> ended_at;
  std::optional<std::int64_t> viewers;
  std::optional<std::int64_t> peak_viewers;
  CaptureState capture = CaptureState::none;
  std::string capture_reason;
  std::int64_t gaps = 0;        // how many holes the record has
  std::optional<double> lag_s;  // as words_delay_s, while the live goes on
  double risk = 0;              // the highest risque_score of the last 10 min of speech
  WordsState words = WordsState::none;
  std::optional<double> words_delay_s;  // of the settled words; absent before the first sound
  std::string detected_by;              // "api_live", "room_info", "socket", "restart", "stream"
  std::optional<double> detection_delay_s;  // from its start; absent when nobody can know
};

// The right to work on a live, proved at each write (docs/ARCHITECTURE.md, leases).
struct LiveClaim {
  std::string live_id;
  std::string owner;
  std::int64_t token = 0;
  std::string language{};  // spoken there; empty: the operator's choice
};

// A stretch of speech written down. Settled text is never rewritten.
struct Segment {
  std::string id;
  std::string live_id;
  Span start{0};
  Span end{0};
  std::string text;
  std::string language;
  double confidence = 0;  // 0 to 1
  bool uncertain = false;
  std::string engine;  // "ctranslate2"
  std::string model;   // "base-int8"
};

// What an unfinished utterance sounds like so far. Shown, never kept.
struct Interim {
  std::string account_id;
  std::string live_id;
  Span start{0};
  Span end{0};
  std::string text;
};

// A stretch that could not be captured, and why: stall, disk, expired, paused, restart, garbage,
// stopped; or whose words cannot be had though it was: purged, corrupt, not_kept, unrecognised.
struct Gap {
  std::string id;
  std::string live_id;
  Span start{0};
  Span end{0};
  std::string reason;
};

}  // namespace vigie
