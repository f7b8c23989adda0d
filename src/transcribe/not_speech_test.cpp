// SPDX-License-Identifier: Apache-2.0
#include "transcribe/not_speech.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace vigie::transcribe
