// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "api/transcript.hpp"
#include "base/text.hpp"

namespace vigie::api {
namespace {

// reason is empty for a segment, text for a gap.
constexpr std::string_view select_after =
    "SELECT id, start_us, end_us, text, language, confidence, uncertain, engine, model, reason "
    "FROM ("
    " SELECT id, live_id, start_us, end_us, text, language, confidence, uncertain, engine, model, "
    "'' AS reason FROM segment"
    " UNION ALL"
    " SELECT id, live_id, start_us, end_us, '', '', 0.0, FALSE, '', '', reason FROM gap"
    ") AS transcript WHERE live_id = $1 AND (start_us > $2 OR (start_us = $2 AND id > $3))"
    " AND end_us >= $5 AND start_us < $6 ORDER BY start_us, id LIMIT $4";

constexpr std::string_view select_last =
    "SELECT id, start_us, end_us, text, language, confidence, uncertain, engine, model, reason "
    "FROM ("
    " SELECT id, live_id, start_us, end_us, text, language, confidence, uncertain, engine, model, "
    "'' AS reason FROM segment"
    " UNION ALL"
    " SELECT id, live_id, start_us, end_us, '', '', 0.0, FALSE, '', '', reason FROM gap"
    ") AS transcript WHERE live_id = $1 ORDER BY start_us DESC, id DESC LIMIT $2";

TranscriptItem item_of_row(const db::Row& row, const std::string& live_id) {
  if (auto reason = row.text(9); !reason.empty()) {
    return Gap{.id = row.text(0),
               .live_id = live_id,
               .start = row.span(1),
               .end = row.span(2),
               .reason = std::move(reason)};
  }
  return Segment{.id = row.text(0),
                 .live_id = live_id,
                 .start = row.span(1),
                 .end = row.span(2),
                 .text = row.text(3),
                 .language = row.text(4),
                 .confidence = row.number(5),
                 .uncertain = row.boolean(6),
                 .engine = row.text(7),
                 .model = row.text(8)};
}

struct Place {
  std::int64_t start = -1;
  std::string id;
};

Result<Place> parse_cursor(std::string_view cursor) {
  if (cursor.empty()) {
    return Place{};
  }
  const auto dot = cursor.find('.');
  const auto start = to_integer(cursor.substr(0, dot));
  if (!start || dot == std::string_view::npos) {
    return make_error(Errc::invalid, "cursor: use next_cursor of the page before, as it is");
  }
  return Place{.start = *start, .id = std::string{cursor.substr(dot + 1)}};
}

std::string cursor_of(const TranscriptItem& item) {
  return std::visit(
      [](const auto& part) { return fmt::format("{}.{}", part.start.count(), part.id); }, item);
}

using Items = Page<TranscriptItem>;

}  // namespace

Async<Result<Items>> transcript_page(db::Database& database, std::string live_id,
                                     std::int64_t limit, std::string cursor, Stretch stretch) {
  const auto place = parse_cursor(cursor);
  if (!place) {
    co_return place.error();
  }
  std::function<Result<Items>(db::Transaction&)> work =
      [live_id, limit, place = *place, stretch](db::Transaction& transaction) -> Result<Items> {
    const auto rows = transaction.query(
        select_after, {live_id, place.start, place.id, limit + 1, stretch.from, stretch.to});
    if (!rows) {
      return rows.error();
    }
    Items page;
    for (const auto& row : *rows) {
      if (std::cmp_equal(page.items.size(), limit)) {
        page.next_cursor = cursor_of(page.items.back());
        break;
      }
      page.items.push_back(item_of_row(row, live_id));
    }
    return page;
  };
  co_return co_await db::read<Items>(database, std::move(work));
}

Async<Result<Items>> transcript_tail(db::Database& database, std::string live_id,
                                     std::int64_t count) {
  std::function<Result<Items>(db::Transaction&)> work =
      [live_id, count](db::Transaction& transaction) -> Result<Items> {
    const auto rows = transaction.query(select_last, {live_id, count});
    if (!rows) {
      return rows.error();
    }
    Items page;
    for (const auto& row : *rows) {
      page.items.push_back(item_of_row(row, live_id));
    }
    std::ranges::reverse(page.items);
    return page;
  };
  co_return co_await db::read<Items>(database, std::move(work));
}

}  // namespace vigie::api
