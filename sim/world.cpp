// SPDX-License-Identifier: Apache-2.0
#include "sim/world.hpp"

#include <algorithm>

namespace vigie::sim {
namespace {

// The part of the intervals that lies between from and to.
Span covered(const std::vector<Interval>& intervals, Span from, Span to) {
  Span sum{0};
  for (const auto& interval : intervals) {
    const auto begin = std::max(interval.from, from);
    const auto end = std::min(interval.to.value_or(to), to);
    sum += std::max(end - begin, Span{0});
  }
  return sum;
}

std::size_t count_until(const std::vector<Span>& moments, Span now) {
  return static_cast<std::size_t>(
      std::ranges::count_if(moments, [now](Span moment) { return moment <= now; }));
}

LivePlan plain_live() {
  LivePlan plan;
  plan.title = "Direct";
  plan.loop = true;
  plan.viewers = {1};
  return plan;
}

// Viewers of a live without an end are spread over its first ten minutes.
constexpr Span endless_spread = std::chrono::minutes{10};

}  // namespace

Status Live::status(Span now) const {
  if (plan.end && now >= *plan.end) {
    return Status::over;
  }
  const bool is_paused =
      std::ranges::any_of(pauses, [now](const Interval& pause) { return pause.holds(now); });
  return is_paused ? Status::paused : Status::on_air;
}

bool Live::is_stalled(Span now) const {
  return std::ranges::any_of(stalls, [now](const Interval& stall) { return stall.holds(now); });
}

Span Live::spoken(Span now) const {
  if (plan.wait && !first_viewer) {
    return Span{0};
  }
  const auto from = plan.wait ? *first_viewer : plan.start;
  return std::max(now - from - covered(pauses, from, now), Span{0});
}

Span Live::timestamp_offset(Span now) const {
  auto offset = now - plan.start - spoken(now);
  for (const auto& [at, by] : jumps) {
    if (at <= now) {
      offset += by;
    }
  }
  return offset;
}

std::size_t Live::address_generation(Span now) const {
  return count_until(expirations, now);
}
std::size_t Live::codec_generation(Span now) const {
  return count_until(codecs, now);
}

std::int64_t Live::viewers_at(Span now) const {
  if (viewers || plan.viewers.empty()) {
    return viewers.value_or(0);
  }
  const auto length = plan.end ? *plan.end - plan.start : endless_spread;
  const auto share = std::clamp(to_seconds(now - plan.start) / to_seconds(length), 0.0, 1.0);
  const auto place = share * static_cast<double>(plan.viewers.size() - 1);
  const auto left = static_cast<std::size_t>(place);
  const auto right = std::min(left + 1, plan.viewers.size() - 1);
  const auto between = place - static_cast<double>(left);
  return static_cast<std::int64_t>(static_cast<double>(plan.viewers[left]) * (1 - between) +
                                   static_cast<double>(plan.viewers[right]) * between);
}

std::shared_ptr<Live> Account::last_live(Span now) const {
  std::shared_ptr<Live> last;
  for (const auto& live : lives) {
    if (live->plan.start <= now && (!last || live->plan.start >= last->plan.start)) {
      last = live;
    }
  }
  return last;
}

World::World(Clock& clock, Random& random)
    : clock_{clock}, random_{random}, started_{clock.steady()} {}

Account& World::make_account(const AccountPlan& plan) {
  const auto origin = now();
  auto& account = accounts_[plan.username];
  for (const auto& live : account.lives) {
    live->plan.end = std::min(live->plan.end.value_or(origin), origin);
  }
  auto id = account.id;
  if (id.empty()) {
    constexpr auto spread = 899'999'999'999'999'999.0;
    id = std::to_string(6'000'000'000'000'000'000 +
                        static_cast<std::int64_t>(random_.unit() * spread));
  }
  account = Account{.plan = plan, .id = std::move(id), .lives = {}};
  return account;
}

void World::play(const std::vector<AccountPlan>& accounts) {
  const auto origin = now();
  for (const auto& plan : accounts) {
    auto& account = make_account(plan);
    for (const auto& live : plan.lives) {
      add_live(account, live, origin);
    }
  }
  std::erase_if(rooms_, [](const auto& room) { return room.second.expired(); });
}

std::shared_ptr<Live> World::add_live(Account& account, const LivePlan& plan, Span origin) {
  using What = LiveEvent::What;
  auto live = std::make_shared<Live>();
  live->username = account.plan.username;
  live->plan = plan;
  live->plan.start += origin;
  if (plan.end) {
    live->plan.end = *plan.end + origin;
  }
  for (const auto& event : plan.events) {
    const auto at = live->plan.start + event.at;
    switch (event.what) {
      case What::stall:
        live->stalls.push_back({at, at + event.span});
        break;
      case What::expire:
        live->expirations.push_back(at);
        break;
      case What::pause:
        live->pauses.push_back({at, at + event.span});
        break;
      case What::jump:
        live->jumps.emplace_back(at, event.span);
        break;
      case What::codec:
        live->codecs.push_back(at);
        break;
    }
  }
  const auto seconds = std::chrono::floor<std::chrono::seconds>(wall(live->plan.start));
  do {
    const auto low = static_cast<std::int64_t>(random_.unit() * 4'294'967'296.0);
    live->room = std::to_string((seconds.time_since_epoch().count() << 32) | low);
  } while (find_room(live->room));
  rooms_[live->room] = live;
  account.lives.push_back(live);
  return live;
}

const Account* World::find(std::string_view username) const {
  const auto place = accounts_.find(username);
  return place == accounts_.end() ? nullptr : &place->second;
}

std::optional<World::Room> World::find_room(std::string_view room) const {
  const auto place = rooms_.find(room);
  auto live = place == rooms_.end() ? nullptr : place->second.lock();
  const auto* account = live ? find(live->username) : nullptr;
  if (account == nullptr) {
    return std::nullopt;
  }
  return Room{.account = account, .live = std::move(live)};
}

Status World::status(const Live& live, Span now) const {
  const auto* account = find(live.username);
  const bool is_last = account != nullptr && account->last_live(now).get() == &live;
  return is_last ? live.status(now) : Status::over;
}

Result<std::shared_ptr<Live>> World::set_status(const std::string& username, Status status,
                                                const std::optional<LivePlan>& plan) {
  if (!is_username(username)) {
    return make_error(Errc::invalid, "a username is 1 to 24 of a-z, 0-9, '.' and '_'");
  }
  const auto moment = now();
  if (find(username) == nullptr) {
    make_account(AccountPlan{.username = username, .nickname = username, .bio = {}, .lives = {}});
  }
  auto& account = accounts_.find(username)->second;
  auto live = account.last_live(moment);
  const bool is_live = live && live->status(moment) != Status::over;
  if (status == Status::over) {
    if (is_live) {
      live->plan.end = moment;
    }
    return live;
  }
  if (!is_live || plan) {
    if (is_live) {
      live->plan.end = moment;
    }
    // Of two lives that start at once the later one counts (Account::last_live).
    live = add_live(account, plan.value_or(plain_live()), moment);
  }
  const auto changed = status == Status::paused ? pause(username) : unpause(username);
  if (!changed && changed.error().code != Errc::conflict) {
    return changed.error();
  }
  return live;
}

Result<std::shared_ptr<Live>> World::on_air(std::string_view username) const {
  const auto* account = find(username);
  const auto moment = now();
  auto live = account == nullptr ? nullptr : account->last_live(moment);
  if (!live || live->status(moment) == Status::over) {
    return make_error(Errc::not_found, "{} is not on air", username);
  }
  return live;
}

Result<> World::pause(std::string_view username) {
  const auto live = on_air(username);
  if (!live) {
    return live.error();
  }
  if ((*live)->status(now()) == Status::paused) {
    return make_error(Errc::conflict, "{} is paused already", username);
  }
  (*live)->pauses.push_back({now(), std::nullopt});
  return {};
}

Result<> World::unpause(std::string_view username) {
  const auto live = on_air(username);
  if (!live) {
    return live.error();
  }
  const auto moment = now();
  if ((*live)->status(moment) != Status::paused) {
    return make_error(Errc::conflict, "{} is not paused", username);
  }
  for (auto& pause : (*live)->pauses) {
    if (pause.holds(moment)) {
      pause.to = moment;
    }
  }
  return {};
}

Result<> World::end(std::string_view username) {
  const auto live = on_air(username);
  if (!live) {
    return live.error();
  }
  (*live)->plan.end = now();
  return {};
}

Result<> World::set_viewers(std::string_view username, std::int64_t viewers) {
  const auto live = on_air(username);
  if (!live) {
    return live.error();
  }
  (*live)->viewers = viewers;
  return {};
}

}  // namespace vigie::sim
