// SPDX-License-Identifier: Apache-2.0
#include "transcribe/remote/remote_transcriber.hpp"

#include <atomic>
#include <mutex>
#include <vector>

#include "async/run_stoppable.hpp"
#include "http/client.hpp"
#include "media/pcm.hpp"
#include "transcribe/remote/answer.hpp"
#include "transcribe/remote/patience.hpp"

namespace vigie::transcribe {
namespace {

constexpr std::size_t largest_answer = 1UL << 20U;
constexpr Span longest{30'000'000};

// A connection and what turns it.
struct Line {
  explicit Line(const http::AddressGuard& guard)
      : client{http::create_client(io.get_executor(), guard)} {}
  asio::io_context io{1};
  std::unique_ptr<http::Client> client;
};

class RemoteTranscriber final : public Transcriber {
 public:
  RemoteTranscriber(const Clock& clock, log::Log& log, metrics::Registry& metrics,
                    std::string boundary, RemoteOptions options)
      : clock_{clock},
        log_{log},
        sent_{metrics.counter("vigie_transcribe_remote_seconds_total",
                              "Sound sent to a remote recogniser.")},
        failures_{metrics.counter("vigie_transcribe_remote_failures_total",
                                  "Questions to a remote recogniser that brought no words.")},
        boundary_{std::move(boundary)},
        options_{std::move(options)},
        guard_{{options_.base_url}, {}},
        patience_{options_.seconds_per_hour} {
    while (options_.base_url.ends_with('/')) {
      options_.base_url.pop_back();
    }
  }

  Result<Transcript> transcribe(std::span<const float> samples, Ask ask,
                                std::stop_token stop) override {
    const auto sound = media::duration_of(samples.size());
    if (sound > longest) {
      return make_error(Errc::invalid, "an utterance of {} s: 30 s are sent at once",
                        to_seconds(sound));
    }
    if (ask.effort == Effort::glimpse || samples.empty()) {
      return Transcript{.text = {}, .language = std::string{ask.language}};
    }
    if (auto refused = patience_.refuse(sound, clock_.steady())) {
      return std::move(*refused);
    }
    auto transcript = send(samples, ask, stop);
    if (transcript) {
      has_answered_ = true;
      patience_.answered();
      sent_.add(to_seconds(sound));
      say("");
    } else if (transcript.error().code != Errc::invalid) {
      failures_.add();
      patience_.failed(transcript.error(), sound, clock_.steady());
      say(transcript.error().what);
    }
    return transcript;
  }

  std::size_t workers() const override { return options_.workers; }
  std::string_view engine() const override { return "remote"; }
  std::string_view model() const override { return options_.model; }

 private:
  Result<Transcript> send(std::span<const float> samples, Ask ask, const std::stop_token& stop) {
    auto line = take();
    auto response =
        run_until_stopped(line->io, line->client->send(request_for(samples, ask.language)), stop);
    if (!response) {
      return make_error(Errc::unavailable, "stopped while recognising");  // the line goes too
    }
    give_back(std::move(line));
    if (!*response) {
      auto error = response->error().during("asking the remote recogniser");
      error.code = Errc::unavailable;  // whatever it is, the words wait
      return error;
    }
    if ((*response)->status != 200) {
      return failure_of(**response, has_answered_);
    }
    auto transcript = read_transcript((*response)->body, ask.language);
    if (!transcript) {
      auto error = transcript.error();
      error.code = Errc::unavailable;
      return error;
    }
    return transcript;
  }

  http::ClientRequest request_for(std::span<const float> samples, std::string_view language) const {
    auto form = form_of(samples, options_.model, language, boundary_);
    http::ClientRequest request;
    request.method = "POST";
    request.url = options_.base_url + "/audio/transcriptions";
    request.headers.add("Content-Type", std::move(form.content_type));
    request.headers.add("Accept", "application/json");
    if (!options_.api_key.empty()) {
      request.headers.add("Authorization", "Bearer " + options_.api_key);
    }
    request.body = std::move(form.body);
    request.timeout = options_.timeout;
    request.max_body = largest_answer;
    request.max_redirects = 0;  // a key is not sent elsewhere
    return request;
  }

  std::unique_ptr<Line> take() {
    const std::scoped_lock lock{mutex_};
    if (free_.empty()) {
      return std::make_unique<Line>(guard_);
    }
    auto line = std::move(free_.back());
    free_.pop_back();
    return line;
  }
  void give_back(std::unique_ptr<Line> line) {
    const std::scoped_lock lock{mutex_};
    free_.push_back(std::move(line));
  }

  // Once for each new trouble, and once when it is over.
  void say(const std::string& trouble) {
    const std::scoped_lock lock{mutex_};
    if (trouble == trouble_) {
      return;
    }
    trouble_ = trouble;
    if (trouble.empty()) {
      log_.info("the remote recogniser answers again", {{"model", options_.model}});
    } else {
      log_.warn("the remote recogniser brings no words; they wait", {{"why", trouble}});
    }
  }

  const Clock& clock_;
  log::Log& log_;
  metrics::Counter& sent_;
  metrics::Counter& failures_;
  std::string boundary_;
  RemoteOptions options_;
  http::AddressGuard guard_;
  Patience patience_;
  std::atomic<bool> has_answered_{false};
  std::mutex mutex_;
  std::vector<std::unique_ptr<Line>> free_;
  std::string trouble_;
};

}  // namespace

std::unique_ptr<Transcriber> create_remote_transcriber(const Clock& clock, log::Log& log,
                                                       metrics::Registry& metrics,
                                                       std::string boundary,
                                                       RemoteOptions options) {
  return std::make_unique<RemoteTranscriber>(clock, log, metrics, std::move(boundary),
                                             std::move(options));
}

}  // namespace vigie::transcribe
