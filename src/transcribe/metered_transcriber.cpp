// SPDX-License-Identifier: Apache-2.0
#include "transcribe/metered_transcriber.hpp"

#include <utility>

#include "transcribe/cpu_time.hpp"

namespace vigie::transcribe {
namespace {

constexpr std::string_view outcomes_help =
    "Utterances by what became of them: words, uncertain words, nothing said, failed.";

class MeteredTranscriber final : public Transcriber {
 public:
  MeteredTranscriber(std::unique_ptr<Transcriber> inner, const Clock& clock,
                     metrics::Registry& registry)
      : inner_{std::move(inner)},
        clock_{clock},
        heard_{outcome(registry, "words")},
        uncertain_{outcome(registry, "uncertain")},
        nothing_{outcome(registry, "nothing")},
        failed_{outcome(registry, "failed")},
        words_{registry.counter("vigie_transcribe_words_total",
                                "Words written down; its rate, against that of speech, is how "
                                "fast people speak.")},
        cpu_{registry.counter("vigie_transcribe_cpu_seconds_total",
                              "CPU time of recognising; against the seconds of speech, what a "
                              "second costs.")},
        lasted_{registry.histogram("vigie_transcribe_recognition_seconds",
                                   "How long recognising an utterance took, with those heard "
                                   "beside it.")} {}

  Result<Transcript> transcribe(std::span<const float> samples, Ask ask,
                                std::stop_token stop) override {
    if (ask.effort == Effort::glimpse) {
      return inner_->transcribe(samples, ask, std::move(stop));
    }
    const Speech speech{samples, ask.language};
    return std::move(transcribe_all({&speech, 1}, ask.effort, std::move(stop)).front());
  }

  std::vector<Result<Transcript>> transcribe_all(std::span<const Speech> speeches, Effort effort,
                                                 std::stop_token stop) override {
    const auto began = clock_.steady();
    const auto cpu_began = cpu_seconds(RUSAGE_THREAD);
    auto transcripts = inner_->transcribe_all(speeches, effort, std::move(stop));
    cpu_.add(cpu_seconds(RUSAGE_THREAD) - cpu_began);
    const auto lasted = to_seconds(clock_.steady() - began);
    for (const auto& transcript : transcripts) {
      lasted_.observe(lasted);
      count(transcript);
    }
    return transcripts;
  }

  std::size_t workers() const override { return inner_->workers(); }
  std::size_t most_together() const override { return inner_->most_together(); }
  std::string_view engine() const override { return inner_->engine(); }
  std::string_view model() const override { return inner_->model(); }

 private:
  static metrics::Counter& outcome(metrics::Registry& registry, std::string what) {
    return registry.counter("vigie_transcribe_utterances_total", outcomes_help,
                            {{"outcome", std::move(what)}});
  }

  void count(const Result<Transcript>& transcript) {
    if (!transcript) {
      failed_.add();
    } else if (transcript->text.empty()) {
      nothing_.add();
    } else {
      (transcript->uncertain ? uncertain_ : heard_).add();
      words_.add(static_cast<double>(count_words(transcript->text)));
    }
  }

  std::unique_ptr<Transcriber> inner_;
  const Clock& clock_;
  metrics::Counter& heard_;
  metrics::Counter& uncertain_;
  metrics::Counter& nothing_;
  metrics::Counter& failed_;
  metrics::Counter& words_;
  metrics::Counter& cpu_;
  metrics::Histogram& lasted_;
};

}  // namespace

std::size_t count_words(std::string_view text) {
  std::size_t words = 0;
  bool is_inside = false;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    const bool is_letter = byte >= 0x80 || (byte >= '0' && byte <= '9') ||
                           (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
    const bool joins = letter == '\'' || letter == '-';
    words += is_letter && !is_inside ? 1 : 0;
    is_inside = is_letter || (is_inside && joins);
  }
  return words;
}

std::unique_ptr<Transcriber> metered(std::unique_ptr<Transcriber> transcriber, const Clock& clock,
                                     metrics::Registry& registry) {
  return std::make_unique<MeteredTranscriber>(std::move(transcriber), clock, registry);
}

}  // namespace vigie::transcribe
