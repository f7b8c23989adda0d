// SPDX-License-Identifier: Apache-2.0
// An account on air, people who follow it, and the channels with a mail server and a webhook that
// can be taken down.
#pragma once
#include <gtest/gtest.h>

#include <map>

#include "alert/alerts.hpp"
#include "base/json.hpp"
#include "bus/memory/memory_bus.hpp"
#include "db/event_log.hpp"
#include "domain/event.hpp"
#include "log/log_fake.hpp"
#include "notify/channels.hpp"
#include "notify/sending.hpp"
#include "support/databases.hpp"

namespace vigie::notify {

// Said on air, and by whom: must never leave.
inline constexpr std::string_view canary_sentence = "la phrase du canari jaune";
inline constexpr std::string_view canary_name = "compte.du.canari";

class MailerFake final : public Mailer {
 public:
  Async<Result<std::string>> send(Mail mail) override {
    ++tries;
    if (failure) {
      co_return *failure;
    }
    mails.push_back(std::move(mail));
    co_return std::string{"250 queued"};
  }

  std::vector<Mail> mails;
  std::optional<Error> failure;
  int tries = 0;
};

class WebFake final : public http::Client {
 public:
  Async<Result<http::Response>> send(http::ClientRequest request) override {
    ++tries;
    if (failure) {
      co_return *failure;
    }
    requests.push_back(std::move(request));
    http::Response response;
    response.status = status;
    response.body = "thanks";
    co_return response;
  }
  Async<Result<std::unique_ptr<http::ResponseStream>>> open(http::ClientRequest) override {
    co_return make_error(Errc::unavailable, "no streams here");
  }

  std::vector<http::ClientRequest> requests;
  std::optional<Error> failure;
  int status = 200;
  int tries = 0;
};

class Channeled : public vigie::testing::OnEachDatabase {
 protected:
  // anna (French) and ben (English) follow the account; ada is an administrator; nora has no
  // address.
  void SetUp() override {
    OnEachDatabase::SetUp();
    if (IsSkipped()) {
      return;
    }
    script(R"(
      INSERT INTO person (id, username, username_folded, email, email_folded, password_hash, role, language,
        created_at) VALUES
        ('anna', 'anna', 'anna', 'anna@a.test', 'anna@a.test', 'x', 'user', 'fr', 0),
        ('ben', 'ben', 'ben', 'ben@b.test', 'ben@b.test', 'x', 'user', 'en', 0),
        ('nora', 'nora', 'nora', NULL, NULL, 'x', 'user', 'fr', 0),
        ('ada', 'ada', 'ada', 'ada@a.test', 'ada@a.test', 'x', 'admin', 'fr', 0);
      INSERT INTO account (id, platform, username, url, created_at)
        VALUES ('A', 'tiktok', 'compte.du.canari', 'u', 0);
      INSERT INTO follow (person_id, account_id, created_at) VALUES ('anna', 'A', 0), ('nora', 'A', 0);
      INSERT INTO live (id, account_id, room, state, started_at, detected_at)
        VALUES ('L', 'A', '1', 'live', 0, 0), ('M', 'A', '2', 'live', 1, 1);)");
    bus = create_memory_bus(io.get_executor());
    alerts = std::make_unique<alert::Alerts>(db(), clock, ids, *bus);
    preferences = std::make_unique<Preferences>(db());
    silences = std::make_unique<Silences>(db(), clock, ids);
    webhooks = std::make_unique<Webhooks>(db(), clock, ids, random, sealer);
    outbox = make_outbox(db(), "one");
    delivery = std::make_unique<Delivery>(
        &mailer, web, clock,
        DeliveryOptions{.base_url = "https://vigie.test",
                        .from = MailAddress::parse("vigie@vigie.test").value()});
    sending = std::make_unique<Sending>(io.get_executor(), *outbox, *webhooks, *delivery, *bus,
                                        clock, log.log, metrics);
  }

  std::unique_ptr<Outbox> make_outbox(db::Database& database, std::string owner) {
    return std::make_unique<Outbox>(database, clock, ids, random, true, std::move(owner));
  }

