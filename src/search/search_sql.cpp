// SPDX-License-Identifier: Apache-2.0
// The one place where the two engines are asked in two ways: their full-text indexes.
#include <algorithm>
#include <iterator>
#include <limits>

#include "base/text.hpp"
#include "search/search.hpp"

namespace vigie::search {
namespace {

constexpr std::int64_t most_accounts = 200;  // named in the question to the index
constexpr std::int64_t counts_a_microsecond = 1000;

constexpr std::string_view select_followed = R"(
  SELECT account_id FROM follow WHERE person_id = $1 ORDER BY account_id LIMIT $2)";

// CROSS JOIN: from the index outwards, in its order, and no further than the page needs.
constexpr std::string_view select_hits_sqlite = R"(
  SELECT w.number, s.id, s.live_id, l.account_id, a.username, l.title, s.start_us, s.end_us,
    l.started_at + s.start_us, s.text
  FROM segment_index i
    CROSS JOIN segment_words w ON w.number = i.rowid
    CROSS JOIN segment s ON s.id = w.segment_id
    CROSS JOIN live l ON l.id = s.live_id
    CROSS JOIN account a ON a.id = l.account_id
  WHERE segment_index MATCH $1 AND i.rowid >= $2 AND i.rowid < $3
    AND ($4 = '' OR s.language = $4)
    AND EXISTS (SELECT 1 FROM follow f
                WHERE f.account_id = l.account_id AND ($6 OR f.person_id = $5))
  ORDER BY i.rowid DESC LIMIT $7)";

// PostgreSQL finds words without order, and order without words. What is said often is soon found
// by reading in order; OFFSET 0 keeps the planner, who does not see the parameters, from the other
// way.
constexpr std::string_view select_hits_in_order_postgres = R"(
  SELECT w.number, s.id, s.live_id, l.account_id, a.username, l.title, s.start_us, s.end_us,
    l.started_at + s.start_us, s.text
  FROM (SELECT number, segment_id, words FROM segment_words
        WHERE number >= $2 AND number < $3 ORDER BY number DESC OFFSET 0) w
    JOIN segment s ON s.id = w.segment_id
    JOIN live l ON l.id = s.live_id
    JOIN account a ON a.id = l.account_id
  WHERE w.words @@ CAST($1 AS tsquery)
    AND ($4 = '' OR s.language = $4)
    AND EXISTS (SELECT 1 FROM follow f
                WHERE f.account_id = l.account_id AND ($6 OR f.person_id = $5))
  ORDER BY w.number DESC LIMIT $7)";

// What is said seldom is few rows: all of them by the index of words, then put in order. The sums
// keep the planner from reading the whole range besides.
constexpr std::string_view select_hits_by_words_postgres = R"(
  WITH found AS MATERIALIZED (
    SELECT number, segment_id FROM segment_words
    WHERE words @@ CAST($1 AS tsquery) AND number + 0 >= $2 AND number + 0 < $3)
  SELECT w.number, s.id, s.live_id, l.account_id, a.username, l.title, s.start_us, s.end_us,
    l.started_at + s.start_us, s.text
  FROM (SELECT number, segment_id FROM found ORDER BY number DESC) w
    JOIN segment s ON s.id = w.segment_id
    JOIN live l ON l.id = s.live_id
    JOIN account a ON a.id = l.account_id
  WHERE ($4 = '' OR s.language = $4)
    AND EXISTS (SELECT 1 FROM follow f
                WHERE f.account_id = l.account_id AND ($6 OR f.person_id = $5))
  ORDER BY w.number DESC LIMIT $7)";

constexpr std::string_view select_floor = R"(
  SELECT number FROM segment_words WHERE number >= $1 AND number < $2
  ORDER BY number DESC LIMIT 1 OFFSET $3)";

std::int64_t number_at(Time time) {
  constexpr auto last = std::numeric_limits<std::int64_t>::max() / counts_a_microsecond;
  return std::clamp(to_micros(time), std::int64_t{0}, last) * counts_a_microsecond;
}

struct Range {
  std::int64_t from = 0;
  std::int64_t before = std::numeric_limits<std::int64_t>::max();
};

Result<Range> range_of(const Question& question, const std::string& cursor) {
  Range range;
  if (question.from) {
    range.from = number_at(*question.from);
  }
  if (question.to) {
    range.before = number_at(*question.to);
  }
  if (!cursor.empty()) {
    const auto number = to_integer(cursor);
    if (!number || *number < 0) {
      return make_error(Errc::invalid, "cursor: use next_cursor of the page before, as it is");
    }
    range.before = std::min(range.before, *number);
  }
  return range;
}

