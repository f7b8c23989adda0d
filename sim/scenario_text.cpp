// SPDX-License-Identifier: Apache-2.0
// The small words of a scenario: modes, names, spans; and the accounts that are always there.
#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.hpp"
#include "sim/scenario.hpp"

namespace vigie::sim {
namespace {

constexpr std::array<std::string_view, 16> mode_names{
    "ok",    "429",    "500",       "captcha", "waf",   "garbage", "empty", "slow",
    "reset", "poison", "truncated", "huge",    "login", "region",  "403",   "params_error"};
constexpr std::array<std::string_view, 11> access_names{
    "open",           "private",    "age",           "absent",   "ghost",   "banned",
    "login_required", "restricted", "contradiction", "hls_only", "pictures"};

constexpr std::array<std::string_view, 7> event_names{"stall", "expire", "pause",  "jump",
                                                      "codec", "move",   "garbage"};

LivePlan on_air(std::string title) {
  LivePlan live;
  live.title = std::move(title);
  live.loop = true;
  live.viewers = {40, 120, 90};
  return live;
}

AccountPlan account(std::string username, std::string nickname, Access access = Access::open) {
  AccountPlan plan;
  plan.username = std::move(username);
  plan.nickname = std::move(nickname);
  plan.bio = "Compte du simulateur";
  plan.followers = 1200;
  plan.access = access;
  return plan;
}

}  // namespace

Result<Mode> parse_mode(std::string_view text) {
  if (text == "forbidden") {
    return Mode::forbidden;
  }
  const auto* const found = std::ranges::find(mode_names, text);
  if (found == mode_names.end()) {
    return make_error(Errc::invalid, "\"{}\" is no mode (they are {})", clean_utf8(text, 40),
                      fmt::join(mode_names, ", "));
  }
  return static_cast<Mode>(found - mode_names.begin());
}

Result<LiveEvent::What> parse_event(std::string_view text) {
  const auto* const found = std::ranges::find(event_names, text);
  if (found == event_names.end()) {
    return make_error(Errc::invalid, "\"{}\" is no event (they are {})", clean_utf8(text, 40),
                      fmt::join(event_names, ", "));
  }
  return static_cast<LiveEvent::What>(found - event_names.begin());
}

Result<Access> parse_access(std::string_view text) {
  const auto* const found = std::ranges::find(access_names, text);
  if (found == access_names.end()) {
    return make_error(Errc::invalid, "\"{}\" is no access (they are {})", clean_utf8(text, 40),
                      fmt::join(access_names, ", "));
  }
  return static_cast<Access>(found - access_names.begin());
}

std::string_view to_string(Mode mode) {
  return mode_names.at(static_cast<std::size_t>(mode));
}

bool is_username(std::string_view text) {
  constexpr std::size_t longest = 24;
  return !text.empty() && text.size() <= longest && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
  });
}

std::optional<Span> parse_span(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  if (is_negative) {
    text.remove_prefix(1);
  }
  struct Unit {
    std::string_view name;
    double seconds;
  };
  static constexpr std::array<Unit, 5> units{
      {{"ms", 0.001}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86'400}}};
  constexpr double longest = 366.0 * 86'400;
  double seconds = 0;
  if (text.empty()) {
    return std::nullopt;
  }
  while (!text.empty()) {
    const auto digits = std::min(text.find_first_not_of("0123456789."), text.size());
    const auto number = to_number(text.substr(0, digits));
    text.remove_prefix(digits);
    const auto letters = std::min(text.find_first_of("0123456789."), text.size());
    const auto name = letters == 0 ? std::string_view{"s"} : text.substr(0, letters);
    text.remove_prefix(letters);
    const auto* const unit = std::ranges::find(units, name, &Unit::name);
    if (!number || unit == units.end()) {
      return std::nullopt;
    }
    seconds += *number * unit->seconds;
  }
  if (!std::isfinite(seconds) || seconds > longest) {
    return std::nullopt;
  }
  return from_seconds(is_negative ? -seconds : seconds);
}

Scenario built_in_scenario() {
  // Lives that are over began yesterday: a room id outlives its live.
  auto yesterday = on_air("Direct d'hier");
  yesterday.start = -std::chrono::hours{24};
  yesterday.end = -std::chrono::hours{23};
  auto paused = on_air("Direct en pause");
  paused.events.push_back({.at = Span{0}, .what = LiveEvent::What::pause, .span = Span::max() / 4});

  Scenario scenario;
  auto& accounts = scenario.accounts;
  accounts.push_back(account("vigie_live", "Vigie en direct"));
  accounts.back().lives.push_back(on_air("Un direct sans fin"));
  accounts.push_back(account("vigie_offline", "Vigie hors ligne"));
  accounts.back().lives.push_back(yesterday);
  accounts.push_back(account("vigie_paused", "Vigie en pause"));
  accounts.back().lives.push_back(paused);
  accounts.push_back(account("vigie_absent", "", Access::absent));
  accounts.push_back(account("vigie_end", "Vigie bientôt finie"));
  accounts.back().lives.push_back(on_air("Finit sur demande"));
  accounts.push_back(account("vigie_private", "Vigie privée", Access::private_account));
  accounts.back().lives.push_back(yesterday);
  accounts.push_back(account("vigie_age", "Vigie pour adultes", Access::age_restricted));
  accounts.back().lives.push_back(on_air("Réservé aux adultes"));
  accounts.push_back(account("vigie_ghost", "Vigie fantôme", Access::ghost));
  accounts.back().lives.push_back(on_air("En direct, introuvable"));
  return scenario;
}

}  // namespace vigie::sim
