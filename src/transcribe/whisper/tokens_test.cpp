// SPDX-License-Identifier: Apache-2.0
#include "transcribe/whisper/tokens.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/text.hpp"

namespace vigie::transcribe {
namespace {

using Ids = std::vector<std::size_t>;

std::vector<std::string> entries() {
  // "Ġ" is a space, "Ã©" the two bytes of é, "ðŁĺ" and "Ģ" the bytes of an emoji in two tokens.
  return {"l",
          "'",
          "Ã©t",
          "Ã©",
          "Ġbon",
          "ðŁĺ",
          "Ģ",
          "Ċ",
          "<|endoftext|>",
          "<|startoftranscript|>",
          "<|fr|>",
          "<|transcribe|>",
          "<|notimestamps|>",
          "<|0.00|>"};
}

TEST(Tokens, AreTextAgain) {
  const auto tokens = Tokens::from(entries()).value();

  EXPECT_EQ(tokens.text(Ids{0, 1, 2, 3, 4}), "l'été bon");
  EXPECT_EQ(tokens.text(Ids{5, 6}), "😀");
}

TEST(Tokens, OfSteeringAreLeftOut) {
  const auto tokens = Tokens::from(entries()).value();

  EXPECT_EQ(tokens.text(Ids{9, 10, 13, 4, 8, 999}), "bon");
  EXPECT_EQ(tokens.spoken(Ids{9, 10, 13, 4, 8, 999}), Ids{4});
  EXPECT_EQ(tokens.language("fr"), 10U);
  EXPECT_EQ(tokens.language("xx"), std::nullopt);
  EXPECT_EQ(tokens.steering("<|notimestamps|>"), 12U);
}

TEST(Tokens, CutWithinACharacterStaySafeText) {
  const auto tokens = Tokens::from(entries()).value();

  const auto text = tokens.text(Ids{4, 5});

  EXPECT_TRUE(text.starts_with("bon\xEF\xBF\xBD"));
  EXPECT_TRUE(is_valid_utf8(text));
}

TEST(Tokens, ComeFromEitherFileOfAModel) {
  const auto folder = std::filesystem::path{::testing::TempDir()} / "tokens";
  std::filesystem::create_directories(folder);
  std::ofstream{folder / "vocabulary.json"} << R"(["Ġoui", "<|endoftext|>", "<|fr|>"])";

  const auto from_json = Tokens::load(folder);
  std::ofstream{folder / "vocabulary.txt"} << "Ġnon\n<|endoftext|>\n<|fr|>\n";
  const auto from_text = Tokens::load(folder);
  std::filesystem::remove_all(folder);
  const auto from_nothing = Tokens::load(folder);

  ASSERT_TRUE(from_json) << from_json.error().what;
  EXPECT_EQ(from_json->text(Ids{0}), "oui");
  ASSERT_TRUE(from_text) << from_text.error().what;
  EXPECT_EQ(from_text->text(Ids{0}), "non");
  ASSERT_FALSE(from_nothing);
  EXPECT_EQ(from_nothing.error().code, Errc::not_found);
}

TEST(Tokens, ThatAreNoVocabularyAreCorrupt) {
  EXPECT_EQ(Tokens::from({}).error().code, Errc::corrupt);
  EXPECT_EQ(Tokens::from({"a", "b"}).error().code, Errc::corrupt);
  EXPECT_EQ(Tokens::from({"日本", "<|endoftext|>"}).error().code, Errc::corrupt);
  EXPECT_EQ(Tokens::from({"\xFF", "<|endoftext|>"}).error().code, Errc::corrupt);
}

}  // namespace
}  // namespace vigie::transcribe
