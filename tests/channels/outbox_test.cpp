// SPDX-License-Identifier: Apache-2.0
// What happened reaches people and webhooks once each, whatever fails, on both engines.
#include <set>

#include "channels/world.hpp"
#include "notify/hashes.hpp"
#include "notify/webhook_form.hpp"

namespace vigie::notify {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Error down = make_error(Errc::unavailable, "connection refused");

class Outboxed : public Channeled {
 protected:
  // The only webhook as the database has it: its address and its secret.
  std::pair<std::string, std::string> stored_webhook() {
    std::pair<std::string, std::string> stored;
    const auto done = db().read_now([&](db::Transaction& transaction) -> Result<> {
      const auto rows = transaction.query("SELECT url, sealed_secret FROM webhook", {}).value();
      stored = {rows.at(0).text(0), rows.at(0).text(1)};
      return {};
    });
    EXPECT_TRUE(done);
    return stored;
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, Outboxed, vigie::testing::each_database(),
                         vigie::testing::engine_name);

TEST_P(Outboxed, WritesOneMailToEachPersonOfAnAlert) {
  say_hate();
  EXPECT_EQ(deliver(Channel::mail), 0);
  wait_for_digest();

  EXPECT_EQ(deliver(Channel::mail), 2);

  ASSERT_EQ(mailer.mails.size(), 2U);  // anna follows, ada administers; nora has no address
  std::set<std::string> recipients;
  std::set<std::string> ids_of_mails;
  for (const auto& mail : mailer.mails) {
    recipients.insert(mail.to.text());
    ids_of_mails.insert(mail.id);
  }
  EXPECT_EQ(recipients, (std::set<std::string>{"anna@a.test", "ada@a.test"}));
  EXPECT_EQ(ids_of_mails.size(), 2U);
  EXPECT_EQ(mailer.mails[0].subject.text(), "Vigie : 1 alerte élevée");
  EXPECT_EQ(messages(MessageState::sent).size(), 2U);
}

TEST_P(Outboxed, LetsNoWordAndNoNameOut) {
  for (const auto form :
       {WebhookForm::vigie, WebhookForm::slack, WebhookForm::mattermost, WebhookForm::teams}) {
    add_webhook(form);
  }
  say_hate();
  wait_for_digest();
  deliver(Channel::mail);
  deliver(Channel::webhook);

  ASSERT_EQ(web.requests.size(), 4U);
  ASSERT_EQ(mailer.mails.size(), 2U);
  std::string everything;
  for (const auto& request : web.requests) {
    everything += request.url + request.body;
    EXPECT_NE(request.body.find("https://vigie.test/alertes?alerte="), std::string::npos);
  }
  for (const auto& mail : mailer.mails) {
    everything += to_mime(mail) + mail.plain + mail.html;
    EXPECT_NE(mail.plain.find("https://vigie.test/alertes?alerte="), std::string::npos);
    EXPECT_NE(mail.html.find("https://vigie.test/alertes?alerte="), std::string::npos);
  }
  for (const auto* const word : {"canari", "phrase", "@compte"}) {
    EXPECT_EQ(everything.find(word), std::string::npos) << word;
  }
  for (const auto state : {MessageState::sent, MessageState::waiting}) {
    for (const auto& message : messages(state)) {
      EXPECT_EQ((message.key + message.last_error).find("canari"), std::string::npos);
    }
  }
}

TEST_P(Outboxed, ReadsWhatHappenedOnceAcrossRestarts) {
  say_hate();
  auto other = open_again();
  auto again = make_outbox(*other, "two");

  EXPECT_EQ(run(again->take_in()).value(), 0);
  script("UPDATE event_cursor SET last = 0 WHERE reader = 'notify'");  // as if it were forgotten
  EXPECT_GT(run(again->take_in()).value(), 0);
  wait_for_digest();
  deliver(Channel::mail);

  EXPECT_EQ(mailer.mails.size(), 2U);
}

TEST_P(Outboxed, GivesAMessageToOneSenderUntilItsLeaseEnds) {
  add_webhook();
  say_hate();
  auto other = open_again();
  auto rival = make_outbox(*other, "two");

  auto mine = run(outbox->claim(Channel::webhook)).value();
  ASSERT_TRUE(mine);
  EXPECT_FALSE(run(rival->claim(Channel::webhook)).value());
  // The lease's time passes, which is the database's.
  script("UPDATE outbox SET locked_until = locked_until - 121000000 WHERE locked_until > 0");
  auto theirs = run(rival->claim(Channel::webhook)).value();
  ASSERT_TRUE(theirs);
  EXPECT_EQ(theirs->id, mine->id);

  ASSERT_TRUE(run(outbox->delivered(*mine)));  // too late: it is theirs
  EXPECT_EQ(messages(MessageState::sent).size(), 0U);
  ASSERT_TRUE(run(rival->delivered(*theirs)));
  EXPECT_EQ(messages(MessageState::sent).size(), 1U);
}

TEST_P(Outboxed, DeliversEverythingOnceAfterADayWithoutMailServerAndWebhook) {
  add_webhook();
  mailer.failure = down;
  web.failure = down;
  for (int i = 0; i < 12; ++i) {
    say_hate();
    deliver(Channel::mail);
    pass(hours{2}, Channel::webhook);
    deliver(Channel::mail);
  }
  EXPECT_TRUE(mailer.mails.empty());
  EXPECT_LT(web.tries, 50);  // it waits, and more so
  EXPECT_TRUE(messages(MessageState::dead).empty());
  EXPECT_EQ(messages(MessageState::waiting).size(), 36U);
  EXPECT_NE(run(outbox->counts()).value().failing.find("connection refused"), std::string::npos);

  mailer.failure.reset();
  web.failure.reset();
  pass(hours{1} + minutes{1}, Channel::webhook);
  pass(minutes{1}, Channel::mail);

  std::map<std::string, int> by_id;
  for (const auto& mail : mailer.mails) {
    ++by_id[mail.id];
  }
  for (const auto& request : web.requests) {
    ++by_id[std::string{request.headers.get("Vigie-Event-Id")}];
  }
  EXPECT_EQ(mailer.mails.size(), 24U);
  EXPECT_EQ(web.requests.size(), 12U);
  EXPECT_EQ(by_id.size(), 36U);
  EXPECT_TRUE(messages(MessageState::dead).empty());
  EXPECT_TRUE(messages(MessageState::waiting).empty());
  EXPECT_TRUE(run(outbox->counts()).value().failing.empty());
}

TEST_P(Outboxed, GivesUpWhatADayDidNotDeliverAndTriesAgainWhenAsked) {
  mailer.failure = down;
  say_hate();
  for (int hour = 0; hour < 30; ++hour) {
    deliver(Channel::mail);
    clock.advance(hours{1});
  }
  const auto dead = messages(MessageState::dead);
  ASSERT_EQ(dead.size(), 2U);
  EXPECT_NE(dead[0].last_error.find("connection refused"), std::string::npos);
  EXPECT_EQ(run(outbox->counts()).value().dead, 2);

  mailer.failure.reset();
  ASSERT_TRUE(run(outbox->retry(dead[0].id)));
  EXPECT_EQ(deliver(Channel::mail), 1);
  EXPECT_EQ(mailer.mails.size(), 1U);
  EXPECT_EQ(run(outbox->retry(dead[0].id)).error().code, Errc::conflict);
  EXPECT_EQ(run(outbox->retry("01NOBODY")).error().code, Errc::not_found);
}

TEST_P(Outboxed, BuriesAtOnceWhatTheServerWillNeverTake) {
  mailer.failure = make_error(Errc::invalid, "550 no such user");
  say_hate();
  wait_for_digest();

  EXPECT_EQ(deliver(Channel::mail), 2);

  EXPECT_EQ(messages(MessageState::dead).size(), 2U);
  EXPECT_EQ(mailer.tries, 2);
}

TEST_P(Outboxed, SwitchesAWebhookOffAfterFiftyFailuresAndSaysSo) {
  const auto endpoint = add_webhook();
  web.status = 500;
  for (int day = 0; day < 3; ++day) {
    say_hate();
    pass(hours{24}, Channel::webhook);
  }
  EXPECT_EQ(web.tries, 50);
  const auto webhook = run(webhooks->list()).value().at(0);
  EXPECT_TRUE(webhook.disabled_at);
  EXPECT_NE(webhook.disabled_reason.find("500"), std::string::npos);
  EXPECT_EQ(run(outbox->counts()).value().disabled_webhooks, 1);
  deliver(Channel::mail);
  bool was_told = false;
  for (const auto& mail : mailer.mails) {
    was_told = was_told || (mail.to.text() == "ada@a.test" &&
                            mail.plain.find("webhook a été désactivé") != std::string::npos);
  }
  EXPECT_TRUE(was_told);

  web.status = 204;
  ASSERT_TRUE(run(webhooks->change(
      endpoint.webhook.id,
      {.name = {}, .url = {}, .form = {}, .severity = {}, .language = {}, .enabled = true})));
  say_hate();
  EXPECT_EQ(deliver(Channel::webhook), 1);
}

TEST_P(Outboxed, WritesToAdministratorsAloneThatTheDiskIsFull) {
  Item item;
  item.what = "disk_full";
  item.subject = "disk";
  item.at = clock.now();
  ASSERT_TRUE(run(outbox->tell_administrators(item)));
  ASSERT_TRUE(run(outbox->tell_administrators(item)));  // told twice, written once

  deliver(Channel::mail);

  ASSERT_EQ(mailer.mails.size(), 1U);
  EXPECT_EQ(mailer.mails[0].to.text(), "ada@a.test");
  EXPECT_NE(mailer.mails[0].plain.find("capture des directs est suspendue"), std::string::npos);
}

TEST_P(Outboxed, SignsWhatItPosts) {
  const auto endpoint = add_webhook();
  say_hate();
  deliver(Channel::webhook);

  ASSERT_EQ(web.requests.size(), 1U);
  const auto& request = web.requests[0];
  const auto id = request.headers.get("Vigie-Event-Id");
  const auto timestamp = request.headers.get("Vigie-Timestamp");
  EXPECT_EQ(
      request.headers.get("Vigie-Signature"),
      "v1=" + hmac_sha256(endpoint.secret, fmt::format("{}.{}.{}", timestamp, id, request.body)));
  EXPECT_EQ(request.timeout, webhook_patience);
  EXPECT_EQ(request.max_redirects, 0);
}

TEST_P(Outboxed, TellsAWebhookOnlyWhatIsSevereEnoughAndNew) {
  say_hate();
  add_webhook(WebhookForm::slack, Severity::critical);
  say_hate("M");
  EXPECT_EQ(deliver(Channel::webhook), 0);

  clock.advance(seconds{1});
  say_hate("L", true);
  EXPECT_EQ(deliver(Channel::webhook), 1);
}

TEST_P(Outboxed, KeepsSecretsSealed) {
  const auto endpoint = add_webhook();
  const auto [stored_url, stored_secret] = stored_webhook();
  EXPECT_EQ(stored_secret.find(endpoint.secret), std::string::npos);
  EXPECT_EQ(stored_url.find("hooks.test"), std::string::npos);
  EXPECT_EQ(run(webhooks->endpoint(endpoint.webhook.id)).value().webhook.url,
            "https://hooks.test/x");
  EXPECT_EQ(run(webhooks->endpoint(endpoint.webhook.id)).value().secret, endpoint.secret);

  const seal::Sealer empty{{}, random};
  Webhooks keyless{db(), clock, ids, random, empty};
  Webhook wanted;
  wanted.name = "x";
  wanted.url = "https://hooks.test/";
  const auto refused = run(keyless.create(wanted));
  EXPECT_EQ(refused.error().code, Errc::conflict);
  EXPECT_NE(refused.error().what.find("openssl rand"), std::string::npos);
}

TEST_P(Outboxed, SealsAnewWhatAnOlderKeySealedAndWhatWasInClear) {
  const auto endpoint = add_webhook();
  const auto id = endpoint.webhook.id;
  script("UPDATE webhook SET url = 'https://hooks.test/clear'");
  const seal::Sealer rotated{{.current = "a new key", .older = {"a key of the test"}}, random};
  Webhooks later{db(), clock, ids, random, rotated};

  EXPECT_EQ(run(later.endpoint(id)).value().secret, endpoint.secret);
  EXPECT_EQ(run(later.seal_anew()).value(), 1);
  EXPECT_EQ(run(later.seal_anew()).value(), 0);

  const auto [stored_url, stored_secret] = stored_webhook();
  EXPECT_EQ(stored_url.find("hooks.test"), std::string::npos);
  const seal::Sealer forgetful{{.current = "a new key", .older = {}}, random};
  Webhooks last{db(), clock, ids, random, forgetful};
  EXPECT_EQ(run(last.endpoint(id)).value().secret, endpoint.secret);
  EXPECT_EQ(run(last.endpoint(id)).value().webhook.url, "https://hooks.test/clear");
}

TEST_P(Outboxed, ListsAndDisablesAWebhookWhoseKeyIsGone) {
  const auto id = add_webhook().webhook.id;
  const seal::Sealer other{{.current = "another key", .older = {}}, random};
  Webhooks lost{db(), clock, ids, random, other};

  const auto listed = run(lost.list()).value().at(0);
  EXPECT_EQ(listed.url, "");
  EXPECT_NE(listed.last_error.find("SECRET_KEY_OLD"), std::string::npos);
  EXPECT_EQ(run(lost.seal_anew()).value(), 0);
  WebhookChange off;
  off.enabled = false;
  EXPECT_TRUE(run(lost.change(id, off)));

  EXPECT_EQ(run(webhooks->endpoint(id)).value().webhook.url, "https://hooks.test/x");
}

TEST(AddressShown, KeepsTheSecretPartOfAWebhook) {
  EXPECT_EQ(address_shown("https://hooks.test/services/T0/B0/secret"), "https://hooks.test/…");
  EXPECT_EQ(address_shown("https://me:word@hooks.test:8443?token=x"), "https://hooks.test:8443/…");
  EXPECT_EQ(address_shown("https://hooks.test/"), "https://hooks.test/");
  EXPECT_EQ(address_shown(""), "");
}

TEST_P(Outboxed, ForgetsWhatWasSentLongAgo) {
  say_hate();
  wait_for_digest();
  deliver(Channel::mail);
  clock.advance(sent_kept + seconds{1});

  ASSERT_TRUE(run(outbox->purge()));

  EXPECT_TRUE(messages(MessageState::sent).empty());
}

}  // namespace
}  // namespace vigie::notify
