// SPDX-License-Identifier: Apache-2.0
// TikTok as a server on loopback that answers what a test says, the real client and source before
// it, and a clock turned by hand: for the tests of how polite Vigie is.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "async/clock_fake.hpp"
#include "async/task_group.hpp"
#include "async/testing.hpp"
#include "base/random_fake.hpp"
#include "http/client.hpp"
#include "http/server.hpp"
#include "log/log_fake.hpp"
#include "platform/paced_source.hpp"
#include "platform/tiktok/tiktok.hpp"

namespace vigie::platform {

inline http::Response answer_with(int status, std::string body,
                                  std::string type = "application/json") {
  http::Response response;
  response.status = status;
  response.headers.add("Content-Type", std::move(type));
  response.body = std::move(body);
  return response;
}

// api-live of an account that is on air (2) or not (4).
inline http::Response api_live(const std::string& name, int status) {
  return answer_with(
      200,
      fmt::format(R"({{"statusCode":0,"data":{{"user":{{"uniqueId":"{}","id":"1","roomId":"7",)"
                  R"("status":{}}},"liveRoom":{{"status":{},"startTime":1790000000,)"
                  R"("streamData":{{"pull_data":{{"stream_data":"{{}}"}}}}}}}}}})",
                  name, status, status));
}

// The real client; knows whether something is under way, so that a test's clock can wait for it.
class WatchedClient final : public http::Client {
 public:
  explicit WatchedClient(std::unique_ptr<http::Client> real) : real_{std::move(real)} {}

  int under_way = 0;
  std::chrono::milliseconds longest_timeout{0};
  std::size_t largest_body = 0;
  std::optional<std::chrono::milliseconds> shortened_to;  // real seconds are dear in a test

  Async<Result<http::Response>> send(http::ClientRequest request) override {
    longest_timeout = std::max(longest_timeout, request.timeout);
    largest_body = std::max(largest_body, request.max_body);
    request.timeout = shortened_to.value_or(request.timeout);
    const UnderWay mark{*this};
    co_return co_await real_->send(std::move(request));
  }
  Async<Result<std::unique_ptr<http::ResponseStream>>> open(http::ClientRequest request) override {
    return real_->open(std::move(request));
  }

 private:
  struct UnderWay {
    explicit UnderWay(WatchedClient& owner) : client{owner} { ++client.under_way; }
    UnderWay(const UnderWay&) = delete;
    UnderWay& operator=(const UnderWay&) = delete;
    ~UnderWay() { --client.under_way; }
    WatchedClient& client;
  };
  std::unique_ptr<http::Client> real_;
};

struct Arrival {
  std::string who;
  Span at;
};

class PoliteRig {
 public:
  PoliteRig(asio::io_context& the_io, ManualClock& the_clock, Random& random)
      : io{the_io}, clock{the_clock} {
    auto handler = [this](http::Request request) { return serve(std::move(request)); };
    server_ = http::create_server(io.get_executor(), http::ServerOptions{}, std::move(handler),
                                  random, quiet_.log, metrics)
                  .value();
    tasks.spawn("server", server_->run());
    queues = std::make_unique<HostQueues>(*ledger, PaceLimits{}, clock, random, metrics);
    connect_to(fmt::format("http://127.0.0.1:{}", server_->port()));
  }
  ~PoliteRig() {
    tasks.cancel();
    testing::run(io, tasks.join());
  }
  PoliteRig(const PoliteRig&) = delete;
  PoliteRig& operator=(const PoliteRig&) = delete;

  void connect_to(const std::string& base) {
    guard_ = std::make_unique<http::AddressGuard>(std::vector<std::string>{base},
                                                  std::vector<std::string>{});
    client = std::make_unique<WatchedClient>(http::create_client(io.get_executor(), *guard_));
    auto tiktok =
        tiktok::create_tiktok(*client, tiktok::TikTokOptions{base, base}, quiet_.log, metrics);
    host = std::string{tiktok->host_of(Question::probe)};
    source = create_paced(std::move(tiktok), *queues);
  }

  // One step of the clock, and what it sets going to its end.
  void step(Span by) {
    clock.advance(by);
    testing::settle(io);
    while (client->under_way > 0) {
      io.restart();
      io.run_one_for(std::chrono::milliseconds{5});
    }
    testing::settle(io);
  }
  void pass(Span time, Span by = std::chrono::milliseconds{50}) {
    for (const auto end = clock.steady() + time; clock.steady() < end;) {
      step(by);
    }
  }

  HostStatus status() { return testing::run(io, queues->of(host).status()); }

  // Looks at an account again and again, as a watcher that obeys what it hears.
  Async<> follow(std::string name, Span interval) {
    for (;;) {
      const auto seen = co_await source->probe(name);
      answered.push_back({name, clock.steady()});
      reasons.push_back(seen.reason);
      co_await clock.sleep(std::max<Span>(interval, seen.retry_after));
    }
  }

  std::size_t arrivals_between(Span from, Span to) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        arrivals, [&](const Arrival& one) { return one.at >= from && one.at < to; }));
  }

  asio::io_context& io;
  ManualClock& clock;
  metrics::Registry metrics;
  std::unique_ptr<HostLedger> ledger = create_memory_ledger(clock);
  TaskGroup tasks{io.get_executor(), [](const std::string& name, const std::exception_ptr& why) {
                    ADD_FAILURE() << name << ": " << words_of(why);
                  }};
  std::unique_ptr<HostQueues> queues;
  std::unique_ptr<WatchedClient> client;
  std::unique_ptr<LiveSource> source;
  std::string host;
  std::vector<Arrival> arrivals;  // at the server
  std::vector<Arrival> answered;  // to who asked
  std::vector<std::string> reasons;
  std::function<http::Response(const std::string& name)> answer = [](const std::string& name) {
    return api_live(name, 4);
  };

 private:
  Async<http::Answer> serve(http::Request request) {
    auto name = request.parameter("uniqueId").value_or("");
    arrivals.push_back({name, clock.steady()});
    co_return http::Answer{answer(name)};
  }

  log::QuietLog quiet_;
  std::unique_ptr<http::Server> server_;
  std::unique_ptr<http::AddressGuard> guard_;
};

}  // namespace vigie::platform
