// SPDX-License-Identifier: Apache-2.0
#include "watch/typed_accounts.hpp"

#include <gtest/gtest.h>

namespace vigie::watch {
namespace {

std::vector<std::string> typed(std::string_view text) {
  std::vector<std::string> all;
  for (const auto& one : parse_typed_accounts(text).value()) {
    all.push_back(fmt::format("{}:{}", one.line, one.typed));
  }
  return all;
}

using Texts = std::vector<std::string>;

TEST(TypedAccounts, AreOneALine) {
  EXPECT_EQ(typed("anna\r\n @bert \n\n\t\nhttps://www.tiktok.com/@carl?x=1"),
            (Texts{"1:anna", "2:@bert", "5:https://www.tiktok.com/@carl?x=1"}));
  EXPECT_TRUE(typed("").empty());
  EXPECT_TRUE(typed(" , ;\n,").empty());
}

TEST(TypedAccounts, AreApartByCommasToo) {
  EXPECT_EQ(typed("anna, bert;carl\tdora,"), (Texts{"1:anna", "1:bert", "1:carl", "1:dora"}));
}

TEST(TypedAccounts, AreFoundInSentencesByTheirSignOnly) {
  EXPECT_EQ(typed("Bonjour, regardez @anna, @bert. et (https://www.tiktok.com/@carl) !"),
            (Texts{"1:@anna", "1:@bert", "1:https://www.tiktok.com/@carl"}));
  EXPECT_EQ(typed("1. « @anna »"), (Texts{"1:@anna"}));
  EXPECT_EQ(typed("rien du tout"), (Texts{"1:rien du tout"}));
  EXPECT_EQ(typed("mail @ domaine"), (Texts{"1:mail @ domaine"}));
}

TEST(TypedAccounts, KeepAStreamsAddressWhole) {
  EXPECT_EQ(typed("stream:https://radio.test/a,b;c"), (Texts{"1:stream:https://radio.test/a,b;c"}));
}

TEST(TypedAccounts, AreBounded) {
  std::string many;
  for (std::size_t i = 0; i < most_typed_accounts; ++i) {
    many += "a,";
  }
  EXPECT_EQ(parse_typed_accounts(many).value().size(), most_typed_accounts);
  EXPECT_EQ(parse_typed_accounts(many + "b").error().code, Errc::invalid);
  EXPECT_TRUE(parse_typed_accounts(std::string(60'000, '\n')).value().empty());
}

TEST(TypedAccounts, SurviveWhatIsNoText) {
  EXPECT_EQ(typed("\xff\xfe"), (Texts{"1:\xff\xfe"}));
  EXPECT_EQ(typed("..."), (Texts{"1:..."}));
  EXPECT_EQ(typed("@"), (Texts{"1:@"}));
}

}  // namespace
}  // namespace vigie::watch
