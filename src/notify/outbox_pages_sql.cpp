// SPDX-License-Identifier: Apache-2.0
// What administrators see of the outbox, and what they can do.
#include "notify/outbox.hpp"
#include "notify/outbox_rows.hpp"

namespace vigie::notify {
namespace {

constexpr std::string_view select_page = R"(
SELECT id, key, channel, destination, person_id, webhook_id, state, created_at, due_at, attempts, ended_at,
  last_error, address
FROM outbox
WHERE state = $1 AND ($2 = '' OR id < $2)
ORDER BY id DESC LIMIT $3)";

constexpr std::string_view select_one = R"(
SELECT id, key, channel, destination, person_id, webhook_id, state, created_at, due_at, attempts, ended_at,
  last_error, address
FROM outbox WHERE id = $1)";

constexpr std::string_view revive = R"(
UPDATE outbox SET state = 'waiting', due_at = $2, attempts = 0, ended_at = NULL
WHERE id = $1 AND state <> 'sent')";

constexpr std::string_view hurry_destination = R"(
UPDATE outbox_destination SET retry_at = $2 WHERE destination = $1)";

constexpr std::string_view count_waiting = R"(SELECT COUNT(*) FROM outbox WHERE state = 'waiting')";
constexpr std::string_view count_dead = R"(SELECT COUNT(*) FROM outbox WHERE state = 'dead')";
constexpr std::string_view count_disabled = R"(
SELECT COUNT(*) FROM webhook WHERE disabled_at IS NOT NULL AND disabled_reason <> '')";

constexpr std::string_view select_failing = R"(
SELECT destination, last_error FROM outbox_destination
WHERE failures >= 3 ORDER BY failing_since, destination LIMIT 1)";

constexpr std::string_view select_recipient = R"(
SELECT email, language FROM person WHERE id = $1 AND disabled_at IS NULL)";

constexpr std::string_view delete_sent =
    R"(DELETE FROM outbox WHERE state = 'sent' AND ended_at <= $1)";
constexpr std::string_view delete_dead =
    R"(DELETE FROM outbox WHERE state = 'dead' AND ended_at <= $1)";

}  // namespace

Async<Result<Page<Message>>> Outbox::list(MessageState state, std::int64_t limit,
                                          std::string cursor) {
  if (!cursor.empty() && !is_plausible_id(cursor)) {
    co_return make_error(Errc::invalid, "cursor: not one of ours");
  }
  std::function<Result<Page<Message>>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<Page<Message>> {
    const auto rows = transaction.query(select_page, {to_string(state), cursor, limit + 1});
    if (!rows) {
      return rows.error().during("reading the outbox");
    }
    Page<Message> page;
    for (const auto& row : *rows) {
      if (static_cast<std::int64_t>(page.items.size()) == limit) {
        page.next_cursor = page.items.back().id;
        break;
      }
      page.items.push_back(to_message(row));
    }
    return page;
  };
  co_return co_await db::read<Page<Message>>(database_, std::move(work));
}

Async<Result<Message>> Outbox::retry(std::string id) {
  const Time now = clock_.now();
  std::function<Result<Message>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<Message> {
    const auto revived = transaction.execute(revive, {id, now});
    const auto rows = transaction.query(select_one, {id});
    if (!revived || !rows) {
      return !revived ? revived.error() : rows.error();
    }
    if (rows->empty()) {
      return make_error(Errc::not_found, "no such message");
    }
    if (*revived == 0) {
      return make_error(Errc::conflict, "this message was delivered");
    }
    auto message = to_message(rows->front());
    const auto hurried = transaction.execute(hurry_destination, {message.destination, now});
    if (!hurried) {
      return hurried.error();
    }
    return message;
  };
  co_return co_await db::write<Message>(database_, std::move(work));
}

Async<Result<Recipient>> Outbox::recipient(Message message) {
  std::function<Result<Recipient>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<Recipient> {
    const auto rows = transaction.query(select_recipient, {message.person_id});
    if (!rows) {
      return rows.error().during("reading whom a mail is for");
    }
    auto email = rows->empty()              ? std::string{}
                 : !message.address.empty() ? message.address
                                            : rows->front().text_or_empty(0);
    if (email.empty()) {
      return make_error(Errc::invalid, "this person has no address of mail");
    }
    return Recipient{.email = std::move(email), .language = rows->front().text(1)};
  };
  co_return co_await db::read<Recipient>(database_, std::move(work));
}

Async<Result<OutboxCounts>> Outbox::counts() {
  std::function<Result<OutboxCounts>(db::Transaction&)> work =
      [](db::Transaction& transaction) -> Result<OutboxCounts> {
    const auto waiting = transaction.query(count_waiting, {});
    const auto dead = transaction.query(count_dead, {});
    const auto disabled = transaction.query(count_disabled, {});
    const auto failing = transaction.query(select_failing, {});
    for (const auto* rows : {&waiting, &dead, &disabled, &failing}) {
      if (!*rows) {
        return rows->error().during("counting the outbox");
      }
    }
    OutboxCounts counts;
    counts.waiting = waiting->front().integer(0);
    counts.dead = dead->front().integer(0);
    counts.disabled_webhooks = disabled->front().integer(0);
    if (!failing->empty()) {
      const auto& row = failing->front();
      counts.failing = fmt::format("{}: {}", row.text(0), row.text(1));
    }
    return counts;
  };
  co_return co_await db::read<OutboxCounts>(database_, std::move(work));
}

Async<Result<>> Outbox::purge() {
  const Time now = clock_.now();
  db::Database::Work work = [&](db::Transaction& transaction) -> Result<> {
    const auto sent = transaction.execute(delete_sent, {now - sent_kept});
    const auto dead = transaction.execute(delete_dead, {now - dead_kept});
    if (!sent || !dead) {
      return !sent ? sent.error() : dead.error();
    }
    return {};
  };
  co_return co_await database_.write(std::move(work));
}

}  // namespace vigie::notify
