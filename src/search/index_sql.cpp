// SPDX-License-Identifier: Apache-2.0
#include "search/indexer.hpp"
#include "search/query.hpp"

namespace vigie::search {
namespace {

constexpr std::int64_t counts_a_microsecond = 1000;

constexpr std::string_view select_waiting = R"(
  SELECT b.segment_id, s.text, l.started_at + s.start_us, l.account_id,
    s.language
  FROM segment_backlog b JOIN segment s ON s.id = b.segment_id JOIN live l ON l.id = s.live_id
  ORDER BY b.segment_id DESC LIMIT $1)";

constexpr std::string_view delete_words = "DELETE FROM segment_words WHERE segment_id = $1";
constexpr std::string_view delete_waiting = "DELETE FROM segment_backlog WHERE segment_id = $1";

constexpr std::string_view select_next_number = R"(
  SELECT COALESCE(MAX(number) + 1, CAST($1 AS BIGINT)) FROM segment_words
  WHERE number >= CAST($1 AS BIGINT) AND number < CAST($2 AS BIGINT))";

constexpr std::string_view purge_gone_sqlite =
    "DELETE FROM segment_index WHERE rowid IN (SELECT number FROM segment_gone)";
constexpr std::string_view forget_gone_sqlite = "DELETE FROM segment_gone";
constexpr std::string_view insert_number_sqlite =
    "INSERT INTO segment_words (number, segment_id) VALUES ($1, $2)";
constexpr std::string_view insert_words_sqlite =
    "INSERT INTO segment_index (rowid, words, forms, marks) VALUES ($1, $2, $3, $4)";

constexpr std::string_view insert_words_postgres = R"(
  INSERT INTO segment_words (number, segment_id, words) VALUES ($1, $2, CAST($3 AS tsvector)))";

// The first free number of a moment, or of the moments right after.
Result<std::int64_t> free_number(db::Transaction& transaction, std::int64_t at_us) {
  for (auto base = at_us * counts_a_microsecond;; base += counts_a_microsecond) {
    const auto rows = transaction.query(select_next_number, {base, base + counts_a_microsecond});
    if (!rows) {
      return rows.error();
    }
    if (const auto number = rows->front().integer(0); number < base + counts_a_microsecond) {
      return number;
    }
  }
}

Result<> insert(db::Transaction& transaction, bool is_sqlite, const db::Row& row) {
  const auto number = free_number(transaction, row.integer(2));
  if (!number) {
    return number.error();
  }
  const auto entry = entry_of(row.text(1), row.text(3), row.text(4));
  auto done = is_sqlite ? transaction.execute(insert_number_sqlite, {*number, row.text(0)})
                        : transaction.execute(insert_words_postgres,
                                              {*number, row.text(0), to_tsvector(entry)});
  if (done && is_sqlite) {
    done =
        transaction.execute(insert_words_sqlite, {*number, entry.words, entry.forms, entry.marks});
  }
  return done ? Result<>{} : done.error();
}

Result<> forget(db::Transaction& transaction, bool is_sqlite, const db::Rows& rows) {
  for (const auto& row : rows) {
    for (const auto sql : {delete_words, delete_waiting}) {
      if (const auto done = transaction.execute(sql, {row.text(0)}); !done) {
        return done.error();
      }
    }
  }
  if (!is_sqlite) {
    return {};
  }
  for (const auto sql : {purge_gone_sqlite, forget_gone_sqlite}) {
    if (const auto done = transaction.execute(sql, {}); !done) {
      return done.error();
    }
  }
  return {};
}

Result<std::int64_t> take_in(db::Transaction& transaction, bool is_sqlite, std::int64_t limit) {
  const auto rows = transaction.query(select_waiting, {limit});
  if (!rows) {
    return rows.error();
  }
  if (const auto done = forget(transaction, is_sqlite, *rows); !done) {
    return done.error();
  }
  for (const auto& row : *rows) {
    if (const auto done = insert(transaction, is_sqlite, row); !done) {
      return done.error();
    }
  }
  return static_cast<std::int64_t>(rows->size());
}

// Whether there is anything to do at all: asked of a reader, so that idle processes write nothing.
constexpr std::string_view count_waiting = R"(
  SELECT COUNT(*) FROM (SELECT segment_id FROM segment_backlog LIMIT 1) AS waiting)";
constexpr std::string_view count_gone_sqlite = R"(
  SELECT COUNT(*) FROM (SELECT number FROM segment_gone LIMIT 1) AS gone)";

Result<bool> has_work(db::Transaction& transaction, bool is_sqlite) {
  const auto waiting = transaction.query(count_waiting, {});
  if (!waiting || waiting->front().integer(0) > 0 || !is_sqlite) {
    return waiting ? Result<bool>{waiting->front().integer(0) > 0} : waiting.error();
  }
  const auto gone = transaction.query(count_gone_sqlite, {});
  return gone ? Result<bool>{gone->front().integer(0) > 0} : gone.error();
}

}  // namespace

Async<Result<std::int64_t>> index_waiting(db::Database& database, std::int64_t limit) {
  const bool is_sqlite = database.engine() == "sqlite";
  std::function<Result<bool>(db::Transaction&)> look = [is_sqlite](db::Transaction& transaction) {
    return has_work(transaction, is_sqlite);
  };
  const auto found = co_await db::read<bool>(database, std::move(look));
  if (!found || !*found) {
    co_return found ? Result<std::int64_t>{0} : found.error().during("looking for new words");
  }
  std::function<Result<std::int64_t>(db::Transaction&)> work =
      [is_sqlite, limit](db::Transaction& transaction) {
        return take_in(transaction, is_sqlite, limit);
      };
  co_return co_await db::write<std::int64_t>(database, std::move(work));
}

}  // namespace vigie::search
