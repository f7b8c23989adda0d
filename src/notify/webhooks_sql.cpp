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

constexpr std::string_view update_seals = R"(
UPDATE webhook SET url = $2, sealed_secret = $3 WHERE id = $1)";

constexpr std::string_view update_webhook = R"(
UPDATE webhook SET name = $2, url = $3, form = $4, severity = $5, language = $6, disabled_at = $7,
  disabled_reason = $8
WHERE id = $1)";

constexpr std::string_view delete_webhook = R"(DELETE FROM webhook WHERE id = $1)";

constexpr std::string_view forget_failures =
    R"(DELETE FROM outbox_destination WHERE destination = $1)";

std::string purpose_of_url(std::string_view webhook_id) {
  return fmt::format("webhook-url:{}", webhook_id);
}

bool is_in_clear(std::string_view url) {
  return url.starts_with("http");
}

// Addresses were kept in clear once.
Result<std::string> open_url(const db::Row& row, const seal::Sealer& sealer) {
  const auto& stored = row.text(2);
  return is_in_clear(stored) ? Result<std::string>{stored}
                             : sealer.open(stored, purpose_of_url(row.text(0)));
}

Webhook to_webhook(const db::Row& row, const seal::Sealer& sealer) {
  Webhook webhook;
  webhook.id = row.text(0);
  webhook.name = row.text(1);
  const auto url = open_url(row, sealer);
  webhook.url = url ? *url : "";
  webhook.form = parse_webhook_form(row.text(3)).value();  // a CHECK of the table
  webhook.severity = parse_severity(row.text(4)).value();
  webhook.language = row.text(5);
  webhook.created_at = row.time(6);
  webhook.disabled_at = row.optional_time(7);
  webhook.disabled_reason = row.text(8);
  webhook.failures = row.optional_integer(9).value_or(0);
  webhook.last_error = url ? row.text_or_empty(10) : url.error().what;
  return webhook;
}

// An address that cannot be read may stay as it is.
enum class Address : std::uint8_t { needed, kept };

