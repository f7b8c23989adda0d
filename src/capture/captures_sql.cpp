// SPDX-License-Identifier: Apache-2.0
#include <boost/json/serialize.hpp>
#include <set>

#include "capture/captures.hpp"
#include "db/event_log.hpp"
#include "db/live_rows.hpp"
#include "domain/json.hpp"

namespace vigie::capture {
namespace {

constexpr std::string_view select_free = R"(
SELECT l.id FROM live l JOIN live_lease k ON k.live_id = l.id
WHERE k.expires_at < $1 AND l.ended_at IS NULL AND l.capture_wanted = TRUE
  AND l.capture NOT IN ('restricted', 'failed')
ORDER BY k.expires_at, l.id LIMIT $2)";

// Two that want the same lease meet here: the second finds it taken.
constexpr std::string_view take_lease = R"(
UPDATE live_lease SET owner = $2, token = token + 1, expires_at = $3
WHERE live_id = $1 AND expires_at < $4)";

constexpr std::string_view renew_lease = R"(
UPDATE live_lease SET expires_at = $4 WHERE live_id = $1 AND owner = $2 AND token = $3 AND
  expires_at > $5)";

constexpr std::string_view select_work = R"(
SELECT l.id, k.token, a.username, l.room, l.started_at, l.state, l.ended_at, l.capture_wanted,
  l.capture,
  l.capture_reason, l.heard_until,
  (SELECT COALESCE(MAX(p.sequence) + 1, 0) FROM sound_piece p WHERE p.live_id = l.id),
  (SELECT q.sha256 FROM sound_piece q WHERE q.live_id = l.id ORDER BY q.sequence DESC LIMIT 1),
  a.language, a.platform
FROM live_lease k JOIN live l ON l.id = k.live_id JOIN account a ON a.id = l.account_id
WHERE k.owner = $1 AND k.expires_at > $2
ORDER BY l.id)";

constexpr std::string_view release_lease = R"(
UPDATE live_lease SET owner = '', expires_at = 0 WHERE live_id = $1 AND owner = $2 AND token = $3)";

// Changes nothing but locks the row until the transaction ends: nobody can take the lease over
// while a write of its owner is under way, and a late write of a former owner finds no row.
constexpr std::string_view fence = R"(
UPDATE live_lease SET token = token WHERE live_id = $1 AND owner = $2 AND token = $3)";

// A person's stop outlives what a reader in its last words says, but not its own 'stopped' and
// 'done'.
constexpr std::string_view update_state = R"(
UPDATE live SET capture = $2, capture_reason = $3
WHERE id = $1 AND (capture <> $2 OR capture_reason <> $3) AND (capture_wanted = TRUE OR $2 IN
  ('stopped', 'done')))";

constexpr std::string_view insert_gap = R"(
INSERT INTO gap (id, live_id, start_us, end_us, reason) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (live_id, start_us) DO UPDATE SET end_us = excluded.end_us, reason = excluded.reason
RETURNING id)";

constexpr std::string_view select_account = R"(SELECT account_id FROM live WHERE id = $1)";

constexpr std::string_view insert_piece = R"(
INSERT INTO sound_piece (live_id, sequence, token, start_us, end_us, codec, bytes, sha256, blob_key)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (live_id, sequence) DO NOTHING)";

constexpr std::string_view update_heard =
    R"(UPDATE live SET heard_until = $2 WHERE id = $1 AND heard_until < $2)";

constexpr std::string_view settle = R"(
UPDATE live SET capture = 'done', capture_reason = ''
WHERE ended_at IS NOT NULL AND capture IN ('none', 'running', 'stalled', 'stopped')
  AND NOT EXISTS (SELECT 1 FROM live_lease k WHERE k.live_id = live.id AND k.expires_at >= $1)
RETURNING id)";

Work work_of_row(const db::Row& row, const std::string& owner) {
  Work work;
  work.claim = LiveClaim{row.text(0), owner, row.integer(1), row.text(13)};
  work.platform = row.text(14);
  work.username = row.text(2);
  work.room = row.text(3);
  work.started_at = row.time(4);
  work.state = parse_live_state(row.text(5)).value();
  work.ended_at = row.optional_time(6);
  work.is_wanted = row.boolean(7);
  work.capture = parse_capture_state(row.text(8)).value();
  work.capture_reason = row.text(9);
  work.heard_until = row.span(10);
  work.next_sequence = row.integer(11);
  work.last_sha256 = row.text_or_empty(12);
  return work;
}

