// SPDX-License-Identifier: Apache-2.0
#include "transcribe/language_lock.hpp"

#include <gtest/gtest.h>

namespace vigie::transcribe {
namespace {

using std::chrono::seconds;

Transcript said(std::string language, double confidence = 0.8) {
  return Transcript{.text = "mots", .language = std::move(language), .confidence = confidence};
}

TEST(LanguageLock, KeepsALanguageThatWasAskedFor) {
  LanguageLock lock{"pt"};

  lock.heard(said("fr"), seconds{60});

  EXPECT_EQ(lock.ask(), "pt");
}

TEST(LanguageLock, SettlesAfterEightSecondsOfOneLanguage) {
  LanguageLock lock{"auto"};

  lock.heard(said("fr"), seconds{5});
  lock.heard(said("en"), seconds{5});
  const auto undecided = lock.ask();
  lock.heard(said("fr"), seconds{3});

  EXPECT_EQ(undecided, "auto");
  EXPECT_EQ(lock.ask(), "fr");
}

TEST(LanguageLock, IsNotSettledByDoubtOrSilence) {
  LanguageLock lock{"auto"};

  lock.heard(said("ja", 0.1), seconds{20});
  lock.heard(Transcript{.text = "", .language = "cy", .confidence = 0.9}, seconds{20});

  EXPECT_EQ(lock.ask(), "auto");
}

TEST(LanguageLock, AsksAgainAfterTwoDoubtsInARow) {
  LanguageLock lock{"auto"};
  lock.heard(said("fr"), seconds{10});

  lock.heard(said("fr", 0.1), seconds{5});
  lock.heard(said("fr"), seconds{5});
  lock.heard(said("fr", 0.1), seconds{5});
  const auto after_one = lock.ask();
  lock.heard(said("fr", 0.1), seconds{5});

  EXPECT_EQ(after_one, "fr");
  EXPECT_EQ(lock.ask(), "auto");
}

}  // namespace
}  // namespace vigie::transcribe