  void script(std::string_view sql) {
    const auto done =
        db().write_now([&](db::Transaction& transaction) { return transaction.script(sql); });
    ASSERT_TRUE(done) << done.error().what;
  }

  // Hate is said; an alert opens and people are notified. Each call is an incident of its own.
  void say_hate(std::string live = "L", bool spreads = false) {
    said_ += std::chrono::minutes{5};
    const auto id = ids.next(clock.now());
    const auto done = db().write_now([&](db::Transaction& transaction) -> Result<> {
      const auto segment = transaction.execute(
          insert_segment, {ids.next(clock.now()), live, said_, said_ + window, canary_sentence});
      const auto assessment = transaction.execute(
          insert_assessment,
          {id, live, said_, said_ + window, spreads ? "forte" : "faible", canary_sentence});
      if (!segment || !assessment) {
        return !segment ? segment.error() : assessment.error();
      }
      Event event;
      event.type = event_type::assessment;
      event.at = clock.now();
      event.account_id = "A";
      event.live_id = live;
      event.data = json::serialize(json::object{{"id", id}});
      const auto told = db::append_event(transaction, event);
      return told ? Result<>{} : Result<>{told.error()};
    });
    ASSERT_TRUE(done) << done.error().what;
    for (;;) {
      const auto taken = run(alerts->take_in(0.7));
      ASSERT_TRUE(taken) << taken.error().what;
      if (taken->events == 0) {
        break;
      }
    }
    const auto told = run(sending->take_in_all());
    ASSERT_TRUE(told) << told.error().what;
  }

  // Until the next digest of what is not critical.
  void wait_for_digest() { clock.advance(std::chrono::minutes{15}); }

  // Everything that is due now.
  int deliver(Channel channel) {
    for (int count = 0;; ++count) {
      const auto done = run(sending->deliver_one(channel));
      EXPECT_TRUE(done) << done.error().what;
      if (!done || !*done) {
        return count;
      }
    }
  }

  // Time passes, and the sender looks every 20 s as it would.
  void pass(Span span, Channel channel) {
    constexpr Span step = std::chrono::seconds{20};
    for (Span passed{0}; passed < span; passed += step) {
      clock.advance(step);
      deliver(channel);
    }
  }

  std::vector<Message> messages(MessageState state) {
    return run(outbox->list(state, 100, "")).value().items;
  }

  Endpoint add_webhook(WebhookForm form = WebhookForm::vigie,
                       Severity severity = Severity::moderate) {
    Webhook wanted;
    wanted.name = "salle";
    wanted.url = "https://hooks.test/x";
    wanted.form = form;
    wanted.severity = severity;
    return run(webhooks->create(wanted)).value();
  }

  std::unique_ptr<Bus> bus;
  log::QuietLog log;
  metrics::Registry metrics;
  MailerFake mailer;
  WebFake web;
  seal::Sealer sealer{{.current = "a key of the test", .older = {}}, random};
  std::unique_ptr<alert::Alerts> alerts;
  std::unique_ptr<Preferences> preferences;
  std::unique_ptr<Silences> silences;
  std::unique_ptr<Webhooks> webhooks;
  std::unique_ptr<Outbox> outbox;
  std::unique_ptr<Delivery> delivery;
  std::unique_ptr<Sending> sending;

 private:
  static constexpr Span window = std::chrono::seconds{15};
  static constexpr std::string_view insert_segment =
      "INSERT INTO segment (id, live_id, start_us, end_us, text, language, confidence, uncertain, "
      "engine, model, token, created_at) VALUES ($1, $2, $3, $4, $5, 'fr', 1, FALSE, '-', '-', 1, "
      "0)";
  static constexpr std::string_view insert_assessment =
      "INSERT INTO assessment (id, live_id, start_us, end_us, categorie, viralite, "
      "discours_haineux, cible, justification, risque_score, score, indetermine, injection, "
      "preuve, analyser, model, prompt_sha256, repli, tokens_in, tokens_out, latency_us, error, "
      "created_at) VALUES ($1, $2, $3, $4, '-', $5, TRUE, 'autre', '-', 1, 1, FALSE, FALSE, $6, "
      "'-', '-', '-', FALSE, 0, 0, 0, '', 0)";
  Span said_{0};
};

}  // namespace vigie::notify
