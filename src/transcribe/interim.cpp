// SPDX-License-Identifier: Apache-2.0
// Transcription's part that hears utterances before they are complete, while there is time.
#include "transcribe/meters.hpp"
#include "transcribe/stream.hpp"
#include "transcribe/transcription.hpp"

namespace vigie::transcribe {
namespace {

// So much new sound of an utterance is worth a look.
constexpr Span glimpse_interval{1'200'000};

}  // namespace

// One worker of several is always kept free for complete utterances.
bool Transcription::wants_glimpse(const Stream& stream) const {
  const auto workers = transcriber_->workers();
  return options_.on_interim && tasks_ != nullptr && !stream.is_behind && !stream.is_glimpsing &&
         strain() == Strain::none && queue_.empty() && busy_ + (workers > 1 ? 1 : 0) < workers &&
         stream.position() - stream.glimpsed_until >= glimpse_interval && options_.has_audience();
}

void Transcription::start_glimpse(const StreamPtr& stream, std::vector<float> samples) {
  if (media::duration_of(samples.size()) < glimpse_interval || !wants_glimpse(*stream)) {
    return;
  }
  stream->is_glimpsing = true;
  stream->glimpsed_until = stream->position();
  ++busy_;
  tasks_->spawn("glimpse", glimpse(stream, stream->frontier(), std::move(samples)));
}

Async<> Transcription::glimpse(StreamPtr stream, Span start, std::vector<float> samples) {
  struct Worker {
    std::size_t& busy;
    bool& is_glimpsing;
    ~Worker() {
      --busy;
      is_glimpsing = false;
    }
  };
  {
    const Worker worker{busy_, stream->is_glimpsing};
    const auto language = stream->language.ask();
    std::function<Result<Transcript>(std::stop_token)> work = [&](std::stop_token stop) {
      return transcriber_->transcribe(samples, {language, Effort::glimpse}, std::move(stop));
    };
    const auto began = clock_.steady();
    const auto transcript = co_await recognisers_.run(std::move(work));
    const auto worked = to_seconds(clock_.steady() - began);
    meters_->working.add(worked);
    meters_->interim_working.add(worked);
    const bool is_news = transcript && !transcript->text.empty() && !stream->is_gone &&
                         !stream->is_behind && stream->settled_until() <= start;
    (is_news ? meters_->interims_sent : meters_->interims_dropped).add();
    if (is_news) {
      options_.on_interim(Interim{stream->account_id, stream->claim.live_id, start,
                                  start + media::duration_of(samples.size()), transcript->text});
    }
  }
  start_workers();
}

}  // namespace vigie::transcribe
