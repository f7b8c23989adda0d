// SPDX-License-Identifier: Apache-2.0
#include "http/guard.hpp"
#include "notify/webhooks.hpp"

namespace vigie::notify {
namespace {

constexpr std::size_t secret_bytes = 32;
constexpr std::size_t longest_name = 80;
constexpr std::size_t longest_url = 2000;

constexpr std::string_view select_all = R"(
SELECT w.id, w.name, w.url, w.form, w.severity, w.language, w.created_at, w.disabled_at, w.disabled_reason,
  d.failures, d.last_error, w.sealed_secret
FROM webhook w LEFT JOIN outbox_destination d ON d.destination = 'webhook:' || w.id
WHERE ($1 = '' OR w.id = $1)
ORDER BY w.id)";

constexpr std::string_view count_all = R"(SELECT COUNT(*) FROM webhook)";

constexpr std::string_view insert_webhook = R"(
INSERT INTO webhook (id, name, url, form, severity, language, sealed_secret, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8))";

constexpr std::string_view update_webhook = R"(
UPDATE webhook SET name = $2, url = $3, form = $4, severity = $5, language = $6, disabled_at = $7,
  disabled_reason = $8
WHERE id = $1)";

constexpr std::string_view delete_webhook = R"(DELETE FROM webhook WHERE id = $1)";

constexpr std::string_view forget_failures =
    R"(DELETE FROM outbox_destination WHERE destination = $1)";

Webhook to_webhook(const db::Row& row) {
  Webhook webhook;
  webhook.id = row.text(0);
  webhook.name = row.text(1);
  webhook.url = row.text(2);
  webhook.form = parse_webhook_form(row.text(3)).value();  // a CHECK of the table
  webhook.severity = parse_severity(row.text(4)).value();
  webhook.language = row.text(5);
  webhook.created_at = row.time(6);
  webhook.disabled_at = row.optional_time(7);
  webhook.disabled_reason = row.text(8);
  webhook.failures = row.optional_integer(9).value_or(0);
  webhook.last_error = row.text_or_empty(10);
  return webhook;
}

Result<> check(const Webhook& webhook) {
  if (webhook.name.empty() || webhook.name.size() > longest_name) {
    return make_error(Errc::invalid, "name: 1 to {} bytes", longest_name);
  }
  if (webhook.url.size() > longest_url || !http::parse_url(webhook.url)) {
    return make_error(Errc::invalid, "url: an address that begins with https:// or http://");
  }
  if (webhook.severity == Severity::low) {
    return make_error(Errc::invalid, "severity: critique, eleve or modere");
  }
  if (webhook.language != "fr" && webhook.language != "en") {
    return make_error(Errc::invalid, "language: fr or en");
  }
  return {};
}

Result<db::Row> find_row(db::Transaction& transaction, const std::string& id) {
  auto rows = transaction.query(select_all, {id});
  if (!rows) {
    return rows.error().during("reading a webhook");
  }
  if (rows->empty()) {
    return make_error(Errc::not_found, "no such webhook");
  }
  return rows->front();
}

void apply(const WebhookChange& change, Webhook& webhook, Time now) {
  webhook.name = change.name.value_or(webhook.name);
  webhook.url = change.url.value_or(webhook.url);
  webhook.form = change.form.value_or(webhook.form);
  webhook.severity = change.severity.value_or(webhook.severity);
  webhook.language = change.language.value_or(webhook.language);
  if (change.enabled) {
    webhook.disabled_at = *change.enabled ? std::nullopt : std::optional{now};
    webhook.disabled_reason.clear();
  }
}

Result<> store(db::Transaction& transaction, const Webhook& webhook, bool is_fresh_start) {
  auto done = transaction.execute(
      update_webhook,
      {webhook.id, webhook.name, webhook.url, to_string(webhook.form), to_string(webhook.severity),
       webhook.language, webhook.disabled_at, webhook.disabled_reason});
  if (!done) {
    return done.error().during("writing a webhook");
  }
  if (is_fresh_start) {
    auto forgotten = transaction.execute(forget_failures, {destination_of_webhook(webhook.id)});
    if (!forgotten) {
      return forgotten.error();
    }
  }
  return {};
}

}  // namespace

