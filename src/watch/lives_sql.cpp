// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <utility>

#include "base/ids.hpp"
#include "db/live_rows.hpp"
#include "domain/event.hpp"
#include "watch/lives.hpp"

namespace vigie::watch {
namespace {

// Seen by those who follow the account, or by all_accounts when anybody still does or once did:
// what was recorded of an account stays readable for moderators after the last follower has left.
constexpr std::string_view list_lives = R"(
SELECT v.id, v.account_id, v.platform, v.username, v.room, v.state, v.title, v.started_at,
  v.detected_at, v.ended_at,
  v.viewers, v.peak_viewers, v.capture, v.capture_reason, v.gaps, v.risk,
  v.detected_by, v.detection_delay_us, v.heard_until, v.words_until, v.words_state
FROM live_view v
WHERE ($2 OR EXISTS (SELECT 1 FROM follow f WHERE f.account_id = v.account_id AND f.person_id = $1))
  AND ($3 = '' OR v.account_id = $3)
  AND ($4 = '' OR ($4 = 'open' AND v.ended_at IS NULL) OR ($4 = 'ended' AND v.ended_at IS NOT NULL))
  AND ($5 = '' OR v.id < $5)
ORDER BY v.id DESC LIMIT $6)";

constexpr std::string_view select_visible = R"(
SELECT v.id, v.account_id, v.platform, v.username, v.room, v.state, v.title, v.started_at,
  v.detected_at, v.ended_at,
  v.viewers, v.peak_viewers, v.capture, v.capture_reason, v.gaps, v.risk,
  v.detected_by, v.detection_delay_us, v.heard_until, v.words_until, v.words_state
FROM live_view v
WHERE v.id = $1
  AND ($3 OR EXISTS (SELECT 1 FROM follow f WHERE f.account_id = v.account_id AND f.person_id =
    $2)))";

constexpr std::string_view select_samples = R"(
SELECT at, viewers FROM (
  SELECT at, viewers FROM viewer_sample WHERE live_id = $1 ORDER BY at DESC LIMIT $2
) AS newest ORDER BY at)";

constexpr std::string_view select_delays = R"(
SELECT detection_delay_us FROM live
WHERE detection_delay_us IS NOT NULL AND ($1 = '' OR account_id = $1)
ORDER BY started_at DESC LIMIT 1000)";

constexpr std::string_view stop_capture = R"(
UPDATE live SET capture_wanted = FALSE, capture = 'stopped', capture_reason = 'person'
WHERE id = $1 AND capture IN ('none', 'running', 'stalled', 'stopped', 'failed'))";

// The reason stays behind so that the hole is recorded as what it was.
constexpr std::string_view resume_capture = R"(
UPDATE live SET capture = 'none', capture_reason = 'stopped' WHERE id = $1 AND capture =
  'stopped')";

constexpr std::string_view set_wanted = R"(UPDATE live SET capture_wanted = $2 WHERE id = $1)";

Result<Live> read_visible(db::Transaction& tx, const std::string& live_id, const Sight& sight,
                          Time now) {
  const auto rows = tx.query(select_visible, {live_id, sight.person_id, sight.all_accounts});
  if (!rows) {
    return rows.error().during("reading a live");
  }
  if (rows->empty()) {
    return make_error(Errc::not_found, "no live {} for this person", live_id);
  }
  return db::live_of_row(rows->front(), now);
}

// The nearest rank: a delay that really happened.
double quantile(const std::vector<Span>& sorted, double share) {
  const auto rank = std::ceil(share * static_cast<double>(sorted.size()));
  return to_seconds(sorted.at(static_cast<std::size_t>(std::max(rank, 1.0)) - 1));
}

Result<DelayFigures> read_delays(db::Transaction& tx, const std::string& account_id) {
  const auto rows = tx.query(select_delays, {account_id});
  if (!rows) {
    return rows.error().during("reading how late lives were noticed");
  }
  std::vector<Span> delays;
  for (const auto& row : *rows) {
    delays.push_back(row.span(0));
  }
  std::ranges::sort(delays);
  DelayFigures figures;
  figures.lives = static_cast<std::int64_t>(delays.size());
  if (!delays.empty()) {
    figures.p50_s = quantile(delays, 0.5);
    figures.p95_s = quantile(delays, 0.95);
  }
  return figures;
}

