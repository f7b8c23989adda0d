// SPDX-License-Identifier: Apache-2.0
// With the real weights and real voices; skipped, saying why, where they are missing.
#include "transcribe/whisper/whisper_transcriber.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <thread>

#include "base/text.hpp"
#include "media/sound_file.hpp"
#include "transcribe/models.hpp"

namespace vigie::transcribe {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? std::string{} : std::string{value};
}

std::filesystem::path shared_sound(const std::string& name) {
  return std::filesystem::path{variable("VIGIE_SOURCE_DIR")} / "../shared/speech/audio" /
         (name + ".flac");
}

// The share of the reference's words that are in what was heard, in any order.
double found_share(std::string_view reference, std::string_view heard) {
  const auto words_of = [](std::string_view text) {
    std::map<std::string, int> words;
    std::string clean = fold(text);
    for (auto& letter : clean) {
      const auto byte = static_cast<unsigned char>(letter);
      letter = byte >= 0x80 || std::isalnum(byte) != 0 ? letter : ' ';
    }
    std::istringstream stream{clean};
    for (std::string word; stream >> word;) {
      ++words[word];
    }
    return words;
  };
  auto said = words_of(heard);
  int all = 0;
  int found = 0;
  for (const auto& [word, count] : words_of(reference)) {
    all += count;
    found += std::min(count, said[word]);
  }
  return static_cast<double>(found) / all;
}

class Whisper : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    const auto model = find_model(variable("VIGIE_CACHE") + "/models", "base");
    if (!model) {
      why_not_ = model.error().what;
      return;
    }
    auto opened = open_whisper({.model_folder = model->folder, .workers = 2});
    ASSERT_TRUE(opened) << opened.error().what;
    whisper_ = std::move(*opened);
  }
  static void TearDownTestSuite() { whisper_.reset(); }

  void SetUp() override {
    if (!whisper_) {
      GTEST_SKIP() << why_not_;
    }
  }

  static std::vector<float> sound(const std::filesystem::path& path) {
    auto samples = media::read_sound_file(path);
    return samples ? std::move(*samples) : std::vector<float>{};
  }
  static std::vector<float> voice() { return sound(variable("VIGIE_CACHE") + "/demo/jfk.wav"); }

  inline static std::unique_ptr<Transcriber> whisper_;
  inline static std::string why_not_;
};

constexpr std::string_view speech =
    "And so, my fellow Americans, ask not what your country can do for you, ask what you can do "
    "for "
    "your country.";

TEST_F(Whisper, WritesDownARealVoice) {
  const auto samples = voice();
  if (samples.empty()) {
    GTEST_SKIP() << "demo/jfk.wav is not in the cache; cure: make setup";
  }

  const auto heard = whisper_->transcribe(samples, {"en"}, {});

  ASSERT_TRUE(heard) << heard.error().what;
  EXPECT_GT(found_share(speech, heard->text), 0.9) << heard->text;
  EXPECT_EQ(heard->language, "en");
  EXPECT_GT(heard->confidence, 0.5);
  EXPECT_LE(heard->confidence, 1.0);
  EXPECT_FALSE(heard->uncertain);
  EXPECT_EQ(heard->attempts, 1);
}

