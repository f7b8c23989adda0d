// SPDX-License-Identifier: Apache-2.0
#include "media/libav_late.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "media/sound_file.hpp"

namespace vigie::media {
namespace {

std::string refusal(libav::Library& library, const char* function) {
  try {
    library.find(function);
  } catch (const std::runtime_error& missing) {
    return missing.what();
  }
  return {};
}

TEST(LibavLate, NamesWhatDecodesHere) {
  const auto words = decoders();

  ASSERT_TRUE(words) << words.error().what;
  EXPECT_TRUE(words->starts_with("libavformat " AV_STRINGIFY(LIBAVFORMAT_VERSION_MAJOR) "."))
      << *words;
}

TEST(LibavLate, SaysWhichPackageIsMissing) {
  libav::Library nowhere{"libnowhere.so.7", "libnowhere7"};

  const auto words = refusal(nowhere, "av_malloc");

  EXPECT_NE(words.find("libnowhere.so.7"), std::string::npos) << words;
  EXPECT_NE(words.find("cure: apt-get install libnowhere7"), std::string::npos) << words;
}

TEST(LibavLate, SaysThatTheLibraryIsAnother) {
  const auto words = refusal(libav::avutil, "av_of_next_year");

  EXPECT_NE(words.find("av_of_next_year"), std::string::npos) << words;
  EXPECT_NE(words.find("cure: "), std::string::npos) << words;
}

}  // namespace
}  // namespace vigie::media
