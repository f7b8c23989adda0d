// SPDX-License-Identifier: Apache-2.0
#include "transcribe/whisper/whisper_transcriber.hpp"

#include <ctranslate2/devices.h>
#include <ctranslate2/models/whisper.h>
#include <ctranslate2/utils.h>
#include <malloc.h>

#include <array>
#include <cmath>
#include <condition_variable>
#include <exception>
#include <filesystem>
#include <mutex>

#include "media/pcm.hpp"
#include "transcribe/log_mel.hpp"
#include "transcribe/not_speech.hpp"
#include "transcribe/whisper/loop_guard.hpp"
#include "transcribe/whisper/tokens.hpp"

namespace vigie::transcribe {
namespace {

namespace engine = ctranslate2;
using Replica = engine::models::WhisperReplica;
using Ids = std::vector<std::size_t>;

// Whisper's window: 30 s, 1500 positions of the encoder, two feature frames each.
constexpr std::size_t full_context = 1500;
constexpr std::size_t frames_in_position = 2;
constexpr double positions_per_second = 50;
constexpr Span longest{30'000'000};

// The encoder is shown little more than the utterance: its cost grows with what it sees. Less than
// 400, or a smaller margin, loses words (measured).
constexpr std::size_t margin = 64;
constexpr std::size_t smallest_context = 400;
constexpr std::size_t context_step = 16;
// The attention over a window of 1500 positions takes 72 MB, over 800 a quarter of it: wider ones
// are encoded one at a time.
constexpr std::size_t wide_context = 800;

constexpr std::size_t most_tokens = 224;
// Sequences followed at once. Three instead of one: WER 15.8 % instead of 18.1 for a tenth more
// CPU; five brings half a point more for as much again (long-fr-real-shared and tts-fr-manon).
struct Search {
  std::size_t beam = 1;
  std::size_t longest_repeat = 0;  // tokens; 0: any
};
constexpr Search usual_search{.beam = 3};
constexpr Search quick_search{.beam = 1};
constexpr Search last_search{.beam = 5, .longest_repeat = 3};
constexpr double lowest_log_probability = -1;
constexpr double clear = 0.5;  // confidence

std::size_t context_for(Span sound) {
  const auto spoken = static_cast<std::size_t>(std::ceil(to_seconds(sound) * positions_per_second));
  const auto rounded = (spoken + margin + context_step - 1) / context_step * context_step;
  return std::clamp(rounded, smallest_context, full_context);
}

struct Candidate {
  Ids tokens;
  std::string text;
  double log_probability = 0;
  bool is_looping = false;

  bool is_good() const { return !is_looping && log_probability >= lowest_log_probability; }
  bool is_better_than(const Candidate& other) const {
    return is_looping == other.is_looping ? log_probability > other.log_probability
                                          : other.is_looping;
  }
};

// The tokens every prompt has.
struct Steering {
  std::size_t begin = 0;
  std::size_t transcribe = 0;
  std::size_t no_timestamps = 0;
};

Result<Steering> find_steering(const Tokens& tokens) {
  const auto begin = tokens.steering("<|startoftranscript|>");
  const auto transcribe = tokens.steering("<|transcribe|>");
  const auto no_timestamps = tokens.steering("<|notimestamps|>");
  if (!begin || !transcribe || !no_timestamps) {
    return make_error(Errc::corrupt, "the vocabulary is not one of Whisper's");
  }
  return Steering{*begin, *transcribe, *no_timestamps};
}

// A model's replicas, lent to one thread at a time.
class Replicas {
 public:
  Replicas(const engine::models::Model& model, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      free_.push_back(Replica::create_from_model(model));
    }
  }

  class Loan {
   public:
    explicit Loan(Replicas& owner) : owner_{owner}, replica_{owner.take()} {}
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    ~Loan() { owner_.give_back(std::move(replica_)); }
    Replica& operator*() { return *replica_; }

   private:
    Replicas& owner_;
    std::unique_ptr<Replica> replica_;
  };

