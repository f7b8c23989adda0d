// SPDX-License-Identifier: Apache-2.0
// A few bytes that make libav ask for gigabytes, as the fuzzers found them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "base/text.hpp"
#include "media/fragments.hpp"
#include "media/sound_file.hpp"

namespace vigie::media {
namespace {

std::filesystem::path corpus() {
  const char* root = std::getenv("VIGIE_SOURCE_DIR");  // NOLINT(concurrency-mt-unsafe)
  return std::filesystem::path{root == nullptr ? "." : root} / "fuzz/corpus";
}

// The most memory this process ever had.
std::int64_t peak_mb() {
  std::ifstream status{"/proc/self/status"};
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) {
      const auto from = line.find_first_of("0123456789");
      const auto to = line.find(' ', from);
      return to_integer(line.substr(from, to - from)).value_or(0) / 1024;
    }
  }
  return 0;
}

constexpr std::int64_t most_growth_mb = 300;

TEST(HungryInput, AFileOfAHundredBytesTakesLittleMemory) {
  const auto path = corpus() / "sound_file/hungry";
  ASSERT_TRUE(std::filesystem::exists(path)) << path;
  const auto before = peak_mb();

  if (auto file = open_sound_file(path.string())) {
    for (int count = 0; count < 20; ++count) {
      const auto samples = (*file)->read();
      if (!samples || samples->empty()) {
        break;
      }
    }
  }

  EXPECT_LT(peak_mb() - before, most_growth_mb);
}

TEST(HungryInput, APieceOfAFewKilobytesTakesLittleMemory) {
  std::ifstream file{corpus() / "sound/hungry_fragment", std::ios::binary};
  ASSERT_TRUE(file);
  const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
  const auto before = peak_mb();

  static_cast<void>(create_fragment_reader()->read(std::string_view{bytes}.substr(1), ""));

  EXPECT_LT(peak_mb() - before, most_growth_mb);
}

}  // namespace
}  // namespace vigie::media
