// SPDX-License-Identifier: Apache-2.0
#include "platform/tiktok/embed.hpp"

#include <optional>
#include <string>

#include "base/json.hpp"
#include "base/text.hpp"
#include "platform/tiktok/pages.hpp"

namespace vigie::platform::tiktok {
namespace {

constexpr JsonLimits limits{.bytes = 1024 * 1024, .depth = 48};

constexpr std::string_view state_id = "__FRONTITY_CONNECT_STATE__";

// Names may hold dots, so this step is not a path for find().
const json::value* user_info(const json::value& state, std::string_view asked) {
  const auto* data = find(state, "source.data");
  const auto* pages = data == nullptr ? nullptr : data->if_object();
  if (pages == nullptr) {
    return nullptr;
  }
  const std::string key = "/embed/@" + std::string{asked};
  for (const auto& [path, page] : *pages) {
    if (trim(std::string_view{path.data(), path.size()}).substr(0, key.size()) == key) {
      const auto* info = find(page, "userInfo");
      if (info != nullptr) {
        return info;
      }
    }
  }
  return nullptr;
}

}  // namespace

Observation decode_embed(const Answer& answer, std::string_view asked) {
  if (answer.status == 400) {
    return unknown("private_or_absent", false);
  }
  const auto text = state_in(answer.body, state_id);
  if (auto refusal = refusal_of_page(answer, text.has_value())) {
    return std::move(*refusal);
  }
  if (answer.status != 200 || !text) {
    return unknown(
        answer.status == 200 ? "embed_unreadable" : fmt::format("http_{}", answer.status), false);
  }
  const auto state = parse_json(*text, limits);
  const auto* info = state ? user_info(*state, asked) : nullptr;
  if (info == nullptr) {
    return unknown("embed_unreadable", false);
  }
  Observation seen;
  if (get_integer(*info, "code") == 404) {
    seen.evidence = Evidence::absent;
    seen.reason = "absent";
    return seen;
  }
  return user_on_page(*info, asked);
}

}  // namespace vigie::platform::tiktok
