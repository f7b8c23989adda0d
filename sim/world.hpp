// SPDX-License-Identifier: Apache-2.0
// The accounts of the simulator and their lives, as functions of time: what was planned needs no
// timer, it is so because the clock says so. For the I/O thread.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "async/clock.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "sim/scenario.hpp"

namespace vigie::sim {

struct Interval {
  Span from{0};
  std::optional<Span> to;
  bool holds(Span moment) const { return from <= moment && (!to || moment < *to); }
};

enum class Status : std::uint8_t { on_air = 2, paused = 3, over = 4 };

// Moments are spans since the simulator's start.
struct Live {
  std::string room;  // 19 digits: the start in seconds, then 32 random bits, as TikTok's
  std::string username;
  LivePlan plan;
  std::vector<Interval> pauses;
  std::vector<Interval> stalls;
  std::vector<Span> expirations;
  std::vector<std::pair<Span, Span>> jumps;  // when, by how much
  std::vector<Span> codecs;
  std::vector<Span> moves;
  std::vector<std::pair<Span, std::int64_t>> garbage;  // when, how many bytes
  std::optional<std::int64_t> viewers;                 // set by hand
  std::optional<Span> first_viewer;

  Status status(Span now) const;
  bool is_stalled(Span now) const;
  // How much of the sound has been spoken: the time on air less the pauses, and less the wait.
  Span spoken(Span now) const;
  // What the stream's timestamps are ahead of spoken().
  Span timestamp_offset(Span now) const;
  std::size_t address_generation(Span now) const;  // grows when the addresses expire
  std::size_t codec_generation(Span now) const;
  std::size_t origin_generation(Span now) const;           // grows when the stream moves
  std::int64_t garbage_between(Span from, Span to) const;  // bytes due in [from, to)
  std::int64_t viewers_at(Span now) const;
  std::int64_t entered_at(Span now) const;  // in all
};

struct Account {
  AccountPlan plan;
  std::string id;
  Span origin{0};  // the moment that the starts of its lives count from
  // Shared with the streams being sent: a new scenario may replace the account meanwhile.
  std::vector<std::shared_ptr<Live>> lives;  // by their starts; of a rhythm: the last few
  std::optional<std::int64_t> grown;         // of a rhythm: the last stretch that has its live
  // What the pages say instead of the truth, when set by hand.
  std::optional<int> shown_status;
  std::optional<int> shown_user_status;

  // The live that began last; nothing when none ever did.
  std::shared_ptr<Live> last_live(Span now) const;
};

class World {
 public:
  World(Clock& clock, Random& random);

  Span now() const { return clock_.steady() - started_; }
  Time wall() const { return clock_.now(); }
  Time wall(Span moment) const { return clock_.now() + (moment - now()); }

  // Accounts of the same name are replaced, their lives end; starts count from now.
  void play(const std::vector<AccountPlan>& accounts);

  // Under the name it has now. Good until the clock or a control changes something.
  const Account* find(std::string_view username) const;
  struct Room {
    const Account* account;
    std::shared_ptr<Live> live;
  };
  std::optional<Room> find_room(std::string_view room) const;
  // Over by its own end, or because another live of the account has begun, or it was replaced.
  Status status(const Live& live, Span now) const;

  // By hand; an account not known yet is made. A live on air with a new sound is another live.
  Result<std::shared_ptr<Live>> set_status(const std::string& username, Status status,
                                           const std::optional<LivePlan>& live);
  Result<> pause(std::string_view username);
  Result<> unpause(std::string_view username);
  Result<> end(std::string_view username);
  Result<> set_viewers(std::string_view username, std::int64_t viewers);
  // What /__sim/emit does to a stream: expire, codec, move, stall, jump, garbage, from now on.
  Result<> disturb(std::string_view username, const LiveEvent& event);
  // The numbers that pages say instead of the truth; nothing: the truth again.
  Result<> show(std::string_view username, std::optional<int> status,
                std::optional<int> user_status);
  Result<> set_access(std::string_view username, Access access);
  // The id stays. Errc::conflict when the new name is somebody's.
  Result<> rename(std::string_view username, const std::string& to);

  std::size_t size() const { return accounts_.size(); }

 private:
  using Accounts = std::map<std::string, std::shared_ptr<Account>, std::less<>>;
  struct DueRename {
    std::weak_ptr<Account> account;
    std::string to;
  };

  Account& make_account(const AccountPlan& plan);
  std::shared_ptr<Live> add_live(Account& account, const LivePlan& plan, Span origin) const;
  Result<std::shared_ptr<Live>> on_air(std::string_view username) const;
  Result<Account*> known(std::string_view username) const;
  Account* find_account(std::string_view username) const;
  std::string make_room(Span start) const;
  void grow(Account& account) const;
  void move_name(const std::string& from, const std::string& to) const;
  void rename_who_is_due() const;

  Clock& clock_;
  Random& random_;
  Span started_;
  // Names, and the lives of a rhythm, come about when somebody looks after their time has come.
  mutable Accounts accounts_;
  mutable std::unordered_map<std::string, std::weak_ptr<Live>> rooms_;
  mutable std::multimap<Span, DueRename> renames_;
};

}  // namespace vigie::sim
