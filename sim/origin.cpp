// SPDX-License-Identifier: Apache-2.0
#include "sim/origin.hpp"

#include "base/text.hpp"
#include "media/flv.hpp"
#include "sim/misbehave.hpp"

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

// "<room>_<quality>.flv" or "<room>_<quality>/<file>".
struct Name {
  std::string_view room;
  std::string_view quality;
  std::string_view file;  // of HLS; empty: FLV
};
std::optional<Name> parse_name(std::string_view path) {
  path.remove_prefix(std::min(prefix.size(), path.size()));
  const auto line = path.find('_');
  if (line == std::string_view::npos) {
    return std::nullopt;
  }
  Name name{.room = path.substr(0, line), .quality = path.substr(line + 1), .file = {}};
  if (const auto slash = name.quality.find('/'); slash != std::string_view::npos) {
    name.file = name.quality.substr(slash + 1);
    name.quality = name.quality.substr(0, slash);
    return name.file.empty() ? std::nullopt : std::optional{name};
  }
  if (!name.quality.ends_with(suffix)) {
    return std::nullopt;
  }
  name.quality.remove_suffix(suffix.size());
  return name;
}

// A picture that no reader of ours is meant to see: parameter sets that are in order, then a unit
// that decoders pass over (filler data), full of noise.
std::string picture_head(bool is_hevc) {
  using namespace std::string_view_literals;
  if (is_hevc) {
    // HEVCDecoderConfigurationRecord without arrays, in FLV's unofficial codec id 12.
    return std::string{
        "\x1c\x00\x00\x00\x00\x01\x01\x60\x00\x00\x00\x00\x00\x00\x00\x00\x00\x5d\xf0\x00\xfc"
        "\xfd\xf8\xf8\x00\x00\x0f\x00"sv};
  }
  // AVCDecoderConfigurationRecord of a baseline stream of 128 × 96.
  return std::string{
      "\x17\x00\x00\x00\x00\x01\x42\x00\x0a\xff\xe1\x00\x07\x67\x42\x00\x0a\xf8\x41\xa2"
      "\x01\x00\x04\x68\xce\x38\x80"sv};
}
std::string picture_body(bool is_hevc, const std::string& noise) {
  using namespace std::string_view_literals;
  const auto unit = is_hevc ? "\x4c\x01"sv : "\x0c"sv;  // filler data, by its unit type
  const auto size = static_cast<std::uint32_t>(unit.size() + noise.size());
  std::string out{is_hevc ? "\x1c\x01\x00\x00\x00"sv : "\x17\x01\x00\x00\x00"sv};
  for (const int shift : {24, 16, 8, 0}) {
    out += static_cast<char>(size >> static_cast<unsigned>(shift) & 0xFFU);
  }
  return out + std::string{unit} + noise;
}

}  // namespace

// One stream being sent.
struct Origin::Viewer {
  std::shared_ptr<Live> live;
  bool has_video = false;
  bool is_hevc = false;
  bool has_picture_head = false;
  std::size_t addresses = 0;  // the generations that were let in
  std::size_t origin = 0;
  std::size_t codec = 0;
  std::shared_ptr<Track> track;
  std::size_t next = 0;  // the packet to be sent
  Span next_picture{0};
  Span seen{0};  // up to where the live's events were done
};

Origin::Origin(World& world, SoundBank& sounds, Faults& faults, Stats& stats, Clock& clock,
               Random& random)
    : world_{world},
      sounds_{sounds},
      faults_{faults},
      stats_{stats},
      clock_{clock},
      random_{random},
      hls_{world, sounds},
      secret_{random.hex(16)} {}

std::string Origin::sign(std::string_view room, std::string_view quality, std::string_view expire,
                         std::size_t generation) const {
  const auto text = fmt::format("{}|{}|{}|{}|{}", secret_, room, quality, expire, generation);
  return fingerprint(text) + fingerprint(text + "|2");
}

std::string Origin::query(const Live& live, std::string_view quality) const {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(world_.wall() + address_life);
  const auto expire = std::to_string(seconds.time_since_epoch().count());
  const auto signature = sign(live.room, quality, expire, live.address_generation(world_.now()));
  return fmt::format("?expire={}&sign={}", expire, signature);
}

std::string Origin::address(std::string_view base, const Live& live,
                            std::string_view quality) const {
  return fmt::format("{}{}{}_{}{}{}{}", base, prefix, live.room, quality, suffix,
                     query(live, quality), quality == "ao" ? "&only_audio=1" : "");
}

std::string Origin::playlist(std::string_view base, const Live& live,
                             std::string_view quality) const {
  return fmt::format("{}{}{}_{}/playlist.m3u8{}", base, prefix, live.room, quality,
                     query(live, quality));
}

