// SPDX-License-Identifier: Apache-2.0
#include "recording/recordings.hpp"

#include <algorithm>

#include "media/clip.hpp"

namespace vigie::recording {

Async<Result<Clip>> Recordings::cut(std::string live_id, Sight sight, Span from,
                                    std::optional<Span> to) {
  const Span until = to.value_or(from + longest_clip);
  if (from < Span{0} || until <= from) {
    co_return make_error(Errc::invalid, "from and to: seconds of the live, from before to");
  }
  if (until - from > longest_clip) {
    co_return make_error(Errc::invalid, "from and to: at most {} minutes at a time",
                         std::chrono::duration_cast<std::chrono::minutes>(longest_clip).count());
  }
  auto found = co_await pieces(live_id, std::move(sight), from, until);
  if (!found) {
    co_return found.error();
  }
  if (found->empty()) {
    co_return make_error(Errc::not_found,
                         "no sound is kept there: it was not heard, or its time "
                         "is over");
  }
  // The chained hash of the last piece covers all before it.
  auto tag = fmt::format("{}-{}-{}-{}-{}", live_id, from.count(), until.count(),
                         found->front().sha256.substr(0, 8), found->back().sha256.substr(0, 16));
  if (auto known = cache_.find(tag); known.bytes) {
    co_return known;
  }
  auto bytes = co_await mux(std::move(*found), from, until);
  if (!bytes) {
    co_return bytes.error();
  }
  Clip clip{std::make_shared<const std::string>(std::move(*bytes)), std::move(tag)};
  cache_.add(clip);
  co_return clip;
}

Async<Result<std::string>> Recordings::mux(std::vector<Piece> pieces, Span from, Span to) {
  std::function<Result<std::string>(std::stop_token)> job =
      [this, &pieces, from, to](const std::stop_token& stop) -> Result<std::string> {
    std::vector<media::KeptSound> sounds;
    for (auto& piece : pieces) {
      if (stop.stop_requested()) {
        return make_error(Errc::unavailable, "stopped");
      }
      auto bytes = blobs_.get(piece.blob_key);
      if (!bytes && bytes.error().code == Errc::not_found) {
        continue;  // forgotten a moment ago: silent
      }
      if (!bytes) {
        return bytes.error().during("reading kept sound");
      }
      sounds.push_back({std::move(piece.codec), piece.start, piece.end, std::move(*bytes)});
    }
    return media::make_clip(sounds, from, to);
  };
  co_return co_await pool_.run(std::move(job));
}

}  // namespace vigie::recording
