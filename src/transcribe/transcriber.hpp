// SPDX-License-Identifier: Apache-2.0
// Where a recogniser plugs in: one utterance of sound → words.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace vigie::transcribe {

struct Transcript {
  std::string text;        // empty when nothing was said
  std::string language;    // the one used: asked for, or detected
  double confidence = 0;   // exp of the mean log-probability of its tokens, 0 to 1
  bool uncertain = false;  // the loop guard gave up on it: kept, and marked
  int attempts = 1;
};

// How much work an utterance may cost. full: searched widely, and heard again in other ways while
// its words make no sense. quick: searched narrowly, with one more try at most; for when there is
// more speech than time.
// glimpse: once and never again, for text that is shown at once and never kept.
enum class Effort : std::uint8_t { full, quick, glimpse };

struct Ask {
  std::string_view language;  // "fr", or "auto" to detect
  Effort effort = Effort::full;
};

// An utterance to be heard beside others.
struct Speech {
  std::span<const float> samples;  // 16 kHz mono, at most 30 s
  std::string_view language;       // "fr", or "auto" to detect
};

class Transcriber {
 public:
  virtual ~Transcriber() = default;

  // Blocking: from a WorkerPool, by up to workers() threads at once. samples: 16 kHz mono, at most
  // 30 s. Errc::unavailable when the engine cannot answer now.
  virtual Result<Transcript> transcribe(std::span<const float> samples, Ask ask,
                                        std::stop_token stop) = 0;

  // Several, at most most_together(), for less work than one by one where the engine has a way to:
  // an answer for each, in order. The shorter ones are heard as if they were as long as the
  // longest. This one hears them one by one. Blocking and threads as above.
  virtual std::vector<Result<Transcript>> transcribe_all(std::span<const Speech> speeches,
                                                         Effort effort, std::stop_token stop);

  virtual std::size_t workers() const = 0;
  virtual std::size_t most_together() const { return 1; }  // worth handing over at once
  virtual std::string_view engine() const = 0;             // "ctranslate2"
  virtual std::string_view model() const = 0;              // "base-int8"
};

}  // namespace vigie::transcribe
