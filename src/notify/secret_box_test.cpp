// SPDX-License-Identifier: Apache-2.0
#include "notify/secret_box.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"
#include "base/random_fake.hpp"
#include "notify/outbox.hpp"
#include "notify/webhook_form.hpp"

namespace vigie::notify {
namespace {

TEST(SecretBox, OpensWhatItSealedForThatPurposeOnly) {
  SeededRandom random;
  const SecretBox box{"a key", random};
  const auto sealed = box.seal("the secret", "webhook:1").value();

  EXPECT_EQ(box.open(sealed, "webhook:1").value(), "the secret");
  EXPECT_EQ(box.open(sealed, "webhook:2").error().code, Errc::corrupt);
  EXPECT_NE(box.seal("the secret", "webhook:1").value(), sealed);
}

TEST(SecretBox, NoticesAnyChange) {
  SeededRandom random;
  const SecretBox box{"a key", random};
  const auto sealed = box.seal("the secret", "x").value();
  for (std::size_t i = sealed.find(':') + 1; i < sealed.size(); ++i) {
    auto changed = sealed;
    changed[i] = changed[i] == '0' ? '1' : '0';
    EXPECT_FALSE(box.open(changed, "x")) << i;
  }
  EXPECT_FALSE(box.open("", "x"));
  EXPECT_FALSE(box.open(sealed.substr(0, sealed.size() - 2), "x"));
}

TEST(SecretBox, TellsAnotherKeyFromDamage) {
  SeededRandom random;
  const SecretBox box{"a key", random};
  const SecretBox other{"another key", random};
  const auto sealed = box.seal("the secret", "x").value();

  EXPECT_EQ(other.open(sealed, "x").error().code, Errc::unavailable);
}

TEST(Signature, IsThatOfRfc4231) {
  EXPECT_EQ(hmac_sha256("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(WebhookBody, StaysBelowItsLimitHoweverMuchThereIsToTell) {
  Item alert;
  alert.what = "alert";
  alert.subject = std::string(26, 'A');
  const std::vector<Item> items(5000, alert);
  for (const auto form :
       {WebhookForm::vigie, WebhookForm::slack, WebhookForm::mattermost, WebhookForm::teams}) {
    const auto body = webhook_body(form, "id", items, "https://vigie.test", "fr", Time{});
    EXPECT_LE(body.size(), largest_webhook_body);
    EXPECT_NE(body.find("5000"), std::string::npos);
    EXPECT_TRUE(parse_json(body));
  }
}

TEST(Wait, DoublesFromASecondToAnHour) {
  SeededRandom random;
  for (std::int64_t failures = 1; failures < 60; ++failures) {
    const auto wait = to_seconds(wait_after(failures, random));
    const double full =
        std::min(3600.0, std::exp2(std::min<double>(static_cast<double>(failures) - 1, 12)));
    EXPECT_GE(wait, full * 0.79);
    EXPECT_LE(wait, std::min(3600.0, full * 1.21));
  }
}

}  // namespace
}  // namespace vigie::notify
