// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/json/serialize.hpp>

#include "db/event_log.hpp"
#include "db/live_rows.hpp"
#include "domain/event.hpp"
#include "domain/json.hpp"
#include "transcribe/segments.hpp"

namespace vigie::transcribe {
namespace {

// Changes nothing, but only for the lease's holder, and keeps the row locked until the end: nobody
// can take the live over between this check and the commit.
constexpr std::string_view hold_lease = R"(
  UPDATE live_lease SET token = token
  WHERE live_id = $1 AND owner = $2 AND token = $3 AND expires_at > $4)";

constexpr std::string_view account_of_live = "SELECT account_id FROM live WHERE id = $1";

constexpr std::string_view insert_segment = R"(
  INSERT INTO segment (id, live_id, start_us, end_us, revision, text, language, confidence,
                       uncertain, engine, model, token, created_at)
  VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8, $9, $10, $11, $12)
  ON CONFLICT (live_id, start_us, revision) DO NOTHING)";

constexpr std::string_view insert_loss = R"(
  INSERT INTO gap (id, live_id, start_us, end_us, reason) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (live_id, start_us) DO NOTHING)";

// Places are counted in samples here and there and rounded: a millisecond is none.
constexpr std::string_view move_words = R"(
  UPDATE live
  SET words_until = CASE WHEN heard_until BETWEEN $2 AND CAST($2 AS BIGINT) + 1000
                    THEN heard_until ELSE $2 END
  WHERE id = $1 AND words_until < $2)";

constexpr std::string_view update_words_state = R"(
  UPDATE live SET words_state = $2 WHERE id = $1 AND words_state <> $2)";

constexpr std::string_view select_standing = R"(
  SELECT account_id, heard_until, words_until FROM live WHERE id = $1)";

constexpr std::string_view select_after = R"(
  SELECT id, live_id, start_us, end_us, text, language, confidence, uncertain, engine, model
  FROM segment WHERE live_id = $1 AND start_us > $2
  ORDER BY start_us, revision LIMIT $3)";

constexpr std::string_view select_between = R"(
  SELECT id, live_id, start_us, end_us, text, language, confidence, uncertain, engine, model
  FROM segment WHERE live_id = $1 AND end_us > $2 AND start_us < $3
  ORDER BY start_us, revision)";

constexpr std::string_view select_last_end = "SELECT MAX(end_us) FROM segment WHERE live_id = $1";

std::vector<Segment> to_segments(const db::Rows& rows) {
  std::vector<Segment> segments;
  segments.reserve(rows.size());
  for (const auto& row : rows) {
    segments.push_back(Segment{.id = row.text(0),
                               .live_id = row.text(1),
                               .start = row.span(2),
                               .end = row.span(3),
                               .text = row.text(4),
                               .language = row.text(5),
                               .confidence = row.number(6),
                               .uncertain = row.boolean(7),
                               .engine = row.text(8),
                               .model = row.text(9)});
  }
  return segments;
}

// A segment or a loss: both are parts of a transcript.
struct Told {
  Span start;
  boost::json::object data;
};

Result<> append_events(db::Transaction& transaction, const std::string& account_id,
                       const std::string& live_id, Time now, std::vector<Told> told) {
  std::ranges::sort(told, {}, &Told::start);
  for (auto& part : told) {
    part.data["live_id"] = live_id;
    const Event event{.type = std::string{event_type::segment_final},
                      .at = now,
                      .account_id = account_id,
                      .live_id = live_id,
                      .person_id = {},
                      .data = boost::json::serialize(part.data)};
    if (const auto id = db::append_event(transaction, event); !id) {
      return id.error().during("telling of a segment");
    }
  }
  return {};
}

// The database's time, when the claim is still ours.
Result<Time> prove(db::Transaction& transaction, const LiveClaim& claim) {
  const auto now = transaction.now();
  if (!now) {
    return now.error();
  }
  const auto held =
      transaction.execute(hold_lease, {claim.live_id, claim.owner, claim.token, *now});
  if (!held) {
    return held.error().during("checking the lease of a live");
  }
  if (*held != 1) {
    return make_error(Errc::conflict, "live {} is no longer ours: its words were not written",
                      claim.live_id);
  }
  return *now;
}

Result<> write_losses(db::Transaction& transaction, const std::vector<Gap>& losses,
                      std::vector<Told>& told) {
  for (const auto& loss : losses) {
    const auto inserted = transaction.execute(
        insert_loss, {loss.id, loss.live_id, loss.start, loss.end, loss.reason});
    if (!inserted) {
      return inserted.error().during("writing a loss");
    }
    if (*inserted == 1) {
      told.push_back({loss.start, to_json(loss)});
    }
  }
  return {};
}

