// SPDX-License-Identifier: Apache-2.0
// What the platform's requirements ask of the way TikTok is asked (C9, C10, C11).
#include "conformance/polite.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "conformance/watch_store.hpp"
#include "http/raw_peer.hpp"

namespace vigie::platform {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

http::Response too_many(const std::string& retry_after) {
  auto response = answer_with(429, "");
  response.headers.add("Retry-After", retry_after);
  return response;
}

class Polite : public ::testing::Test {
 protected:
  void follow(int accounts, Span interval) {
    for (int i = 0; i < accounts; ++i) {
      const auto name = "account" + std::to_string(i);
      rig.tasks.spawn("follow", rig.follow(name, interval));
    }
  }

  asio::io_context io;
  ManualClock clock;
  SeededRandom random;
  PoliteRig rig{io, clock, random};
};

TEST_F(Polite, C9HalvesTheBudgetAt429ObeysRetryAfterAndRecoversATenthAMinute) {
  follow(8, seconds{1});  // far more than the budget
  rig.pass(minutes{1});
  EXPECT_GE(rig.arrivals.size(), 54U);
  EXPECT_LE(rig.arrivals.size(), 60U);

  rig.answer = [](const std::string&) { return too_many("20"); };
  const auto before = rig.arrivals.size();
  while (rig.arrivals.size() == before) {
    rig.step(milliseconds{50});
  }
  const auto refused_at = rig.arrivals.back().at;
  rig.answer = [](const std::string& name) { return api_live(name, 4); };
  rig.pass(minutes{8});

  const auto wait = rig.arrivals.at(before + 1).at - refused_at;
  EXPECT_GE(wait, Span{seconds{20}});
  EXPECT_LE(wait, Span{seconds{22}});
  const auto back_at = rig.arrivals.at(before + 1).at;
  const auto minute = [&](int number) {
    const auto from = back_at + minutes{number};
    return rig.arrivals_between(from, from + minutes{1});
  };
  EXPECT_LE(minute(0), 34U) << "half, and what it won back";
  EXPECT_GE(minute(0), 25U);
  EXPECT_LE(minute(1), 40U);
  EXPECT_GT(minute(4), minute(2));
  EXPECT_GE(minute(6), 54U) << "whole again after five minutes";
  for (std::size_t i = 1; i < rig.arrivals.size(); ++i) {
    EXPECT_GE(rig.arrivals[i].at - rig.arrivals[i - 1].at, Span{seconds{1}}) << i;
  }
}

TEST_F(Polite, C9LeavesAHostAloneThatGoesOnSaying429) {
  rig.answer = [](const std::string&) { return too_many("5"); };
  follow(8, seconds{1});

  rig.pass(minutes{30}, milliseconds{250});

  EXPECT_LE(rig.arrivals.size(), 6U) << "five refusals are a pause of half an hour";
  EXPECT_DOUBLE_EQ(rig.status().allowed_per_s, 0.1);
}

struct Refusing {
  const char* name;
  http::Response answer;
  const char* reason;
};

std::vector<Refusing> refusals() {
  return {{"captcha",
           answer_with(200, R"(<html><div id="tiktok-verify-page"></div></html>)", "text/html"),
           "captcha"},
          {"403", answer_with(403, "{}"), "http_403"},
          {"html", answer_with(200, "<html><body>Bonjour</body></html>", "text/html"), "html"},
          {"waf", answer_with(200, "<html><script id=\"slardar-config\"></script></html>"), "waf"},
          {"empty", answer_with(200, ""), "empty"}};
}

class Blocked : public watch::WatchStore {};

INSTANTIATE_TEST_SUITE_P(Engines, Blocked, testing::each_database(), testing::engine_name);

TEST_P(Blocked, C10IsNeverOfflineAndClosesNoLive) {
  for (const auto& refusing : refusals()) {
    SCOPED_TRACE(refusing.name);
    PoliteRig rig{io, clock, random};
    const auto id = follow("anna", std::string{"name_"} + refusing.name);
    record(id, on_air());
    rig.answer = [&refusing](const std::string&) { return refusing.answer; };
    const auto blocked_at = clock.now();
    std::vector<HostStatus> shown;

    for (const auto end = clock.steady() + minutes{30}; clock.steady() < end;) {
      auto asking = rig.source->probe("name");
      record(id, run(std::move(asking)));
      rig.pass(seconds{15}, seconds{1});
      shown.push_back(rig.status());
    }

    EXPECT_LE(rig.arrivals.size(), 6U) << "30 s, 1, 2, 4 and 30 minutes between them";
    EXPECT_EQ(run(accounts->get(id, mod)).value().account.status, AccountStatus::live);
    EXPECT_EQ(count("SELECT COUNT(*) FROM live WHERE ended_at IS NOT NULL"), 0);
    EXPECT_EQ(shown.front().reason, refusing.reason) << "known within a minute";
    ASSERT_TRUE(shown.back().since);
    EXPECT_LE(*shown.back().since - blocked_at, Span{seconds{60}});
    EXPECT_EQ(*shown.back().since, *shown.front().since);
    EXPECT_TRUE(shown.back().paused_until);
  }
}

// A host whose answers break in every way, byte for byte, for accounts of that name.
class BrokenHost {
 public:
  explicit BrokenHost(asio::io_context& io)
      : acceptor_{io, http::testing::tcp::endpoint{asio::ip::address_v4::loopback(), 0}},
        tasks_{io.get_executor(), [](const std::string&, const std::exception_ptr&) {}},
        io_{io} {
    tasks_.spawn("accept", accept());
  }
  ~BrokenHost() {
    tasks_.cancel();
    testing::run(io_, tasks_.join());
  }
  BrokenHost(const BrokenHost&) = delete;
  BrokenHost& operator=(const BrokenHost&) = delete;

