// SPDX-License-Identifier: Apache-2.0
#include <boost/json/serialize.hpp>

#include "db/event_log.hpp"
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

Result<> append_events(db::Transaction& transaction, const std::string& account_id, Time now,
                       const std::vector<const Segment*>& segments) {
  for (const auto* segment : segments) {
    auto data = to_json(*segment);
    data["live_id"] = segment->live_id;
    const Event event{.type = std::string{event_type::segment_final},
                      .at = now,
                      .account_id = account_id,
                      .live_id = segment->live_id,
                      .person_id = {},
                      .data = boost::json::serialize(data)};
    if (const auto id = db::append_event(transaction, event); !id) {
      return id.error().during("telling of a segment");
    }
  }
  return {};
}

Result<std::int64_t> append_segments(db::Transaction& transaction, const LiveClaim& claim,
                                     const std::vector<Segment>& segments) {
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
    return make_error(Errc::conflict, "live {} is no longer ours: its segments were not written",
                      claim.live_id);
  }
  const auto live = transaction.query(account_of_live, {claim.live_id});
  if (!live) {
    return live.error().during("finding the account of a live");
  }
  std::vector<const Segment*> written;
  for (const auto& segment : segments) {
    const auto inserted = transaction.execute(
        insert_segment,
        {segment.id, segment.live_id, segment.start, segment.end, segment.text, segment.language,
         segment.confidence, segment.uncertain, segment.engine, segment.model, claim.token, *now});
    if (!inserted) {
      return inserted.error().during("writing a segment");
    }
    if (*inserted == 1) {
      written.push_back(&segment);
    }
  }
  // The event log serialises its writers: last, so that nobody waits for our inserts.
  if (auto told = append_events(transaction, live->at(0).text(0), *now, written); !told) {
    return told.error();
  }
  return static_cast<std::int64_t>(written.size());
}

class SqlSegmentStore final : public SegmentStore {
 public:
  SqlSegmentStore(db::Database& database, Bus& bus, Ids& ids, const Clock& clock)
      : database_{database}, bus_{bus}, ids_{ids}, clock_{clock} {}

  Async<Result<std::int64_t>> append(LiveClaim claim, std::vector<Segment> segments) override {
    for (auto& segment : segments) {
      segment.id = ids_.next(clock_.now());
      segment.live_id = claim.live_id;
    }
    std::function<Result<std::int64_t>(db::Transaction&)> work =
        [&claim, &segments](db::Transaction& transaction) {
          return append_segments(transaction, claim, segments);
        };
    const auto written = co_await db::write<std::int64_t>(database_, std::move(work));
    if (written && *written > 0) {
      bus_.publish(topic::events, {});
    }
    co_return written;
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
