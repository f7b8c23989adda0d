// SPDX-License-Identifier: Apache-2.0
#include "app/outbound.hpp"

#include "notify/curl/curl_mailer.hpp"

namespace vigie::app {
namespace {

constexpr Span disk_look_interval = std::chrono::seconds{10};

constexpr std::int64_t port_of_tls = 465;

notify::MailSecurity mail_security(const config::Config& config) {
  const auto word = config.text("EMAIL_TLS");
  if (word == "none") {
    return notify::MailSecurity::none;
  }
  const bool is_tls =
      word == "tls" || (word == "auto" && config.integer("EMAIL_PORT") == port_of_tls);
  return is_tls ? notify::MailSecurity::tls : notify::MailSecurity::starttls;
}

std::unique_ptr<notify::Mailer> open_mailer(const config::Config& config, WorkerPool& pool) {
  if (!config.is_set("EMAIL_HOST") || config.text("EMAIL_HOST").empty()) {
    return nullptr;
  }
  notify::MailServer server;
  server.host = config.text("EMAIL_HOST");
  server.port = static_cast<std::uint16_t>(config.integer("EMAIL_PORT"));
  server.security = mail_security(config);
  server.user = config.text("EMAIL_HOST_USER");
  server.password = config.text("EMAIL_HOST_PASSWORD");
  return notify::create_curl_mailer(std::move(server), pool);
}

std::optional<notify::MailAddress> sender(const config::Config& config) {
  const auto wished = config.text("EMAIL_FROM");
  const auto user = config.text("EMAIL_HOST_USER");
  for (const auto& text : {wished, wished.empty() ? user : "", "vigie@" + config.text("DOMAIN")}) {
    if (auto address = notify::MailAddress::parse(text)) {
      return *address;
    }
    if (!wished.empty()) {
      break;  // what was asked for is not replaced in silence
    }
  }
  return std::nullopt;
}

std::string why_no_mail(const config::Config& config, bool has_mailer) {
  if (!has_mailer) {
    return "no mail: EMAIL_HOST is not set";
  }
  return sender(config) ? "" : "no mail: set EMAIL_FROM to an address like vigie@example.org";
}

}  // namespace

std::string public_url(const config::Config& config) {
  if (const auto domain = config.text("DOMAIN"); !domain.empty()) {
    return "https://" + domain;
  }
  const auto address = config.address("LISTEN");
  return fmt::format("http://{}:{}", address.host, address.port);
}

Outbound::Outbound(World& world, http::Client& client)
    : world_{world},
      mail_note_{},
      pool_{"mail", 1},
      mailer_{open_mailer(world.config, pool_)},
      sealer_{seal::keys_of(world.config.text("SECRET_KEY"), world.config.text("SECRET_KEY_OLD")),
              world.random},
      delivery_{mailer_.get(),
                client,
                world.clock,
                {.base_url = public_url(world.config), .from = sender(world.config)}},
      preferences_{*world.database},
      silences_{*world.database, world.clock, world.ids},
      webhooks_{*world.database, world.clock, world.ids, world.random, sealer_},
      outbox_{*world.database, world.clock,          world.ids,
              world.random,    delivery_.has_mail(), world.random.hex(8)},
      sending_{world.io.get_executor(),
               outbox_,
               webhooks_,
               delivery_,
               *world.bus,
               world.clock,
               world.log,
               world.metrics},
      channels_{preferences_, silences_, webhooks_, outbox_, delivery_} {
  mail_note_ = why_no_mail(world.config, mailer_ != nullptr);
}

Async<> Outbound::tell_of_disk(std::function<bool()> has_room) {
  for (bool is_told = false;; co_await world_.clock.sleep(disk_look_interval)) {
    if (has_room()) {
      is_told = false;
    } else if (!is_told) {
      notify::Item item{.what = "disk_full", .subject = "disk", .at = world_.clock.now()};
      const auto told = co_await outbox_.tell_administrators(std::move(item));
      is_told = static_cast<bool>(told);
    }
  }
}

api::PartStatus Outbound::status(bool is_on) const {
  const auto& counts = sending_.counts();
  std::string words = mail_note_;
  const auto say = [&](const std::string& more) { words += words.empty() ? more : "; " + more; };
  if (counts.dead > 0) {
    say(fmt::format("{} messages were given up", counts.dead));
  }
  if (counts.disabled_webhooks > 0) {
    say(fmt::format("{} webhooks are disabled after failures", counts.disabled_webhooks));
  }
  if (!counts.failing.empty()) {
    say(fmt::format("{} wait; {}", counts.waiting, counts.failing));
  }
  const bool is_ok = counts.dead == 0 && counts.disabled_webhooks == 0 && counts.failing.empty();
  return {.name = "channels", .state = !is_on ? "off" : is_ok ? "ok" : "degraded", .words = words};
}

}  // namespace vigie::app