std::string_view state_word(const LiveFilter& filter) {
  if (!filter.is_open) {
    return "";
  }
  return *filter.is_open ? "open" : "ended";
}

Result<Live> write_wanted(db::Transaction& tx, const std::string& live_id, const Sight& sight,
                          bool is_wanted, Time now) {
  const auto live = read_visible(tx, live_id, sight, now);
  if (!live) {
    return live.error();
  }
  if (live->ended_at) {
    return make_error(Errc::conflict, "the live is over");
  }
  const auto changed = tx.execute(is_wanted ? resume_capture : stop_capture, {live_id});
  const auto marked = changed ? tx.execute(set_wanted, {live_id, is_wanted}) : changed;
  if (!marked) {
    return marked.error().during("stopping or resuming a capture");
  }
  if (*changed > 0) {
    if (auto told = db::append_live_event(tx, event_type::live_updated, live_id, now); !told) {
      return told.error();
    }
  }
  return read_visible(tx, live_id, sight, now);
}

}  // namespace

Async<Result<Page<Live>>> Lives::list(Sight sight, LiveFilter filter, std::int64_t limit,
                                      std::string cursor) {
  if (!cursor.empty() && !is_plausible_id(cursor)) {
    co_return make_error(Errc::invalid, "the cursor is not one this list gave");
  }
  const Time now = clock_.now();
  std::function<Result<Page<Live>>(db::Transaction&)> work =
      [&sight, &filter, &cursor, limit, now](db::Transaction& tx) -> Result<Page<Live>> {
    const auto rows = tx.query(list_lives, {sight.person_id, sight.all_accounts, filter.account_id,
                                            state_word(filter), cursor, limit + 1});
    if (!rows) {
      return rows.error().during("listing lives");
    }
    Page<Live> page;
    for (const auto& row : *rows) {
      if (std::cmp_equal(page.items.size(), limit)) {
        page.next_cursor = page.items.back().id;
        break;
      }
      page.items.push_back(db::live_of_row(row, now));
    }
    return page;
  };
  co_return co_await db::read<Page<Live>>(database_, std::move(work));
}

Async<Result<Live>> Lives::get(std::string live_id, Sight sight) {
  const Time now = clock_.now();
  std::function<Result<Live>(db::Transaction&)> work = [&live_id, &sight,
                                                        now](db::Transaction& tx) {
    return read_visible(tx, live_id, sight, now);
  };
  co_return co_await db::read<Live>(database_, std::move(work));
}

Async<Result<std::vector<ViewerSample>>> Lives::viewers(std::string live_id, Sight sight,
                                                        std::int64_t limit) {
  const Time now = clock_.now();
  std::function<Result<std::vector<ViewerSample>>(db::Transaction&)> work =
      [&live_id, &sight, limit, now](db::Transaction& tx) -> Result<std::vector<ViewerSample>> {
    if (auto live = read_visible(tx, live_id, sight, now); !live) {
      return live.error();
    }
    const auto rows = tx.query(select_samples, {live_id, limit});
    if (!rows) {
      return rows.error().during("reading viewer numbers");
    }
    std::vector<ViewerSample> samples;
    for (const auto& row : *rows) {
      samples.push_back(ViewerSample{row.time(0), row.integer(1)});
    }
    return samples;
  };
  co_return co_await db::read<std::vector<ViewerSample>>(database_, std::move(work));
}

Async<Result<DelayFigures>> Lives::detection_delays(std::string account_id) {
  std::function<Result<DelayFigures>(db::Transaction&)> work = [&account_id](db::Transaction& tx) {
    return read_delays(tx, account_id);
  };
  co_return co_await db::read<DelayFigures>(database_, std::move(work));
}

Async<Result<Live>> Lives::set_capture_wanted(std::string live_id, Sight sight, bool is_wanted,
                                              audit::By by) {
  const Time now = clock_.now();
  std::function<Result<Live>(db::Transaction&)> work = [&](db::Transaction& tx) -> Result<Live> {
    auto live = write_wanted(tx, live_id, sight, is_wanted, now);
    const audit::Deed deed{audit::kind::live_capture, "live", live_id, {{"running", is_wanted}}};
    const auto noted = live ? audit::append(tx, by, deed, now) : Result<>{};
    return noted ? live : noted.error();
  };
  auto live = co_await db::write<Live>(database_, std::move(work));
  if (live) {
    bus_.publish(topic::events, "");
  }
  co_return live;
}

}  // namespace vigie::watch