std::string destination_of_webhook(std::string_view webhook_id) {
  return fmt::format("webhook:{}", webhook_id);
}

Async<Result<std::vector<Webhook>>> Webhooks::list() {
  std::function<Result<std::vector<Webhook>>(db::Transaction&)> work =
      [](db::Transaction& transaction) -> Result<std::vector<Webhook>> {
    auto rows = transaction.query(select_all, {""});
    if (!rows) {
      return rows.error().during("reading the webhooks");
    }
    std::vector<Webhook> all;
    for (const auto& row : *rows) {
      all.push_back(to_webhook(row));
    }
    return all;
  };
  co_return co_await db::read<std::vector<Webhook>>(database_, std::move(work));
}

Async<Result<Endpoint>> Webhooks::create(Webhook wanted) {
  if (const auto good = check(wanted); !good) {
    co_return good.error();
  }
  wanted.created_at = clock_.now();
  wanted.id = ids_.next(wanted.created_at);
  Endpoint made{.webhook = wanted, .secret = random_.hex(secret_bytes)};
  const auto sealed = box_.seal(made.secret, destination_of_webhook(wanted.id));
  if (!sealed) {
    co_return sealed.error();
  }
  db::Database::Work work = [&](db::Transaction& transaction) -> Result<> {
    const auto counted = transaction.query(count_all, {});
    if (!counted) {
      return counted.error();
    }
    if (counted->front().integer(0) >= most) {
      return make_error(Errc::conflict, "there are {} webhooks already", most);
    }
    auto done = transaction.execute(
        insert_webhook, {wanted.id, wanted.name, wanted.url, to_string(wanted.form),
                         to_string(wanted.severity), wanted.language, *sealed, wanted.created_at});
    return done ? Result<>{} : Result<>{done.error().during("writing a webhook")};
  };
  const auto done = co_await database_.write(std::move(work));
  if (!done) {
    co_return done.error();
  }
  co_return made;
}

Async<Result<Webhook>> Webhooks::change(std::string id, WebhookChange change) {
  const Time now = clock_.now();
  std::function<Result<Webhook>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<Webhook> {
    const auto row = find_row(transaction, id);
    if (!row) {
      return row.error();
    }
    auto webhook = to_webhook(*row);
    apply(change, webhook, now);
    if (const auto good = check(webhook); !good) {
      return good.error();
    }
    const bool is_fresh_start = change.enabled.value_or(false);
    if (const auto done = store(transaction, webhook, is_fresh_start); !done) {
      return done.error();
    }
    webhook.failures = is_fresh_start ? 0 : webhook.failures;
    return webhook;
  };
  co_return co_await db::write<Webhook>(database_, std::move(work));
}

Async<Result<>> Webhooks::remove(std::string id) {
  db::Database::Work work = [&](db::Transaction& transaction) -> Result<> {
    auto gone = transaction.execute(delete_webhook, {id});
    auto forgotten = transaction.execute(forget_failures, {destination_of_webhook(id)});
    if (!gone || !forgotten) {
      return !gone ? gone.error() : forgotten.error();
    }
    if (*gone == 0) {
      return make_error(Errc::not_found, "no such webhook");
    }
    return {};
  };
  co_return co_await database_.write(std::move(work));
}

Async<Result<Endpoint>> Webhooks::endpoint(std::string id) {
  std::function<Result<db::Row>(db::Transaction&)> work = [&](db::Transaction& transaction) {
    return find_row(transaction, id);
  };
  const auto row = co_await db::read<db::Row>(database_, std::move(work));
  if (!row) {
    co_return row.error();
  }
  auto secret = box_.open(row->text(11), destination_of_webhook(id));
  if (!secret) {
    co_return secret.error();
  }
  co_return Endpoint{.webhook = to_webhook(*row), .secret = std::move(*secret)};
}

}  // namespace vigie::notify
