// SPDX-License-Identifier: Apache-2.0
#include "transcribe/files.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/json.hpp"
#include "base/text.hpp"
#include "media/flv.hpp"
#include "transcribe/speech_detector_fake.hpp"
#include "transcribe/transcriber_fake.hpp"
#include "transcribe/wav_testing.hpp"

namespace vigie::transcribe {
namespace {

namespace fs = std::filesystem;

std::string write(const std::string& name, const std::string& bytes) {
  const auto path = fs::path{::testing::TempDir()} / name;
  std::ofstream{path, std::ios::binary} << bytes;
  return path.string();
}

std::string wav(const std::string& name, std::string_view seconds, WavShape shape = {}) {
  return write(name + ".wav", wav_bytes(seconds, shape));
}

std::string text_of(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

struct Outcome {
  int code = 0;
  std::vector<std::string> lines;
  std::string problems;
};

struct Extras {
  ProgressView* progress = nullptr;
  std::stop_token stop = {};
};

Outcome transcribe(FilesOptions options, Transcriber& transcriber, Extras extras = {}) {
  std::ostringstream out;
  std::ostringstream problems;
  const SystemClock clock;
  const DetectorFactory detectors = [] { return std::make_unique<LoudnessDetector>(); };
  Outcome outcome;
  const FilesTools tools{.transcriber = transcriber,
                         .detectors = detectors,
                         .clock = clock,
                         .out = out,
                         .problems = problems,
                         .progress = extras.progress,
                         .stop = extras.stop};
  outcome.code = transcribe_files(options, tools);
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
  transcriber.together = 3;
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
  EXPECT_LE(std::ranges::max(transcriber.parties()), 3U);
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

TEST(Files, AreReadAtOnceAndNeverMixed) {
  // The first file's words come last: all that is known of the others waits for its turn.
  ScriptedTranscriber transcriber{{}, 3};
  std::atomic<int> heard{0};
  transcriber.before_answer = [&](std::span<const float> samples) {
    if (media::duration_of(samples.size()) > std::chrono::seconds{6}) {
      for (auto seen = heard.load(); seen < 8; seen = heard.load()) {
        heard.wait(seen);
      }
      return;
    }
    ++heard;
    heard.notify_all();
  };
  std::vector<std::string> paths{wav("slow", "LLLLLLL--LLLLLLL")};
  for (int i = 0; i < 4; ++i) {
    paths.push_back(wav(fmt::format("quick{}", i), "LL--LLL"));
  }

  const auto outcome = transcribe({.files = paths, .json = true, .at_once = 5}, transcriber);

  ASSERT_EQ(outcome.code, 0) << outcome.problems;
  ASSERT_EQ(outcome.lines.size(), 11U);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(get_string(parse_json(outcome.lines[i]).value(), "file"), paths[i / 2]) << i;
  }
}

TEST(Files, BecomeSubtitlesBesideTheLines) {
  ScriptedTranscriber transcriber{{"un --> deux", "trois", "quatre"}};
  const auto folder = fs::path{::testing::TempDir()} / "subtitles";
  fs::remove_all(folder);
  const auto first = wav("talk", "-LL--LLL-");
  fs::create_directories(folder / "other");
  const auto second = (folder / "other/talk.wav").string();
  std::ofstream{second, std::ios::binary} << wav_bytes("LL-");

  const auto outcome = transcribe({.files = {first, second, "/no/such/third.wav"},
                                   .json = true,
                                   .srt_folder = (folder / "srt").string(),
                                   .vtt_folder = (folder / "vtt").string()},
                                  transcriber);

  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.lines.size(), 4U);
  EXPECT_FALSE(fs::exists(folder / "srt/third.srt"));
  const auto srt = text_of(folder / "srt/talk.srt");
  EXPECT_TRUE(srt.starts_with("1\n00:00:00,")) << srt;
  EXPECT_NE(srt.find("un → deux\n\n2\n"), std::string::npos) << srt;
  EXPECT_NE(text_of(folder / "srt/talk-2.srt").find("quatre"), std::string::npos);
  EXPECT_TRUE(text_of(folder / "vtt/talk.vtt").starts_with("WEBVTT\n\n00:00:00."));
  fs::remove_all(folder);
}

TEST(Files, CannotBecomeSubtitlesWhereNoFolderCanBe) {
  ScriptedTranscriber transcriber;
  const auto file = write("no-folder", "x");

  const auto outcome =
      transcribe({.files = {wav("w", "LL")}, .srt_folder = file + "/srt"}, transcriber);

  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.problems.find("no subtitles can be written there"), std::string::npos);
}

TEST(Files, ToldToStopEndWhereTheyAreAndKeepWhatWasHeard) {
  ScriptedTranscriber transcriber;
  std::stop_source source;
  transcriber.before_answer = [&](std::span<const float>) { source.request_stop(); };

  const auto outcome =
      transcribe({.files = {wav("long",
                                "LLL--LLL--LLL--LLL--LLL--LLL--LLL--LLL--LLL--LLL--LLL--LL"
                                "L--LLL--LLL--LLL--LLL--LLL--LLL--LLL--LLL--LLL"),
                            wav("never", "LLL")},
                  .json = true},
                 transcriber, {.stop = source.get_token()});

  EXPECT_EQ(outcome.code, 1);
  ASSERT_GE(outcome.lines.size(), 2U);
  EXPECT_EQ(get_bool(parse_json(outcome.lines.back()).value(), "summary"), true);
  EXPECT_EQ(get_number(parse_json(outcome.lines.back()).value(), "lost_s"), 0.0);
  EXPECT_NE(outcome.problems.find("never.wav: not begun"), std::string::npos) << outcome.problems;
}

TEST(Files, TellHowFarTheyAre) {
  class Watch final : public ProgressView {
   public:
    void show(const FilesProgress& progress) override { last = progress; }
    void hide() override { ++hidden; }
    FilesProgress last;
    int hidden = 0;
  };
  Watch watch;
  ScriptedTranscriber transcriber;

  transcribe({.files = {wav("p1", "LLL-"), wav("p2", "-LLL--")}}, transcriber,
             {.progress = &watch});

  EXPECT_NEAR(watch.last.heard_s, 10, 0.1);
  ASSERT_TRUE(watch.last.all_s);
  EXPECT_NEAR(*watch.last.all_s, 10, 0.1);
  EXPECT_EQ(watch.last.ended, 2U);
  EXPECT_EQ(watch.last.files, 2U);
  EXPECT_GE(watch.hidden, 3) << "before every line";
}

TEST(Files, WaitForAnEngineThatAsksForPatience) {
  ScriptedTranscriber transcriber{{"enfin"}};
  auto busy = make_error(Errc::rate_limited, "too many questions");
  busy.retry_after = std::chrono::seconds{1};
  transcriber.fail_next(busy);

  const auto outcome = transcribe({.files = {wav("busy", "LLL")}, .json = true}, transcriber);

  EXPECT_EQ(outcome.code, 0) << outcome.problems;
  EXPECT_GE(*get_number(parse_json(outcome.lines.back()).value(), "wall_s"), 0.9);
}

struct BadInput {
  std::string path;
  std::string words;
};

std::vector<BadInput> bad_inputs() {
  const auto cut = wav_bytes("LLLLLLLLLL").substr(0, 100'000);
  const std::string picture{"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0", 31};
  // A box whose 64-bit length claims ten thousand million bytes.
  const auto large =
      std::string{
          "\0\0\0\x20"
          "ftypisom\0\0\2\0isomiso2avc1mp41\0\0\0\1moov"
          "\0\0\0\2\x54\x0b\xe4\0",
          48} +
      std::string(1000, '\7');
  const auto video = media::flv_header(true) +
                     media::flv_tag(media::FlvTag::video, Span{0}, "\x22" + std::string(200, '.'));
  std::string noise(50'000, '\0');
  for (std::uint32_t i = 0, state = 1; i < noise.size(); ++i) {
    state = state * 1'664'525U + 1'013'904'223U;
    noise[i] = static_cast<char>(state >> 24U);
  }
  return {{write("zero.wav", ""), "it is empty"},
          {write("cut.wav", cut), "cut short"},
          {write("video.flv", video), "no sound in it"},
          {write("page.mp3", "<!doctype html><html><body>404</body></html>"), "cure: "},
          {write("picture.wav", picture), "image"},
          {write("large.mp4", large), "cure: "},
          {write("sealed.bin", noise), "cure: "},
          {::testing::TempDir() + "/none.wav", "no such file"},
          {::testing::TempDir(), "folder"}};
}

TEST(Files, ThatAreNoSoundAreOneLineEachWithTheCureAndTheOthersGoOn) {
  const auto bad = bad_inputs();
  std::vector<std::string> paths{wav("before", "LLL")};
  for (const auto& input : bad) {
    paths.push_back(input.path);
  }
  paths.push_back(wav("after", "LLL"));
  ScriptedTranscriber transcriber{{}, 2};

  const auto outcome = transcribe({.files = paths, .json = true, .at_once = 4}, transcriber);

  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(get_string(parse_json(outcome.lines.front()).value(), "file"), paths.front());
  EXPECT_EQ(get_string(parse_json(outcome.lines.at(outcome.lines.size() - 2)).value(), "file"),
            paths.back());
  const auto lines = split(trim(outcome.problems), '\n');
  EXPECT_EQ(lines.size(), bad.size()) << outcome.problems;
  for (const auto& input : bad) {
    const auto line = std::ranges::find_if(
        lines, [&](std::string_view one) { return one.starts_with(input.path + ": "); });
    ASSERT_NE(line, lines.end()) << input.path << "\n" << outcome.problems;
    EXPECT_NE(line->find(input.words), std::string_view::npos) << *line;
    EXPECT_NE(line->find("cure: "), std::string_view::npos) << *line;
  }
}

TEST(Files, OfAnyRateWidthAndChannelsAreHeard) {
  ScriptedTranscriber transcriber;

  const auto outcome = transcribe(
      {.files = {wav("eight-bit", "-LLL-", {.bits = 8}), wav("five-one", "-LLL-", {.channels = 6}),
                 wav("eight-khz", "-LLL-", {.rate = 8'000})},
       .json = true},
      transcriber);

  EXPECT_EQ(outcome.code, 0) << outcome.problems;
  ASSERT_EQ(outcome.lines.size(), 4U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(*get_number(parse_json(outcome.lines[i]).value(), "start"), 0.7, 0.1);
  }
}

TEST(Files, ThatClaimTenGigabytesAreReadForWhatTheyHold) {
  ScriptedTranscriber transcriber;

  const auto outcome = transcribe(
      {.files = {wav("claims", "-LLL-", {.claimed = 4'000'000'000U})}, .json = true}, transcriber);

  EXPECT_NEAR(*get_number(parse_json(outcome.lines.back()).value(), "audio_s"), 5, 0.1);
  EXPECT_LT(*get_number(parse_json(outcome.lines.back()).value(), "rss_mb"), 2000);
}

}  // namespace
}  // namespace vigie::transcribe
