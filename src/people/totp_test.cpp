// SPDX-License-Identifier: Apache-2.0
#include "people/totp.hpp"

#include <gtest/gtest.h>

#include <set>

#include "base/random_fake.hpp"

namespace vigie::people {
namespace {

constexpr std::string_view seed = "12345678901234567890";  // RFC 6238, appendix B

Time at(std::int64_t seconds) {
  return from_micros(seconds * 1'000'000);
}

TEST(Totp, GivesTheCodesOfTheRfc) {
  const std::vector<std::pair<std::int64_t, std::string>> vectors{
      {59, "94287082"},         {1111111109, "07081804"}, {1111111111, "14050471"},
      {1234567890, "89005924"}, {2000000000, "69279037"}, {20000000000, "65353130"}};
  for (const auto& [seconds, code] : vectors) {
    EXPECT_EQ(totp_code(seed, seconds / 30, 8), code) << seconds;
    EXPECT_EQ(totp_code(seed, seconds / 30), code.substr(2)) << seconds;
  }
}

TEST(Totp, TakesTheStepBesideAndNoFurther) {
  const auto now = at(1111111111);
  const std::int64_t step = 1111111111 / 30;
  for (const std::int64_t beside : {step - 1, step, step + 1}) {
    EXPECT_EQ(matching_step(seed, totp_code(seed, beside), now, 0), beside);
  }
  EXPECT_FALSE(matching_step(seed, totp_code(seed, step - 2), now, 0));
  EXPECT_FALSE(matching_step(seed, totp_code(seed, step + 2), now, 0));
}

TEST(Totp, TakesEachStepOnce) {
  const auto now = at(1111111111);
  const std::int64_t step = 1111111111 / 30;
  const auto code = totp_code(seed, step);

  EXPECT_EQ(matching_step(seed, code, now, step - 1), step);
  EXPECT_FALSE(matching_step(seed, code, now, step));
  EXPECT_FALSE(matching_step(seed, totp_code(seed, step - 1), now, step)) << "nor an older one";
  EXPECT_EQ(matching_step(seed, totp_code(seed, step + 1), now, step), step + 1);
}

TEST(Totp, ReadsCodesAsPeopleTypeThem) {
  const auto now = at(59);
  EXPECT_EQ(matching_step(seed, " 287 082 ", now, 0), 1);
  for (const std::string typed : {"", "287", "28708", "2870820", "28708x", "２８７０８２"}) {
    EXPECT_FALSE(matching_step(seed, typed, now, 0)) << typed;
  }
}

TEST(Totp, WritesBase32AsTheRfcDoes) {
  EXPECT_EQ(base32(""), "");
  EXPECT_EQ(base32("f"), "MY");
  EXPECT_EQ(base32("fo"), "MZXQ");
  EXPECT_EQ(base32("foo"), "MZXW6");
  EXPECT_EQ(base32("foob"), "MZXW6YQ");
  EXPECT_EQ(base32("foobar"), "MZXW6YTBOI");
  EXPECT_EQ(totp_uri(seed, "ada"),
            "otpauth://totp/Vigie:ada?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Vigie&"
            "algorithm=SHA1&digits=6&period=30");
}

TEST(RecoveryCodes, AreTenOf80BitsAndReadInAnyForm) {
  SeededRandom random;
  const auto codes = make_recovery_codes(random);

  EXPECT_EQ(std::set<std::string>(codes.begin(), codes.end()).size(), 10U);
  for (const auto& code : codes) {
    EXPECT_EQ(code.size(), 19U);
    const auto normal = normal_recovery_code(code);
    EXPECT_EQ(normal.size(), 16U);
    EXPECT_EQ(normal_recovery_code(normal), normal);
  }
  EXPECT_EQ(normal_recovery_code("ABCD EFGH-ijkl mnop"), "abcdefghijklmnop");
  EXPECT_EQ(normal_recovery_code("123456"), "");
}

}  // namespace
}  // namespace vigie::people
