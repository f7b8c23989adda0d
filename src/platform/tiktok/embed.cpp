// SPDX-License-Identifier: Apache-2.0
#include "platform/tiktok/embed.hpp"

#include <optional>
#include <string>

#include "base/json.hpp"
#include "base/text.hpp"

namespace vigie::platform::tiktok {
namespace {

constexpr JsonLimits limits{.bytes = 1024 * 1024, .depth = 48};

std::optional<std::string_view> state_in(std::string_view page) {
  const auto id = page.find("id=\"__FRONTITY_CONNECT_STATE__\"");
  const auto open = id == std::string_view::npos ? id : page.find('>', id);
  const auto close = open == std::string_view::npos ? open : page.find("</script>", open);
  if (close == std::string_view::npos) {
    return std::nullopt;
  }
  return page.substr(open + 1, close - open - 1);
}

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
  if (auto refusal = refusal_in(Answer{.status = answer.status,
                                       .content_type = answer.content_type,
                                       .body = state_in(answer.body) ? "{}" : answer.body,
                                       .location = answer.location,
                                       .retry_after = answer.retry_after})) {
    return std::move(*refusal);
  }
  const auto text = state_in(answer.body);
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
  const auto name = get_string(*info, "uniqueId");
  if (!name || to_lower_ascii(*name) != asked) {
    return unknown("name_mismatch", false);
  }
  seen.evidence = Evidence::exists;
  seen.reason = "exists";
  seen.display_name = clean_utf8(get_string(*info, "nickname").value_or(""), 200);
  return seen;
}

}  // namespace vigie::platform::tiktok
