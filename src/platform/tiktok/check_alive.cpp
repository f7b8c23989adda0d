// SPDX-License-Identifier: Apache-2.0
#include "platform/tiktok/check_alive.hpp"

#include <algorithm>
#include <set>

#include "base/json.hpp"
#include "platform/tiktok/ids.hpp"

namespace vigie::platform::tiktok {
namespace {

constexpr JsonLimits limits{.bytes = 256 * 1024, .depth = 16};

RoomsAnswer nothing(std::string reason) {
  RoomsAnswer answer;
  answer.reason = std::move(reason);
  return answer;
}

// room → alive, of everything that is spoken of; nothing when the answer contradicts itself.
std::optional<std::map<std::string, bool>> spoken_of(const json::array& rooms) {
  std::map<std::string, bool> alive;
  for (const auto& room : rooms) {
    auto id = id_at(room, "room_id_str");
    if (id.empty()) {
      id = id_at(room, "room_id");
    }
    const auto is_alive = get_bool(room, "alive");
    if (id.empty() || !is_alive) {
      continue;
    }
    const auto [place, is_new] = alive.try_emplace(std::move(id), *is_alive);
    if (!is_new && place->second != *is_alive) {
      return std::nullopt;
    }
  }
  return alive;
}

}  // namespace

std::string room_ids_of(const std::vector<std::string>& rooms) {
  std::vector<std::string_view> ids;
  for (const auto& room : rooms) {
    if (is_id(room) && ids.size() < most_rooms) {
      ids.emplace_back(room);
    }
  }
  const auto digit = ids.empty() ? std::size_t{0} : static_cast<std::size_t>(ids.back().back());
  const auto place = static_cast<std::ptrdiff_t>(digit % (ids.size() + 1));
  ids.insert(ids.begin() + place, canary_room);
  return fmt::format("{}", fmt::join(ids, ","));
}

RoomsAnswer no_word(const Observation& refusal) {
  auto answer = nothing(refusal.reason);
  answer.blocked = refusal.blocked;
  answer.treatment = refusal.treatment;
  answer.retry_after = refusal.retry_after;
  return answer;
}

RoomsAnswer decode_check_alive(const Answer& answer, const std::vector<std::string>& asked) {
  if (const auto refusal = refusal_in(answer)) {
    return no_word(*refusal);
  }
  if (const auto html = html_in(answer)) {
    return no_word(*html);
  }
  const auto value = parse_json(answer.body, limits);
  const auto code = value ? get_integer(*value, "status_code") : std::nullopt;
  if (!code) {
    return no_word(failed("garbage"));
  }
  const auto* data = find(*value, "data");
  const auto* rooms = data == nullptr ? nullptr : data->if_array();
  if (*code != 0 || answer.status != 200 || rooms == nullptr) {
    return nothing(*code != 0 ? fmt::format("code_{}", *code) : "no_data");
  }
  auto alive = spoken_of(*rooms);
  const bool speaks_of_canary = alive && alive->contains(std::string{canary_room});
  if (!alive || (speaks_of_canary && alive->at(std::string{canary_room}))) {
    auto lie = nothing("poisoned");
    lie.poisoned = true;
    return lie;
  }
  if (!speaks_of_canary) {
    return nothing("no_canary");  // it cannot be told from a lie
  }
  const std::set<std::string_view> wanted{asked.begin(), asked.end()};
  std::erase_if(*alive, [&](const auto& room) { return !wanted.contains(room.first); });
  RoomsAnswer good;
  good.alive = std::move(*alive);
  return good;
}

}  // namespace vigie::platform::tiktok
