// SPDX-License-Identifier: Apache-2.0
#include "transcribe/not_speech.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace vigie::transcribe {
namespace {

TEST(SubtitleArtefact, IsACreditOrTheDescriptionOfASound) {
  for (const auto* text :
       {"Sous-titres réalisés par la communauté d'Amara.org",
        "Sous-titres réalisés para la communauté d'Amara.org",
        " SOUS-TITRAGE SOCIÉTÉ RADIO-CANADA. ", "Sous-titrage ST' 501", "Sous-titrage FR ?",
        "Untertitel im Auftrag des ZDF für funk, 2017", "Subtitles by the Amara.org community",
        "[Musique]", "(rires)", "*soupir*"}) {
    EXPECT_TRUE(is_subtitle_artefact(text)) << text;
  }
}

TEST(SubtitleArtefact, IsNotWhatSomebodySays) {
  for (const auto* text : {"", "...", "Les sous-titres sont réalisés par ma sœur.",
                           "Merci d'avoir regardé cette vidéo !", "Abonnez-vous.",
                           "[Musique] et alors il dit", "(a) ou (b)", "**",
                           "Sous-titres réalisés par Marie, qui a passé la nuit dessus, et je "
                           "voudrais la remercier ici "
                           "devant tout le monde ce soir"}) {
    EXPECT_FALSE(is_subtitle_artefact(text)) << text;
  }
}

TEST(SubtitleArtefact, IsKnownInOtherLanguages) {
  for (const auto* text :
       {"❤️ par SousTitreur.com", "Sous-titres traduits par X", "Captions by GetTranscribed.com",
        "Sottotitoli creati dalla comunità Amara.org", "Untertitel von Stephanie Geiges",
        "Napisy stworzone przez społeczność Amara.org", "Субтитры сделал DimaTorzok"}) {
    EXPECT_TRUE(is_subtitle_artefact(text)) << text;
  }
}

TEST(Filler, IsAWholeTextThatNoiseBringsToo) {
  for (const auto* text : {"Merci d'avoir regardé cette vidéo !", "Abonnez-vous.", "Merci.",
                           "Thank you.", "Thanks for watching!", " you"}) {
    EXPECT_TRUE(is_filler(text)) << text;
    EXPECT_FALSE(is_subtitle_artefact(text)) << text;
  }
  for (const auto* text : {"", "Merci d'avoir regardé cette vidéo, et à demain soir.",
                           "Merci monsieur le maire.", "Tu t'abonnes, toi ?"}) {
    EXPECT_FALSE(is_filler(text)) << text;
  }
}

TEST(Filler, IsBelievedWhenItWasHeardClearly) {
  EXPECT_FALSE(is_not_speech("Merci.", false));
  EXPECT_TRUE(is_not_speech("Merci.", true));
  EXPECT_TRUE(is_not_speech("Sous-titrage ST' 501", false));
  EXPECT_FALSE(is_not_speech("Je vous remercie.", true));
}

TEST(NotSpeech, IsWhatHasNoLetters) {
  for (const auto* text : {"...", " … ", "♪ ♪", "- -", "", "!?"}) {
    EXPECT_TRUE(is_not_speech(text, false)) << text;
  }
  for (const auto* text : {"Ah…", "À", "112", "да", "你好"}) {
    EXPECT_FALSE(is_not_speech(text, false)) << text;
  }
}

TEST(Chance, IsWhatNobodyBelievesOfTheShortestSounds) {
  using std::chrono::milliseconds;
  EXPECT_TRUE(is_by_chance(0.14, milliseconds{860}));
  EXPECT_FALSE(is_by_chance(0.26, milliseconds{860}));
  EXPECT_FALSE(is_by_chance(0.14, milliseconds{1'200}));
}

TEST(Quiet, IsWhatHardlyAnybodyHears) {
  EXPECT_TRUE(is_quiet(std::vector<float>{}));
  EXPECT_TRUE(is_quiet(std::vector<float>(100, 0.001F)));
  EXPECT_FALSE(is_quiet(std::vector<float>(100, 0.01F)));
}

}  // namespace
}  // namespace vigie::transcribe
