// SPDX-License-Identifier: Apache-2.0
#include "notify/address.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random_fake.hpp"
#include "notify/mail.hpp"

namespace vigie::notify {
namespace {

using namespace std::string_literals;

TEST(MailAddress, IsOneMailboxAndNothingElse) {
  for (const auto* const good : {"a@b.fr", "anna.l+vigie@example.org", "x_y-z@localhost"}) {
    EXPECT_TRUE(MailAddress::parse(good)) << good;
  }
  const auto bad = {""s,
                    "anna"s,
                    "@b.fr"s,
                    "a@"s,
                    "a@b.fr\r\nBcc: x@y.fr"s,
                    "a@b.fr\nX: y"s,
                    "a\0@b.fr"s,
                    "a@b.fr\0"s,
                    "a@b.fr,c@d.fr"s,
                    "a@b.fr;c@d.fr"s,
                    "a@b@c.fr"s,
                    "<a@b.fr>"s,
                    "Anna <a@b.fr>"s,
                    "a b@c.fr"s,
                    "\"a\"@b.fr"s,
                    "é@b.fr"s,
                    "a@b..fr"s,
                    "a@.fr"s,
                    "-a@b.fr"s,
                    "a@-b.fr"s,
                    "a@b.fr SIZE=1"s,
                    std::string(300, 'a') + "@b.fr"};
  for (const auto& text : bad) {
    EXPECT_FALSE(MailAddress::parse(text)) << text;
  }
}

TEST(HeaderText, RefusesWhatWouldBecomeAnotherHeader) {
  for (const auto& text :
       {"a\r\nBcc: x@y.fr"s, "a\nb"s, "a\rb"s, "a\0b"s, "a\x7f"s, "\xff"s, std::string(201, 'a')}) {
    EXPECT_FALSE(HeaderText::parse(text)) << text;
  }
}

TEST(HeaderText, LetsNoByteSequenceThroughThatBreaksALine) {
  SeededRandom random;
  for (int i = 0; i < 20'000; ++i) {
    std::array<std::uint8_t, 12> bytes{};
    random.fill(bytes);
    const std::string text(bytes.begin(), bytes.end());
    if (const auto parsed = HeaderText::parse(text)) {
      EXPECT_TRUE(std::ranges::none_of(parsed->text(), [](char letter) {
        return letter == '\r' || letter == '\n' || letter == '\0';
      }));
    }
    if (const auto address = MailAddress::parse("a" + text + "@b.fr")) {
      EXPECT_EQ(std::ranges::count(address->text(), '@'), 1);
      EXPECT_TRUE(std::ranges::all_of(address->text(), [](char letter) { return letter > ' '; }));
    }
  }
}

TEST(HeaderText, IsEncodedInWordsOfAtMost75Characters) {
  EXPECT_EQ(HeaderText::parse("Vigie: 1 alert").value().encoded(), "Vigie: 1 alert");
  EXPECT_EQ(HeaderText::parse("é").value().encoded(), "=?utf-8?B?w6k=?=");

  std::string accents;
  for (int i = 0; i < 60; ++i) {
    accents += "é";
  }
  const auto encoded = HeaderText::parse(accents).value().encoded();
  std::size_t start = 0;
  for (std::size_t end = 0; end != std::string::npos; start = end + 3) {
    end = encoded.find("\r\n ", start);
    EXPECT_LE(encoded.substr(start, end - start).size(), 75U);
  }
}

TEST(Base64, IsThatOfTheStandard) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
}

TEST(Mail, TellsItsDateAndIdAsTheStandardWants) {
  const Mail mail{.from = MailAddress::parse("vigie@v.test").value(),
                  .to = MailAddress::parse("a@b.test").value(),
                  .subject = HeaderText::parse("x").value(),
                  .id = "abc",
                  .language = "fr",
                  .plain = "p",
                  .html = "h",
                  .at = parse_rfc3339("2026-03-01T04:05:06Z").value()};

  const auto text = to_mime(mail);

  EXPECT_NE(text.find("Date: Sun, 01 Mar 2026 04:05:06 +0000\r\n"), std::string::npos);
  EXPECT_NE(text.find("Message-ID: <abc@v.test>\r\n"), std::string::npos);
}

}  // namespace
}  // namespace vigie::notify
