// SPDX-License-Identifier: Apache-2.0
#include "transcribe/files.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/json.hpp"
#include "base/text.hpp"
#include "transcribe/speech_detector_fake.hpp"
#include "transcribe/transcriber_fake.hpp"

namespace vigie::transcribe {
namespace {

// A WAV file, 16-bit mono 16 kHz: loud for each second whose letter is 'L'.
std::string wav(const std::string& name, std::string_view seconds) {
  const auto little = [](std::uint32_t value, int bytes) {
    std::string text;
    for (; bytes > 0; --bytes, value >>= 8U) {
      text.push_back(static_cast<char>(value & 0xFFU));
    }
    return text;
  };
  std::string data;
  for (const char second : seconds) {
    for (int i = 0; i < 16'000; ++i) {
      data += little(second == 'L' ? 8'000 : 0, 2);
    }
  }
  const auto size = static_cast<std::uint32_t>(data.size());
  const auto path = std::filesystem::path{::testing::TempDir()} / (name + ".wav");
  std::ofstream{path, std::ios::binary}
      << "RIFF" << little(36 + size, 4) << "WAVEfmt " << little(16, 4) << little(1, 2)
      << little(1, 2) << little(16'000, 4) << little(32'000, 4) << little(2, 2) << little(16, 2)
      << "data" << little(size, 4) << data;
  return path.string();
}

struct Outcome {
  int code = 0;
  std::vector<std::string> lines;
  std::string problems;
};

Outcome transcribe(FilesOptions options, Transcriber& transcriber) {
  std::ostringstream out;
  std::ostringstream problems;
  const SystemClock clock;
  const DetectorFactory detectors = [] { return std::make_unique<LoudnessDetector>(); };
  Outcome outcome;
  outcome.code = transcribe_files(options, transcriber, detectors, clock, out, problems);
  std::istringstream text{out.str()};
  for (std::string line; std::getline(text, line);) {
    outcome.lines.push_back(line);
  }
  outcome.problems = problems.str();
  return outcome;
}

TEST(Files, GiveOneObjectASegmentThenASummary) {
  ScriptedTranscriber transcriber{{"un \"deux\"", "trois"}};
  const auto path = wav("two", "-LL--LLL-");

  const auto outcome = transcribe({.files = {path}, .json = true}, transcriber);

  EXPECT_EQ(outcome.code, 0) << outcome.problems;
  ASSERT_EQ(outcome.lines.size(), 3U);
  const auto first = parse_json(outcome.lines[0]).value();
  EXPECT_EQ(get_string(first, "file"), path);
  EXPECT_NEAR(*get_number(first, "start"), 0.7, 0.04);
  EXPECT_NEAR(*get_number(first, "end"), 3.3, 0.04);
  EXPECT_EQ(get_string(first, "text"), "un \"deux\"");
  EXPECT_EQ(get_string(first, "language"), "fr");
  EXPECT_EQ(get_number(first, "confidence"), 0.9);
  EXPECT_EQ(get_bool(first, "uncertain"), false);
  const auto summary = parse_json(outcome.lines[2]).value();
  EXPECT_EQ(get_bool(summary, "summary"), true);
  EXPECT_EQ(get_number(summary, "audio_s"), 9.0);
  EXPECT_EQ(get_number(summary, "lost_s"), 0.0);
  EXPECT_TRUE(get_number(summary, "wall_s"));
  EXPECT_TRUE(get_number(summary, "cpu_s"));
  EXPECT_GT(*get_number(summary, "rss_mb"), 1);
}

TEST(Files, KeepTheirOrderWithManyWorkers) {
  ScriptedTranscriber transcriber{{}, 4};
  std::vector<std::string> paths;
  for (int i = 0; i < 6; ++i) {
    paths.push_back(wav(fmt::format("order{}", i), "LL--LLLL--LL--LLLLL-LL--LLL"));
  }

  const auto outcome = transcribe({.files = paths, .json = true}, transcriber);

  ASSERT_EQ(outcome.code, 0) << outcome.problems;
  std::vector<std::pair<std::string, double>> seen;
  for (std::size_t i = 0; i + 1 < outcome.lines.size(); ++i) {
    const auto line = parse_json(outcome.lines[i]).value();
    seen.emplace_back(*get_string(line, "file"), *get_number(line, "start"));
  }
  EXPECT_EQ(seen.size(), 36U);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
}

TEST(Files, ThatCannotBeReadAreToldAndTheOthersGoOn) {
  ScriptedTranscriber transcriber;
  const auto garbage = std::filesystem::path{::testing::TempDir()} / "garbage.mp3";
  std::ofstream{garbage} << "this is no sound at all";

  const auto outcome = transcribe(
      {.files = {"/no/such/file.wav", garbage.string(), wav("good", "LLL")}, .json = true},
      transcriber);

  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.lines.size(), 2U);
  EXPECT_NE(outcome.problems.find("/no/such/file.wav: "), std::string::npos);
  EXPECT_NE(outcome.problems.find("garbage.mp3: "), std::string::npos);
}

TEST(Files, CountWhatIsLostAndTryAgainWhatIsOnlyAway) {
  ScriptedTranscriber transcriber;
  transcriber.fail_next(make_error(Errc::unavailable, "busy"));
  const auto fine = transcribe({.files = {wav("busy", "LLL")}, .json = true}, transcriber);
  transcriber.fail_next(make_error(Errc::corrupt, "broken"));

  const auto outcome = transcribe({.files = {wav("lost", "LLL--LLL")}, .json = true}, transcriber);

  EXPECT_EQ(fine.code, 0);
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NEAR(*get_number(parse_json(outcome.lines.back()).value(), "lost_s"), 3.3, 0.05);
  EXPECT_NE(outcome.problems.find("broken"), std::string::npos);
}

TEST(Files, AreReadableByPeople) {
  ScriptedTranscriber transcriber{{"bonjour à tous"}};

  const auto outcome = transcribe({.files = {wav("people", "--LLL")}}, transcriber);

  ASSERT_EQ(outcome.lines.size(), 1U);
  EXPECT_EQ(outcome.lines[0], "00:00:01.684  bonjour à tous");
  EXPECT_NE(outcome.problems.find("5.0 s of sound"), std::string::npos);
}

TEST(Files, AreHeardInTheLanguageAskedFor) {
  ScriptedTranscriber transcriber;

  transcribe({.files = {wav("pt", "LLL")}, .language = "pt", .json = true}, transcriber);

  ASSERT_EQ(transcriber.asked().size(), 1U);
  EXPECT_EQ(transcriber.asked()[0].language, "pt");
}

}  // namespace
}  // namespace vigie::transcribe
