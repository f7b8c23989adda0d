// SPDX-License-Identifier: Apache-2.0
#include "sim/stream_json.hpp"

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "base/text.hpp"

namespace vigie::sim {
namespace {

namespace json = boost::json;

struct Quality {
  std::string_view key;   // in stream_data
  std::string_view old;   // in flv_pull_url; empty: not there
  std::string_view name;  // for people
  int level;
  std::int64_t bits_per_second;
  std::string_view resolution;
};
constexpr std::array<Quality, 4> qualities{{{"origin", "", "Original", 10, 4'000'000, "1920x1080"},
                                            {"hd", "HD1", "720p", 3, 1'500'000, "1280x720"},
                                            {"sd", "SD2", "540p", 2, 1'000'000, "960x540"},
                                            {"ld", "SD1", "360p", 1, 500'000, "640x360"}}};
constexpr std::string_view standard = "sd";

std::string_view to_string(Codec codec) {
  return codec == Codec::h265 ? "h265" : "h264";
}

// As in TikTok's paths: a 5 at the end is H.265.
std::string suffix_of(std::string_view key, Codec codec) {
  return std::string{key} + (codec == Codec::h265 ? "5" : "");
}

json::object parameters_of(const Quality& quality, Codec codec) {
  return {{"VCodec", to_string(codec)},
          {"vbitrate", quality.bits_per_second},
          {"resolution", quality.resolution},
          {"gop", 4},
          {"stream_suffix", suffix_of(quality.key, codec)}};
}

struct Addresses {
  std::string flv;
  std::string hls;
};

Addresses addresses_of(const PageContext& context, const Account& account, const Live& live,
                       const std::string& suffix) {
  const bool has_flv = account.plan.access != Access::hls_only;
  const bool has_hls = suffix != "ao";
  return {.flv = has_flv ? context.address(live, suffix) : "",
          .hls = has_hls ? context.playlist(live, suffix) : ""};
}

json::object stream_of(Addresses addresses, const json::object& parameters) {
  const json::object main{{"flv", std::move(addresses.flv)},
                          {"hls", std::move(addresses.hls)},
                          {"cmaf", ""},
                          {"dash", ""},
                          {"lls", ""},
                          {"tsl", ""},
                          {"tile", ""},
                          {"rtc", ""},
                          {"sdk_params", json::serialize(parameters)}};
  return {{"main", main}};
}

json::object option_of(const Quality& quality) {
  return {{"icon_type", 0},   {"level", quality.level}, {"name", quality.name},
          {"resolution", ""}, {"sdk_key", quality.key}, {"v_codec", ""}};
}

}  // namespace

json::object pull_data(const PageContext& context, const Account& account, const Live& live,
                       Codec codec) {
  json::array offered;
  json::object default_quality;
  json::object data;
  for (const auto& quality : qualities) {
    offered.push_back(option_of(quality));
    if (quality.key == standard) {
      default_quality = option_of(quality);
    }
    const auto suffix = suffix_of(quality.key, codec);
    data[quality.key] =
        stream_of(addresses_of(context, account, live, suffix), parameters_of(quality, codec));
  }
  if (codec == Codec::h264 && account.plan.access != Access::pictures) {
    const json::object sound{{"VCodec", "h264"}, {"vbitrate", 0}, {"resolution", ""}, {"gop", 4}};
    data["ao"] = stream_of(addresses_of(context, account, live, "ao"), sound);
  }
  const json::object common{{"session_id", "sim-" + live.room},
                            {"user_count", live.viewers_at(context.world.now())}};
  json::object options{{"qualities", std::move(offered)},
                       {"default_quality", std::move(default_quality)},
                       {"show_quality_button", true}};
  auto text = json::serialize(json::object{{"common", common}, {"data", std::move(data)}});
  return {{"options", std::move(options)}, {"stream_data", std::move(text)}};
}

json::object stream_url(const PageContext& context, const Account& account, const Live& live) {
  json::object flv;
  json::object flv_parameters;
  json::array resolutions;
  json::object names{{"AUTO", "AUTO"}, {"ORIGION", "Original"}};
  for (const auto& quality : qualities) {
    if (quality.old.empty()) {
      continue;
    }
    const auto addresses =
        addresses_of(context, account, live, suffix_of(quality.key, Codec::h265));
    if (!addresses.flv.empty()) {
      flv[quality.old] = addresses.flv;
      flv_parameters[quality.old] = json::serialize(parameters_of(quality, Codec::h265));
    }
    resolutions.insert(resolutions.begin(), json::value(quality.old));
    names[quality.old] = quality.name;
  }
  const auto origin = addresses_of(context, account, live, "origin");
  const auto origin_parameters = json::serialize(parameters_of(qualities[0], Codec::h264));
  const auto stream_id = to_integer(live.room).value_or(0);
  json::object out{{"id", stream_id},
                   {"id_str", live.room},
                   {"provider", 0},
                   {"candidate_resolution", std::move(resolutions)},
                   {"default_resolution", "SD2"},
                   {"resolution_name", std::move(names)},
                   {"flv_pull_url", std::move(flv)},
                   {"flv_pull_url_params", std::move(flv_parameters)},
                   {"hls_pull_url", origin.hls},
                   {"hls_pull_url_map", json::object{}},
                   {"hls_pull_url_params", origin_parameters},
                   {"rtmp_pull_url", origin.flv},
                   {"rtmp_pull_url_params", origin_parameters},
                   {"rtmp_push_url", ""},
                   {"push_urls", json::array{}},
                   {"stream_size_height", 0},
                   {"stream_size_width", 0}};
  out["live_core_sdk_data"] = {{"pull_data", pull_data(context, account, live, Codec::h264)}};
  return out;
}

}  // namespace vigie::sim