 private:
  std::unique_ptr<Replica> take() {
    std::unique_lock lock{mutex_};
    returned_.wait(lock, [this] { return !free_.empty(); });
    auto replica = std::move(free_.back());
    free_.pop_back();
    return replica;
  }
  void give_back(std::unique_ptr<Replica> replica) {
    const std::scoped_lock lock{mutex_};
    free_.push_back(std::move(replica));
    returned_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Replica>> free_;
};

class WhisperTranscriber final : public Transcriber {
 public:
  WhisperTranscriber(std::shared_ptr<const engine::models::Model> model, Tokens tokens,
                     Steering steering, std::size_t bands, std::size_t workers, std::string name)
      : model_{std::move(model)},
        tokens_{std::move(tokens)},
        steering_{steering},
        mel_{bands},
        replicas_{*model_, workers},
        workers_{workers},
        name_{std::move(name)} {}

  Result<Transcript> transcribe(std::span<const float> samples, Ask ask,
                                std::stop_token stop) override {
    const auto language = ask.language;
    if (media::duration_of(samples.size()) > longest) {
      return make_error(Errc::invalid, "an utterance of {} s: Whisper hears 30 s at once",
                        to_seconds(media::duration_of(samples.size())));
    }
    if (language != "auto" && !tokens_.language(language)) {
      return make_error(Errc::invalid, "Whisper {} does not know the language {}", name_, language);
    }
    Replicas::Loan replica{replicas_};
    try {
      // Threads are a property of the calling thread: one worker, one thread (measured).
      engine::set_num_threads(1);
      return listen(*replica, samples, ask, stop);
    } catch (const std::exception& failure) {
      return make_error(Errc::unavailable, "recognising with Whisper {}: {}", name_,
                        failure.what());
    }
  }

  std::size_t workers() const override { return workers_; }
  std::string_view engine() const override { return "ctranslate2"; }
  std::string_view model() const override { return name_; }

 private:
  engine::StorageView encode(Replica& replica, std::span<const float> samples,
                             std::size_t context) {
    std::unique_lock lock{wide_window_, std::defer_lock};
    if (context > wide_context) {
      lock.lock();
    }
    const auto frames = context * frames_in_position;
    const auto features = mel_.compute(samples, frames);
    const engine::Shape shape{1, static_cast<engine::dim_t>(mel_.bands()),
                              static_cast<engine::dim_t>(frames)};
    return replica.encode(engine::StorageView{shape, features}, false);
  }

  static std::string detect(Replica& replica, const engine::StorageView& encoded) {
    const auto ranking = replica.detect_language(encoded);
    const auto& best = ranking.at(0).at(0).first;  // "<|fr|>"
    return best.substr(2, best.size() - 4);
  }

  Candidate decode(Replica& replica, const engine::StorageView& encoded, const Ids& prompt,
                   Search search, Span sound) const {
    engine::models::WhisperOptions options;
    options.beam_size = search.beam;
    options.no_repeat_ngram_size = search.longest_repeat;
    options.max_length = most_tokens;
    options.return_scores = true;
    const auto results = replica.generate(encoded, std::vector<Ids>{prompt}, options);
    const auto& result = results.at(0);
    Candidate candidate{.tokens = tokens_.spoken(result.sequences_ids.at(0)),
                        .text = {},
                        .log_probability = result.scores.empty() ? 0 : result.scores[0]};
    candidate.text = tokens_.text(candidate.tokens);
    candidate.is_looping = is_looping(candidate.tokens, candidate.text, sound);
    return candidate;
  }