Result<> prove(db::Transaction& tx, const LiveClaim& claim) {
  const auto held = tx.execute(fence, {claim.live_id, claim.owner, claim.token});
  if (!held) {
    return held.error().during("proving a claim");
  }
  if (*held == 0) {
    return make_error(Errc::conflict, "live {} is in other hands than token {}", claim.live_id,
                      claim.token);
  }
  return {};
}

Result<std::vector<Work>> read_work(db::Transaction& tx, const std::string& owner, Time now) {
  const auto rows = tx.query(select_work, {owner, now});
  if (!rows) {
    return rows.error().during("reading the lives in our hands");
  }
  std::vector<Work> all;
  for (const auto& row : *rows) {
    all.push_back(work_of_row(row, owner));
  }
  return all;
}

// Those of the lives in our hands whose ids are named.
Result<std::vector<Work>> read_named(db::Transaction& tx, const std::set<std::string>& ids,
                                     const std::string& owner, Time now) {
  if (ids.empty()) {
    return std::vector<Work>{};
  }
  auto all = read_work(tx, owner, now);
  if (all) {
    std::erase_if(*all, [&](const Work& work) { return !ids.contains(work.claim.live_id); });
  }
  return all;
}

Result<std::vector<Work>> take_free(db::Transaction& tx, const std::string& owner, Span ttl,
                                    std::int64_t limit) {
  const auto now = tx.now();
  if (!now) {
    return now.error();
  }
  const auto rows = tx.query(select_free, {*now, limit});
  if (!rows) {
    return rows.error().during("looking for lives to capture");
  }
  std::set<std::string> taken;
  for (const auto& row : *rows) {
    const auto changed = tx.execute(take_lease, {row.text(0), owner, *now + ttl, *now});
    if (!changed) {
      return changed.error().during("taking a lease");
    }
    if (*changed > 0) {
      taken.insert(row.text(0));
    }
  }
  return read_named(tx, taken, owner, *now);
}

Result<std::vector<Work>> renew_held(db::Transaction& tx, const std::vector<LiveClaim>& claims,
                                     const std::string& owner, Span ttl) {
  const auto now = tx.now();
  if (!now) {
    return now.error();
  }
  std::set<std::string> kept;
  for (const auto& claim : claims) {
    const auto renewed =
        tx.execute(renew_lease, {claim.live_id, claim.owner, claim.token, *now + ttl, *now});
    if (!renewed) {
      return renewed.error().during("renewing a lease");
    }
    if (*renewed > 0) {
      kept.insert(claim.live_id);
    }
  }
  return read_named(tx, kept, owner, *now);
}

Result<> write_gap(db::Transaction& tx, const LiveClaim& claim, Gap gap, Time now) {
  if (auto held = prove(tx, claim); !held) {
    return held;
  }
  const auto rows = tx.query(insert_gap, {gap.id, gap.live_id, gap.start, gap.end, gap.reason});
  const auto owner = rows ? tx.query(select_account, {gap.live_id}) : rows;
  if (!owner) {
    return owner.error().during("recording a gap");
  }
  gap.id = rows->at(0).text(0);
  auto data = to_json(gap);
  data["live_id"] = gap.live_id;
  Event event;
  event.type = event_type::segment_final;
  event.at = now;
  event.account_id = owner->at(0).text(0);
  event.live_id = gap.live_id;
  event.data = boost::json::serialize(data);
  const auto appended = db::append_event(tx, event);
  return appended ? Result<>{} : appended.error().during("announcing a gap");
}

Result<> write_piece(db::Transaction& tx, const LiveClaim& claim, const SoundPiece& piece) {
  if (auto held = prove(tx, claim); !held) {
    return held;
  }
  const auto added =
      tx.execute(insert_piece, {claim.live_id, piece.sequence, claim.token, piece.start, piece.end,
                                piece.codec, piece.bytes, piece.sha256, piece.blob_key});
  const auto moved = added ? tx.execute(update_heard, {claim.live_id, piece.end}) : added;
  return moved ? Result<>{} : moved.error().during("recording a piece of sound");
}

