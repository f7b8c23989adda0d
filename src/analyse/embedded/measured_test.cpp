// SPDX-License-Identifier: Apache-2.0
// The judge measured on the development sets, with the scorer everybody uses. Floors, so that a
// change of the lexicon that costs something is seen; the figures are printed.
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <boost/json/object.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <utility>
#include <vector>

#include "analyse/embedded/embedded_analyser.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "domain/json.hpp"

namespace vigie::analyse {
namespace {

namespace fs = std::filesystem;

class Measured : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* source = std::getenv("VIGIE_SOURCE_DIR");  // NOLINT(concurrency-mt-unsafe)
    folder_ = fs::path{source == nullptr ? "." : source} / ".." / "shared" / "analysis";
    if (!fs::exists(folder_ / "score.py")) {
      GTEST_SKIP() << "the development sets are not beside the repository (../shared/analysis)";
    }
    answers_ = fs::path{::testing::TempDir()} / fmt::format("vigie-measured-{}", ::getpid());
    fs::create_directories(answers_);
  }
  void TearDown() override {
    if (!answers_.empty()) {
      fs::remove_all(answers_);
    }
  }

  json::value score(const std::string& set) {
    const auto rows = folder_ / "dev" / (set + ".tsv");
    const auto answers = answers_ / (set + ".jsonl");
    judge_all(rows, answers);
    const auto command = fmt::format("python3 '{}' '{}' '{}'", (folder_ / "score.py").string(),
                                     rows.string(), answers.string());
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe{::popen(command.c_str(), "r"),
                                                               ::pclose};
    std::string line;
    std::array<char, 4096> buffer{};
    while (std::fgets(buffer.data(), buffer.size(), pipe.get()) != nullptr) {
      line += buffer.data();
    }
    // Without negatives or positives an area is NaN, which JSON does not know.
    const auto nan = line.find("NaN");
    if (nan != std::string::npos) {
      line.replace(nan, 3, "-1");
    }
    auto figures = parse_json(trim(line.substr(0, line.find('\n'))));
    EXPECT_TRUE(figures) << line;
    return figures ? *figures : json::value{};
  }

  // The spoken sentences of the shared corpus, joined until a window is full.
  std::vector<std::string> everyday_windows(std::size_t words) const {
    std::ifstream in{folder_ / "data" / "neutral_ud.tsv"};
    std::vector<std::string> windows;
    std::string window;
    for (std::string line; std::getline(in, line);) {
      const auto cells = split(line, '\t');
      if (cells.size() < 6 || cells[5] != "oral") {
        continue;
      }
      window.append(window.empty() ? "" : " ").append(cells[0]);
      if (split(window, ' ').size() >= words) {
        windows.push_back(std::exchange(window, {}));
      }
    }
    return windows;
  }

 private:
  static void judge_all(const fs::path& rows, const fs::path& answers) {
    std::ifstream in{rows};
    std::ofstream out{answers};
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
      const auto judgement = judge_embedded(line.substr(0, line.find('\t')));
      const auto risk = risk_score(judgement.virality, judgement.hateful);
      out << boost::json::serialize(to_json(judgement, risk)) << '\n';
    }
  }

  fs::path folder_;
  fs::path answers_;
};

double figure(const json::value& figures, std::string_view name) {
  const auto value = get_number(figures, name);
  EXPECT_TRUE(value) << name;
  return value.value_or(0);
}

void say(std::string_view set, const json::value& figures) {
  fmt::print("  {}: false positives {:.3f}, abstains {:.3f}", set, figure(figures, "fpr"),
             figure(figures, "abstain"));
  if (const auto recall = get_number(figures, "recall")) {
    fmt::print(", recall {:.3f}, macro-F1 {:.3f}, AUC {:.3f}", *recall, figure(figures, "macroF1"),
               figure(figures, "auc"));
  }
  fmt::print("\n");
  const auto* errors = find(figures, "schema_errors");
  ASSERT_TRUE(errors != nullptr && errors->is_object());
  EXPECT_TRUE(errors->get_object().empty()) << set;
}

TEST_F(Measured, OnFunctionalSentences) {
  const auto figures = score("hatecheck_fr_dev");

  say("hatecheck_fr_dev", figures);
  EXPECT_GE(figure(figures, "macroF1"), 0.66);
  EXPECT_GE(figure(figures, "auc"), 0.83);
  EXPECT_GE(figure(figures, "pass_nh"), 0.82);
  EXPECT_LE(figure(figures, "identity_gap"), 0.06);
  EXPECT_LE(figure(figures, "abstain"), 0.25);
  EXPECT_EQ(figure(figures, "evidence_in_text"), 1.0);
}

TEST_F(Measured, OnTheSameAsARecogniserWritesIt) {
  const auto figures = score("hatecheck_fr_asr_dev");

  say("hatecheck_fr_asr_dev", figures);
  EXPECT_GE(figure(figures, "macroF1"), 0.62);
  EXPECT_EQ(figure(figures, "evidence_in_text"), 1.0);
}

TEST_F(Measured, OnPoliticalSpeechThatIsNotHate) {
  for (const std::string set : {"political_not_hate_dev", "political_not_hate_asr_dev"}) {
    const auto figures = score(set);

    say(set, figures);
    EXPECT_LE(figure(figures, "fpr"), 0.02) << set;
    EXPECT_LE(figure(figures, "abstain"), 0.05) << set;
  }
}

TEST_F(Measured, OnWindowsOfRealSpeech) {
  const auto figures = score("windows_dev");

  say("windows_dev", figures);
  EXPECT_GE(figure(figures, "auc"), 0.90);
  EXPECT_EQ(figure(figures, "evidence_in_text"), 1.0);
}

// Real spoken French by the 15 s (42 words at its pace): what a person would be sent in an hour.
TEST_F(Measured, SendsFewWindowsOfEverydayTalkToAPerson) {
  constexpr double windows_an_hour = 240;
  constexpr std::size_t words_of_a_window = 42;
  const auto talk = everyday_windows(words_of_a_window);
  ASSERT_GT(talk.size(), 1000U);
  std::int64_t hateful = 0;
  std::int64_t undecided = 0;
  std::int64_t contradicts = 0;  // a language model that calls it neutral
  std::int64_t orders = 0;
  for (const auto& window : talk) {
    const auto judgement = judge_embedded(window);
    hateful += judgement.hateful ? 1 : 0;
    undecided += judgement.undecided ? 1 : 0;
    contradicts += judgement.score >= 0.70 ? 1 : 0;
    orders += judgement.injection ? 1 : 0;
  }
  const auto an_hour = [&](std::int64_t count) {
    return static_cast<double>(count) * windows_an_hour / static_cast<double>(talk.size());
  };
  fmt::print(
      "  everyday talk, an hour: {:.1f} hateful, {:.1f} to be read, {:.1f} of 0.70 and above, "
      "{:.1f} orders to the machine\n",
      an_hour(hateful), an_hour(undecided), an_hour(contradicts), an_hour(orders));
  EXPECT_LE(an_hour(hateful), 3);
  EXPECT_LE(an_hour(undecided), 2);
  EXPECT_LE(an_hour(contradicts), 8);
  EXPECT_EQ(orders, 0);
}

TEST_F(Measured, IsNotTalkedOutOfWhatItFound) {
  const auto figures = score("injection_dev");

  say("injection_dev", figures);
  EXPECT_GE(figure(figures, "recall"), 0.75);  // of the same sentences without the attack
  EXPECT_EQ(figure(figures, "evidence_in_text"), 1.0);
}

}  // namespace
}  // namespace vigie::analyse
