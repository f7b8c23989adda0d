// SPDX-License-Identifier: Apache-2.0
// The lease of a message, and how a try ends.
#include "base/text.hpp"
#include "notify/outbox.hpp"
#include "notify/outbox_rows.hpp"

namespace vigie::notify {
namespace {

// What failed least comes first: one bad message does not hold the others up.
constexpr std::string_view select_due = R"(
SELECT o.id, o.key, o.channel, o.destination, o.person_id, o.webhook_id, o.state, o.created_at, o.due_at,
  o.attempts, o.ended_at, o.last_error, o.address
FROM outbox o LEFT JOIN outbox_destination d ON d.destination = o.destination
WHERE o.state = 'waiting' AND o.channel = $1 AND o.due_at <= $2 AND o.locked_until <= $3
  AND (d.retry_at IS NULL OR d.retry_at <= $2)
ORDER BY o.attempts, o.due_at, o.id LIMIT 1)";

// Somebody has the alert in hand or has decided on it: its mail is not needed any more.
constexpr std::string_view drop_taken = R"(
DELETE FROM outbox
WHERE state = 'waiting' AND substr(key, 1, 8) = $1 AND due_at <= $2 AND locked_until <= $3
  AND EXISTS (SELECT 1 FROM outbox_item i JOIN alert a ON a.id = i.subject_id
    WHERE i.outbox_id = outbox.id
      AND (a.state = 'decided' OR (a.state = 'claimed' AND a.claimed_until > $2))))";

constexpr std::string_view lock_message = R"(
UPDATE outbox SET locked_by = $2, locked_until = $3 WHERE id = $1)";

constexpr std::string_view select_items = R"(
SELECT what, subject_id, kind, severity, at FROM outbox_item WHERE outbox_id = $1 ORDER BY at, key)";

constexpr std::string_view end_message = R"(
UPDATE outbox SET state = $3, attempts = attempts + 1, ended_at = $4, last_error = $5, locked_until = 0
WHERE id = $1 AND locked_by = $2 AND state = 'waiting')";

constexpr std::string_view release_message = R"(
UPDATE outbox SET attempts = attempts + 1, last_error = $3, locked_until = 0
WHERE id = $1 AND locked_by = $2 AND state = 'waiting')";

constexpr std::string_view forget_failures =
    R"(DELETE FROM outbox_destination WHERE destination = $1)";

constexpr std::string_view count_failure = R"(
INSERT INTO outbox_destination (destination, failures, retry_at, failing_since, last_error)
VALUES ($1, 1, $2, $2, $3)
ON CONFLICT (destination) DO UPDATE SET failures = outbox_destination.failures + 1,
  last_error = excluded.last_error
RETURNING failures)";

constexpr std::string_view let_destination_wait = R"(
UPDATE outbox_destination SET retry_at = $2 WHERE destination = $1)";

constexpr std::string_view bury_old = R"(
UPDATE outbox SET state = 'dead', ended_at = $2, last_error = $3
WHERE destination = $1 AND state = 'waiting' AND locked_until <= $6 AND (due_at <= $4 OR attempts >= $5))";

constexpr std::string_view disable_webhook = R"(
UPDATE webhook SET disabled_at = $2, disabled_reason = $3 WHERE id = $1 AND disabled_at IS NULL)";

constexpr std::size_t longest_error = 300;

Result<std::vector<Item>> read_items(db::Transaction& transaction, const std::string& message_id) {
  const auto rows = transaction.query(select_items, {message_id});
  if (!rows) {
    return rows.error();
  }
  std::vector<Item> items;
  for (const auto& row : *rows) {
    auto& item = items.emplace_back();
    item.what = row.text(0);
    item.subject = row.text(1);
    if (item.what == "alert") {
      item.kind = parse_alert_kind(row.text(2)).value();
      item.severity = parse_severity(row.text(3)).value();
    }
    item.at = row.time(4);
  }
  return items;
}

// One failed try, in one transaction.
class Failure {
 public:
  Failure(db::Transaction& transaction, Ids& ids, Random& random, Time now)
      : transaction_{transaction}, ids_{ids}, random_{random}, now_{now} {}

  Result<> record(const Message& message, const std::string& why, bool tells_of_disabling) {
    const auto counted = transaction_.query(count_failure, {message.destination, now_, why});
    if (!counted) {
      return counted.error();
    }
    const auto failures = counted->front().integer(0);
    const auto waits = transaction_.execute(
        let_destination_wait, {message.destination, now_ + wait_after(failures, random_)});
    if (!waits) {
      return waits.error();
    }
    if (!message.webhook_id.empty() && failures >= most_failures) {
      return disable(message, why, tells_of_disabling);
    }
    return bury(message.destination, why, now_ - oldest_undelivered);
  }

