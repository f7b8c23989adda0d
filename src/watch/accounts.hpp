// SPDX-License-Identifier: Apache-2.0
// The accounts people follow: who follows what, what is known of each, and the one door through
// which an answer of the platform becomes rows, events and notifications.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "async/async.hpp"
#include "async/clock.hpp"
#include "audit/audit.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "bus/bus.hpp"
#include "db/database.hpp"
#include "domain/account.hpp"
#include "platform/live_source.hpp"
#include "watch/decision.hpp"
#include "watch/sight.hpp"
#include "watch/typed_accounts.hpp"

namespace vigie::watch {

// What a follower may change, of their own but for the language; what is absent stays.
struct FollowEdit {
  std::optional<std::string> note;               // at most 2000 bytes
  std::optional<std::vector<std::string>> tags;  // at most 20 of 40 bytes, each kept once
  std::optional<int> priority;                   // 0 to 2
  std::optional<std::string> language;  // spoken there, for everybody: "fr", "auto", or empty
};

enum class AccountOrder : std::uint8_t { recent, name, status, last_live, priority };

// Which accounts, in which order. Empty: all of them.
struct AccountFilter {
  std::string list;   // an id of the viewer's own lists
  std::string words;  // in the name, the display name, the viewer's note or tags
  std::string tag;    // the viewer's own
  std::optional<AccountStatus> status;
  AccountOrder order = AccountOrder::recent;  // newest first; then by name within the same rank
};

// How following many at once is meant.
struct BatchOptions {
  std::string list;  // an id of the person's own lists; also for what they follow already
  FollowEdit edit;   // tags and priority of what is new
};

enum class BatchResult : std::uint8_t { added, already, invalid, duplicate };
std::string_view to_string(BatchResult result);

struct BatchLine {
  TypedAccount entry;
  BatchResult result = BatchResult::invalid;
  std::optional<FollowedAccount> account;  // for added and already
  std::string detail;                      // words for the person; empty for added
};

// An account as the watcher needs it.
struct Watched {
  std::string id;
  std::string username;
  Known known;
  Time next_check_at;
  Span interval{0};            // as measured
  int priority = 0;            // the highest any follower gave
  std::int64_t followers = 0;  // of ours
  std::optional<Time> last_live_at;
  std::vector<Time> starts;  // of its lives of the last weeks
};

// One look at an account, ready to be written.
struct Check {
  std::string account_id;
  platform::Observation observation;
  Time at;
  Time next_check_at{};                  // nothing: the plan stays
  Span interval{0};                      // as measured; 0 before the second look
  std::string detected_by = "api_live";  // were a live to begin with it
};

struct Recorded {
  Known known;
  bool asks_again_soon = false;
  bool wants_second_look = false;
  bool has_moved = false;    // the account got another name, or was joined with another row
  bool has_started = false;  // a live nobody knew yet
  std::optional<Span> detection_delay;  // of that one; nothing when nobody can know
};

class Accounts {
 public:
  Accounts(db::Database& database, Clock& clock, Ids& ids, Bus& bus)
      : database_{database}, clock_{clock}, ids_{ids}, bus_{bus} {}

  // Creates the account when nobody followed it yet. typed is what the person wrote (a name, @name
  // or an address), platform as parse_account_name(). Errc::invalid with words for them;
  // Errc::conflict when they follow it already.
  Async<Result<FollowedAccount>> follow(std::string person_id, std::string typed,
                                        std::string platform = {});

  // Each entry by itself: what is wrong with one keeps no other from being followed.
  // Errc::invalid for options beyond their bounds, and for a list that is not this person's.
  Async<Result<std::vector<BatchLine>>> follow_many(std::string person_id,
                                                    std::vector<TypedAccount> entries,
                                                    BatchOptions options);

  // Out of this person's lists too. Errc::not_found when this person does not follow it.
  Async<Result<>> unfollow(std::string person_id, std::string account_id, audit::By by = {});

  // Errc::not_found likewise; Errc::invalid beyond FollowEdit's bounds.
  Async<Result<FollowedAccount>> edit(std::string person_id, std::string account_id,
                                      FollowEdit change);

  // Errc::invalid for a cursor that is not one of ours; Errc::not_found for a list that is not the
  // viewer's.
  Async<Result<Page<FollowedAccount>>> list(Sight sight, std::int64_t limit, std::string cursor,
                                            AccountFilter filter = {});

  // Errc::not_found also for what this person may not see. Note, tags and priority are the viewer's
  // own.
  Async<Result<FollowedAccount>> get(std::string account_id, Sight sight);

  // Asks the watcher to look now; Errc::not_found as get().
  Async<Result<>> check_now(std::string account_id, Sight sight);

  // Everything on this platform that at least one person follows.
  Async<Result<std::vector<Watched>>> watched(std::string platform);

  // Changes whenever somebody follows, unfollows or gives another priority: reading it costs
  // little, watched() much.
  Async<Result<std::string>> watched_mark(std::string platform);

  // The room of the account's latest live; empty when there was none.
  Async<Result<std::string>> last_room(std::string account_id);

  // One process watches a platform at a time, so that each account is looked at once. True: it is
  // owner's until lasts has passed on the database's clock, or until given up; ask again sooner.
  Async<Result<bool>> lead(std::string platform, std::string owner, Span lasts);
  Async<Result<>> stop_leading(std::string platform, std::string owner);

  // Writes one answer: the account, its live, its lease, a viewer sample, notifications, events;
  // all in one transaction, deciding afresh on what the rows say. An answer that names the same
  // person otherwise renames the row; two rows that turn out to be one person become one.
  // Errc::not_found when the account is gone.
  Async<Result<Recorded>> record(Check check);

  // Ends the lives of accounts nobody follows any more ("unfollowed"); how many.
  Async<Result<std::int64_t>> close_unfollowed();

 private:
  db::Database& database_;
  Clock& clock_;
  Ids& ids_;
  Bus& bus_;
};

}  // namespace vigie::watch