  // With a context this short the model may run in circles: what looks wrong is heard again with
  // the full window, then with a beam that may not repeat itself, then kept for what it is.
  Result<Transcript> listen(Replica& replica, std::span<const float> samples, Ask ask,
                            const std::stop_token& stop) {
    const auto language = ask.language;
    const auto sound = media::duration_of(samples.size());
    auto encoded = encode(replica, samples, context_for(sound));
    Transcript transcript{.text = {}, .language = std::string{language}};
    if (language == "auto") {
      transcript.language = detect(replica, encoded);
    }
    const auto spoken_language = tokens_.language(transcript.language);
    if (!spoken_language) {
      return make_error(Errc::corrupt, "Whisper {} detected a language it lacks: {}", name_,
                        transcript.language);
    }
    const Ids prompt{steering_.begin, *spoken_language, steering_.transcribe,
                     steering_.no_timestamps};

    const auto search = ask.effort == Effort::full ? usual_search : quick_search;
    auto best = decode(replica, encoded, prompt, search, sound);
    for (const bool is_last_try : {false, true}) {
      const bool is_too_dear =
          ask.effort == Effort::glimpse || (ask.effort == Effort::quick && is_last_try);
      if (best.is_good() || is_too_dear) {
        break;
      }
      if (stop.stop_requested()) {
        return make_error(Errc::unavailable, "stopped while recognising");
      }
      if (!is_last_try) {
        encoded = encode(replica, samples, full_context);
      }
      auto other = decode(replica, encoded, prompt, is_last_try ? last_search : search, sound);
      ++transcript.attempts;
      if (other.is_better_than(best)) {
        best = std::move(other);
      }
    }
    transcript.confidence = std::exp(std::min(0.0, best.log_probability));
    transcript.uncertain = !best.is_good();
    const bool is_doubtful =
        transcript.uncertain || transcript.confidence < clear || is_quiet(samples);
    if (!is_not_speech(best.text, is_doubtful)) {
      transcript.text = std::move(best.text);
    }
    return transcript;
  }

  std::shared_ptr<const engine::models::Model>
      model_;  // shared: CTranslate2 lends it to each replica
  Tokens tokens_;
  Steering steering_;
  LogMel mel_;
  std::mutex wide_window_;
  Replicas replicas_;
  std::size_t workers_;
  std::string name_;
};

}  // namespace

namespace {

Result<engine::Device> choose_device(std::string_view wished) {
  const bool has_cuda = wished != "cpu" && engine::get_device_count(engine::Device::CUDA) > 0;
  if (wished == "cuda" && !has_cuda) {
    return make_error(Errc::unavailable,
                      "no CUDA device can be used (none is there, or its driver is not); cure: "
                      "WHISPER_DEVICE=auto or cpu");
  }
  return has_cuda ? engine::Device::CUDA : engine::Device::CPU;
}

}  // namespace

Result<std::unique_ptr<Transcriber>> open_whisper(const WhisperOptions& options) {
  const std::filesystem::path folder{options.model_folder};
  if (!std::filesystem::exists(folder / "model.bin")) {
    return make_error(Errc::not_found, "no weights of Whisper in {}; cure: make setup",
                      options.model_folder);
  }
  auto tokens = Tokens::load(options.model_folder);
  if (!tokens) {
    return tokens.error();
  }
  const auto steering = find_steering(*tokens);
  if (!steering) {
    return steering.error().during("loading " + options.model_folder);
  }
  try {
    const auto device = choose_device(options.device);
    if (!device) {
      return device.error();
    }
    const bool is_cuda = *device == engine::Device::CUDA;
    const auto usual = is_cuda ? "int8_float16" : "int8";
    const auto wished = options.compute_type.empty() ? std::string{usual} : options.compute_type;
    const auto type = engine::str_to_compute_type(wished);
    auto model = engine::models::Model::load(options.model_folder, *device, 0, type);
    const auto probe = Replica::create_from_model(*model);
    if (!probe->is_multilingual()) {
      return make_error(Errc::invalid, "{} knows English only: take the model without .en",
                        options.model_folder);
    }
    // The weights were read as they are on disk, then made small: 100 MB that nobody needs now.
    malloc_trim(0);
    auto name = folder.filename().string() + "-" + wished + (is_cuda ? "-cuda" : "");
    return std::make_unique<WhisperTranscriber>(
        std::move(model), std::move(*tokens), *steering, probe->n_mels(),
        std::max<std::size_t>(options.workers, 1), std::move(name));
  } catch (const std::invalid_argument& failure) {
    return make_error(Errc::invalid, "loading {}: {}", options.model_folder, failure.what());
  } catch (const std::exception& failure) {
    return make_error(Errc::corrupt, "loading {}: {}", options.model_folder, failure.what());
  }
}

}  // namespace vigie::transcribe
