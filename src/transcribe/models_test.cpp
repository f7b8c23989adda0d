// SPDX-License-Identifier: Apache-2.0
#include "transcribe/models.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace vigie::transcribe {
namespace {

class Models : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::remove_all(folder); }
  void TearDown() override { std::filesystem::remove_all(folder); }

  void put(const std::string& name, bool is_complete = true) {
    const auto place = folder / "whisper" / name;
    std::filesystem::create_directories(place);
    for (const auto* file : {"model.bin", "config.json"}) {
      std::ofstream{place / file} << "x";
    }
    if (is_complete) {
      std::ofstream{place / "vocabulary.txt"} << "x";
    }
  }

  const std::filesystem::path folder =
      std::filesystem::path{::testing::TempDir()} /
      ::testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(Models, AreFoundByName) {
  put("tiny");
  put("base");

  const auto found = find_model(folder, "tiny");

  ASSERT_TRUE(found) << found.error().what;
  EXPECT_EQ(found->name, "tiny");
  EXPECT_EQ(found->folder, (folder / "whisper/tiny").string());
  EXPECT_TRUE(found->note.empty());
}

TEST_F(Models, LargeMeansTheThirdOne) {
  put("large-v2");
  put("large-v3");

  EXPECT_EQ(find_model(folder, "large")->name, "large-v3");
}

TEST_F(Models, TheLargestPresentStandsInAloud) {
  put("tiny");
  put("base");
  put("medium", false);

  const auto found = find_model(folder, "small");

  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, "base");
  EXPECT_NE(found->note.find("small is not in"), std::string::npos);
  EXPECT_NE(found->note.find("vigie model fetch small"), std::string::npos);
}

TEST_F(Models, NoneIsNotFoundWithTheCure) {
  const auto found = find_model(folder, "small");

  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Errc::not_found);
  EXPECT_NE(found.error().what.find("make setup"), std::string::npos);
}

TEST_F(Models, AFolderIsTakenAsItIs) {
  put("base");

  const auto found = find_model("/nowhere", (folder / "whisper/base/").string());
  const auto missing = find_model(folder, "./no/such/folder");

  ASSERT_TRUE(found) << found.error().what;
  EXPECT_EQ(found->name, "base");
  EXPECT_FALSE(missing);
}

TEST_F(Models, AreListedSmallestFirst) {
  put("medium");
  put("tiny");

  const auto models = list_models(folder);

  ASSERT_EQ(models.size(), 2U);
  EXPECT_EQ(models[0].name, "tiny");
  EXPECT_EQ(models[1].name, "medium");
}

}  // namespace
}  // namespace vigie::transcribe
