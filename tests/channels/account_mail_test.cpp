// SPDX-License-Identifier: Apache-2.0
// Mails about one's own account: the secret of a link is made when the mail leaves, and kept
// nowhere.
#include "channels/world.hpp"
#include "notify/account_words.hpp"
#include "notify/hashes.hpp"
#include "notify/outbox_rows.hpp"

namespace vigie::notify {
namespace {

class AccountMail : public Channeled {
 protected:
  void put(std::string what, std::string person, std::string address = "") {
    const auto done = db().write_now([&](db::Transaction& transaction) -> Result<> {
      Message message;
      message.key = "account:" + ids.next(clock.now());
      message.destination = mail_destination;
      message.person_id = person;
      message.address = address;
      message.due_at = clock.now();
      Item item;
      item.what = what;
      item.subject = "S";
      item.at = clock.now();
      return put_in_outbox(transaction, ids, message, message.key, item, clock.now());
    });
    ASSERT_TRUE(done) << done.error().what;
  }
  void put_secret(Span lifetime) {
    execute(
        "INSERT INTO one_time_secret (id, purpose, person_id, created_at, expires_at) "
        "VALUES ('S', 'password_reset', 'anna', $1, $2)",
        {clock.now(), clock.now() + lifetime});
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, AccountMail, vigie::testing::each_database(),
                         vigie::testing::engine_name);

TEST_P(AccountMail, CarriesALinkWhoseSecretIsKeptNowhere) {
  put_secret(std::chrono::minutes{30});
  put("password_reset", "anna");

  ASSERT_TRUE(run(sending->deliver_one(Channel::mail)).value());

  ASSERT_EQ(mailer.mails.size(), 1U);
  const auto& mail = mailer.mails[0];
  EXPECT_EQ(mail.to.text(), "anna@a.test");
  const std::string_view place = "https://vigie.test/mot-de-passe/";
  const auto at = mail.plain.find(place);
  ASSERT_NE(at, std::string::npos) << mail.plain;
  const auto token = mail.plain.substr(at + place.size(), 64);
  EXPECT_EQ(
      number("SELECT COUNT(*) FROM one_time_secret WHERE token_sha256 = '" + sha256(token) + "'"),
      1);
  EXPECT_NE(mail.html.find(token), std::string::npos);
  EXPECT_NE(mail.plain.find("30 minutes"), std::string::npos);
}

TEST_P(AccountMail, MakesANewSecretForEachTry) {
  put_secret(std::chrono::minutes{30});
  put("password_reset", "anna");
  mailer.failure = make_error(Errc::unavailable, "451 later");
  ASSERT_TRUE(run(sending->deliver_one(Channel::mail)).value());
  mailer.failure.reset();
  clock.advance(std::chrono::seconds{5});

  ASSERT_TRUE(run(sending->deliver_one(Channel::mail)).value());
  EXPECT_EQ(mailer.mails.size(), 1U);
}

TEST_P(AccountMail, IsDeadOnceItsTimeIsOver) {
  put_secret(std::chrono::minutes{30});
  put("password_reset", "anna");
  clock.advance(std::chrono::minutes{30});

  ASSERT_TRUE(run(sending->deliver_one(Channel::mail)).value());
  EXPECT_TRUE(mailer.mails.empty());
  EXPECT_EQ(number("SELECT COUNT(*) FROM outbox WHERE state = 'dead'"), 1);
}

TEST_P(AccountMail, GoesWhereItIsAddressedInThePersonsLanguage) {
  put("email_changed", "ben", "old@b.test");
  put("second_factor_on", "nora");

  while (run(sending->deliver_one(Channel::mail)).value()) {
  }
  ASSERT_EQ(mailer.mails.size(), 1U) << "nora has no address";
  EXPECT_EQ(mailer.mails[0].to.text(), "old@b.test");
  EXPECT_NE(mailer.mails[0].plain.find("Another mail address"), std::string::npos);
  EXPECT_EQ(mailer.mails[0].subject.text(), "Vigie: change of address");
}

}  // namespace
}  // namespace vigie::notify
