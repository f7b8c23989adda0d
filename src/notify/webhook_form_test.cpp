// SPDX-License-Identifier: Apache-2.0
#include "notify/webhook_form.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"
#include "base/random_fake.hpp"
#include "notify/hashes.hpp"
#include "notify/outbox.hpp"

namespace vigie::notify {
namespace {

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
