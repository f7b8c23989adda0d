// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"

#include <gtest/gtest.h>

namespace vigie {
namespace {

TEST(Utf8, ReadsBackEveryCodePointItWrites) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) {
      continue;
    }
    std::string text;
    append_utf8(text, c);
    const auto next = decode_utf8(text);
    ASSERT_TRUE(next.has_value()) << std::hex << static_cast<unsigned>(c);
    ASSERT_EQ(next->value, c);
    ASSERT_EQ(next->length, text.size());
  }
}

class InvalidUtf8 : public ::testing::TestWithParam<std::string_view> {};

TEST_P(InvalidUtf8, IsRefused) {
  EXPECT_FALSE(decode_utf8(GetParam()).has_value());
  EXPECT_FALSE(is_valid_utf8(GetParam()));
  EXPECT_TRUE(is_valid_utf8(clean_utf8(GetParam(), 100)));
}

INSTANTIATE_TEST_SUITE_P(Bytes, InvalidUtf8,
                         ::testing::Values("\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC3", "\xC3(",
                                           "\xE0\x80\x80", "\xE0\x9F\xBF", "\xE2\x82",
                                           "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x80\x80\x80",
                                           "\xF0\x9F\x98", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
                                           "\xFE", "\xFF"));

TEST(Utf8, TakesNothingForNoCodePointButForValidText) {
  EXPECT_FALSE(decode_utf8("").has_value());
  EXPECT_TRUE(is_valid_utf8(""));
  EXPECT_TRUE(is_valid_utf8("é€😀"));
}

TEST(CleanUtf8, DropsControlsAndDirectionOverridesAndKeepsLines) {
  EXPECT_EQ(clean_utf8(std::string_view{"a\0b\x1b[31m\tc\nd\re\x7f", 14}, 100), "ab[31m\tc\nde");
  EXPECT_EQ(clean_utf8("\u202Eevil\u202C \u2066x\u2069 \u0085\uFEFF!", 100), "evil x !");
}

TEST(CleanUtf8, ReplacesEachInvalidByte) {
  EXPECT_EQ(clean_utf8("a\xFF\xC3z", 100), "a\uFFFD\uFFFDz");
  EXPECT_EQ(clean_utf8("\xE2\x82", 100), "\uFFFD\uFFFD");
}

TEST(CleanUtf8, KeepsWithinItsBytesWithoutCuttingACharacter) {
  EXPECT_EQ(clean_utf8("ééé", 5), "éé");
  EXPECT_EQ(clean_utf8("abc", 0), "");
  EXPECT_EQ(clean_utf8("\xFF", 2), "");
}

TEST(CutUtf8, EndsBetweenTwoCharacters) {
  EXPECT_EQ(cut_utf8("é€😀", 100), "é€😀");
  EXPECT_EQ(cut_utf8("é€😀", 8), "é€");
  EXPECT_EQ(cut_utf8("é€😀", 4), "é");
  EXPECT_EQ(cut_utf8("é", 1), "");
  EXPECT_EQ(cut_utf8("\x80\x80\x80", 2), "");
}

TEST(Fold, MakesNamesComparable) {
  EXPECT_EQ(fold("Éric"), "eric");
  EXPECT_EQ(fold("E\u0301ric"), "eric");
  EXPECT_EQ(fold("ÀÂÄÇÈÊËÎÏÔÖÙÛÜŸ"), "aaaceeeiioouuuy");
  EXPECT_EQ(fold("Œuvre, æther, Straße"), "oeuvre, aether, strasse");
  EXPECT_EQ(fold("ŁÓDŹ Ğ ŠŽ ij"), "lodz g sz ij");
  EXPECT_EQ(fold("Þór"), fold("þor"));
  EXPECT_EQ(fold("×÷ Привет 日本"), "×÷ Привет 日本");
}

TEST(Fold, IsItsOwnFold) {
  for (char32_t c = 0; c < 0x250; ++c) {
    std::string text;
    append_utf8(text, c);
    EXPECT_EQ(fold(fold(text)), fold(text)) << std::hex << static_cast<unsigned>(c);
  }
}

TEST(Split, KeepsEmptyParts) {
  EXPECT_EQ(split("a,,b,", ','), (std::vector<std::string_view>{"a", "", "b", ""}));
  EXPECT_EQ(split("", ','), (std::vector<std::string_view>{""}));
}

TEST(Trim, TakesBlanksFromBothEnds) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim(" \n"), "");
}

TEST(Case, IsIgnoredInAsciiOnly) {
  EXPECT_TRUE(equals_ignoring_case("Content-TYPE", "content-type"));
  EXPECT_FALSE(equals_ignoring_case("a", "ab"));
  EXPECT_TRUE(starts_with_ignoring_case("HTTPS://x", "https://"));
  EXPECT_FALSE(starts_with_ignoring_case("htt", "https://"));
  EXPECT_EQ(to_lower_ascii("ÀB"), "Àb");
}

TEST(Hex, IsReadBackAndRefusesTheRest) {
  const std::string bytes("\x00\xFF\x7f", 3);
  EXPECT_EQ(to_hex(bytes), "00ff7f");
  EXPECT_EQ(from_hex("00FF7f"), bytes);
  EXPECT_EQ(from_hex(""), "");
  for (const auto* bad : {"0", "0g", "+1", "-1", " 1", "0x", "1 "}) {
    EXPECT_FALSE(from_hex(bad).has_value()) << bad;
  }
}

TEST(Numbers, AreTheWholeTextOrNothing) {
  EXPECT_EQ(to_integer("-42"), -42);
  EXPECT_EQ(to_integer("9223372036854775807"), 9223372036854775807);
  for (const auto* bad : {"", "9223372036854775808", "+1", " 1", "1 ", "1.0", "0x1", "1e3", "un"}) {
    EXPECT_FALSE(to_integer(bad).has_value()) << bad;
  }
  EXPECT_EQ(to_number("-0.5e1"), -5);
  for (const auto* bad : {"", "nan", "inf", "-inf", "1e999", "0,5", "1 ", "+1", "0x1p3"}) {
    EXPECT_FALSE(to_number(bad).has_value()) << bad;
  }
}

TEST(Nearest, FindsASlipAndNothingElse) {
  const std::vector<std::string_view> keys{"risk_threshold", "redis_url", "signup"};

  EXPECT_EQ(nearest("risk_treshold", keys), "risk_threshold");
  EXPECT_EQ(nearest("SIGNUP", keys), "signup");
  EXPECT_EQ(nearest("redis-uri", keys), "redis_url");
  EXPECT_EQ(nearest("whatever", keys), "");
  EXPECT_EQ(nearest("", keys), "");
  EXPECT_EQ(nearest(std::string(1 << 20, 'r'), keys), "");
  EXPECT_EQ(nearest("on", {"no"}), "") << "two letters of two are no slip";
}

}  // namespace
}  // namespace vigie
