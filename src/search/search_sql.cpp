// SPDX-License-Identifier: Apache-2.0
// The one place where the two engines are asked in two ways: their full-text indexes.
#include <algorithm>
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

constexpr std::string_view select_hits_postgres = R"(
  SELECT w.number, s.id, s.live_id, l.account_id, a.username, l.title, s.start_us, s.end_us,
    l.started_at + s.start_us, s.text
  FROM segment_words w
    JOIN segment s ON s.id = w.segment_id
    JOIN live l ON l.id = s.live_id
    JOIN account a ON a.id = l.account_id
  WHERE w.words @@ CAST($1 AS tsquery) AND w.number >= $2 AND w.number < $3
    AND ($4 = '' OR s.language = $4)
    AND EXISTS (SELECT 1 FROM follow f
                WHERE f.account_id = l.account_id AND ($6 OR f.person_id = $5))
  ORDER BY w.number DESC LIMIT $7)";

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
                              std::int64_t limit, std::string cursor) {
  const auto range = range_of(question, cursor);
  if (!range) {
    co_return range.error();
  }
  const bool is_sqlite = database.engine() == "sqlite";
  std::function<Result<Page<Hit>>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<Page<Hit>> {
    const auto accounts = accounts_of(transaction, sight, question.account_id);
    if (!accounts) {
      return accounts.error().during("finding whose words to search");
    }
    if (!*accounts) {
      return Page<Hit>{};
    }
    const auto asked =
        is_sqlite ? to_fts5(question.query, **accounts) : to_tsquery(question.query, **accounts);
    const auto rows = transaction.query(is_sqlite ? select_hits_sqlite : select_hits_postgres,
                                        {asked, range->from, range->before, question.language,
                                         sight.person_id, sight.all_accounts, limit + 1});
    if (!rows) {
      return rows.error().during("searching");
    }
    return to_page(*rows, limit);
  };
  co_return co_await db::read<Page<Hit>>(database, std::move(work));
}

}  // namespace vigie::search
