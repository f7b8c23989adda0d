// SPDX-License-Identifier: Apache-2.0
#include <stdexcept>

#include "db/event_log.hpp"

namespace vigie::db {
namespace {

// Locks the row: the next writer numbers its event after this one has committed.
constexpr std::string_view take_number = R"(
  UPDATE event_sequence SET last = last + 1 WHERE only_row = 1 RETURNING last)";

constexpr std::string_view insert_event = R"(
  INSERT INTO event (id, type, at, account_id, live_id, person_id, data)
  VALUES ($1, $2, $3, $4, $5, $6, $7))";

constexpr std::string_view select_after = R"(
  SELECT id, type, at, account_id, live_id, person_id, data FROM event
  WHERE id > $1 ORDER BY id LIMIT $2)";

constexpr std::string_view select_for_person = R"(
  SELECT id, type, at, account_id, live_id, person_id, data FROM event
  WHERE id > $2
    AND (person_id = $1
         OR (person_id IS NULL
             AND account_id IN (SELECT account_id FROM follow WHERE follow.person_id = $1)))
  ORDER BY id LIMIT $3)";

constexpr std::string_view select_for_person_all_accounts = R"(
  SELECT id, type, at, account_id, live_id, person_id, data FROM event
  WHERE id > $2
    AND (person_id = $1
         OR (person_id IS NULL AND account_id IN (SELECT account_id FROM follow)))
  ORDER BY id LIMIT $3)";

constexpr std::string_view select_newest = R"(SELECT COALESCE(MAX(id), 0) FROM event)";
constexpr std::string_view select_oldest = R"(SELECT COALESCE(MIN(id), 0) FROM event)";

constexpr std::string_view select_cursor = R"(SELECT last FROM event_cursor WHERE reader = $1)";

constexpr std::string_view upsert_cursor = R"(
  INSERT INTO event_cursor (reader, last) VALUES ($1, $2)
  ON CONFLICT (reader) DO UPDATE SET last = excluded.last WHERE event_cursor.last < excluded.last)";

Value text_or_null(const std::string& text) {
  return text.empty() ? Value{} : Value{text};
}

Result<std::vector<Event>> to_events(Result<Rows> rows) {
  if (!rows) {
    return rows.error();
  }
  std::vector<Event> events;
  events.reserve(rows->size());
  for (const auto& row : *rows) {
    events.push_back({.id = row.integer(0),
                      .type = row.text(1),
                      .at = row.time(2),
                      .account_id = row.text_or_empty(3),
                      .live_id = row.text_or_empty(4),
                      .person_id = row.text_or_empty(5),
                      .data = row.text(6)});
  }
  return events;
}

Result<std::int64_t> only_integer(Result<Rows> rows) {
  if (!rows) {
    return rows.error();
  }
  return rows->empty() ? 0 : rows->front().integer(0);
}

}  // namespace

Result<std::int64_t> append_event(Transaction& transaction, const Event& event) {
  auto number = transaction.query(take_number, {});
  if (!number) {
    return number.error();
  }
  if (number->size() != 1) {
    throw std::logic_error("event_sequence does not hold its one row");
  }
  const auto id = number->front().integer(0);
  auto inserted = transaction.execute(
      insert_event, {id, event.type, event.at, text_or_null(event.account_id),
                     text_or_null(event.live_id), text_or_null(event.person_id), event.data});
  if (!inserted) {
    return inserted.error();
  }
  return id;
}

Result<std::vector<Event>> events_after(Transaction& transaction, std::int64_t after,
                                        std::int64_t limit) {
  return to_events(transaction.query(select_after, {after, limit}));
}

Result<std::vector<Event>> events_for(Transaction& transaction, std::string_view person_id,
                                      bool all_accounts, std::int64_t after, std::int64_t limit) {
  const auto sql = all_accounts ? select_for_person_all_accounts : select_for_person;
  return to_events(transaction.query(sql, {person_id, after, limit}));
}

Result<std::int64_t> newest_event(Transaction& transaction) {
  return only_integer(transaction.query(select_newest, {}));
}

Result<std::int64_t> oldest_event(Transaction& transaction) {
  return only_integer(transaction.query(select_oldest, {}));
}

Result<std::int64_t> cursor_of(Transaction& transaction, std::string_view reader) {
  return only_integer(transaction.query(select_cursor, {reader}));
}

Result<> move_cursor(Transaction& transaction, std::string_view reader, std::int64_t to) {
  auto moved = transaction.execute(upsert_cursor, {reader, to});
  if (!moved) {
    return moved.error();
  }
  return {};
}

}  // namespace vigie::db