Result<> write_state(db::Transaction& tx, const LiveClaim& claim, CaptureState state,
                     const std::string& reason, Time now) {
  if (auto held = prove(tx, claim); !held) {
    return held;
  }
  const auto changed = tx.execute(update_state, {claim.live_id, to_string(state), reason});
  if (!changed) {
    return changed.error().during("recording how a capture stands");
  }
  return *changed == 0 ? Result<>{}
                       : db::append_live_event(tx, event_type::live_updated, claim.live_id, now);
}

}  // namespace

Async<Result<std::vector<Work>>> Captures::claim(std::int64_t limit) {
  std::function<Result<std::vector<Work>>(db::Transaction&)> work =
      [this, limit](db::Transaction& tx) { return take_free(tx, owner_, ttl_, limit); };
  co_return co_await db::write<std::vector<Work>>(database_, std::move(work));
}

Async<Result<std::vector<Work>>> Captures::renew(std::vector<LiveClaim> claims) {
  std::function<Result<std::vector<Work>>(db::Transaction&)> work =
      [this, &claims](db::Transaction& tx) { return renew_held(tx, claims, owner_, ttl_); };
  co_return co_await db::write<std::vector<Work>>(database_, std::move(work));
}

Async<Result<>> Captures::release(LiveClaim claim) {
  db::Database::Work work = [&claim](db::Transaction& tx) -> Result<> {
    const auto released = tx.execute(release_lease, {claim.live_id, claim.owner, claim.token});
    return released ? Result<>{} : released.error().during("giving a live back");
  };
  co_return co_await database_.write(std::move(work));
}

Async<Result<std::int64_t>> Captures::settle_ended() {
  const Time wall = clock_.now();
  std::function<Result<std::int64_t>(db::Transaction&)> work =
      [wall](db::Transaction& tx) -> Result<std::int64_t> {
    const auto now = tx.now();
    if (!now) {
      return now.error();
    }
    const auto rows = tx.query(settle, {*now});
    if (!rows) {
      return rows.error().during("settling ended lives");
    }
    for (const auto& row : *rows) {
      if (auto told = db::append_live_event(tx, event_type::live_updated, row.text(0), wall);
          !told) {
        return told.error();
      }
    }
    return static_cast<std::int64_t>(rows->size());
  };
  auto settled = co_await db::write<std::int64_t>(database_, std::move(work));
  if (settled && *settled > 0) {
    bus_.publish(topic::events, "");
  }
  co_return settled;
}

Async<Result<>> Captures::set_state(LiveClaim claim, CaptureState state, std::string reason) {
  const Time now = clock_.now();
  db::Database::Work work = [&claim, state, &reason, now](db::Transaction& tx) {
    return write_state(tx, claim, state, reason, now);
  };
  auto done = co_await database_.write(std::move(work));
  if (done) {
    bus_.publish(topic::events, "");
  }
  co_return done;
}

Async<Result<>> Captures::add_gap(LiveClaim claim, Span from, Span to, std::string reason) {
  const Time now = clock_.now();
  Gap gap{ids_.next(now), claim.live_id, from, to, std::move(reason)};
  db::Database::Work work = [&claim, &gap, now](db::Transaction& tx) {
    return write_gap(tx, claim, gap, now);
  };
  auto done = co_await database_.write(std::move(work));
  if (done) {
    bus_.publish(topic::events, "");
  }
  co_return done;
}

Async<Result<>> Captures::add_piece(LiveClaim claim, SoundPiece piece) {
  db::Database::Work work = [&claim, &piece](db::Transaction& tx) {
    return write_piece(tx, claim, piece);
  };
  co_return co_await database_.write(std::move(work));
}

Async<Result<>> Captures::set_heard_until(LiveClaim claim, Span until) {
  db::Database::Work work = [&claim, until](db::Transaction& tx) -> Result<> {
    if (auto held = prove(tx, claim); !held) {
      return held;
    }
    const auto moved = tx.execute(update_heard, {claim.live_id, until});
    return moved ? Result<>{} : moved.error().during("recording how far a live was heard");
  };
  co_return co_await database_.write(std::move(work));
}

}  // namespace vigie::capture
