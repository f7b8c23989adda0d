// SPDX-License-Identifier: Apache-2.0
#include "platform/tiktok/streams.hpp"

#include <array>
#include <limits>

#include "base/json.hpp"
#include "base/text.hpp"
#include "platform/refusals.hpp"

namespace vigie::platform::tiktok {
namespace {

constexpr JsonLimits answer_limits{.bytes = 1024 * 1024, .depth = 32};
constexpr JsonLimits nested_limits{.bytes = 256 * 1024, .depth = 16};
constexpr JsonLimits parameter_limits{.bytes = 16 * 1024, .depth = 8};
constexpr std::size_t max_url = 4096;

bool is_address(std::string_view text) {
  return text.size() <= max_url && (starts_with_ignoring_case(text, "https://") ||
                                    starts_with_ignoring_case(text, "http://"));
}

std::string address_at(const json::value& value, std::string_view path) {
  auto text = get_string(value, path).value_or("");
  return is_address(text) ? text : std::string{};
}

// Unknown rates sort last: better a big stream than none.
std::int64_t bit_rate_of(const json::value& quality) {
  const auto text = get_string(quality, "main.sdk_params");
  const auto parameters =
      text ? parse_json(*text, parameter_limits) : make_error(Errc::not_found, "");
  const auto rate = parameters ? get_integer(*parameters, "vbitrate") : std::nullopt;
  return rate && *rate > 0 ? *rate : std::numeric_limits<std::int64_t>::max();
}

struct Choice {
  StreamAddress flv;
  StreamAddress hls;
};

StreamAddress lowest(const json::object& qualities, std::string_view path,
                     StreamAddress::Kind kind) {
  StreamAddress best;
  best.kind = kind;
  std::int64_t best_rate = 0;
  for (const auto& [name, quality] : qualities) {
    auto url = address_at(quality, path);
    const auto rate = bit_rate_of(quality);
    if (!url.empty() && (best.url.empty() || rate < best_rate)) {
      best.url = std::move(url);
      best_rate = rate;
    }
  }
  return best;
}

Choice choose_quality(const json::value& nested) {
  Choice choice;
  choice.hls.kind = StreamAddress::Kind::hls;
  const auto* data = find(nested, "data");
  const auto* qualities = data == nullptr ? nullptr : data->if_object();
  if (qualities == nullptr) {
    return choice;
  }
  choice.flv.url = address_at(nested, "data.ao.main.flv");
  choice.flv.audio_only = !choice.flv.url.empty();
  if (choice.flv.url.empty()) {
    choice.flv = lowest(*qualities, "main.flv", StreamAddress::Kind::flv);
  }
  choice.hls = lowest(*qualities, "main.hls", StreamAddress::Kind::hls);
  return choice;
}

std::string flv_pull_url(const json::value& value) {
  constexpr std::array<std::string_view, 4> from_small_to_large{
      "flv_pull_url.SD1", "flv_pull_url.SD2", "flv_pull_url.HD1", "flv_pull_url.FULL_HD1"};
  for (const auto path : from_small_to_large) {
    if (auto url = address_at(value, path); !url.empty()) {
      return url;
    }
  }
  return {};
}

}  // namespace

Result<StreamAddress> choose_stream(const json::value& value) {
  auto text = get_string(value, "pull_data.stream_data");
  if (!text) {
    text = get_string(value, "live_core_sdk_data.pull_data.stream_data");
  }
  Choice choice;
  choice.hls.kind = StreamAddress::Kind::hls;
  if (text) {
    if (const auto nested = parse_json(*text, nested_limits)) {
      choice = choose_quality(*nested);
    }
  }
  if (choice.flv.url.empty()) {
    choice.flv.url = flv_pull_url(value);
  }
  if (!choice.flv.url.empty()) {
    return choice.flv;
  }
  if (choice.hls.url.empty()) {
    choice.hls.url = address_at(value, "hls_pull_url");
  }
  if (!choice.hls.url.empty()) {
    return choice.hls;
  }
  return make_error(Errc::corrupt, "on air, but with no stream address");
}

Result<StreamAddress> stream_in_room_info(std::string_view body) {
  const auto value = parse_json(body, answer_limits);
  if (!value) {
    return value.error().during("reading room/info");
  }
  const auto code = get_integer(*value, "status_code");
  if (code == 4003110) {
    return make_error(Errc::denied, "restricted");
  }
  const auto status = get_integer(*value, "data.status");
  if (code == 0 && status == 4) {
    return make_error(Errc::not_found, "not on air any more");
  }
  const auto* streams = find(*value, "data.stream_url");
  if (code == 0 && status == 3) {
    return make_error(Errc::unavailable, "{}", paused_by_host);
  }
  if (code != 0 || status != 2 || streams == nullptr) {
    return make_error(Errc::unavailable, "room/info says code {}, status {}", code.value_or(-1),
                      status.value_or(-1));
  }
  return choose_stream(*streams);
}

}  // namespace vigie::platform::tiktok
