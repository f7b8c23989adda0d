// SPDX-License-Identifier: Apache-2.0
#include "notify/sending.hpp"

#include <utility>

#include "notify/account_words.hpp"

namespace vigie::notify {
namespace {

constexpr Span sweep = std::chrono::seconds{2};  // hints may be lost, and waits end
constexpr Span house_sweep = std::chrono::seconds{30};

}  // namespace

Sending::Sending(const asio::any_io_executor& executor, Outbox& outbox, Webhooks& webhooks,
                 Delivery& delivery, Bus& bus, Clock& clock, log::Log& log,
                 metrics::Registry& metrics)
    : outbox_{outbox},
      webhooks_{webhooks},
      delivery_{delivery},
      bus_{bus},
      clock_{clock},
      log_{log},
      metrics_{metrics},
      news_{executor},
      mail_due_{executor},
      webhook_due_{executor} {}

void Sending::spawn(TaskGroup& tasks) {
  tasks.spawn("messages", keep_taking_in());
  tasks.spawn("webhooks", keep_delivering(Channel::webhook, webhook_due_));
  tasks.spawn("outbox", keep_house());
  if (delivery_.has_mail()) {
    tasks.spawn("mail", keep_delivering(Channel::mail, mail_due_));
  }
}

Async<> Sending::keep_taking_in() {
  auto on_hint = [this](std::string_view) { news_.ring(); };
  const auto subscription = bus_.subscribe(std::string{topic::events}, std::move(on_hint));
  for (;;) {
    const auto done = co_await take_in_all();
    if (!done) {
      log_.error("what happened was not turned into messages", {{"why", done.error().what}});
    }
    co_await news_.wait_for(clock_, sweep);
  }
}

Async<Result<>> Sending::take_in_all() {
  for (;;) {
    const auto taken = co_await outbox_.take_in();
    if (!taken) {
      co_return taken.error();
    }
    if (*taken == 0) {
      co_return Result<>{};
    }
    mail_due_.ring();
    webhook_due_.ring();
  }
}

Async<> Sending::keep_delivering(Channel channel, Signal& wake) {
  for (;;) {
    const auto done = co_await deliver_one(channel);
    if (!done) {
      log_.error("the outbox cannot be worked on", {{"why", done.error().what}});
    }
    if (!done || !*done) {
      co_await wake.wait_for(clock_, sweep);
    }
  }
}

Async<Result<bool>> Sending::deliver_one(Channel channel) {
  auto claimed = co_await outbox_.claim(channel);
  if (!claimed || !*claimed) {
    co_return claimed ? Result<bool>{false} : Result<bool>{claimed.error()};
  }
  Message message = std::move(**claimed);
  const auto answer = co_await attempt(message);
  count(channel, answer ? "delivered" : to_string(answer.error().code));
  if (answer) {
    const auto done = co_await outbox_.delivered(std::move(message));
    co_return done ? Result<bool>{true} : Result<bool>{done.error()};
  }
  log_.warn("a message was not delivered", {{"channel", std::string{to_string(channel)}},
                                            {"why", std::string{to_string(answer.error().code)}},
                                            {"attempts", message.attempts + 1}});
  const auto done = co_await outbox_.failed(std::move(message), answer.error());
  co_return done ? Result<bool>{true} : Result<bool>{done.error()};
}

Async<Result<std::string>> Sending::attempt(Message message) {
  if (message.channel == Channel::mail) {
    const auto recipient = co_await outbox_.recipient(message);
    if (!recipient) {
      co_return recipient.error();
    }
    for (auto& item : message.items) {
      if (!carries_token(item.what)) {
        continue;
      }
      auto token = co_await outbox_.make_token(item.subject);
      if (!token) {
        co_return token.error();
      }
      item.token = std::move(*token);
    }
    co_return co_await delivery_.mail(*recipient, message.key, std::move(message.items));
  }
  auto endpoint = co_await webhooks_.endpoint(message.webhook_id);
  if (!endpoint) {
    co_return endpoint.error();
  }
  co_return co_await delivery_.webhook(std::move(*endpoint), message.id, std::move(message.items));
}

Async<> Sending::keep_house() {
  auto& waiting = metrics_.gauge("vigie_notify_waiting_messages", "Messages not delivered yet.");
  auto& dead = metrics_.gauge("vigie_notify_dead_messages", "Messages given up.");
  const auto sealed = co_await webhooks_.seal_anew();
  if (!sealed) {
    log_.warn("webhooks were not sealed anew", {{"why", sealed.error().what}});
  } else if (*sealed > 0) {
    log_.info("webhooks were sealed anew with SECRET_KEY", {{"webhooks", *sealed}});
  }
  for (;;) {
    const auto counted = co_await outbox_.counts();
    const auto purged = co_await outbox_.purge();
    if (counted) {
      counts_ = *counted;
      waiting.set(static_cast<double>(counts_.waiting));
      dead.set(static_cast<double>(counts_.dead));
    }
    if (!counted || !purged) {
      log_.warn("the outbox was not counted or cleaned",
                {{"why", counted ? purged.error().what : counted.error().what}});
    }
    co_await clock_.sleep(house_sweep);
  }
}

void Sending::count(Channel channel, std::string_view outcome) {
  metrics_
      .counter("vigie_notify_tries_total", "Tries to deliver a message, by outcome.",
               {{"channel", to_string(channel)}, {"outcome", outcome}})
      .add();
}

}  // namespace vigie::notify
