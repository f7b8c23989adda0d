// SPDX-License-Identifier: Apache-2.0
// What comes packed from outside (requirement B14): a small answer must not become a large one.
#include "http/inflate.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <vector>

#include "http/packing_testing.hpp"

namespace vigie::http {
namespace {

using testing::pack;

constexpr std::size_t allowed = 8U << 20U;
constexpr int gzip = 15 + 16;
constexpr int wrapped = 15;
constexpr int bare = -15;

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) {
    all += text;
  }
  return all;
}

struct Bomb {
  const char* name;
  const char* coding;
  std::string bytes;
};

std::vector<Bomb> bombs() {
  const std::string zeros(40U << 20U, '\0');
  const auto packed = pack(zeros, gzip);
  const auto member = pack(std::string(1U << 20U, 'a'), gzip);
  return {
      {"forty megabytes of zeros", "gzip", packed},
      {"the same as deflate", "deflate", pack(zeros, wrapped)},
      {"the same without a wrapping", "deflate", pack(zeros, bare)},
      {"under the older name", "x-gzip", packed},
      {"a hundred members", "gzip", repeated(member, 100)},
      {"without its end", "gzip", packed.substr(0, packed.size() / 2)},
      {"seven megabytes of spaces, allowed but for the ratio", "gzip",
       pack(std::string(7U << 20U, ' '), gzip)},
      {"packed twice", "gzip, gzip", pack(packed, gzip)},
      {"packed twice in two ways", "deflate, gzip", pack(packed, wrapped)},
      {"a packing that we do not speak", "br", packed},
      {"another", "zstd", packed},
      {"an older one", "compress", packed},
      {"every packing at once", "*", packed},
  };
}

// The most memory held since forget_peak(), in KiB.
long peak_kib() {
  std::ifstream status{"/proc/self/status"};
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) {
      return std::stol(line.substr(6));
    }
  }
  return 0;
}

void forget_peak() {
  std::ofstream{"/proc/self/clear_refs"} << "5";
}

TEST(Inflate, RefusesEveryBombInLittleMemory) {
  const auto rows = bombs();
  ASSERT_GE(rows.size(), 10U);
  forget_peak();
  const auto before = peak_kib();
  for (const auto& row : rows) {
    ASSERT_LT(row.bytes.size(), 200'000U) << row.name;

    const auto plain = inflate_body(row.bytes, row.coding, allowed);

    ASSERT_FALSE(plain) << row.name;
    EXPECT_EQ(plain.error().code, Errc::corrupt) << row.name;
  }
  constexpr bool keeps_what_was_freed = __has_feature(address_sanitizer);
  if (!keeps_what_was_freed) {
    EXPECT_LT(peak_kib() - before, 4 * static_cast<long>(allowed / 1024));
  }
}

TEST(Inflate, GivesWhatIsPackedTwiceUnderOneNameOnceOnly) {
  const auto inner = pack(std::string(30U << 20U, '\0'), gzip);

  const auto plain = inflate_body(pack(inner, gzip), "gzip", allowed);

  ASSERT_TRUE(plain) << plain.error().what;
  EXPECT_EQ(*plain, inner);
}

TEST(Inflate, TakesWhatPagesAreLike) {
  std::string page;
  for (int i = 0; page.size() < (3U << 20U); ++i) {
    page += "{\"id\":\"" + std::to_string(i * 7919L % 1'000'003) + "\",\"live\":false},";
  }
  const auto packed = pack(page, gzip);

  const auto plain = inflate_body(packed, "gzip", allowed);

  ASSERT_TRUE(plain) << plain.error().what;
  EXPECT_EQ(plain->size(), page.size());
}

}  // namespace
}  // namespace vigie::http
