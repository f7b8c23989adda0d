// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "audit/audit.hpp"
#include "recording/retention.hpp"

namespace vigie::recording {
namespace {

// The oldest first. $3 is now, $4 how far from a clip sound is still part of its alert, $5 since
// when a decided alert was touched for its sound to be needed, $6 since when words are waited for.
constexpr std::string_view select_purgeable = R"(
SELECT p.live_id, p.sequence, p.blob_key
FROM sound_piece p JOIN live l ON l.id = p.live_id
WHERE p.purged_at IS NULL AND l.ended_at IS NOT NULL AND l.ended_at <= $1
  AND (p.end_us <= l.words_until OR l.ended_at <= $6)
  AND NOT EXISTS (SELECT 1 FROM legal_hold h
    WHERE h.live_id = p.live_id AND h.released_at IS NULL AND h.until > $3)
  AND NOT EXISTS (SELECT 1 FROM alert a
    WHERE a.live_id = p.live_id
      AND a.clip_from_us - $4 < p.end_us AND a.clip_to_us + $4 > p.start_us
      AND (a.state <> 'decided' OR a.updated_at > $5))
ORDER BY l.ended_at, p.live_id, p.sequence LIMIT $2)";

constexpr std::string_view update_purged = R"(
UPDATE sound_piece SET purged_at = $3 WHERE live_id = $1 AND sequence = $2)";

constexpr std::int64_t batch = 500;

}  // namespace

Async<Result<Retention::Pieces>> Retention::purgeable(Time ended_before) {
  const Time now = clock_.now();
  std::function<Result<Pieces>(db::Transaction&)> work =
      [this, ended_before, now](db::Transaction& tx) -> Result<Pieces> {
    const auto rows =
        tx.query(select_purgeable, {ended_before, batch, now, rules_.around_alert,
                                    now - rules_.sound_of_alert, now - rules_.sound_without_words});
    if (!rows) {
      return rows.error().during("looking for sound over its time");
    }
    Pieces pieces;
    for (const auto& row : *rows) {
      pieces.push_back({row.text(0), row.integer(1), row.text(2)});
    }
    return pieces;
  };
  co_return co_await db::read<Pieces>(database_, std::move(work));
}

Async<Result<>> Retention::mark_purged(Pieces pieces) {
  const Time now = clock_.now();
  db::Database::Work work = [&pieces, now](db::Transaction& tx) -> Result<> {
    for (const auto& piece : pieces) {
      const auto marked = tx.execute(update_purged, {piece.live_id, piece.sequence, now});
      if (!marked) {
        return marked.error().during("marking sound as removed");
      }
    }
    return note_removal(tx, pieces, now);
  };
  co_return co_await database_.write(std::move(work));
}

Result<> Retention::note_removal(db::Transaction& tx, const Pieces& pieces, Time now) {
  std::map<std::string, std::int64_t> counts;
  for (const auto& piece : pieces) {
    ++counts[piece.live_id];
  }
  for (const auto& [live_id, count] : counts) {
    const audit::Deed deed{audit::kind::sound_deleted, "live", live_id, {{"pieces", count}}};
    if (const auto noted = audit::append(tx, audit::By{}, deed, now); !noted) {
      return noted;
    }
  }
  return {};
}

}  // namespace vigie::recording
