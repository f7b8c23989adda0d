// SPDX-License-Identifier: Apache-2.0
#include "notify/outbox_rows.hpp"

namespace vigie::notify {
namespace {

constexpr std::string_view select_item = R"(SELECT key FROM outbox_item WHERE key = $1)";

constexpr std::string_view insert_message = R"(
INSERT INTO outbox (id, key, channel, destination, person_id, webhook_id, created_at, due_at, address)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (key) DO NOTHING)";

constexpr std::string_view select_message = R"(SELECT id FROM outbox WHERE key = $1)";

constexpr std::string_view insert_item = R"(
INSERT INTO outbox_item (key, outbox_id, what, subject_id, kind, severity, at)
VALUES ($1, $2, $3, $4, $5, $6, $7))";

constexpr std::string_view select_administrators = R"(
SELECT id FROM person
WHERE role = 'admin' AND disabled_at IS NULL AND email IS NOT NULL AND email <> ''
ORDER BY id)";

std::optional<std::string> text_or_null(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional{text};
}

}  // namespace

Result<> put_in_outbox(db::Transaction& transaction, Ids& ids, Message message,
                       const std::string& item_key, const Item& item, Time now) {
  auto known = transaction.query(select_item, {item_key});
  if (!known) {
    return known.error();
  }
  if (!known->empty()) {
    return {};
  }
  auto written = transaction.execute(
      insert_message, {ids.next(now), message.key, to_string(message.channel), message.destination,
                       text_or_null(message.person_id), text_or_null(message.webhook_id), now,
                       message.due_at, message.address});
  if (!written) {
    return written.error().during("writing a message");
  }
  auto found = transaction.query(select_message, {message.key});
  if (!found) {
    return found.error();
  }
  const bool is_alert = item.what == "alert";
  auto added = transaction.execute(
      insert_item, {item_key, found->front().text(0), item.what, item.subject,
                    is_alert ? to_string(item.kind) : std::string_view{},
                    is_alert ? to_string(item.severity) : std::string_view{}, item.at});
  return added ? Result<>{} : Result<>{added.error().during("writing what a message tells")};
}

Message to_message(const db::Row& row) {
  Message message;
  message.id = row.text(0);
  message.key = row.text(1);
  message.channel = row.text(2) == "mail" ? Channel::mail : Channel::webhook;
  message.destination = row.text(3);
  message.person_id = row.text_or_empty(4);
  message.webhook_id = row.text_or_empty(5);
  message.state = parse_message_state(row.text(6)).value();  // a CHECK of the table
  message.created_at = row.time(7);
  message.due_at = row.time(8);
  message.attempts = row.integer(9);
  message.ended_at = row.optional_time(10);
  message.last_error = row.text(11);
  message.address = row.text(12);
  return message;
}

Result<> tell_administrators(db::Transaction& transaction, Ids& ids, const Item& item, Time now) {
  auto people = transaction.query(select_administrators, {});
  if (!people) {
    return people.error();
  }
  for (const auto& row : *people) {
    Message message;
    message.key =
        fmt::format("mail:{}:{}:{}:{}", row.text(0), item.what, item.subject, to_micros(item.at));
    message.destination = mail_destination;
    message.person_id = row.text(0);
    message.due_at = now;
    if (auto done = put_in_outbox(transaction, ids, message, message.key, item, now); !done) {
      return done;
    }
  }
  return {};
}

}  // namespace vigie::notify
