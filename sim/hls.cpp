// SPDX-License-Identifier: Apache-2.0
#include "sim/hls.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "media/aac.hpp"
#include "sim/ts.hpp"

namespace vigie::sim {
namespace {

constexpr std::size_t packets_in_segment = 86;  // just under two seconds of 44.1 kHz
constexpr std::size_t segments_listed = 6;
constexpr std::size_t segments_kept = 12;
constexpr Span end_shown = std::chrono::seconds{30};

http::Response answer_of(std::string_view type, std::string body, int status = 200) {
  http::Response response;
  response.status = status;
  response.headers.set("Content-Type", std::string{type});
  response.headers.set("Cache-Control", "no-store");
  response.body = std::move(body);
  return response;
}

http::Response nothing_here() {
  return answer_of("text/plain; charset=utf-8", "no such segment\n", 404);
}

std::string master_playlist(const std::string& query) {
  return "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=80000,CODECS=\"mp4a.40.2\"\nindex.m3u8" + query +
         "\n";
}

Span length_of(const Track& track) {
  return track.time_of(packets_in_segment);
}

}  // namespace

std::size_t Hls::ready_segments(const Live& live, const Track& track) const {
  auto now = std::min(world_.now(), live.plan.end.value_or(Span::max()));
  for (const auto& stall : live.stalls) {
    now = stall.holds(now) ? stall.from : now;
  }
  return track.index_at(live.spoken(now)) / packets_in_segment;
}

std::string Hls::media_playlist(const Live& live, const Track& track,
                                const std::string& query) const {
  const auto ready = ready_segments(live, track);
  const auto first = ready - std::min(ready, segments_listed);
  auto out = fmt::format(
      "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:{}\n", first);
  for (auto number = first; number < ready; ++number) {
    out += fmt::format("#EXTINF:{:.3f},\n{}.ts{}\n", to_seconds(length_of(track)), number, query);
  }
  if (world_.status(live, world_.now()) == Status::over) {
    out += "#EXT-X-ENDLIST\n";
  }
  return out;
}

Async<http::Answer> Hls::answer(std::shared_ptr<Live> live, std::string file, std::string query) {
  const auto now = world_.now();
  const bool is_over = world_.status(*live, now) == Status::over;
  if (is_over && now - live->plan.end.value_or(Span{0}) > end_shown) {
    co_return nothing_here();
  }
  constexpr std::string_view playlist_type = "application/vnd.apple.mpegurl";
  if (file == "playlist.m3u8") {
    co_return answer_of(playlist_type, master_playlist(query));
  }
  if (file == "index.m3u8") {
    if (!live->first_viewer) {
      live->first_viewer = now;
    }
    const auto track = sounds_.track(live->plan.audio, 0);
    co_return answer_of(playlist_type, media_playlist(*live, *track, query));
  }
  const auto number = file.ends_with(".ts") ? to_integer(file.substr(0, file.size() - 3))
                                            : std::optional<std::int64_t>{};
  if (!number || *number < 0) {
    co_return nothing_here();
  }
  co_return co_await segment(std::move(live), static_cast<std::size_t>(*number));
}

Async<http::Answer> Hls::segment(std::shared_ptr<Live> live, std::size_t number) {
  const auto track = sounds_.track(live->plan.audio, 0);
  const auto ready = ready_segments(*live, *track);
  if (number >= ready || number + segments_kept < ready) {
    co_return nothing_here();
  }
  const auto first = number * packets_in_segment;
  const auto skipped = track->index_at(live->plan.from);
  co_await sounds_.wait_for(track, skipped + first + packets_in_segment);
  std::vector<std::string> frames;
  for (auto index = first; index < first + packets_in_segment; ++index) {
    const auto& packet = track->packet_at(skipped + index, live->plan.loop);
    auto frame = media::adts_frame(track->config, packet);
    if (!frame) {
      co_return answer_of("text/plain; charset=utf-8", frame.error().what, 500);
    }
    frames.push_back(std::move(*frame));
  }
  auto bytes = transport_stream(frames, track->time_of(first), track->time_of(1));
  co_return answer_of("video/mp2t", std::move(bytes));
}

}  // namespace vigie::sim
