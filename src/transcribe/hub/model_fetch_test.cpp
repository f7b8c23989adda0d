// SPDX-License-Identifier: Apache-2.0
// Against a hub of our own, over real sockets.
#include "transcribe/hub/model_fetch.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "async/testing.hpp"
#include "http/scripted_server.hpp"

namespace vigie::transcribe {
namespace {

namespace fs = std::filesystem;
using http::testing::http_answer;
using http::testing::ScriptedServer;

// 3,000,000 bytes "abcdefghijklmnop…", and their sha256.
std::string the_weights() {
  std::string bytes(3'000'000, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<char>('a' + i % 26);
  }
  return bytes;
}
constexpr std::string_view the_sum =
    "d6cf32dbb23114747b830011f8d26023eda7c54e0ef816ca9d1925e234b12ca1";

class Hub : public ::testing::Test {
 protected:
  void SetUp() override { fs::remove_all(folder); }
  void TearDown() override { fs::remove_all(folder); }

  // As the hub answers: small files at once, the weights at another address.
  std::string answer(const std::string& request) {
    const auto path = request.substr(request.find(' ') + 1);
    if (path.starts_with("/Systran/faster-whisper-test/resolve/main/model.bin")) {
      const auto sum = promised.empty() ? "" : "X-Linked-ETag: \"" + promised + "\"\r\n";
      return http_answer(302, "",
                         "Location: " + server.url("/kept") + "\r\n" + sum +
                             "X-Linked-Size: " + std::to_string(weights.size()) + "\r\n");
    }
    if (path.starts_with("/kept")) {
      return kept(request);
    }
    if (path.find(lacking) != std::string::npos) {
      return http_answer(404, "no");
    }
    return http_answer(200, "{}");
  }

  std::string kept(const std::string& request) {
    const auto range = request.find("Range: bytes=");
    const auto from = range == std::string::npos ? 0 : std::stoul(request.substr(range + 13));
    const bool is_cut = cuts-- > 0;
    const auto body = weights.substr(from);
    auto bytes = range == std::string::npos
                     ? http_answer(200, body)
                     : http_answer(206, body,
                                   "Content-Range: bytes " + std::to_string(from) + "-" +
                                       std::to_string(weights.size() - 1) + "/" +
                                       std::to_string(weights.size()) + "\r\n");
    return is_cut ? bytes.substr(0, 1'000'000) : bytes;
  }

  Result<Fetched> fetch(PublishedModel model, std::uint64_t room = 1ULL << 40U) {
    asio::io_context io{1};
    const http::AddressGuard guard{{server.url()}, {}};
    const auto client = http::create_client(io.get_executor(), guard);
    FetchOptions options;
    options.hub = server.url("/");
    options.models_folder = folder.string();
    options.room = [room](const std::string&) { return room; };
    options.progress = [this](std::uint64_t got, std::uint64_t) { reached = got; };
    options.attempts = 2;
    return testing::run(io, fetch_model(*client, model, std::move(options)));
  }

  PublishedModel pinned() const {
    return {"test", "Systran/faster-whisper-test", weights.size(), the_sum};
  }
  PublishedModel unpinned() const { return {"test", "Systran/faster-whisper-test", 5, ""}; }

