// SPDX-License-Identifier: Apache-2.0
#include "watch/open_rooms.hpp"

namespace vigie::watch {
namespace {

constexpr std::string_view select_open = R"(
SELECT l.account_id, l.id, l.room
FROM live l JOIN account a ON a.id = l.account_id
  JOIN (SELECT account_id, MAX(priority) AS priority FROM follow GROUP BY account_id) f
    ON f.account_id = l.account_id
WHERE l.ended_at IS NULL AND a.platform = $1
ORDER BY f.priority DESC, COALESCE(l.viewers, 0) DESC, l.id LIMIT $2)";

}  // namespace

Async<Result<std::vector<OpenRoom>>> OpenRooms::list(std::string platform, std::int64_t limit) {
  std::function<Result<std::vector<OpenRoom>>(db::Transaction&)> work =
      [&platform, limit](db::Transaction& tx) -> Result<std::vector<OpenRoom>> {
    const auto rows = tx.query(select_open, {platform, limit});
    if (!rows) {
      return rows.error().during("reading which lives are on");
    }
    std::vector<OpenRoom> rooms;
    for (const auto& row : *rows) {
      rooms.push_back({row.text(0), row.text(1), row.text(2)});
    }
    return rooms;
  };
  co_return co_await db::read<std::vector<OpenRoom>>(database_, std::move(work));
}

}  // namespace vigie::watch
