// SPDX-License-Identifier: Apache-2.0
// The source against a server on loopback: what it makes of streams, pages, errors and silence.
#include "platform/stream/stream.hpp"

#include <gtest/gtest.h>

#include <map>

#include "async/clock_fake.hpp"
#include "async/task_group.hpp"
#include "async/testing.hpp"
#include "base/random_fake.hpp"
#include "http/server.hpp"
#include "log/log_fake.hpp"
#include "media/aac.hpp"
#include "media/flv.hpp"

namespace vigie::platform::stream {
namespace {

using std::chrono::seconds;

std::string adts_silence() {
  auto encoder = media::create_aac_encoder().value();
  std::string bytes;
  const std::vector<float> silence(16'000);
  for (const auto& packet : encoder->encode(silence).value()) {
    bytes += media::adts_frame(encoder->config(), packet).value();
  }
  return bytes;
}

class StreamSource : public ::testing::Test {
 protected:
  StreamSource() {
    auto handler = [this](http::Request request) { return answer(std::move(request)); };
    http::ServerOptions options;
    options.stop_grace = std::chrono::milliseconds{50};
    auto made = http::create_server(io.get_executor(), options, std::move(handler), random,
                                    quiet.log, metrics);
    server = std::move(made.value());
    tasks.spawn("server", server->run());
    guard = std::make_unique<http::AddressGuard>(std::vector<std::string>{base()},
                                                 std::vector<std::string>{});
    client = http::create_client(io.get_executor(), *guard);
    StreamOptions impatient;
    impatient.patience = std::chrono::milliseconds{300};
    source = create_stream(*client, clock, metrics, impatient);
  }
  ~StreamSource() override {
    tasks.cancel();
    testing::run(io, tasks.join());
  }

  std::string base() const { return fmt::format("http://127.0.0.1:{}", server->port()); }

  // Pages whose name says so hang at the end of their bytes.
  Async<http::Answer> answer(http::Request request) {
    const auto page = pages.find(request.path);
    if (page == pages.end()) {
      http::Response missing;
      missing.status = 404;
      co_return missing;
    }
    auto body = [this, bytes = page->second.body, hangs = request.path.ends_with("live")](
                    http::BodyWriter& writer) { return send(bytes, hangs, writer); };
    http::Response head = page->second;
    head.body.clear();
    co_return http::Answer{http::Streamed{std::move(head), std::move(body)}};
  }

  Async<> send(std::string bytes, bool hangs, http::BodyWriter& writer) {
    if (!bytes.empty()) {
      co_await writer.write(bytes);
    }
    if (hangs) {
      const Span for_ever = std::chrono::hours{1000};
      co_await clock.sleep(for_ever);
    }
  }

  void put(const std::string& path, std::string body, int status = 200) {
    pages[path].status = status;
    pages[path].body = std::move(body);
  }

  Observation probe(const std::string& path) {
    return testing::run(io, source->probe(base() + path));
  }

  void expect(const std::string& path, Evidence evidence, std::string_view reason) {
    const auto seen = probe(path);
    EXPECT_EQ(to_string(seen.evidence), to_string(evidence)) << path;
    EXPECT_EQ(seen.reason, reason) << path;
    EXPECT_EQ(seen.live.has_value(), evidence == Evidence::live) << path;
    EXPECT_FALSE(seen.blocked);
  }

  asio::io_context io;
  ManualClock clock;
  SeededRandom random;
  log::QuietLog quiet;
  metrics::Registry metrics;
  std::map<std::string, http::Response> pages;
  TaskGroup tasks{io.get_executor(),
                  [](const std::string&, const std::exception_ptr&) { ADD_FAILURE(); }};
  std::unique_ptr<http::Server> server;
  std::unique_ptr<http::AddressGuard> guard;
  std::unique_ptr<http::Client> client;
  std::unique_ptr<LiveSource> source;
};

TEST_F(StreamSource, IsOnAirWhenTheFirstBytesAreSound) {
  put("/flv/live", media::flv_header(false));
  put("/aac/live", adts_silence());

  expect("/flv/live", Evidence::live, "on_air");
  expect("/aac/live", Evidence::live, "on_air");
  EXPECT_TRUE(probe("/aac/live").live->room.empty());
}

TEST_F(StreamSource, TakesTheTitleFromWhatIcecastSays) {
  put("/live", adts_silence());
  pages["/live"].headers.add("icy-name", "Radio <Exemple>");
  pages["/live"].headers.add("icy-br", "64");

  const auto seen = probe("/live");

  EXPECT_EQ(seen.display_name, "Radio <Exemple>");
  EXPECT_EQ(seen.live->title, "Radio <Exemple> (64 kbit/s)");
}

TEST_F(StreamSource, ReadsPlaylistsToKnowWhetherTheyHaveEnded) {
  const std::string segments = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\na.ts\n";
  put("/on.m3u8", segments);
  put("/over.m3u8", segments + "#EXT-X-ENDLIST\n");
  put("/master.m3u8", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nover.m3u8\n");
  put("/lost.m3u8", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nnowhere.m3u8\n");
  put("/nested.m3u8", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nmaster.m3u8\n");
  put("/inside.m3u8", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhttp://169.254.169.254/x\n");
  put("/file.m3u8", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nfile:///etc/passwd\n");

  expect("/on.m3u8", Evidence::live, "on_air");
  expect("/over.m3u8", Evidence::not_live, "ended");
  expect("/master.m3u8", Evidence::not_live, "ended");
  expect("/lost.m3u8", Evidence::not_live, "http_404");
  expect("/nested.m3u8", Evidence::unknown, "playlist");
  expect("/inside.m3u8", Evidence::unknown, "forbidden_address");
  expect("/file.m3u8", Evidence::unknown, "forbidden_address");
}

TEST_F(StreamSource, CallsNothingOfflineThatIsOnlyInTrouble) {
  put("/503", "busy", 503);
  put("/403", "no", 403);
  put("/html", "<!doctype html><html>login</html>");
  put("/image", "\x89PNG\r\n\x1A\n................");
  put("/empty", "");
  put("/text", "hello, this is no sound at all");
  put("/silent/live", "");

  expect("/503", Evidence::unknown, "http_503");
  expect("/403", Evidence::unknown, "http_403");
  expect("/html", Evidence::unknown, "html");
  expect("/image", Evidence::unknown, "image");
  expect("/empty", Evidence::unknown, "empty");
  expect("/text", Evidence::unknown, "not_sound");
  expect("/silent/live", Evidence::unknown, "timeout");
  expect("/missing", Evidence::not_live, "http_404");
}

TEST_F(StreamSource, BelievesARefusedConnectionTheSecondTime) {
  http::ServerOptions options;
  auto handler = [this](http::Request request) { return answer(std::move(request)); };
  auto other = http::create_server(io.get_executor(), options, std::move(handler), random,
                                   quiet.log, metrics);
  const auto address = fmt::format("http://127.0.0.1:{}/live", (*other)->port());
  other->reset();
  http::AddressGuard lenient{{address}, {}};
  const auto calls = http::create_client(io.get_executor(), lenient);
  const auto radio = create_stream(*calls, clock, metrics);

  const auto once = testing::run(io, radio->probe(address));
  const auto twice = testing::run(io, radio->probe(address));

  EXPECT_EQ(once.evidence, Evidence::unknown);
  EXPECT_EQ(once.reason, "refused");
  EXPECT_EQ(twice.evidence, Evidence::not_live);
}

TEST_F(StreamSource, CallsNoAddressInsideTheHouse) {
  for (const auto* address : {"http://169.254.169.254/latest", "http://10.0.0.1/a", "file:///etc/x",
                              "http://127.0.0.1:1/a", "ftp://radio.example/a"}) {
    const auto seen = testing::run(io, source->probe(address));
    EXPECT_EQ(seen.evidence, Evidence::unknown) << address;
    EXPECT_EQ(seen.reason, "forbidden_address") << address;
  }
  put("/away", "");
  pages["/away"].status = 302;
  pages["/away"].headers.add("Location", "http://169.254.169.254/");
  expect("/away", Evidence::unknown, "forbidden_address");
}

TEST_F(StreamSource, GivesTheAddressItself) {
  const auto address = testing::run(io, source->resolve("http://radio.example/a", "1"));

  ASSERT_TRUE(address);
  EXPECT_EQ(address->url, "http://radio.example/a");
  EXPECT_EQ(testing::run(io, source->look_up("http://radio.example/a")).evidence,
            Evidence::unknown);
}

}  // namespace
}  // namespace vigie::platform::stream