Route Origin::route_of(const http::Request& request) const {
  const auto name = parse_name(request.path);
  const auto found = name ? world_.find_room(name->room) : std::nullopt;
  return {.name = name && !name->file.empty() ? "hls" : "flv",
          .host = Host::cdn,
          .user = found ? found->live->username : std::string{}};
}

std::optional<http::Response> Origin::refusal(const http::Request& request, const Live& live,
                                              std::string_view quality, std::size_t which) const {
  const auto now = world_.now();
  const auto expire = request.parameter("expire").value_or("");
  const auto until = to_integer(expire);
  const bool is_ours = request.parameter("sign").value_or("") ==
                       sign(live.room, quality, expire, live.address_generation(now));
  if (!is_ours || !until || Time{std::chrono::seconds{*until}} < world_.wall()) {
    return refuse(403, "this address has expired, or is not ours");
  }
  if (live.origin_generation(now) % 2 != which) {
    return refuse(404, "the stream is not here any more");
  }
  return std::nullopt;
}

Async<http::Answer> Origin::answer(http::Request request, std::size_t which) {
  const auto name = parse_name(request.path);
  const auto found = name ? world_.find_room(name->room) : std::nullopt;
  if (!found) {
    co_return refuse(404, "no such stream");
  }
  auto live = found->live;
  if (auto refused = refusal(request, *live, name->quality, which)) {
    co_return std::move(*refused);
  }
  if (!name->file.empty()) {
    const auto mark = request.target.find('?');
    auto query = mark == std::string::npos ? std::string{} : request.target.substr(mark);
    std::string file{name->file};
    co_return co_await hls_.answer(std::move(live), std::move(file), std::move(query));
  }
  if (world_.status(*live, world_.now()) != Status::on_air) {
    co_return refuse(404, "not on air");
  }
  http::Streamed streamed;
  streamed.head.headers.set("Content-Type", "video/x-flv");
  streamed.head.headers.set("Cache-Control", "no-store");
  streamed.body = [this, live = std::move(live), quality = std::string{name->quality}](
                      http::BodyWriter& writer) { return send(live, quality, writer); };
  co_return streamed;
}

Async<> Origin::send(std::shared_ptr<Live> live, std::string quality, http::BodyWriter& writer) {
  const Stats::Open open{stats_};
  const auto now = world_.now();
  if (!live->first_viewer) {
    live->first_viewer = now;
  }
  Viewer viewer;
  viewer.live = live;
  viewer.has_video = quality != "ao";
  viewer.is_hevc = quality.ends_with('5');
  viewer.addresses = live->address_generation(now);
  viewer.origin = live->origin_generation(now);
  viewer.next_picture = now;
  viewer.seen = now;
  auto bytes = media::flv_header(viewer.has_video);
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
  const auto mode = faults_.at(viewer.live->username, "flv", now).mode;
  return world_.status(*viewer.live, now) == Status::on_air &&
         viewer.live->address_generation(now) == viewer.addresses &&
         viewer.live->origin_generation(now) == viewer.origin && mode != Mode::reset;
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
  const auto mode = faults_.at(live.username, "flv", now).mode;
  const auto noise = live.garbage_between(viewer.seen, now);
  viewer.seen = now;
  if (live.is_stalled(now) || mode == Mode::slow) {
    viewer.next = due;
    co_return true;
  }
  if (viewer.track->time_of(due) - viewer.track->time_of(viewer.next) > most_lag) {
    co_return false;
  }
  const auto track = viewer.track;
  const auto skipped = track->index_at(live.plan.from);
  co_await sounds_.wait_for(track, skipped + due);  // the file is encoded once round at most
  const auto offset = live.timestamp_offset(now);
  for (; viewer.next < due; ++viewer.next) {
    const auto& packet = track->packet_at(skipped + viewer.next, live.plan.loop);
    bytes += media::flv_audio(track->time_of(viewer.next) + offset, packet);
  }
  if (viewer.has_video && viewer.next_picture <= now) {
    add_picture(viewer, spoken + offset, bytes);
  }
  bytes += garbage(static_cast<std::size_t>(noise));
  if (mode == Mode::garbage) {
    bytes += garbage(default_garbage);
  }
  if (bytes.empty()) {
    co_return true;
  }
  const auto written = co_await writer.write(bytes);
  co_return written.has_value();
}

// One picture a second.
void Origin::add_picture(Viewer& viewer, Span timestamp, std::string& bytes) {
  constexpr std::size_t noise = 700;
  if (!std::exchange(viewer.has_picture_head, true)) {
    bytes += media::flv_tag(media::FlvTag::video, timestamp, picture_head(viewer.is_hevc));
  }
  const auto body = picture_body(viewer.is_hevc, garbage(noise));
  bytes += media::flv_tag(media::FlvTag::video, timestamp, body);
  viewer.next_picture = world_.now() + std::chrono::seconds{1};
}

std::string Origin::garbage(std::size_t size) {
  return random_bytes(random_, size);
}

}  // namespace vigie::sim