TEST_F(Whisper, FindsOutWhichLanguageIsSpoken) {
  int tried = 0;
  for (const auto* language : {"fr", "en", "de", "es", "pt"}) {
    for (const auto* number : {"000", "002"}) {
      const auto samples = sound(shared_sound(fmt::format("fleurs-{}-{}", language, number)));
      if (samples.empty()) {
        continue;
      }
      const std::span whole{samples};

      const auto heard = whisper_->transcribe(
          whole.first(std::min<std::size_t>(whole.size(), 240'000)), {"auto"}, {});

      ASSERT_TRUE(heard) << heard.error().what;
      EXPECT_EQ(heard->language, language) << number;
      ++tried;
    }
  }
  if (tried == 0) {
    GTEST_SKIP() << "no recordings in ../shared/speech/audio";
  }
}

TEST_F(Whisper, GivesTheSameWordsToSeveralThreadsAtOnce) {
  const auto samples = voice();
  if (samples.empty()) {
    GTEST_SKIP() << "demo/jfk.wav is not in the cache; cure: make setup";
  }
  const auto expected = whisper_->transcribe(samples, {"en"}, {}).value().text;
  std::vector<std::string> texts(4);
  {
    std::vector<std::jthread> threads;
    for (auto& text : texts) {
      threads.emplace_back([&] { text = whisper_->transcribe(samples, {"en"}, {}).value().text; });
    }
  }

  for (const auto& text : texts) {
    EXPECT_EQ(text, expected);
  }
}

TEST_F(Whisper, SaysOfSeveralTogetherWhatItSaysOneByOne) {
  const auto samples = voice();
  if (samples.empty()) {
    GTEST_SKIP() << "demo/jfk.wav is not in the cache; cure: make setup";
  }
  const std::span<const float> all{samples};
  const auto third = samples.size() / 3;
  const std::vector<Speech> speeches{{all.subspan(0, third), "en"},
                                     {all.subspan(third, third), "auto"},
                                     {all.subspan(2 * third), "en"},
                                     {all.subspan(0, 2 * third - 20'000), "en"}};

  const auto together = whisper_->transcribe_all(speeches, Effort::full, {});

  ASSERT_EQ(together.size(), 4U);
  EXPECT_LE(together.size(), whisper_->most_together());
  for (std::size_t i = 0; i < speeches.size(); ++i) {
    const auto alone = whisper_->transcribe(speeches[i].samples, {speeches[i].language}, {});
    ASSERT_TRUE(alone) << alone.error().what;
    ASSERT_TRUE(together[i]) << together[i].error().what;
    EXPECT_FALSE(alone->text.empty());
    EXPECT_EQ(together[i]->text, alone->text);
    EXPECT_EQ(together[i]->language, alone->language);
    EXPECT_NEAR(together[i]->confidence, alone->confidence, 0.02);
  }
}

TEST_F(Whisper, RefusesOneOfSeveralAndHearsTheOthers) {
  const std::vector<float> long_one(16'000 * 31);
  const std::vector<float> short_one(16'000);
  const std::vector<Speech> speeches{{short_one, "fr"}, {long_one, "fr"}, {short_one, "klingon"}};

  const auto heard = whisper_->transcribe_all(speeches, Effort::full, {});

  ASSERT_EQ(heard.size(), 3U);
  EXPECT_TRUE(heard[0]);
  EXPECT_EQ(heard[1].error().code, Errc::invalid);
  EXPECT_EQ(heard[2].error().code, Errc::invalid);
}

TEST_F(Whisper, SaysNothingOfNothingOrGuardsAgainstIt) {
  const std::vector<float> none;
  const std::vector<float> silence(32'000);

  const auto of_none = whisper_->transcribe(none, {"fr"}, {});
  const auto of_silence = whisper_->transcribe(silence, {"fr"}, {});

  ASSERT_TRUE(of_none) << of_none.error().what;
  ASSERT_TRUE(of_silence) << of_silence.error().what;
  EXPECT_LT(of_silence->text.size(), 60U) << of_silence->text;
}

TEST_F(Whisper, RefusesWhatItCannotHear) {
  const std::vector<float> long_one(16'000 * 31);
  const std::vector<float> short_one(16'000);

  EXPECT_EQ(whisper_->transcribe(long_one, {"fr"}, {}).error().code, Errc::invalid);
  EXPECT_EQ(whisper_->transcribe(short_one, {"klingon"}, {}).error().code, Errc::invalid);
}

TEST_F(Whisper, TellsWhatItIs) {
  EXPECT_EQ(whisper_->engine(), "ctranslate2");
  EXPECT_EQ(whisper_->model(), "base-int8");
  EXPECT_EQ(whisper_->workers(), 2U);
}

TEST_F(Whisper, SaysTheCureWhereThereIsNoCudaDevice) {
  const auto folder = variable("VIGIE_CACHE") + "/models/whisper/base";

  const auto opened = open_whisper({.model_folder = folder, .device = "cuda"});

  if (opened) {
    GTEST_SKIP() << "this machine has a CUDA device";
  }
  EXPECT_EQ(opened.error().code, Errc::unavailable);
  EXPECT_NE(opened.error().what.find("WHISPER_DEVICE"), std::string::npos) << opened.error().what;
}

TEST_F(Whisper, GlimpsesOnce) {
  const auto samples = voice();
  if (samples.empty()) {
    GTEST_SKIP() << "demo/jfk.wav is not in the cache; cure: make setup";
  }

  const auto seen =
      whisper_->transcribe(samples, {.language = "en", .effort = Effort::glimpse}, {});

  ASSERT_TRUE(seen) << seen.error().what;
  EXPECT_EQ(seen->attempts, 1);
  EXPECT_GT(found_share(speech, seen->text), 0.9) << seen->text;
}

TEST(WhisperWeights, ThatAreMissingSayTheCure) {
  const auto opened = open_whisper({.model_folder = "/no/such/model"});

  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::not_found);
  EXPECT_NE(opened.error().what.find("make setup"), std::string::npos);
}

TEST(WhisperWeights, ThatAreGarbageAreCorrupt) {
  const auto folder = std::filesystem::path{::testing::TempDir()} / "garbage-model";
  std::filesystem::create_directories(folder);
  std::ofstream{folder / "model.bin"} << "not a model";
  std::ofstream{folder / "config.json"} << "{}";
  std::ofstream{folder / "vocabulary.txt"}
      << "a\n<|endoftext|>\n<|startoftranscript|>\n<|transcribe|>\n<|notimestamps|>\n";

  const auto opened = open_whisper({.model_folder = folder});
  const auto of_type = open_whisper({.model_folder = folder, .compute_type = "int3"});
  std::filesystem::remove_all(folder);

  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::corrupt) << opened.error().what;
  ASSERT_FALSE(of_type);
  EXPECT_EQ(of_type.error().code, Errc::invalid) << of_type.error().what;
}

}  // namespace
}  // namespace vigie::transcribe
