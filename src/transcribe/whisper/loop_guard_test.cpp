// SPDX-License-Identifier: Apache-2.0
#include "transcribe/whisper/loop_guard.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <vector>

namespace vigie::transcribe {
namespace {

using std::chrono::seconds;
using Ids = std::vector<std::size_t>;

Ids different(std::size_t count) {
  Ids ids(count);
  std::iota(ids.begin(), ids.end(), 1);
  return ids;
}

TEST(LoopGuard, LetsSpeechPass) {
  const std::string text =
      "Il a ajouté qu'on ne devrait cependant pas leur demander d'assumer des obligations qui "
      "dépassent leur stade de développement, leur responsabilité et leurs capacités.";

  EXPECT_FALSE(is_looping(different(40), text, seconds{8}));
  EXPECT_FALSE(is_looping(Ids{}, "", seconds{1}));
  EXPECT_FALSE(is_looping(Ids{7, 7, 7}, "non non non", seconds{2}));
}

TEST(LoopGuard, SeesAFewTokensFourTimesInARow) {
  EXPECT_TRUE(is_looping(Ids{1, 7, 7, 7, 7}, "", seconds{8}));
  EXPECT_TRUE(is_looping(Ids{9, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 5}, "", seconds{8}));
  EXPECT_FALSE(is_looping(Ids{9, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 5}, "", seconds{8}));
}

TEST(LoopGuard, SeesMoreWordsThanAMouthCanSay) {
  EXPECT_FALSE(is_looping(different(35), "", seconds{2}));
  EXPECT_TRUE(is_looping(different(37), "", seconds{2}));
}

TEST(LoopGuard, SeesTextThatCompressesTooWell) {
  std::string text;
  for (int i = 0; i < 12; ++i) {
    text += "et puis encore une fois la même chose " + std::to_string(i) + ", ";
  }

  EXPECT_TRUE(is_looping(different(60), text, seconds{15}));
}

}  // namespace
}  // namespace vigie::transcribe