// The accounts to name in the question; nothing when the person follows none. Too many to name:
// none are, and the rows are looked at one by one.
Result<std::optional<std::vector<std::string>>> accounts_of(db::Transaction& transaction,
                                                            const Sight& sight,
                                                            const std::string& account_id) {
  using Accounts = std::optional<std::vector<std::string>>;
  if (!account_id.empty()) {
    return Accounts{{account_id}};
  }
  if (sight.all_accounts) {
    return Accounts{std::in_place};
  }
  const auto rows = transaction.query(select_followed, {sight.person_id, most_accounts + 1});
  if (!rows) {
    return rows.error();
  }
  if (rows->empty()) {
    return Accounts{};
  }
  Accounts accounts{std::in_place};
  if (std::cmp_less_equal(rows->size(), most_accounts)) {
    for (const auto& row : *rows) {
      accounts->push_back(row.text(0));
    }
  }
  return accounts;
}

// One question to the index, as often as it takes.
struct Asking {
  db::Transaction& transaction;
  const Sight& sight;
  const std::string& language;
  std::string words;  // as the engine spells it

  Result<db::Rows> ask(std::string_view sql, Range range, std::int64_t count) const {
    return transaction.query(sql, {words, range.from, range.before, language, sight.person_id,
                                   sight.all_accounts, count});
  }

  // The number behind which so many segments lie; nothing when there are fewer.
  Result<std::optional<std::int64_t>> floor_of(Range range, std::int64_t count) const {
    const auto rows = transaction.query(select_floor, {range.from, range.before, count});
    if (!rows) {
      return rows.error();
    }
    return rows->empty() ? std::optional<std::int64_t>{} : rows->front().integer(0);
  }
};

// In order as long as that promises to be enough, or nearly nothing is left; then by words.
Result<db::Rows> select_from_postgres(const Asking& asking, Reading reading, Range range,
                                      std::int64_t count) {
  db::Rows rows;
  const auto add = [&](std::string_view sql, Range part) -> Result<> {
    auto found = asking.ask(sql, part, count - std::ssize(rows));
    if (!found) {
      return found.error();
    }
    std::ranges::move(*found, std::back_inserter(rows));
    return {};
  };
  for (const auto step : {reading.first, reading.then}) {
    const bool is_promising =
        step == reading.first || std::ssize(rows) * (1 + reading.then / reading.first) >= count;
    const auto floor = asking.floor_of(range, step);
    if (!floor) {
      return floor.error();
    }
    if (*floor && !is_promising) {
      break;
    }
    const auto done = add(select_hits_in_order_postgres,
                          {.from = floor->value_or(range.from), .before = range.before});
    if (!done) {
      return done.error();
    }
    if (!*floor || std::ssize(rows) == count) {
      return rows;
    }
    range.before = floor->value_or(range.from);
  }
  const auto done = add(select_hits_by_words_postgres, range);
  return done ? Result<db::Rows>{std::move(rows)} : done.error();
}

Page<Hit> to_page(const db::Rows& rows, std::int64_t limit) {
  Page<Hit> page;
  std::int64_t last = 0;
  for (const auto& row : rows) {
    if (std::cmp_equal(page.items.size(), limit)) {
      page.next_cursor = std::to_string(last);
      break;
    }
    last = row.integer(0);
    page.items.push_back(Hit{.segment_id = row.text(1),
                             .live_id = row.text(2),
                             .account_id = row.text(3),
                             .username = row.text(4),
                             .title = row.text(5),
                             .start = row.span(6),
                             .end = row.span(7),
                             .at = row.time(8),
                             .text = row.text(9)});
  }
  return page;
}

}  // namespace

Async<Result<Page<Hit>>> find(db::Database& database, Sight sight, Question question,
                              std::int64_t limit, std::string cursor, Reading reading) {
  const auto range = range_of(question, cursor);
  if (!range) {
    co_return range.error();
  }
  const bool is_sqlite = database.engine() == "sqlite";
  std::function<Result<Page<Hit>>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<Page<Hit>> {
    auto accounts = accounts_of(transaction, sight, question.account_id);
    if (!accounts) {
      return accounts.error().during("finding whose words to search");
    }
    if (!*accounts) {
      return Page<Hit>{};
    }
    const Within within{.accounts = std::move(**accounts), .language = question.language};
    const Asking asking{
        .transaction = transaction,
        .sight = sight,
        .language = question.language,
        .words = is_sqlite ? to_fts5(question.query, within) : to_tsquery(question.query, within)};
    const auto rows = is_sqlite ? asking.ask(select_hits_sqlite, *range, limit + 1)
                                : select_from_postgres(asking, reading, *range, limit + 1);
    if (!rows) {
      return rows.error().during("searching");
    }
    return to_page(*rows, limit);
  };
  co_return co_await db::read<Page<Hit>>(database, std::move(work));
}

}  // namespace vigie::search
