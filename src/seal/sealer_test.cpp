// SPDX-License-Identifier: Apache-2.0
#include "seal/sealer.hpp"

#include <gtest/gtest.h>

#include "base/random_fake.hpp"

namespace vigie::seal {
namespace {

TEST(Sealer, OpensWhatItSealedForThatPurposeOnly) {
  SeededRandom random;
  const Sealer sealer{{.current = "a key", .older = {}}, random};
  const auto sealed = sealer.seal("the secret", "webhook:1").value();

  EXPECT_EQ(sealer.open(sealed, "webhook:1").value(), "the secret");
  EXPECT_EQ(sealer.open(sealed, "webhook:2").error().code, Errc::corrupt);
  EXPECT_NE(sealer.seal("the secret", "webhook:1").value(), sealed);
  EXPECT_EQ(sealed.find("secret"), std::string::npos);
}

TEST(Sealer, NoticesAnyChange) {
  SeededRandom random;
  const Sealer sealer{{.current = "a key", .older = {}}, random};
  const auto sealed = sealer.seal("the secret", "x").value();
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto changed = sealed;
    changed[i] = changed[i] == '0' ? '1' : '0';
    EXPECT_FALSE(sealer.open(changed, "x")) << i;
  }
  EXPECT_FALSE(sealer.open("", "x"));
  EXPECT_FALSE(sealer.open(":", "x"));
  EXPECT_FALSE(sealer.open(sealed.substr(0, sealed.size() - 2), "x"));
  EXPECT_FALSE(sealer.open(sealed.substr(0, 9), "x"));
}

TEST(Sealer, TellsAnotherKeyFromDamage) {
  SeededRandom random;
  const Sealer sealer{{.current = "a key", .older = {}}, random};
  const Sealer other{{.current = "another key", .older = {}}, random};
  const auto sealed = sealer.seal("the secret", "x").value();

  const auto opened = other.open(sealed, "x");
  EXPECT_EQ(opened.error().code, Errc::unavailable);
  EXPECT_NE(opened.error().what.find("SECRET_KEY_OLD"), std::string::npos);
}

TEST(Sealer, StillOpensWhatAnOlderKeySealedAndSealsWithTheNewestOnly) {
  SeededRandom random;
  const Sealer before{{.current = "first", .older = {}}, random};
  const auto sealed = before.seal("the secret", "x").value();

  const Sealer after{{.current = "third", .older = {"second", "first", ""}}, random};
  EXPECT_EQ(after.open(sealed, "x").value(), "the secret");
  EXPECT_TRUE(after.is_by_older_key(sealed));
  const auto anew = after.seal("the secret", "x").value();
  EXPECT_FALSE(after.is_by_older_key(anew));
  EXPECT_FALSE(after.is_by_older_key("https://not.sealed/"));
  EXPECT_FALSE(before.open(anew, "x"));
}

TEST(Sealer, WithoutAKeySaysTheCure) {
  SeededRandom random;
  const Sealer sealer{{.current = "", .older = {"first"}}, random};

  EXPECT_FALSE(sealer.has_key());
  EXPECT_NE(sealer.seal("the secret", "x").error().what.find("openssl rand"), std::string::npos);
  EXPECT_EQ(sealer.open("whatever", "x").error().code, Errc::conflict);
}

TEST(Keys, OfAListAreBetweenCommas) {
  const auto keys = keys_of("now", " one,two ,, three");

  EXPECT_EQ(keys.current, "now");
  EXPECT_EQ(keys.older, (std::vector<std::string>{"one", "two", "", "three"}));
}

}  // namespace
}  // namespace vigie::seal
