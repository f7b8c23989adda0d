// SPDX-License-Identifier: Apache-2.0
#include "alert/alerts.hpp"

namespace vigie::alert {
namespace {

constexpr std::string_view select_page = R"(
SELECT id, person_id, kind, live_id, alert_id, username, severity, created_at, read_at
FROM notification WHERE person_id = $1 AND ($2 = '' OR id < $2)
ORDER BY id DESC LIMIT $3)";

constexpr std::string_view count_unread = R"(
SELECT COUNT(*) FROM notification WHERE person_id = $1 AND read_at IS NULL)";

constexpr std::string_view update_one = R"(
UPDATE notification SET read_at = COALESCE(read_at, $3) WHERE person_id = $1 AND id = $2
RETURNING id, person_id, kind, live_id, alert_id, username, severity, created_at, read_at)";

constexpr std::string_view update_all = R"(
UPDATE notification SET read_at = $2 WHERE person_id = $1 AND read_at IS NULL)";

Notification to_notification(const db::Row& row) {
  Notification note;
  note.id = row.text(0);
  note.person_id = row.text(1);
  note.kind = row.text(2);
  note.live_id = row.text(3);
  note.alert_id = row.text_or_empty(4);
  note.username = row.text(5);
  note.severity = row.text(6);
  note.created_at = row.time(7);
  note.read_at = row.optional_time(8);
  return note;
}

}  // namespace

Async<Result<Page<Notification>>> Notifications::list(std::string person_id, std::int64_t limit,
                                                      std::string cursor) {
  if (!cursor.empty() && !is_plausible_id(cursor)) {
    co_return make_error(Errc::invalid, "cursor: not one of ours");
  }
  std::function<Result<Page<Notification>>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<Page<Notification>> {
    auto rows = transaction.query(select_page, {person_id, cursor, limit + 1});
    if (!rows) {
      return rows.error().during("reading notifications");
    }
    Page<Notification> page;
    for (const auto& row : *rows) {
      if (static_cast<std::int64_t>(page.items.size()) == limit) {
        page.next_cursor = page.items.back().id;
        break;
      }
      page.items.push_back(to_notification(row));
    }
    return page;
  };
  co_return co_await db::read<Page<Notification>>(database_, std::move(work));
}

Async<Result<std::int64_t>> Notifications::unread(std::string person_id) {
  std::function<Result<std::int64_t>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<std::int64_t> {
    auto rows = transaction.query(count_unread, {person_id});
    if (!rows) {
      return rows.error().during("counting notifications");
    }
    return rows->front().integer(0);
  };
  co_return co_await db::read<std::int64_t>(database_, std::move(work));
}

Async<Result<Notification>> Notifications::mark_read(std::string person_id,
                                                     std::string notification_id) {
  const auto now = clock_.now();
  std::function<Result<Notification>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<Notification> {
    auto rows = transaction.query(update_one, {person_id, notification_id, now});
    if (!rows) {
      return rows.error().during("marking a notification");
    }
    if (rows->empty()) {
      return make_error(Errc::not_found, "no such notification");
    }
    return to_notification(rows->front());
  };
  co_return co_await db::write<Notification>(database_, std::move(work));
}

Async<Result<std::int64_t>> Notifications::mark_all_read(std::string person_id) {
  const auto now = clock_.now();
  std::function<Result<std::int64_t>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<std::int64_t> {
    return transaction.execute(update_all, {person_id, now});
  };
  co_return co_await db::write<std::int64_t>(database_, std::move(work));
}

}  // namespace vigie::alert
