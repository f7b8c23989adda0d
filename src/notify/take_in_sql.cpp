// SPDX-License-Identifier: Apache-2.0
// How what happened becomes messages, each exactly once across restarts.
#include "base/json.hpp"
#include "db/event_log.hpp"
#include "domain/event.hpp"
#include "notify/outbox_rows.hpp"
#include "notify/preferences.hpp"
#include "notify/silences.hpp"
#include "notify/webhooks.hpp"

namespace vigie::notify {
namespace {

constexpr std::string_view reader = "notify";
constexpr std::int64_t events_at_a_time = 200;

constexpr std::string_view select_note = R"(
SELECT n.alert_id, a.account_id, a.live_id, a.kind, a.severity, a.opened_at
FROM notification n JOIN alert a ON a.id = n.alert_id JOIN person p ON p.id = n.person_id
WHERE n.id = $1 AND n.person_id = $2 AND n.kind = 'alert'
  AND p.disabled_at IS NULL AND p.email IS NOT NULL AND p.email <> '')";

constexpr std::string_view select_alert =
    R"(SELECT kind, severity, opened_at FROM alert WHERE id = $1)";

constexpr std::string_view select_webhooks = R"(
SELECT id, severity FROM webhook WHERE disabled_at IS NULL AND created_at <= $1 ORDER BY id)";

Item item_of(const std::string& alert_id, const db::Row& row, std::size_t first) {
  return {.what = "alert",
          .subject = alert_id,
          .kind = parse_alert_kind(row.text(first)).value(),  // CHECKs of the table
          .severity = parse_severity(row.text(first + 1)).value(),
          .at = row.time(first + 2)};
}

class Intake {
 public:
  Intake(db::Transaction& transaction, Ids& ids, Time now, bool has_mail)
      : transaction_{transaction}, ids_{ids}, now_{now}, has_mail_{has_mail} {}

  Result<std::int64_t> run() {
    // Moving the cursor nowhere locks its row: another process waits here.
    if (auto locked = db::move_cursor(transaction_, reader, 0); !locked) {
      return locked.error().during("locking the reader of notifications");
    }
    const auto cursor = db::cursor_of(transaction_, reader);
    if (!cursor) {
      return cursor.error();
    }
    const auto events = db::events_after(transaction_, *cursor, events_at_a_time);
    if (!events) {
      return events.error().during("reading the event log");
    }
    for (const auto& event : *events) {
      if (auto done = take(event); !done) {
        return done.error().during("making messages");
      }
    }
    if (!events->empty()) {
      if (auto moved = db::move_cursor(transaction_, reader, events->back().id); !moved) {
        return moved.error();
      }
    }
    return static_cast<std::int64_t>(events->size());
  }

 private:
  Result<> take(const Event& event) {
    const bool is_note = event.type == event_type::notification;
    const bool is_alert =
        event.type == event_type::alert_opened || event.type == event_type::alert_updated;
    if (!is_note && !is_alert) {
      return {};
    }
    const auto data = parse_json(event.data, {.bytes = 1024 * 1024});
    const auto id = data ? get_string(*data, "id") : std::nullopt;
    if (!id) {
      return {};
    }
    return is_alert ? tell_webhooks(*id) : has_mail_ ? mail(event.person_id, *id) : Result<>{};
  }

  Result<> mail(const std::string& person_id, const std::string& notification_id) {
    const auto rows = transaction_.query(select_note, {notification_id, person_id});
    if (!rows) {
      return rows.error();
    }
    if (rows->empty()) {
      return {};
    }
    const auto& row = rows->front();
    const auto item = item_of(row.text(0), row, 3);
    const auto preference = read_preference(transaction_, person_id);
    if (!preference) {
      return preference.error();
    }
    const auto silenced = is_silenced(transaction_, person_id, row.text(1), row.text(2), now_);
    if (!silenced) {
      return silenced.error();
    }
    const auto due = mail_due(*preference, item.severity, now_);
    if (*silenced || !due) {
      return {};
    }
    const auto item_key = fmt::format("mail:{}:alert:{}", person_id, item.subject);
    Message message;
    // What waits for the same moment is one mail.
    message.key = due->unless_taken ? fmt::format("{}{}", unless_taken_prefix, item_key)
                                    : fmt::format("mail:{}:{}", person_id, to_micros(due->at));
    message.destination = mail_destination;
    message.person_id = person_id;
    message.due_at = due->at;
    return put_in_outbox(transaction_, ids_, std::move(message), item_key, item, now_);
  }

  // An alert that got worse is told where only its new severity counts.
  Result<> tell_webhooks(const std::string& alert_id) {
    const auto alert = transaction_.query(select_alert, {alert_id});
    if (!alert) {
      return alert.error();
    }
    if (alert->empty()) {
      return {};
    }
    const auto item = item_of(alert_id, alert->front(), 0);
    const auto webhooks = transaction_.query(select_webhooks, {item.at});
    if (!webhooks) {
      return webhooks.error();
    }
    for (const auto& row : *webhooks) {
      if (item.severity < parse_severity(row.text(1)).value()) {
        continue;
      }
      Message message;
      message.key = fmt::format("webhook:{}:alert:{}", row.text(0), alert_id);
      message.channel = Channel::webhook;
      message.destination = destination_of_webhook(row.text(0));
      message.webhook_id = row.text(0);
      message.due_at = now_;
      if (auto done = put_in_outbox(transaction_, ids_, message, message.key, item, now_); !done) {
        return done;
      }
    }
    return {};
  }

  db::Transaction& transaction_;
  Ids& ids_;
  Time now_;
  bool has_mail_;
};

}  // namespace

Async<Result<std::int64_t>> Outbox::take_in() {
  std::function<Result<bool>(db::Transaction&)> ask =
      [](db::Transaction& transaction) -> Result<bool> {
    const auto cursor = db::cursor_of(transaction, reader);
    const auto newest = db::newest_event(transaction);
    if (!cursor || !newest) {
      return !cursor ? cursor.error() : newest.error();
    }
    return *newest > *cursor;
  };
  const auto is_news = co_await db::read<bool>(database_, std::move(ask));
  if (!is_news) {
    co_return is_news.error().during("asking for new notifications");
  }
  if (!*is_news) {
    co_return std::int64_t{0};
  }
  const auto now = clock_.now();
  std::function<Result<std::int64_t>(db::Transaction&)> work = [this,
                                                                now](db::Transaction& transaction) {
    return Intake{transaction, ids_, now, has_mail_}.run();
  };
  co_return co_await db::write<std::int64_t>(database_, std::move(work));
}

}  // namespace vigie::notify