Result<> check(const Webhook& webhook, Address address) {
  if (webhook.name.empty() || webhook.name.size() > longest_name) {
    return make_error(Errc::invalid, "name: 1 to {} bytes", longest_name);
  }
  const bool is_kept = address == Address::kept && webhook.url.empty();
  if (!is_kept && (webhook.url.size() > longest_url || !http::parse_url(webhook.url))) {
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

Result<> store(db::Transaction& transaction, const Webhook& webhook, const std::string& sealed_url,
               bool is_fresh_start) {
  auto done = transaction.execute(
      update_webhook,
      {webhook.id, webhook.name, sealed_url, to_string(webhook.form), to_string(webhook.severity),
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

// Whether it had to be sealed anew. One that cannot be read stays: its key may come back.
Result<bool> seal_row(db::Transaction& transaction, const db::Row& row,
                      const seal::Sealer& sealer) {
  const auto& id = row.text(0);
  if (!is_in_clear(row.text(2)) && !sealer.is_by_older_key(row.text(2)) &&
      !sealer.is_by_older_key(row.text(11))) {
    return false;
  }
  const auto url = open_url(row, sealer);
  const auto secret = sealer.open(row.text(11), destination_of_webhook(id));
  if (!url || !secret) {
    return false;
  }
  const auto sealed_url = sealer.seal(*url, purpose_of_url(id));
  const auto sealed_secret = sealer.seal(*secret, destination_of_webhook(id));
  if (!sealed_url || !sealed_secret) {
    return sealed_url ? sealed_secret.error() : sealed_url.error();
  }
  const auto done = transaction.execute(update_seals, {id, *sealed_url, *sealed_secret});
  return done ? Result<bool>{true} : Result<bool>{done.error().during("sealing a webhook anew")};
}

}  // namespace

std::string destination_of_webhook(std::string_view webhook_id) {
  return fmt::format("webhook:{}", webhook_id);
}

std::string address_shown(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) {
    return {};
  }
  auto origin = url.substr(0, url.find_first_of("/?#", scheme + 3));
  if (const auto user = origin.rfind('@'); user != std::string_view::npos) {
    return fmt::format("{}{}/…", url.substr(0, scheme + 3), origin.substr(user + 1));
  }
  return url.size() <= origin.size() + 1 ? std::string{url} : fmt::format("{}/…", origin);
}

Async<Result<std::vector<Webhook>>> Webhooks::list() {
  std::function<Result<std::vector<Webhook>>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<std::vector<Webhook>> {
    auto rows = transaction.query(select_all, {""});
    if (!rows) {
      return rows.error().during("reading the webhooks");
    }
    std::vector<Webhook> all;
    for (const auto& row : *rows) {
      all.push_back(to_webhook(row, sealer_));
    }
    return all;
  };
  co_return co_await db::read<std::vector<Webhook>>(database_, std::move(work));
}

Async<Result<Endpoint>> Webhooks::create(Webhook wanted, audit::By by) {
  if (const auto good = check(wanted, Address::needed); !good) {
    co_return good.error();
  }
  wanted.created_at = clock_.now();
  wanted.id = ids_.next(wanted.created_at);
  Endpoint made{.webhook = wanted, .secret = random_.hex(secret_bytes)};
  const auto sealed = sealer_.seal(made.secret, destination_of_webhook(wanted.id));
  const auto sealed_url = sealer_.seal(wanted.url, purpose_of_url(wanted.id));
  if (!sealed || !sealed_url) {
    co_return sealed ? sealed_url.error() : sealed.error();
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
        insert_webhook, {wanted.id, wanted.name, *sealed_url, to_string(wanted.form),
                         to_string(wanted.severity), wanted.language, *sealed, wanted.created_at});
    if (!done) {
      return done.error().during("writing a webhook");
    }
    const audit::Deed deed{audit::kind::webhook_created, "webhook", wanted.id, {}};
    return audit::append(transaction, by, deed, wanted.created_at);
  };
  const auto done = co_await database_.write(std::move(work));
  if (!done) {
    co_return done.error();
  }
  co_return made;
}

Async<Result<Webhook>> Webhooks::change(std::string id, WebhookChange change, audit::By by) {
  const Time now = clock_.now();
  std::function<Result<Webhook>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<Webhook> {
    const auto row = find_row(transaction, id);
    if (!row) {
      return row.error();
    }
    auto webhook = to_webhook(*row, sealer_);
    apply(change, webhook, now);
    if (const auto good = check(webhook, change.url ? Address::needed : Address::kept); !good) {
      return good.error();
    }
    const auto sealed_url = change.url ? sealer_.seal(*change.url, purpose_of_url(id))
                                       : Result<std::string>{row->text(2)};
    if (!sealed_url) {
      return sealed_url.error();
    }
    const bool is_fresh_start = change.enabled.value_or(false);
    json::object detail{{"address", change.url.has_value()}, {"enabled", !webhook.disabled_at}};
    const audit::Deed deed{audit::kind::webhook_changed, "webhook", id, std::move(detail)};
    for (const auto& done : {store(transaction, webhook, *sealed_url, is_fresh_start),
                             audit::append(transaction, by, deed, now)}) {
      if (!done) {
        return done.error();
      }
    }
    webhook.failures = is_fresh_start ? 0 : webhook.failures;
    return webhook;
  };
  co_return co_await db::write<Webhook>(database_, std::move(work));
}

Async<Result<>> Webhooks::remove(std::string id, audit::By by) {
  const Time now = clock_.now();
  db::Database::Work work = [&](db::Transaction& transaction) -> Result<> {
    auto gone = transaction.execute(delete_webhook, {id});
    auto forgotten = transaction.execute(forget_failures, {destination_of_webhook(id)});
    if (!gone || !forgotten) {
      return !gone ? gone.error() : forgotten.error();
    }
    if (*gone == 0) {
      return make_error(Errc::not_found, "no such webhook");
    }
    const audit::Deed deed{audit::kind::webhook_removed, "webhook", id, {}};
    return audit::append(transaction, by, deed, now);
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
  const auto url = open_url(*row, sealer_);
  auto secret = sealer_.open(row->text(11), destination_of_webhook(id));
  if (!secret || !url) {
    co_return secret ? url.error() : secret.error();
  }
  co_return Endpoint{.webhook = to_webhook(*row, sealer_), .secret = std::move(*secret)};
}

Async<Result<std::int64_t>> Webhooks::seal_anew() {
  std::function<Result<std::int64_t>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<std::int64_t> {
    const auto rows = transaction.query(select_all, {""});
    if (!rows) {
      return rows.error().during("reading the webhooks");
    }
    std::int64_t changed = 0;
    for (const auto& row : *rows) {
      const auto done = seal_row(transaction, row, sealer_);
      if (!done) {
        return done.error();
      }
      changed += *done ? 1 : 0;
    }
    return changed;
  };
  if (!sealer_.has_key()) {
    co_return 0;
  }
  co_return co_await db::write<std::int64_t>(database_, std::move(work));
}

}  // namespace vigie::notify
