// SPDX-License-Identifier: Apache-2.0
#include <boost/json/serialize.hpp>

#include "db/event_log.hpp"
#include "db/live_rows.hpp"
#include "domain/json.hpp"

namespace vigie::db {
namespace {

constexpr std::string_view select_live = R"(
SELECT id, account_id, platform, username, room, state, title, started_at, detected_at, ended_at,
  viewers,
  peak_viewers, capture, capture_reason, gaps, risk, detected_by, detection_delay_us,
  heard_until, words_until, words_state
FROM live_view WHERE id = $1)";

// How far the settled words lie behind: behind what is said now while sound comes in, behind what
// was heard otherwise. Nothing before the first sound.
std::optional<double> words_delay(const Live& live, Span heard, Span settled, Time now) {
  if (heard == Span{0}) {
    return std::nullopt;
  }
  const bool flows = !live.ended_at && live.capture == CaptureState::running;
  const Span said = flows ? now - live.started_at : heard;
  return std::max(0.0, to_seconds(said - settled));
}

}  // namespace

Live live_of_row(const Row& row, Time now) {
  Live live;
  live.id = row.text(0);
  live.account_id = row.text(1);
  live.platform = row.text(2);
  live.username = row.text(3);
  live.room = row.text(4);
  live.state = parse_live_state(row.text(5)).value();
  live.title = row.text(6);
  live.started_at = row.time(7);
  live.detected_at = row.time(8);
  live.ended_at = row.optional_time(9);
  live.viewers = row.optional_integer(10);
  live.peak_viewers = row.optional_integer(11);
  live.capture = parse_capture_state(row.text(12)).value();
  live.capture_reason = row.text(13);
  live.gaps = row.integer(14);
  live.risk = row.optional_number(15).value_or(0);
  live.detected_by = row.text(16);
  if (const auto delay = row.optional_integer(17)) {
    live.detection_delay_s = to_seconds(Span{*delay});
  }
  const Span heard = row.span(18);
  const Span settled = row.span(19);
  const bool is_done = live.ended_at && heard > Span{0} && settled >= heard;
  live.words = is_done ? WordsState::done : parse_words_state(row.text(20)).value();
  live.words_delay_s = words_delay(live, heard, settled, now);
  if (!live.ended_at) {
    live.lag_s = live.words_delay_s;
  }
  return live;
}

Result<std::optional<Live>> find_live(Transaction& transaction, std::string_view live_id,
                                      Time now) {
  auto rows = transaction.query(select_live, {live_id});
  if (!rows) {
    return rows.error().during("reading a live");
  }
  if (rows->empty()) {
    return std::optional<Live>{};
  }
  return std::optional{live_of_row(rows->front(), now)};
}

Result<> append_live_event(Transaction& transaction, std::string_view type,
                           std::string_view live_id, Time now) {
  auto live = find_live(transaction, live_id, now);
  if (!live) {
    return live.error();
  }
  if (!*live) {
    return make_error(Errc::not_found, "no live {}", live_id);
  }
  Event event;
  event.type = type;
  event.at = now;
  event.account_id = (*live)->account_id;
  event.live_id = live_id;
  event.data = boost::json::serialize(to_json(**live));
  auto appended = append_event(transaction, event);
  return appended ? Result<>{} : appended.error().during("announcing a live");
}

}  // namespace vigie::db
