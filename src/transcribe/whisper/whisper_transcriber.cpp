// SPDX-License-Identifier: Apache-2.0
#include "transcribe/whisper/whisper_transcriber.hpp"

#include <ctranslate2/devices.h>
#include <ctranslate2/models/whisper.h>
#include <ctranslate2/utils.h>
#include <malloc.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <condition_variable>
#include <cstddef>
#include <cstring>
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

// Four at once cost 0.70 of four one by one on a Zen 4 (two 0.82, eight no less than four), with
// the same words. Not tried on a GPU.
constexpr std::size_t together_on_cpu = 4;

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
                     Steering steering, std::size_t bands, std::size_t workers,
                     std::size_t most_together, std::string name)
      : model_{std::move(model)},
        tokens_{std::move(tokens)},
        steering_{steering},
        mel_{bands},
        replicas_{*model_, workers},
        workers_{workers},
        most_together_{most_together},
        name_{std::move(name)} {}

  Result<Transcript> transcribe(std::span<const float> samples, Ask ask,
                                std::stop_token stop) override {
    const Speech speech{samples, ask.language};
    return std::move(transcribe_all({&speech, 1}, ask.effort, std::move(stop)).front());
  }

  std::vector<Result<Transcript>> transcribe_all(std::span<const Speech> speeches, Effort effort,
                                                 std::stop_token stop) override {
    for (const auto& speech : speeches) {
      if (const auto hearable = check(speech); !hearable) {
        return speeches.size() == 1 ? all_of(1, hearable.error())
                                    : Transcriber::transcribe_all(speeches, effort, stop);
      }
    }
    Replicas::Loan replica{replicas_};
    try {
      // Threads are a property of the calling thread: one worker, one thread (measured).
      engine::set_num_threads(1);
      return listen(*replica, speeches, effort, stop);
    } catch (const std::exception& failure) {
      return all_of(speeches.size(),
                    Error{Errc::unavailable,
                          fmt::format("recognising with Whisper {}: {}", name_, failure.what())});
    }
  }

  std::size_t workers() const override { return workers_; }
  std::size_t most_together() const override { return most_together_; }
  std::string_view engine() const override { return "ctranslate2"; }
  std::string_view model() const override { return name_; }

 private:
  Result<> check(const Speech& speech) const {
    if (media::duration_of(speech.samples.size()) > longest) {
      return make_error(Errc::invalid, "an utterance of {} s: Whisper hears 30 s at once",
                        to_seconds(media::duration_of(speech.samples.size())));
    }
    if (speech.language != "auto" && !tokens_.language(speech.language)) {
      return make_error(Errc::invalid, "Whisper {} does not know the language {}", name_,
                        speech.language);
    }
    return {};
  }

  static std::vector<Result<Transcript>> all_of(std::size_t count, const Error& error) {
    return std::vector<Result<Transcript>>(count, Result<Transcript>{error});
  }

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

  // Encoded sounds of one length as one.
  static engine::StorageView together(std::vector<engine::StorageView> sounds) {
    auto& first = sounds.front();
    if (sounds.size() == 1) {
      return std::move(first);
    }
    auto shape = first.shape();
    shape.front() = static_cast<engine::dim_t>(sounds.size());
    engine::StorageView all{shape, first.dtype()};
    auto* place = static_cast<std::byte*>(all.buffer());
    for (const auto& sound : sounds) {
      const auto bytes = static_cast<std::size_t>(sound.size() * sound.item_size());
      std::memcpy(place, sound.buffer(), bytes);
      place += bytes;
    }
    return all;
  }

  std::vector<Candidate> decode(Replica& replica, const engine::StorageView& encoded,
                                const std::vector<Ids>& prompts, Search search,
                                std::span<const Speech> speeches) const {
    engine::models::WhisperOptions options;
    options.beam_size = search.beam;
    options.no_repeat_ngram_size = search.longest_repeat;
    options.max_length = most_tokens;
    options.return_scores = true;
    const auto results = replica.generate(encoded, prompts, options);
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < speeches.size(); ++i) {
      const auto& result = results.at(i);
      Candidate candidate{.tokens = tokens_.spoken(result.sequences_ids.at(0)),
                          .text = {},
                          .log_probability = result.scores.empty() ? 0 : result.scores[0]};
      candidate.text = tokens_.text(candidate.tokens);
      const auto sound = media::duration_of(speeches[i].samples.size());
      candidate.is_looping = is_looping(candidate.tokens, candidate.text, sound);
      candidates.push_back(std::move(candidate));
    }
    return candidates;
  }

  // Each is encoded alone, with as much context as the longest needs: what they share is the walk
  // through the decoder's weights, most of the cost of a token.
  std::vector<Result<Transcript>> listen(Replica& replica, std::span<const Speech> speeches,
                                         Effort effort, const std::stop_token& stop) {
    const auto longest_one =
        std::ranges::max(speeches, {}, [](const Speech& speech) { return speech.samples.size(); });
    const auto context = context_for(media::duration_of(longest_one.samples.size()));
    std::vector<engine::StorageView> encoded;
    std::vector<std::string> languages;
    std::vector<Ids> prompts;
    for (const auto& speech : speeches) {
      encoded.push_back(encode(replica, speech.samples, context));
      languages.push_back(speech.language == "auto" ? detect(replica, encoded.back())
                                                    : std::string{speech.language});
      const auto spoken = tokens_.language(languages.back());
      if (!spoken) {
        const auto why =
            fmt::format("Whisper {} detected a language it lacks: {}", name_, languages.back());
        return all_of(speeches.size(), Error{Errc::corrupt, why});
      }
      prompts.push_back({steering_.begin, *spoken, steering_.transcribe, steering_.no_timestamps});
    }
    const auto search = effort == Effort::full ? usual_search : quick_search;
    const auto firsts = decode(replica, together(std::move(encoded)), prompts, search, speeches);
    std::vector<Result<Transcript>> answers;
    for (std::size_t i = 0; i < speeches.size(); ++i) {
      answers.push_back(insist(replica, speeches[i], prompts[i], firsts[i], effort, stop));
      if (answers.back()) {
        answers.back()->language = std::move(languages[i]);
      }
    }
    return answers;
  }

  // With a context this short the model may run in circles: what looks wrong is heard again with
  // the full window, then with a beam that may not repeat itself, then kept for what it is.
  Result<Transcript> insist(Replica& replica, const Speech& speech, const Ids& prompt,
                            Candidate best, Effort effort, const std::stop_token& stop) {
    Transcript transcript;
    engine::StorageView encoded;
    for (const bool is_last_try : {false, true}) {
      const bool is_too_dear =
          effort == Effort::glimpse || (effort == Effort::quick && is_last_try);
      if (best.is_good() || is_too_dear) {
        break;
      }
      if (stop.stop_requested()) {
        return make_error(Errc::unavailable, "stopped while recognising");
      }
      if (!is_last_try) {
        encoded = encode(replica, speech.samples, full_context);
      }
      const auto usual = effort == Effort::full ? usual_search : quick_search;
      auto other =
          decode(replica, encoded, {prompt}, is_last_try ? last_search : usual, {&speech, 1});
      ++transcript.attempts;
      if (other.front().is_better_than(best)) {
        best = std::move(other.front());
      }
    }
    transcript.confidence = std::exp(std::min(0.0, best.log_probability));
    transcript.uncertain = !best.is_good();
    const bool is_doubtful =
        transcript.uncertain || transcript.confidence < clear || is_quiet(speech.samples);
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
  std::size_t most_together_;
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
        std::max<std::size_t>(options.workers, 1), is_cuda ? 1 : together_on_cpu, std::move(name));
  } catch (const std::invalid_argument& failure) {
    return make_error(Errc::invalid, "loading {}: {}", options.model_folder, failure.what());
  } catch (const std::exception& failure) {
    return make_error(Errc::corrupt, "loading {}: {}", options.model_folder, failure.what());
  }
}

}  // namespace vigie::transcribe
