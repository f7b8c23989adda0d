// SPDX-License-Identifier: Apache-2.0
#include "platform/tiktok/pages.hpp"

#include <string>

#include "base/json.hpp"
#include "base/text.hpp"
#include "platform/tiktok/ids.hpp"

namespace vigie::platform::tiktok {
namespace {

constexpr JsonLimits limits{.bytes = 1024 * 1024, .depth = 48};

constexpr std::string_view universal_data = "__UNIVERSAL_DATA_FOR_REHYDRATION__";
constexpr std::string_view user_detail = "webapp.user-detail";

// The scope's name holds a dot, so it is no path for find().
const json::value* detail_in(const json::value& state) {
  const auto* scope = find(state, "__DEFAULT_SCOPE__");
  const auto* parts = scope == nullptr ? nullptr : scope->if_object();
  return parts == nullptr ? nullptr : parts->if_contains({user_detail.data(), user_detail.size()});
}

Observation decode_universal(std::string_view text, std::string_view asked) {
  const auto state = parse_json(text, limits);
  const auto* detail = state ? detail_in(*state) : nullptr;
  const auto code = detail == nullptr ? std::nullopt : get_integer(*detail, "statusCode");
  if (!code) {
    return unknown("profile_unreadable", false);
  }
  Observation seen;
  switch (*code) {
    case 0:
      if (const auto* user = find(*detail, "userInfo.user")) {
        return user_on_page(*user, asked);
      }
      return unknown("profile_unreadable", false);
    case 10202:
    case 10221:
      seen.evidence = Evidence::absent;
      seen.reason = "absent";
      return seen;
    case 10222:
      return unknown("private", false);
    default:
      return unknown(fmt::format("code_{}", *code), false);
  }
}

Observation decode_sigi(std::string_view text, std::string_view asked) {
  const auto state = parse_json(text, limits);
  const auto* user = state ? find(*state, "LiveRoom.liveRoomUserInfo.user") : nullptr;
  // Without it: never on air, absent, or a captcha behind the page.
  return user == nullptr ? unknown("profile_unreadable", false) : user_on_page(*user, asked);
}

}  // namespace

std::optional<std::string_view> state_in(std::string_view page, std::string_view id) {
  const auto mark = fmt::format("id=\"{}\"", id);
  const auto found = page.find(mark);
  const auto open = found == std::string_view::npos ? found : page.find('>', found);
  const auto close = open == std::string_view::npos ? open : page.find("</script>", open);
  if (close == std::string_view::npos) {
    return std::nullopt;
  }
  return page.substr(open + 1, close - open - 1);
}

std::optional<Observation> refusal_of_page(const Answer& answer, bool has_state) {
  auto head = answer;
  head.body = has_state ? "{}" : answer.body;
  return refusal_in(head);
}

Observation user_on_page(const json::value& user, std::string_view asked) {
  const auto name = get_string(user, "uniqueId");
  if (!name || to_lower_ascii(*name) != asked) {
    return unknown("name_mismatch", false);
  }
  Observation seen;
  seen.evidence = Evidence::exists;
  seen.reason = "exists";
  seen.stable_id = id_at(user, "id");
  seen.display_name = clean_utf8(get_string(user, "nickname").value_or(""), 200);
  return seen;
}

Observation decode_profile(const Answer& answer, std::string_view asked) {
  const auto universal = state_in(answer.body, universal_data);
  const auto sigi = universal ? std::nullopt : state_in(answer.body, "SIGI_STATE");
  if (auto refusal = refusal_of_page(answer, universal || sigi)) {
    return std::move(*refusal);
  }
  if (answer.status != 200) {
    return unknown(fmt::format("http_{}", answer.status), false);
  }
  if (universal) {
    return decode_universal(*universal, asked);
  }
  return sigi ? decode_sigi(*sigi, asked) : unknown("profile_unreadable", false);
}

}  // namespace vigie::platform::tiktok
