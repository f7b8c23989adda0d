// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "recording/recordings.hpp"

namespace vigie::recording {
namespace {

constexpr std::string_view select_visible = R"(
SELECT l.id FROM live l
WHERE l.id = $1
  AND ($3 OR EXISTS (SELECT 1 FROM follow f WHERE f.account_id = l.account_id AND f.person_id = $2))
)";

constexpr std::string_view select_pieces = R"(
SELECT codec, start_us, end_us, sha256, blob_key FROM sound_piece
WHERE live_id = $1 AND end_us > $2 AND start_us < $3 AND purged_at IS NULL
ORDER BY sequence)";

constexpr std::string_view select_holds = R"(
SELECT id, live_id, reason, person_id, placed_at, until, released_at FROM legal_hold
WHERE live_id = $1 ORDER BY placed_at DESC, id DESC)";

constexpr std::string_view insert_hold = R"(
INSERT INTO legal_hold (id, live_id, reason, person_id, placed_at, until)
VALUES ($1, $2, $3, $4, $5, $6))";

constexpr std::string_view select_hold_live = R"(
SELECT live_id FROM legal_hold WHERE id = $1 AND released_at IS NULL)";

constexpr std::string_view update_released = R"(
UPDATE legal_hold SET released_at = $2 WHERE id = $1 AND released_at IS NULL
RETURNING id, live_id, reason, person_id, placed_at, until, released_at)";

Hold hold_of_row(const db::Row& row) {
  Hold hold;
  hold.id = row.text(0);
  hold.live_id = row.text(1);
  hold.reason = row.text(2);
  hold.person_id = row.text_or_empty(3);
  hold.placed_at = row.time(4);
  hold.until = row.time(5);
  hold.released_at = row.optional_time(6);
  return hold;
}

Result<> require_visible(db::Transaction& tx, const std::string& live_id, const Sight& sight) {
  const auto rows = tx.query(select_visible, {live_id, sight.person_id, sight.all_accounts});
  if (!rows) {
    return rows.error().during("looking for a live");
  }
  if (rows->empty()) {
    return make_error(Errc::not_found, "no live {} for this person", live_id);
  }
  return {};
}

}  // namespace

Async<Result<std::vector<Recordings::Piece>>> Recordings::pieces(std::string live_id, Sight sight,
                                                                 Span from, Span to) {
  using Pieces = std::vector<Piece>;
  std::function<Result<Pieces>(db::Transaction&)> work =
      [&live_id, &sight, from, to](db::Transaction& tx) -> Result<Pieces> {
    if (auto visible = require_visible(tx, live_id, sight); !visible) {
      return visible.error();
    }
    const auto rows = tx.query(select_pieces, {live_id, from, to});
    if (!rows) {
      return rows.error().during("looking for kept sound");
    }
    Pieces pieces;
    for (const auto& row : *rows) {
      pieces.push_back({row.text(0), row.span(1), row.span(2), row.text(3), row.text(4)});
    }
    return pieces;
  };
  co_return co_await db::read<Pieces>(database_, std::move(work));
}

Async<Result<std::vector<Hold>>> Recordings::holds(std::string live_id, Sight sight) {
  using Holds = std::vector<Hold>;
  std::function<Result<Holds>(db::Transaction&)> work =
      [&live_id, &sight](db::Transaction& tx) -> Result<Holds> {
    if (auto visible = require_visible(tx, live_id, sight); !visible) {
      return visible.error();
    }
    const auto rows = tx.query(select_holds, {live_id});
    if (!rows) {
      return rows.error().during("reading holds");
    }
    Holds holds;
    for (const auto& row : *rows) {
      holds.push_back(hold_of_row(row));
    }
    return holds;
  };
  co_return co_await db::read<Holds>(database_, std::move(work));
}

Async<Result<Hold>> Recordings::place_hold(std::string live_id, Sight sight, std::string reason,
                                           Time until, audit::By by) {
  const Time now = clock_.now();
  Hold hold{ids_.next(now), std::move(live_id), std::string{trim(reason)}, sight.person_id, now,
            until,          std::nullopt};
  if (hold.reason.empty() || hold.reason.size() > longest_reason) {
    co_return make_error(Errc::invalid, "reason: 1 to {} bytes are needed", longest_reason);
  }
  if (until <= now || until - now > longest_hold) {
    co_return make_error(Errc::invalid, "until: a moment to come, within {} days",
                         std::chrono::duration_cast<std::chrono::days>(longest_hold).count());
  }
  std::function<Result<Hold>(db::Transaction&)> work = [&](db::Transaction& tx) -> Result<Hold> {
    if (auto visible = require_visible(tx, hold.live_id, sight); !visible) {
      return visible.error();
    }
    const auto written = tx.execute(insert_hold, {hold.id, hold.live_id, hold.reason,
                                                  hold.person_id, hold.placed_at, hold.until});
    if (!written) {
      return written.error().during("placing a hold");
    }
    const audit::Deed deed{audit::kind::hold_placed, "live", hold.live_id, {{"hold", hold.id}}};
    const auto noted = audit::append(tx, by, deed, now);
    return noted ? Result<Hold>{hold} : noted.error();
  };
  co_return co_await db::write<Hold>(database_, std::move(work));
}

Async<Result<Hold>> Recordings::release_hold(std::string hold_id, Sight sight, audit::By by) {
  const Time now = clock_.now();
  std::function<Result<Hold>(db::Transaction&)> work = [&](db::Transaction& tx) -> Result<Hold> {
    const auto rows = tx.query(select_hold_live, {hold_id});
    if (!rows) {
      return rows.error().during("looking for a hold");
    }
    if (rows->empty() || !require_visible(tx, rows->front().text(0), sight)) {
      return make_error(Errc::not_found, "no hold {} for this person", hold_id);
    }
    const auto released = tx.query(update_released, {hold_id, now});
    if (!released) {
      return released.error().during("releasing a hold");
    }
    auto hold = hold_of_row(released->at(0));
    const audit::Deed deed{audit::kind::hold_released, "live", hold.live_id, {{"hold", hold_id}}};
    const auto noted = audit::append(tx, by, deed, now);
    return noted ? Result<Hold>{std::move(hold)} : noted.error();
  };
  co_return co_await db::write<Hold>(database_, std::move(work));
}

}  // namespace vigie::recording
