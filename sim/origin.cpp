// SPDX-License-Identifier: Apache-2.0
#include "sim/origin.hpp"

#include "base/text.hpp"
#include "media/flv.hpp"

namespace vigie::sim {
namespace {

constexpr std::string_view prefix = "/stream/";
constexpr std::string_view suffix = ".flv";
constexpr std::chrono::hours address_life{14 * 24};
// How often a stream is looked at: live origins send in such bursts.
constexpr Span tick = std::chrono::milliseconds{200};
// A viewer this far behind is let go; the others never wait for one.
constexpr Span most_lag = std::chrono::seconds{10};

// FNV-1a: enough to tell our own addresses from others', and no more is claimed.
std::string fingerprint(std::string_view text) {
  std::uint64_t hash = 14'695'981'039'346'656'037U;
  for (const char c : text) {
    hash = (hash ^ static_cast<std::uint8_t>(c)) * 1'099'511'628'211U;
  }
  return fmt::format("{:016x}", hash);
}

http::Response refuse(int status, std::string_view words) {
  http::Response response;
  response.status = status;
  response.headers.set("Content-Type", "text/plain; charset=utf-8");
  response.body = std::string{words} + "\n";
  return response;
}

}  // namespace

// One stream being sent.
struct Origin::Viewer {
  std::shared_ptr<Live> live;
  bool has_video = false;
  std::size_t addresses = 0;  // the generation that was let in
  std::size_t codec = 0;
  std::shared_ptr<Track> track;
  std::size_t next = 0;  // the packet to be sent
  Span next_picture{0};
};

Origin::Origin(World& world, SoundBank& sounds, Faults& faults, Stats& stats, Clock& clock,
               Random& random)
    : world_{world},
      sounds_{sounds},
      faults_{faults},
      stats_{stats},
      clock_{clock},
      random_{random},
      secret_{random.hex(16)} {}

std::string Origin::sign(std::string_view room, std::string_view quality, std::string_view expire,
                         std::size_t generation) const {
  const auto text = fmt::format("{}|{}|{}|{}|{}", secret_, room, quality, expire, generation);
  return fingerprint(text) + fingerprint(text + "|2");
}

std::string Origin::address(std::string_view base, const Live& live,
                            std::string_view quality) const {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(world_.wall() + address_life);
  const auto expire = std::to_string(seconds.time_since_epoch().count());
  const auto signature = sign(live.room, quality, expire, live.address_generation(world_.now()));
  return fmt::format("{}{}{}_{}{}?expire={}&sign={}{}", base, prefix, live.room, quality, suffix,
                     expire, signature, quality == "ao" ? "&only_audio=1" : "");
}

http::Answer Origin::answer(const http::Request& request) {
  stats_.request("flv");
  auto name = std::string_view{request.path};
  name.remove_prefix(std::min(prefix.size(), name.size()));
  const auto line = name.find('_');
  if (!name.ends_with(suffix) || line == std::string_view::npos) {
    return refuse(404, "no such stream");
  }
  const auto room = name.substr(0, line);
  const auto quality = name.substr(line + 1, name.size() - line - 1 - suffix.size());
  const auto found = world_.find_room(room);
  if (!found) {
    return refuse(404, "no such stream");
  }
  const auto& live = *found->live;
  const auto now = world_.now();
  stats_.of_user("flv", live.username);
  const auto expire = request.parameter("expire").value_or("");
  const auto until = to_integer(expire);
  const bool is_ours = request.parameter("sign").value_or("") ==
                       sign(room, quality, expire, live.address_generation(now));
  if (!is_ours || !until || Time{std::chrono::seconds{*until}} < world_.wall()) {
    return refuse(403, "this address has expired, or is not ours");
  }
  if (world_.status(live, now) != Status::on_air) {
    return refuse(404, "not on air");
  }
  http::Streamed streamed;
  streamed.head.headers.set("Content-Type", "video/x-flv");
  streamed.head.headers.set("Cache-Control", "no-store");
  streamed.body = [this, shown = found->live, has_video = quality != "ao"](
                      http::BodyWriter& writer) { return send(shown, has_video, writer); };
  return streamed;
}

Async<> Origin::send(std::shared_ptr<Live> live, bool has_video, http::BodyWriter& writer) {
  const Stats::Open open{stats_};
  const auto now = world_.now();
  if (!live->first_viewer) {
    live->first_viewer = now;
  }
  Viewer viewer{.live = live,
                .has_video = has_video,
                .addresses = live->address_generation(now),
                .codec = 0,
                .track = nullptr,
                .next = 0,
                .next_picture = now};
  auto bytes = media::flv_header(has_video);
  change_codec(viewer, bytes);
  const auto begun = co_await writer.write(bytes);
  bool more = begun.has_value();
  while (more && goes_on(viewer)) {
    more = co_await send_due(viewer, writer);
    co_await clock_.sleep(tick);
  }
}

bool Origin::goes_on(const Viewer& viewer) const {
  const auto now = world_.now();
  const auto mode = faults_.at(viewer.live->username, now).mode;
  return world_.status(*viewer.live, now) == Status::on_air &&
         viewer.live->address_generation(now) == viewer.addresses && mode != Mode::reset;
}

// Begins the track of the moment, at the packet of the moment.
void Origin::change_codec(Viewer& viewer, std::string& bytes) {
  const auto now = world_.now();
  viewer.codec = viewer.live->codec_generation(now);
  viewer.track = sounds_.track(viewer.live->plan.audio, viewer.codec);
  viewer.next = viewer.track->index_at(viewer.live->spoken(now));
  const auto at = viewer.live->spoken(now) + viewer.live->timestamp_offset(now);
  bytes += media::flv_audio_config(viewer.track->config, at);
}

// Sends what has become due; false when the viewer is gone, or too slow.
Async<bool> Origin::send_due(Viewer& viewer, http::BodyWriter& writer) {
  std::string bytes;
  const auto now = world_.now();
  const auto& live = *viewer.live;
  if (live.codec_generation(now) != viewer.codec) {
    change_codec(viewer, bytes);
  }
  const auto spoken = live.spoken(now);
  const auto due = viewer.track->index_at(spoken);
  const auto mode = faults_.at(live.username, now).mode;
  if (live.is_stalled(now) || mode == Mode::slow) {
    viewer.next = due;
    co_return true;
  }
  if (viewer.track->time_of(due) - viewer.track->time_of(viewer.next) > most_lag) {
    co_return false;
  }
  const auto track = viewer.track;
  co_await sounds_.wait_for(track, due);  // the file is encoded once round at most
  const auto offset = live.timestamp_offset(now);
  for (; viewer.next < due; ++viewer.next) {
    const auto count = track->packets.size();
    const bool is_over = count == 0 || (!live.plan.loop && viewer.next >= count);
    const auto& packet = is_over ? track->silence : track->packets[viewer.next % count];
    bytes += media::flv_audio(track->time_of(viewer.next) + offset, packet);
  }
  if (viewer.has_video && viewer.next_picture <= now) {
    // One picture a second that no decoder is meant to see: H.265 in FLV's unofficial codec id 12.
    bytes += media::flv_tag(media::FlvTag::video, spoken + offset, "\x1c\x01" + garbage());
    viewer.next_picture = now + std::chrono::seconds{1};
  }
  if (mode == Mode::garbage) {
    bytes += garbage();
  }
  if (bytes.empty()) {
    co_return true;
  }
  const auto written = co_await writer.write(bytes);
  co_return written.has_value();
}

std::string Origin::garbage() {
  constexpr std::size_t size = 700;
  std::string bytes(size, '\0');
  random_.fill({static_cast<std::uint8_t*>(static_cast<void*>(bytes.data())), bytes.size()});
  return bytes;
}

}  // namespace vigie::sim
