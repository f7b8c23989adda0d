// SPDX-License-Identifier: Apache-2.0
#include "sim/world.hpp"

#include <algorithm>

#include "base/text.hpp"

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

// SplitMix64: the same number for the same words on every machine.
std::uint64_t scatter(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15U;
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
  return value ^ (value >> 31U);
}

// When the live of a stretch begins, since the account's origin.
Span start_of(const Rhythm& rhythm, std::string_view username, std::int64_t stretch) {
  auto number = scatter(static_cast<std::uint64_t>(rhythm.seed));
  for (const char c : username) {
    number = scatter(number ^ static_cast<std::uint8_t>(c));
  }
  number = scatter(number ^ static_cast<std::uint64_t>(stretch));
  const auto room =
      static_cast<std::uint64_t>(std::max((rhythm.every - rhythm.length).count(), Span::rep{1}));
  const auto start = rhythm.every * stretch + Span{static_cast<std::int64_t>(number % room)};
  // The stretch before the simulator's start is over by then.
  return stretch < 0 ? std::min(start, -rhythm.length - std::chrono::minutes{1}) : start;
}

void add_event(Live& live, const LiveEvent& event, Span at) {
  using What = LiveEvent::What;
  switch (event.what) {
    case What::stall:
      live.stalls.push_back({at, at + event.span});
      break;
    case What::expire:
      live.expirations.push_back(at);
      break;
    case What::pause:
      live.pauses.push_back({at, at + event.span});
      break;
    case What::jump:
      live.jumps.emplace_back(at, event.span);
      break;
    case What::codec:
      live.codecs.push_back(at);
      break;
    case What::move:
      live.moves.push_back(at);
      break;
    case What::garbage:
      live.garbage.emplace_back(at, event.bytes);
      break;
  }
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

std::size_t Live::origin_generation(Span now) const {
  return count_until(moves, now);
}

std::int64_t Live::garbage_between(Span from, Span to) const {
  std::int64_t sum = 0;
  for (const auto& [at, bytes] : garbage) {
    sum += from <= at && at < to ? bytes : 0;
  }
  return sum;
}

std::int64_t Live::entered_at(Span now) const {
  return viewers_at(now) * 3 + 1;
}

std::int64_t Live::viewers_at(Span now) const {
  if (viewers || plan.viewers.empty()) {
    return viewers.value_or(0);
  }
  // A live may be over as soon as it begins.
  const auto length = plan.end ? std::max(*plan.end - plan.start, Span{1}) : endless_spread;
  const auto share = std::clamp(to_seconds(now - plan.start) / to_seconds(length), 0.0, 1.0);
  const auto place = share * static_cast<double>(plan.viewers.size() - 1);
  const auto left = static_cast<std::size_t>(place);
  const auto right = std::min(left + 1, plan.viewers.size() - 1);
  const auto between = place - static_cast<double>(left);
  return static_cast<std::int64_t>(static_cast<double>(plan.viewers[left]) * (1 - between) +
                                   static_cast<double>(plan.viewers[right]) * between);
}

std::shared_ptr<Live> Account::last_live(Span now) const {
  const auto after = std::ranges::upper_bound(
      lives, now, {}, [](const std::shared_ptr<Live>& live) { return live->plan.start; });
  return after == lives.begin() ? nullptr : *std::prev(after);
}

World::World(Clock& clock, Random& random)
    : clock_{clock}, random_{random}, started_{clock.steady()} {}

Account& World::make_account(const AccountPlan& plan) {
  const auto origin = now();
  auto& account = accounts_[plan.username];
  auto id = account ? account->id : std::string{};
  if (account) {
    for (const auto& live : account->lives) {
      live->plan.end = std::min(live->plan.end.value_or(origin), origin);
    }
  }
  if (id.empty()) {
    constexpr auto spread = 899'999'999'999'999'999.0;
    id = std::to_string(6'000'000'000'000'000'000 +
                        static_cast<std::int64_t>(random_.unit() * spread));
  }
  account = std::make_shared<Account>();
  account->plan = plan;
  account->id = std::move(id);
  account->origin = origin;
  for (const auto& rename : plan.renames) {
    renames_.emplace(origin + rename.at, DueRename{.account = account, .to = rename.to});
  }
  return *account;
}

void World::play(const std::vector<AccountPlan>& accounts) {
  rename_who_is_due();
  const auto origin = now();
  for (const auto& plan : accounts) {
    auto& account = make_account(plan);
    for (const auto& live : plan.lives) {
      add_live(account, live, origin);
    }
  }
  std::erase_if(rooms_, [](const auto& room) { return room.second.expired(); });
}

std::string World::make_room(Span start) const {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(wall(start));
  std::string room;
  do {
    const auto low = static_cast<std::int64_t>(random_.unit() * 4'294'967'296.0);
    room = std::to_string((seconds.time_since_epoch().count() << 32) | low);
  } while (rooms_.contains(room));
  return room;
}

std::shared_ptr<Live> World::add_live(Account& account, const LivePlan& plan, Span origin) const {
  auto live = std::make_shared<Live>();
  live->username = account.plan.username;
  live->plan = plan;
  live->plan.start += origin;
  if (plan.end) {
    live->plan.end = *plan.end + origin;
  }
  for (const auto& event : plan.events) {
    add_event(*live, event, live->plan.start + event.at);
  }
  live->room = make_room(live->plan.start);
  rooms_[live->room] = live;
  // Of two lives that start at once the one made later counts.
  const auto place = std::ranges::upper_bound(
      account.lives, live->plan.start, {},
      [](const std::shared_ptr<Live>& other) { return other->plan.start; });
  account.lives.insert(place, live);
  return live;
}

// Makes the live of the stretch we are in, and of the one before: both may be asked about.
void World::grow(Account& account) const {
  if (!account.plan.rhythm) {
    return;
  }
  constexpr std::size_t most_kept = 4;
  const auto& rhythm = *account.plan.rhythm;
  const auto stretch = (now() - account.origin) / rhythm.every;
  for (auto index = std::max(account.grown.value_or(-2) + 1, stretch - 1); index <= stretch;
       ++index) {
    auto plan = rhythm.model;
    plan.start = start_of(rhythm, account.plan.username, index);
    plan.end = plan.start + rhythm.length;
    add_live(account, plan, account.origin);
    account.grown = index;
  }
  while (account.lives.size() > most_kept) {
    rooms_.erase(account.lives.front()->room);
    account.lives.erase(account.lives.begin());
  }
}

void World::move_name(const std::string& from, const std::string& to) const {
  auto node = accounts_.extract(from);
  node.key() = to;
  auto& account = *node.mapped();
  account.plan.username = to;
  for (const auto& live : account.lives) {
    live->username = to;
  }
  accounts_.insert(std::move(node));
}

void World::rename_who_is_due() const {
  while (!renames_.empty() && renames_.begin()->first <= now()) {
    const auto due = renames_.extract(renames_.begin());
    const auto renamed = due.mapped().account.lock();
    if (renamed && !accounts_.contains(due.mapped().to)) {
      move_name(renamed->plan.username, due.mapped().to);
    }
  }
}

Account* World::find_account(std::string_view username) const {
  rename_who_is_due();
  const auto place = accounts_.find(username);
  if (place == accounts_.end()) {
    return nullptr;
  }
  grow(*place->second);
  return place->second.get();
}

const Account* World::find(std::string_view username) const {
  return find_account(username);
}

Result<Account*> World::known(std::string_view username) const {
  auto* account = find_account(username);
  if (account == nullptr) {
    return make_error(Errc::not_found, "there is no account \"{}\" here", clean_utf8(username, 40));
  }
  return account;
}

std::optional<World::Room> World::find_room(std::string_view room) const {
  rename_who_is_due();
  const auto place = rooms_.find(std::string{room});
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
    AccountPlan made;
    made.username = username;
    made.nickname = username;
    make_account(made);
  }
  auto& account = *find_account(username);
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
    return make_error(Errc::not_found, "{} is not on air", clean_utf8(username, 40));
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

Result<> World::disturb(std::string_view username, const LiveEvent& event) {
  const auto live = on_air(username);
  if (!live) {
    return live.error();
  }
  add_event(**live, event, now());
  return {};
}

Result<> World::show(std::string_view username, std::optional<int> status,
                     std::optional<int> user_status) {
  const auto account = known(username);
  if (!account) {
    return account.error();
  }
  (*account)->shown_status = status;
  (*account)->shown_user_status = user_status;
  return {};
}

Result<> World::set_access(std::string_view username, Access access) {
  const auto account = known(username);
  if (!account) {
    return account.error();
  }
  (*account)->plan.access = access;
  return {};
}

Result<> World::rename(std::string_view username, const std::string& to) {
  const auto account = known(username);
  if (!account) {
    return account.error();
  }
  if (!is_username(to)) {
    return make_error(Errc::invalid, "a username is 1 to 24 of a-z, 0-9, '.' and '_'");
  }
  if (accounts_.contains(to)) {
    return make_error(Errc::conflict, "\"{}\" is somebody's name already", to);
  }
  move_name((*account)->plan.username, to);
  return {};
}

}  // namespace vigie::sim
