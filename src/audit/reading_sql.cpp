// SPDX-License-Identifier: Apache-2.0
// Lines as they are read: in their order by verify and export, newest first on pages.
#include "audit/audit.hpp"
#include "base/text.hpp"

namespace vigie::audit {
namespace {

constexpr std::string_view select_after = R"(
SELECT number, at, kind, via, person_id, thing, thing_id, request_id, detail, sha256
FROM audit_line WHERE number > $1 ORDER BY number LIMIT $2)";

// A page is one of three questions, so that each goes along the index of its filter and stops when
// the page is full: +at keeps SQLite from reading every line of the period and sorting them. Of
// 500,000 lines a page then takes a millisecond instead of a second. The names are looked up when
// somebody reads, for the lines of the page alone: none is ever in a line.
constexpr std::string_view select_page = R"(
SELECT a.number, a.at, a.kind, a.via, a.person_id, a.thing, a.thing_id, a.request_id, a.detail,
  a.sha256, who.username, whom.username
FROM (SELECT * FROM audit_line
  WHERE number < $1 AND +at >= $2 AND +at < $3 AND ($4 = '' OR kind = $4)
    AND ($5 = '' OR person_id = $5)
  ORDER BY number DESC LIMIT $6) a
LEFT JOIN person who ON who.id = a.person_id
LEFT JOIN person whom ON a.thing = 'person' AND whom.id = a.thing_id
ORDER BY a.number DESC)";
constexpr std::string_view select_page_of_kind = R"(
SELECT a.number, a.at, a.kind, a.via, a.person_id, a.thing, a.thing_id, a.request_id, a.detail,
  a.sha256, who.username, whom.username
FROM (SELECT * FROM audit_line
  WHERE number < $1 AND +at >= $2 AND +at < $3 AND kind = $4 AND ($5 = '' OR person_id = $5)
  ORDER BY number DESC LIMIT $6) a
LEFT JOIN person who ON who.id = a.person_id
LEFT JOIN person whom ON a.thing = 'person' AND whom.id = a.thing_id
ORDER BY a.number DESC)";
constexpr std::string_view select_page_of_person = R"(
SELECT a.number, a.at, a.kind, a.via, a.person_id, a.thing, a.thing_id, a.request_id, a.detail,
  a.sha256, who.username, whom.username
FROM (SELECT * FROM audit_line
  WHERE number < $1 AND +at >= $2 AND +at < $3 AND ($4 = '' OR kind = $4)
    AND (person_id = $5 OR (thing = 'person' AND thing_id = $5))
  ORDER BY number DESC LIMIT $6) a
LEFT JOIN person who ON who.id = a.person_id
LEFT JOIN person whom ON a.thing = 'person' AND whom.id = a.thing_id
ORDER BY a.number DESC)";

constexpr std::int64_t beyond_all = INT64_MAX;

Line read_line(const db::Row& row) {
  return {.number = row.integer(0),
          .at = row.time(1),
          .kind = row.text(2),
          .via = row.text(3),
          .person_id = row.text(4),
          .thing = row.text(5),
          .thing_id = row.text(6),
          .request_id = row.text(7),
          .detail = row.text(8),
          .sha256 = row.text(9)};
}

std::optional<std::string> read_name(const db::Row& row, std::size_t column) {
  return row.is_null(column) ? std::nullopt : std::optional{row.text(column)};
}

std::string_view question_of(const Filter& filter) {
  if (!filter.person_id.empty()) {
    return select_page_of_person;
  }
  return filter.kind.empty() ? select_page : select_page_of_kind;
}

}  // namespace

Result<std::vector<Line>> lines_after(db::Transaction& transaction, std::int64_t number,
                                      std::int64_t limit) {
  const auto rows = transaction.query(select_after, {number, limit});
  if (!rows) {
    return rows.error();
  }
  std::vector<Line> lines;
  lines.reserve(rows->size());
  for (const auto& row : *rows) {
    lines.push_back(read_line(row));
  }
  return lines;
}

Result<Page<ListedLine>> read_page(db::Transaction& transaction, const Filter& filter,
                                   std::int64_t limit, std::string_view cursor) {
  const auto before = cursor.empty() ? std::optional{beyond_all} : to_integer(cursor);
  if (!before) {
    return make_error(Errc::invalid, "cursor: not one of ours");
  }
  const auto rows = transaction.query(
      question_of(filter),
      {*before, filter.from ? to_micros(*filter.from) : INT64_MIN,
       filter.to ? to_micros(*filter.to) : INT64_MAX, filter.kind, filter.person_id, limit + 1});
  if (!rows) {
    return rows.error();
  }
  Page<ListedLine> page;
  for (const auto& row : *rows) {
    page.items.push_back({read_line(row), read_name(row, 10), read_name(row, 11)});
  }
  if (std::cmp_greater(page.items.size(), limit)) {
    page.items.pop_back();
    page.next_cursor = std::to_string(page.items.back().line.number);
  }
  return page;
}

}  // namespace vigie::audit
