// SPDX-License-Identifier: Apache-2.0
// What a watcher reads: who is watched, who changed, and whether it is its turn to watch.
#include <unordered_map>

#include "watch/accounts.hpp"
#include "watch/rows.hpp"

namespace vigie::watch {
namespace {

constexpr Span habit_memory = std::chrono::days{56};

constexpr std::string_view select_watched = R"(
SELECT a.id, a.username, a.next_check_at, a.interval_us, f.priority, f.followers, a.last_live_at,
  a.status, a.status_at, a.status_reason, a.ending_since, a.negative_since, a.stable_id,
  a.checked_at, l.id, l.room, l.started_at, l.state, l.title, l.viewers, l.capture
FROM account a
JOIN (SELECT account_id, MAX(priority) AS priority, COUNT(*) AS followers FROM follow
      GROUP BY account_id) f ON f.account_id = a.id
LEFT JOIN live l ON l.account_id = a.id AND l.ended_at IS NULL
WHERE a.platform = $1
ORDER BY a.id)";

constexpr std::string_view select_starts = R"(
SELECT l.account_id, l.started_at FROM live l JOIN account a ON a.id = l.account_id
WHERE a.platform = $1 AND l.started_at > $2)";

// Every change of the table moves one of them, but for two priorities that are swapped.
constexpr std::string_view select_mark = R"(
SELECT COUNT(*), COALESCE(MAX(f.created_at), 0), COALESCE(SUM(f.priority), 0)
FROM follow f JOIN account a ON a.id = f.account_id WHERE a.platform = $1)";

constexpr std::string_view select_last_room = R"(
SELECT room FROM live WHERE account_id = $1 ORDER BY started_at DESC LIMIT 1)";

constexpr std::string_view claim_lead = R"(
INSERT INTO watch_lead (platform, owner, expires_at) VALUES ($1, $2, $3)
ON CONFLICT (platform) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at
WHERE watch_lead.owner = excluded.owner OR watch_lead.expires_at <= $4)";

constexpr std::string_view give_up_lead = R"(
DELETE FROM watch_lead WHERE platform = $1 AND owner = $2)";

Watched watched_of_row(const db::Row& row) {
  Watched watched;
  watched.id = row.text(0);
  watched.username = row.text(1);
  watched.next_check_at = row.time(2);
  watched.interval = row.span(3);
  watched.priority = static_cast<int>(row.integer(4));
  watched.followers = row.integer(5);
  watched.last_live_at = row.optional_time(6);
  watched.known = known_of_row(row, 7);
  return watched;
}

Result<std::vector<Watched>> read_watched(db::Transaction& tx, const std::string& platform,
                                          Time now) {
  const auto rows = tx.query(select_watched, {platform});
  if (!rows) {
    return rows.error().during("reading who is watched");
  }
  const auto starts = tx.query(select_starts, {platform, now - habit_memory});
  if (!starts) {
    return starts.error().during("reading when lives begin");
  }
  std::unordered_map<std::string, std::vector<Time>> starts_by_account;
  for (const auto& row : *starts) {
    starts_by_account[row.text(0)].push_back(row.time(1));
  }
  std::vector<Watched> all;
  all.reserve(rows->size());
  for (const auto& row : *rows) {
    all.push_back(watched_of_row(row));
    if (const auto found = starts_by_account.find(all.back().id);
        found != starts_by_account.end()) {
      all.back().starts = std::move(found->second);
    }
  }
  return all;
}

}  // namespace

Async<Result<std::vector<Watched>>> Accounts::watched(std::string platform) {
  const Time now = clock_.now();
  std::function<Result<std::vector<Watched>>(db::Transaction&)> work =
      [&platform, now](db::Transaction& tx) { return read_watched(tx, platform, now); };
  co_return co_await db::read<std::vector<Watched>>(database_, std::move(work));
}

Async<Result<std::string>> Accounts::watched_mark(std::string platform) {
  std::function<Result<std::string>(db::Transaction&)> work =
      [&platform](db::Transaction& tx) -> Result<std::string> {
    const auto rows = tx.query(select_mark, {platform});
    if (!rows) {
      return rows.error().during("reading whether anybody else is watched");
    }
    const auto& row = rows->at(0);
    return fmt::format("{}-{}-{}", row.integer(0), row.integer(1), row.integer(2));
  };
  co_return co_await db::read<std::string>(database_, std::move(work));
}

Async<Result<std::string>> Accounts::last_room(std::string account_id) {
  std::function<Result<std::string>(db::Transaction&)> work =
      [&account_id](db::Transaction& tx) -> Result<std::string> {
    const auto rows = tx.query(select_last_room, {account_id});
    if (!rows) {
      return rows.error().during("reading an account's last room");
    }
    return rows->empty() ? std::string{} : rows->front().text(0);
  };
  co_return co_await db::read<std::string>(database_, std::move(work));
}

Async<Result<bool>> Accounts::lead(std::string platform, std::string owner, Span lasts) {
  std::function<Result<bool>(db::Transaction&)> work =
      [&platform, &owner, lasts](db::Transaction& tx) -> Result<bool> {
    const auto now = tx.now();
    if (!now) {
      return now.error();
    }
    const auto changed = tx.execute(claim_lead, {platform, owner, *now + lasts, *now});
    if (!changed) {
      return changed.error().during("asking whose turn it is to watch");
    }
    return *changed > 0;
  };
  co_return co_await db::write<bool>(database_, std::move(work));
}

Async<Result<>> Accounts::stop_leading(std::string platform, std::string owner) {
  db::Database::Work work = [&platform, &owner](db::Transaction& tx) -> Result<> {
    const auto done = tx.execute(give_up_lead, {platform, owner});
    return done ? Result<>{} : Result<>{done.error().during("leaving the watch to another")};
  };
  co_return co_await database_.write(std::move(work));
}

}  // namespace vigie::watch
