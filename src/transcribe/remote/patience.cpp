// SPDX-License-Identifier: Apache-2.0
#include "transcribe/remote/patience.hpp"

#include <algorithm>

namespace vigie::transcribe {
namespace {

constexpr int most_failures = 5;
constexpr Span first_pause = std::chrono::seconds{15};
constexpr Span longest_pause = std::chrono::minutes{5};
constexpr Span hour = std::chrono::hours{1};

Error later(Errc code, Span wait, std::string_view why) {
  auto error = make_error(code, "{}", why);
  error.retry_after = std::chrono::ceil<std::chrono::seconds>(wait);
  return error;
}

}  // namespace

std::optional<Error> Patience::refuse(Span sound, Span now) {
  const std::scoped_lock lock{mutex_};
  if (now < closed_until_) {
    return later(closed_by_, closed_until_ - now, closed_because_);
  }
  if (now - hour_since_ >= hour) {
    hour_since_ = now;
    spent_ = 0;
  }
  if (seconds_per_hour_ > 0 &&
      spent_ + to_seconds(sound) > static_cast<double>(seconds_per_hour_)) {
    return later(Errc::rate_limited, hour_since_ + hour - now,
                 "budget: WHISPER_BUDGET_S_PER_HOUR is spent");
  }
  spent_ += to_seconds(sound);
  return std::nullopt;
}

void Patience::answered() {
  const std::scoped_lock lock{mutex_};
  failures_ = 0;
  pause_ = Span{0};
}

void Patience::failed(const Error& error, Span sound, Span now) {
  const std::scoped_lock lock{mutex_};
  spent_ = std::max(spent_ - to_seconds(sound), 0.0);
  ++failures_;
  Span wait = error.retry_after;
  if (failures_ >= most_failures) {
    pause_ = pause_ == Span{0} ? first_pause : std::min(2 * pause_, longest_pause);
    wait = std::max(wait, pause_);
  }
  if (now + wait > closed_until_ && wait > Span{0}) {
    closed_until_ = now + wait;
    closed_by_ = error.code == Errc::rate_limited ? Errc::rate_limited : Errc::unavailable;
    closed_because_ = error.what;
  }
}

}  // namespace vigie::transcribe