Result<std::int64_t> write_settled(db::Transaction& transaction, const LiveClaim& claim,
                                   const Settled& settled) {
  const auto now = prove(transaction, claim);
  if (!now) {
    return now.error();
  }
  const auto live = transaction.query(account_of_live, {claim.live_id});
  if (!live) {
    return live.error().during("finding the account of a live");
  }
  std::vector<Told> told;
  for (const auto& segment : settled.segments) {
    const auto inserted = transaction.execute(
        insert_segment,
        {segment.id, segment.live_id, segment.start, segment.end, segment.text, segment.language,
         segment.confidence, segment.uncertain, segment.engine, segment.model, claim.token, *now});
    if (!inserted) {
      return inserted.error().during("writing a segment");
    }
    if (*inserted == 1) {
      told.push_back({segment.start, to_json(segment)});
    }
  }
  const auto written = static_cast<std::int64_t>(told.size());
  if (auto done = write_losses(transaction, settled.losses, told); !done) {
    return done.error();
  }
  if (const auto moved = transaction.execute(move_words, {claim.live_id, settled.until}); !moved) {
    return moved.error().during("marking how far the words are settled");
  }
  // The event log serialises its writers: last, so that nobody waits for our inserts.
  if (auto done =
          append_events(transaction, live->at(0).text(0), claim.live_id, *now, std::move(told));
      !done) {
    return done.error();
  }
  return written;
}

Result<> write_state(db::Transaction& transaction, const LiveClaim& claim, WordsState state) {
  const auto now = prove(transaction, claim);
  if (!now) {
    return now.error();
  }
  const auto changed = transaction.execute(update_words_state, {claim.live_id, to_string(state)});
  if (!changed) {
    return changed.error().during("marking how the words of a live stand");
  }
  return *changed == 0
             ? Result<>{}
             : db::append_live_event(transaction, event_type::live_updated, claim.live_id, *now);
}

Result<Standing> read_standing(db::Transaction& transaction, const std::string& live_id) {
  const auto rows = transaction.query(select_standing, {live_id});
  if (!rows) {
    return rows.error().during("reading how far a live is");
  }
  if (rows->empty()) {
    return make_error(Errc::not_found, "no live {}", live_id);
  }
  const auto& row = rows->front();
  return Standing{row.text(0), row.span(1), row.span(2)};
}

class SqlSegmentStore final : public SegmentStore {
 public:
  SqlSegmentStore(db::Database& database, Bus& bus, Ids& ids, const Clock& clock)
      : database_{database}, bus_{bus}, ids_{ids}, clock_{clock} {}

  Async<Result<Standing>> standing(std::string live_id) override {
    std::function<Result<Standing>(db::Transaction&)> work =
        [&live_id](db::Transaction& transaction) { return read_standing(transaction, live_id); };
    co_return co_await db::read<Standing>(database_, std::move(work));
  }

  Async<Result<std::int64_t>> append(LiveClaim claim, Settled settled) override {
    const auto name = [&](auto& part) {
      part.id = ids_.next(clock_.now());
      part.live_id = claim.live_id;
    };
    std::ranges::for_each(settled.segments, name);
    std::ranges::for_each(settled.losses, name);
    std::function<Result<std::int64_t>(db::Transaction&)> work =
        [&claim, &settled](db::Transaction& transaction) {
          return write_settled(transaction, claim, settled);
        };
    const auto written = co_await db::write<std::int64_t>(database_, std::move(work));
    if (written && (*written > 0 || !settled.losses.empty())) {
      bus_.publish(topic::events, {});
    }
    co_return written;
  }

  Async<Result<>> set_state(LiveClaim claim, WordsState state) override {
    db::Database::Work work = [&claim, state](db::Transaction& transaction) {
      return write_state(transaction, claim, state);
    };
    auto done = co_await database_.write(std::move(work));
    if (done) {
      bus_.publish(topic::events, {});
    }
    co_return done;
  }

 private:
  db::Database& database_;
  Bus& bus_;
  Ids& ids_;
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<SegmentStore> make_segment_store(db::Database& database, Bus& bus, Ids& ids,
                                                 const Clock& clock) {
  return std::make_unique<SqlSegmentStore>(database, bus, ids, clock);
}

Result<std::vector<Segment>> segments_after(db::Transaction& transaction, std::string_view live_id,
                                            std::optional<Span> after, std::int64_t limit) {
  const auto rows = transaction.query(select_after, {live_id, after.value_or(Span{-1}), limit});
  if (!rows) {
    return rows.error().during("listing the segments of a live");
  }
  return to_segments(*rows);
}

Result<std::vector<Segment>> segments_between(db::Transaction& transaction,
                                              std::string_view live_id, Span from, Span to) {
  const auto rows = transaction.query(select_between, {live_id, from, to});
  if (!rows) {
    return rows.error().during("reading a stretch of a live");
  }
  return to_segments(*rows);
}

Result<std::optional<Span>> last_segment_end(db::Transaction& transaction,
                                             std::string_view live_id) {
  const auto rows = transaction.query(select_last_end, {live_id});
  if (!rows) {
    return rows.error().during("finding where the words of a live end");
  }
  if (rows->at(0).is_null(0)) {
    return std::optional<Span>{};
  }
  return std::optional{rows->at(0).span(0)};
}

}  // namespace vigie::transcribe