  std::string text_of(const std::string& name) const {
    std::ifstream file{folder / "whisper" / name, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
  }

  const fs::path folder =
      fs::path{::testing::TempDir()} /
      (std::string{"hub-"} + ::testing::UnitTest::GetInstance()->current_test_info()->name());
  const std::string weights = the_weights();
  std::string promised{the_sum};
  std::string lacking = "no such file";
  int cuts = 0;
  std::uint64_t reached = 0;
  ScriptedServer server{[this](const std::string& request) { return answer(request); }};
};

TEST_F(Hub, GivesAModelWholeAndChecked) {
  const auto fetched = fetch(pinned());

  ASSERT_TRUE(fetched) << fetched.error().what;
  EXPECT_EQ(fetched->folder, (folder / "whisper/test").string());
  EXPECT_FALSE(fetched->is_trusted_on_first_use);
  EXPECT_TRUE(is_complete_model(fetched->folder));
  EXPECT_EQ(text_of("test/model.bin"), weights);
  EXPECT_EQ(reached, weights.size());
  EXPECT_FALSE(fs::exists(folder / "whisper/.fetching-test"));
  EXPECT_TRUE(fetch(pinned())->was_there);
}

TEST_F(Hub, ThatBreaksIsAskedForTheRest) {
  cuts = 2;

  const auto fetched = fetch(pinned());

  ASSERT_TRUE(fetched) << fetched.error().what;
  EXPECT_EQ(text_of("test/model.bin"), weights);
  const auto requests = server.requests();
  EXPECT_EQ(std::ranges::count_if(
                requests, [](const auto& one) { return one.find("Range: ") != std::string::npos; }),
            4)
      << "twice, and where each was sent on to";
}

TEST_F(Hub, GoesOnWhereAnEarlierFetchStopped) {
  fs::create_directories(folder / "whisper/.fetching-test");
  std::ofstream{folder / "whisper/.fetching-test/model.bin.part", std::ios::binary}
      << weights.substr(0, 2'000'000);

  const auto fetched = fetch(pinned());

  ASSERT_TRUE(fetched) << fetched.error().what;
  EXPECT_EQ(text_of("test/model.bin"), weights);
  EXPECT_NE(server.requests().back().find("Range: bytes=2000000-"), std::string::npos);
}

TEST_F(Hub, ThatSendsSomethingElseIsNotBelieved) {
  auto other = pinned();
  other.sha256 = "0000000000000000000000000000000000000000000000000000000000000000";

  const auto fetched = fetch(other);

  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().code, Errc::corrupt);
  EXPECT_NE(fetched.error().what.find("it was removed"), std::string::npos);
  EXPECT_FALSE(fs::exists(folder / "whisper/.fetching-test/model.bin.part"));
  EXPECT_FALSE(fs::exists(folder / "whisper/test"));
}

TEST_F(Hub, IsTrustedOnFirstUseWhereNoSumIsKnownAndHeldToItsWord) {
  const auto fetched = fetch(unpinned());

  ASSERT_TRUE(fetched) << fetched.error().what;
  EXPECT_TRUE(fetched->is_trusted_on_first_use);

  fs::remove_all(folder);
  promised = std::string(64, '1');
  EXPECT_EQ(fetch(unpinned()).error().code, Errc::corrupt);

  promised.clear();
  EXPECT_NE(fetch(unpinned()).error().what.find("names no checksum"), std::string::npos);
}

TEST_F(Hub, HasVocabulariesOfTwoKinds) {
  lacking = "vocabulary.txt";

  ASSERT_TRUE(fetch(pinned()));

  EXPECT_EQ(text_of("test/vocabulary.json"), "{}");
}

TEST_F(Hub, ThatLacksAModelOrIsAwaySaysTheCure) {
  lacking = "config.json";
  const auto lacked = fetch(pinned());
  ASSERT_FALSE(lacked);
  EXPECT_EQ(lacked.error().code, Errc::not_found);
  EXPECT_NE(lacked.error().what.find("MODELS_URL"), std::string::npos);

  asio::io_context io{1};
  const http::AddressGuard guard{{"http://127.0.0.1:1"}, {}};
  const auto client = http::create_client(io.get_executor(), guard);
  FetchOptions options;
  options.hub = "http://127.0.0.1:1";
  options.models_folder = folder.string();
  const auto away = testing::run(io, fetch_model(*client, pinned(), std::move(options)));
  ASSERT_FALSE(away);
  EXPECT_EQ(away.error().code, Errc::unavailable);
  EXPECT_NE(away.error().what.find("cure: "), std::string::npos);
}

TEST_F(Hub, IsNotAskedForWhatHasNoRoom) {
  const auto fetched = fetch(pinned(), 1'000'000);

  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().code, Errc::unavailable);
  EXPECT_NE(fetched.error().what.find("make room"), std::string::npos);
  EXPECT_EQ(reached, 0U);
}

}  // namespace
}  // namespace vigie::transcribe
