// SPDX-License-Identifier: Apache-2.0
// Cuts a stream of sound where nobody speaks: utterances of at most 15 s that cover all speech, in
// order, never twice the same sample. Pure: fed with frames and their probabilities of being
// speech.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/time.hpp"
#include "media/pcm.hpp"

namespace vigie::transcribe {

// As measured (docs/adr: speech): words lost are fewest with these.
struct CutterLimits {
  float open = 0.5F;          // a frame at least this likely begins an utterance
  float close = 0.35F;        // frames below it are a pause
  Span lead{300'000};         // kept before the first such frame
  Span tail{300'000};         // kept after the last, within the pause
  Span pause{600'000};        // ends an utterance
  Span short_pause{150'000};  // ends one that is longer than `soft`
  Span soft{8'000'000};
  Span hard{15'000'000};   // no utterance is longer
  Span shortest{100'000};  // less speech than this is a click
};

// Places are counted in samples from the beginning of the stream.
struct Utterance {
  std::int64_t start = 0;
  std::int64_t end = 0;
  std::vector<float> samples;

  Span duration() const { return media::duration_of(samples.size()); }
};

class Cutter {
 public:
  explicit Cutter(CutterLimits limits = {});

  // The next frame, of samples_in_frame samples (the last one before flush() may be shorter).
  // Returns the utterance that it ends, if it ends one.
  std::optional<Utterance> feed(float probability, std::span<const float> frame);

  // What is open when the sound stops; the stream may go on after it, as after a long pause.
  std::optional<Utterance> flush();

  std::int64_t heard() const { return heard_; }  // samples fed so far
  bool is_open() const { return is_open_; }
  // No utterance to come begins before it: what lies before was returned, or is no speech.
  std::int64_t settled() const { return is_open_ ? start_ : kept_from_; }
  // What is open so far, from settled() on; empty while nobody speaks.
  std::span<const float> open_samples() const;
  std::size_t held() const { return samples_.size(); }  // samples kept in memory

 private:
  void open();
  std::optional<Utterance> close(std::int64_t end);
  std::optional<Utterance> close_at_pause();
  std::optional<Utterance> cut_at_least_likely();
  void forget_before(std::int64_t place);

  CutterLimits limits_;
  std::int64_t heard_ = 0;
  std::int64_t kept_from_ = 0;  // place of samples_[0]
  std::vector<float> samples_;
  std::int64_t settled_until_ = 0;  // end of the last utterance

  bool is_open_ = false;
  bool continues_ = false;         // began at a cut within speech
  std::int64_t start_ = 0;         // of the open utterance
  std::int64_t speech_start_ = 0;  // its first frame of speech
  std::int64_t silence_ = 0;       // samples of pause at its end so far
  std::vector<float> likely_;      // probabilities of its frames from speech_start_ on
};

}  // namespace vigie::transcribe