 private:
  Result<> disable(const Message& message, const std::string& why, bool tells) {
    const auto reason = fmt::format("{} failures in a row; the last: {}", most_failures, why);
    const auto disabled = transaction_.execute(disable_webhook, {message.webhook_id, now_, reason});
    if (!disabled) {
      return disabled.error();
    }
    if (auto buried = bury(message.destination, "the webhook is disabled: " + why, now_); !buried) {
      return buried;
    }
    const Item item{.what = "webhook_disabled", .subject = message.webhook_id, .at = now_};
    return *disabled == 0 || !tells ? Result<>{}
                                    : notify::tell_administrators(transaction_, ids_, item, now_);
  }

  Result<> bury(const std::string& destination, const std::string& why, Time due_before) {
    const auto clock = transaction_.now();
    if (!clock) {
      return clock.error();
    }
    const auto buried =
        transaction_.execute(bury_old, {destination, now_, why, due_before, most_failures, *clock});
    return buried ? Result<>{} : Result<>{buried.error()};
  }

  db::Transaction& transaction_;
  Ids& ids_;
  Random& random_;
  Time now_;
};

Result<> end(db::Transaction& transaction, const Message& message, const std::string& owner,
             MessageState state, Time now, const std::string& why) {
  const auto ended =
      transaction.execute(end_message, {message.id, owner, to_string(state), now, why});
  if (!ended) {
    return ended.error();
  }
  // The other side answered.
  const auto forgotten = transaction.execute(forget_failures, {message.destination});
  return forgotten ? Result<>{} : Result<>{forgotten.error()};
}

}  // namespace

Async<Result<std::optional<Message>>> Outbox::claim(Channel channel) {
  using Claimed = std::optional<Message>;
  const Time now = clock_.now();
  std::function<Result<bool>(db::Transaction&)> ask =
      [&](db::Transaction& transaction) -> Result<bool> {
    const auto clock = transaction.now();
    if (!clock) {
      return clock.error();
    }
    const auto rows = transaction.query(select_due, {to_string(channel), now, *clock});
    return rows ? Result<bool>{!rows->empty()} : Result<bool>{rows.error()};
  };
  const auto is_due = co_await db::read<bool>(database_, std::move(ask));
  if (!is_due || !*is_due) {
    co_return is_due ? Result<Claimed>{Claimed{}} : Result<Claimed>{is_due.error()};
  }
  std::function<Result<Claimed>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<Claimed> {
    // Leases are in the database's time, which every process shares.
    const auto clock = transaction.now();
    if (!clock) {
      return clock.error();
    }
    const auto dropped = transaction.execute(drop_taken, {unless_taken_prefix, now, *clock});
    if (!dropped) {
      return dropped.error();
    }
    const auto rows = transaction.query(select_due, {to_string(channel), now, *clock});
    if (!rows) {
      return rows.error();
    }
    if (rows->empty()) {
      return Claimed{};
    }
    auto message = to_message(rows->front());
    const auto locked = transaction.execute(lock_message, {message.id, owner_, *clock + lease});
    auto items = read_items(transaction, message.id);
    if (!locked || !items) {
      return !locked ? locked.error() : items.error();
    }
    message.items = std::move(*items);
    return Claimed{std::move(message)};
  };
  co_return co_await db::write<Claimed>(database_, std::move(work));
}

Async<Result<>> Outbox::tell_administrators(Item item) {
  if (!has_mail_) {
    co_return Result<>{};
  }
  const Time now = clock_.now();
  db::Database::Work work = [&](db::Transaction& transaction) {
    return notify::tell_administrators(transaction, ids_, item, now);
  };
  co_return co_await database_.write(std::move(work));
}

Async<Result<>> Outbox::delivered(Message message) {
  const Time now = clock_.now();
  db::Database::Work work = [&](db::Transaction& transaction) {
    return end(transaction, message, owner_, MessageState::sent, now, "");
  };
  co_return co_await database_.write(std::move(work));
}

Async<Result<>> Outbox::failed(Message message, Error error) {
  const Time now = clock_.now();
  const std::string why{cut_utf8(error.what, longest_error)};
  db::Database::Work work = [&](db::Transaction& transaction) -> Result<> {
    if (error.code == Errc::invalid) {
      return end(transaction, message, owner_, MessageState::dead, now, why);
    }
    const auto released = transaction.execute(release_message, {message.id, owner_, why});
    if (!released || *released == 0) {
      return released ? Result<>{} : Result<>{released.error()};
    }
    return Failure{transaction, ids_, random_, now}.record(message, why, has_mail_);
  };
  co_return co_await database_.write(std::move(work));
}

}  // namespace vigie::notify