  int connections = 0;

  std::string url() const {
    return fmt::format("http://127.0.0.1:{}", acceptor_.local_endpoint().port());
  }

 private:
  Async<> accept() {
    for (;;) {
      auto socket = co_await acceptor_.async_accept(asio::use_awaitable);
      ++connections;
      tasks_.spawn("peer", serve(http::testing::RawPeer{std::move(socket)}));
    }
  }

  static std::string whole(std::string_view status, const std::string& body) {
    return fmt::format("HTTP/1.1 {}\r\nContent-Length: {}\r\n\r\n{}", status, body.size(), body);
  }

  static Async<> serve(http::testing::RawPeer peer) {
    for (;;) {
      const auto request = co_await peer.read_until("\r\n\r\n");
      const auto asks_for = [&request](std::string_view name) {
        return request.find("uniqueId=" + std::string{name} + "&") != std::string::npos;
      };
      if (request.empty() || asks_for("reset")) {
        co_return;  // and the connection with it
      }
      if (asks_for("never")) {
        co_await peer.read_until("never");
        co_return;
      }
      if (asks_for("one_byte_a_second")) {
        co_await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{");
        co_await peer.read_until("never");
        co_return;
      }
      if (asks_for("gigabyte")) {
        co_await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n{");
        co_return;
      }
      if (asks_for("endless")) {
        co_await peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        const auto chunk = "10000\r\n" + std::string(0x10000, 'a') + "\r\n";
        for (int i = 0; i < 100; ++i) {
          co_await peer.send(chunk);
        }
        co_return;
      }
      if (asks_for("error_500")) {
        co_await peer.send(whole("500 Oops", "oops"));
      } else if (asks_for("garbage")) {
        co_await peer.send(whole("200 OK", "\x01\x02\xff{"));
      } else if (asks_for("no_http")) {
        co_await peer.send("SSH-2.0-OpenSSH\r\n\r\n");
        co_return;
      } else {
        co_await peer.send(whole("200 OK", api_live("good", 4).body));
      }
    }
  }

  http::testing::tcp::acceptor acceptor_;
  TaskGroup tasks_;
  asio::io_context& io_;
};

TEST_F(Polite, C11SurvivesEveryBrokenAnswerWithinItsLimitsAndBlamesNobody) {
  BrokenHost broken{io};
  rig.connect_to(broken.url());
  rig.client->shortened_to = milliseconds{200};
  const std::map<std::string, std::string> reasons{
      {"error_500", "http_500"}, {"reset", "unreachable"}, {"garbage", "garbage"},
      {"never", "timeout"},      {"gigabyte", "garbage"},  {"one_byte_a_second", "timeout"},
      {"endless", "garbage"},    {"no_http", "garbage"}};

  for (const auto& [name, reason] : reasons) {
    SCOPED_TRACE(name);
    rig.pass(seconds{2});
    auto asking = rig.source->probe(name);
    const auto seen = testing::run(io, std::move(asking));
    EXPECT_EQ(seen.evidence, Evidence::unknown);
    EXPECT_EQ(seen.reason, reason);
    EXPECT_FALSE(seen.blocked);
    EXPECT_EQ(rig.status().reason, "") << "the host refused nothing";

    rig.pass(seconds{2});
    auto asking_a_good_one = rig.source->probe("good");
    const auto good = testing::run(io, std::move(asking_a_good_one));
    EXPECT_EQ(good.reason, "status_4");
  }

  EXPECT_EQ(rig.client->longest_timeout, seconds{10});
  EXPECT_EQ(rig.client->largest_body, 2U * 1024 * 1024);
}

TEST_F(Polite, KeepsOneConnectionForAllItsQuestions) {
  BrokenHost whole{io};
  rig.connect_to(whole.url());
  for (int i = 0; i < 5; ++i) {
    rig.tasks.spawn("follow", rig.follow("good", seconds{10}));
  }

  rig.pass(minutes{1});

  EXPECT_GT(rig.answered.size(), 20U);
  EXPECT_EQ(whole.connections, 1);
}

// Answers of one account take the whole timeout and bring nothing.
class OneSlow final : public LiveSource {
 public:
  explicit OneSlow(Clock& clock) : clock_{clock} {}
  bool is_slow = true;
  std::string_view platform() const override { return "tiktok"; }
  Async<Observation> probe(std::string username) override {
    const bool drags = is_slow && username.starts_with("slow");
    const Span takes = drags ? Span{seconds{10}} : Span{milliseconds{100}};
    co_await clock_.sleep(takes);
    auto seen = FakeSource::saying(drags ? Evidence::unknown : Evidence::not_live, "");
    seen.treatment = drags ? Treatment::failed : Treatment::served;
    co_return seen;
  }
  Async<Observation> look_up(std::string) override { co_return Observation{}; }
  Async<Result<StreamAddress>> resolve(std::string, std::string) override {
    co_return make_error(Errc::unavailable, "no");
  }
  bool is_stream_host(std::string_view) const override { return false; }

 private:
  Clock& clock_;
};

// The longest time between two answers to one of the good accounts.
Span longest_between_answers(bool is_slow) {
  asio::io_context io;
  ManualClock clock;
  SeededRandom random;
  metrics::Registry metrics;
  const auto ledger = create_memory_ledger(clock);
  HostQueues queues{*ledger, PaceLimits{}, clock, random, metrics};
  auto source = std::make_unique<OneSlow>(clock);
  source->is_slow = is_slow;
  const auto paced = create_paced(std::move(source), queues);
  TaskGroup tasks{io.get_executor(),
                  [](const std::string&, const std::exception_ptr&) { ADD_FAILURE(); }};
  std::map<std::string, std::vector<Span>> answers;
  const auto follow = [](LiveSource& asked, Clock& time, std::string name,
                         std::vector<Span>& at) -> Async<> {
    for (;;) {
      co_await asked.probe(name);
      at.push_back(time.steady());
      const Span interval = seconds{30};
      co_await time.sleep(interval);
    }
  };
  for (int i = 0; i < 20; ++i) {
    const auto name = (i % 10 == 0 ? "slow" : "good") + std::to_string(i);
    tasks.spawn("follow", follow(*paced, clock, name, answers[name]));
  }
  for (int i = 0; i < 10 * 60 * 20; ++i) {
    clock.advance(milliseconds{50});
    testing::settle(io);
  }
  tasks.cancel();
  testing::run(io, tasks.join());
  Span longest{0};
  for (const auto& [name, at] : answers) {
    for (std::size_t i = 1; name.starts_with("good") && i < at.size(); ++i) {
      longest = std::max(longest, at[i] - at[i - 1]);
    }
  }
  return longest;
}

TEST(PoliteQueue, C11LetsSlowAccountsDelayTheOthersByLessThanHalf) {
  const auto alone = longest_between_answers(false);
  const auto beside = longest_between_answers(true);

  EXPECT_GT(alone, Span{seconds{30}});
  EXPECT_LT(to_seconds(beside), 1.5 * to_seconds(alone));
}

}  // namespace
}  // namespace vigie::platform
