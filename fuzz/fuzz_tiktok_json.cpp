// SPDX-License-Identifier: Apache-2.0
// Whatever TikTok, or somebody in between, answers: no crash, and nothing is believed by halves.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.hpp"
#include "platform/tiktok/api_live.hpp"
#include "platform/tiktok/check_alive.hpp"
#include "platform/tiktok/embed.hpp"
#include "platform/tiktok/pages.hpp"
#include "platform/tiktok/room_info.hpp"
#include "platform/tiktok/streams.hpp"

namespace {

using vigie::platform::Evidence;
using vigie::platform::Observation;

void check(const Observation& seen) {
  const bool is_on_air = seen.evidence == Evidence::live || seen.evidence == Evidence::paused;
  const bool is_sound =
      is_on_air == seen.live.has_value() && !seen.reason.empty() &&
      vigie::is_valid_utf8(seen.display_name) &&
      (!seen.live || (!seen.live->room.empty() && vigie::is_valid_utf8(seen.live->title)));
  if (!is_sound || (seen.blocked && seen.evidence != Evidence::unknown)) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) {
    return 0;
  }
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes as text
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  vigie::platform::tiktok::Answer answer;
  answer.status = data[0] < 200 ? 200 : 200 + data[0];
  answer.content_type = data[1] % 2 == 0 ? "application/json" : "text/html";
  answer.body = text.substr(2);
  check(vigie::platform::tiktok::decode_api_live(answer, "name"));
  check(vigie::platform::tiktok::decode_embed(answer, "name"));
  check(vigie::platform::tiktok::decode_profile(answer, "name"));
  check(vigie::platform::tiktok::decode_room_info(answer, "7"));
  const auto rooms = vigie::platform::tiktok::decode_check_alive(answer, {"7", "8"});
  // Nothing is said of rooms nobody asked about, and nothing at all beside a lie or a refusal.
  if (rooms.alive.size() > 2 || (!rooms.reason.empty() && !rooms.alive.empty()) ||
      (rooms.poisoned && rooms.reason != "poisoned")) {
    std::abort();
  }
  const auto in_api = vigie::platform::tiktok::stream_in_api_live(answer, "name", "7");
  const auto in_room = vigie::platform::tiktok::stream_in_room_info(answer.body);
  if ((in_api && in_api->url.empty()) || (in_room && in_room->url.empty())) {
    std::abort();
  }
  return 0;
}
