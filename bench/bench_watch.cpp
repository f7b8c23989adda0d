// SPDX-License-Identifier: Apache-2.0
// What watching costs, in CPU time, through the real client code against the simulator:
//   checks a second a core, with the budget lifted; 500 accounts that answer after 100 ms, 50 in
//   flight; polls of an account with many followers; the schedule of 100,000 accounts; how late 200
//   lives at random moments are noticed.
#include <fmt/format.h>
#include <malloc.h>
#include <time.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <vector>

#include "async/clock_fake.hpp"
#include "async/task_group.hpp"
#include "async/testing.hpp"
#include "base/json.hpp"
#include "base/random_fake.hpp"
#include "bus/memory/memory_bus.hpp"
#include "db/migrations.hpp"
#include "db/sqlite/sqlite_database.hpp"
#include "http/server.hpp"
#include "log/log_fake.hpp"
#include "platform/live_source_fake.hpp"
#include "platform/tiktok/tiktok.hpp"
#include "sim/simulator.hpp"
#include "soak/rig.hpp"
#include "watch/accounts.hpp"
#include "watch/decision.hpp"
#include "watch/lives.hpp"
#include "watch/subject.hpp"
#include "watch/watcher.hpp"

namespace {

using namespace vigie;  // NOLINT(google-build-using-namespace)
using std::chrono::milliseconds;
using std::chrono::seconds;

double thread_cpu() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double allocated_mb() {
  return static_cast<double>(mallinfo2().uordblks + mallinfo2().hblkhd) / (1024.0 * 1024.0);
}

TaskGroup::OnFailure loud() {
  return [](const std::string& name, const std::exception_ptr& why) {
    fmt::print(stderr, "{}: {}\n", name, words_of(why));
    std::abort();
  };
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values.at(values.size() / 2);
}

// A server on a thread of its own: its work is not the client's.
template <class Serve>
class Aside {
 public:
  explicit Aside(Serve serve) : serve_{std::move(serve)} {
    tasks_.spawn("server", serve_(io_, port_));
    thread_ = std::thread{[this] { io_.run(); }};
  }
  Aside(const Aside&) = delete;
  Aside& operator=(const Aside&) = delete;
  ~Aside() {
    asio::post(io_, [this] { tasks_.cancel(); });
    thread_.join();
  }
  std::string url() const { return fmt::format("http://127.0.0.1:{}", port_); }

 private:
  asio::io_context io_;
  TaskGroup tasks_{io_.get_executor(), loud()};
  std::uint16_t port_ = 0;
  Serve serve_;
  std::thread thread_;
};

struct Asking {
  explicit Asking(const std::string& url)
      : guard{{url}, {}},
        client{http::create_client(io.get_executor(), guard)},
        source{platform::tiktok::create_tiktok(*client, {.web_url = url, .webcast_url = url},
                                               quiet.log, metrics)} {}
  asio::io_context io;
  log::QuietLog quiet;
  metrics::Registry metrics;
  http::AddressGuard guard;
  std::unique_ptr<http::Client> client;
  std::unique_ptr<platform::LiveSource> source;
};

// One of several that share the work: the next name, until all are asked.
Async<> ask(platform::LiveSource& source, const std::vector<std::string>& names, std::size_t& next,
            std::size_t& on_air) {
  while (next < names.size()) {
    const auto& name = names[next++];
    const auto seen = co_await source.probe(name);
    const watch::Known known;
    const auto decision = watch::decide(known, seen, SystemClock{}.now());
    on_air += decision.status == AccountStatus::live ? 1 : 0;
  }
}

void ask_all(Asking& asking, const std::vector<std::string>& names, std::size_t in_flight,
             std::size_t& on_air) {
  std::size_t next = 0;
  TaskGroup tasks{asking.io.get_executor(), loud()};
  for (std::size_t i = 0; i < in_flight; ++i) {
    tasks.spawn("ask", ask(*asking.source, names, next, on_air));
  }
  testing::run(asking.io, tasks.join());
}

void bench_checks() {
  SystemClock clock;
  SystemRandom random;
  log::QuietLog quiet;
  metrics::Registry metrics;
  std::unique_ptr<sim::Simulator> simulator;
  Aside server{[&](asio::io_context& io, std::uint16_t& port) {
    simulator =
        sim::create_simulator(io.get_executor(), {}, clock, random, quiet.log, metrics).value();
    port = simulator->port();
    return simulator->run();
  }};
  Asking asking{server.url()};
  constexpr std::size_t checks = 5000;
  const std::vector<std::string> live(checks, "vigie_live");
  const std::vector<std::string> idle(checks, "vigie_offline");
  for (const auto* names : {&live, &idle}) {
    std::vector<double> rates;
    std::size_t on_air = 0;
    ask_all(asking, {names->begin(), names->begin() + 200}, 8, on_air);
    on_air = 0;
    for (int round = 0; round < 5; ++round) {
      const auto before = thread_cpu();
      ask_all(asking, *names, 8, on_air);
      rates.push_back(static_cast<double>(checks) / (thread_cpu() - before));
    }
    const bool is_right = on_air == (names == &live ? 5 * checks : 0);
    fmt::print("checks of {}: {:.0f} a second a core (median of 5; {:.0f} to {:.0f}), answers {}\n",
               names->front(), median(rates), *std::ranges::min_element(rates),
               *std::ranges::max_element(rates), is_right ? "right" : "WRONG");
  }
}

class SlowAnswers {
 public:
  explicit SlowAnswers(Span delay) : delay_{delay} {}
  Async<http::Answer> answer(http::Request request) {
    co_await clock_.sleep(delay_);
    http::Response response;
    response.headers.add("Content-Type", "application/json");
    response.body = fmt::format(
        R"({{"statusCode":0,"data":{{"user":{{"uniqueId":"{}","status":4}},"liveRoom":{{"status":4}}}}}})",
        request.parameter("uniqueId").value_or(""));
    co_return response;
  }

 private:
  SystemClock clock_;
  Span delay_;
};

void bench_cycle() {
  SlowAnswers answers{milliseconds{100}};
  SystemRandom random;
  log::QuietLog quiet;
  metrics::Registry metrics;
  std::unique_ptr<http::Server> made;
  Aside server{[&](asio::io_context& io, std::uint16_t& port) {
    auto handler = [&answers](http::Request request) { return answers.answer(std::move(request)); };
    http::ServerOptions options;
    options.max_connections_per_peer = 1000;
    made = http::create_server(io.get_executor(), options, handler, random, quiet.log, metrics)
               .value();
    port = made->port();
    return made->run();
  }};
  Asking asking{server.url()};
  std::vector<std::string> names;
  for (int i = 0; i < 500; ++i) {
    names.push_back("name" + std::to_string(i));
  }
  std::vector<double> walls;
  const SystemClock clock;
  for (int round = 0; round < 5; ++round) {
    std::size_t on_air = 0;
    const auto before = clock.steady();
    ask_all(asking, names, 50, on_air);
    walls.push_back(to_seconds(clock.steady() - before));
  }
  fmt::print("500 accounts at 100 ms, 50 in flight: {:.3f} s (median of 5; {:.3f} to {:.3f})\n",
             median(walls), *std::ranges::min_element(walls), *std::ranges::max_element(walls));
}

// The watcher on a database of its own and a clock turned by hand.
class Watching {
 public:
  explicit Watching(const std::string& name)
      : folder_{std::filesystem::temp_directory_path() /
                ("vigie-bench-" + name + "-" + random.hex(4))} {
    std::filesystem::create_directories(folder_);
    file_ = db::open_sqlite((folder_ / "bench.sqlite").string(), clock).value();
    db::migrate(*file_).value();
    database = std::make_unique<soak::CountedDatabase>(*file_);
    bus = create_memory_bus(io.get_executor());
    accounts = std::make_unique<watch::Accounts>(*database, clock, ids, *bus);
  }
  Watching(const Watching&) = delete;
  Watching& operator=(const Watching&) = delete;
  ~Watching() {
    tasks.cancel();
    testing::run(io, tasks.join());
    file_.reset();
    std::filesystem::remove_all(folder_);
  }

  // A new person who follows these accounts.
  void follow(const std::string& person, const std::vector<std::string>& names) {
    if (!soak::add_person(*database, person)) {
      std::abort();
    }
    for (const auto& name : names) {
      testing::run(io, accounts->follow(person, name)).value();
    }
  }

  // Until nothing is ready and no row is being written.
  void settle() {
    io.restart();
    while (io.poll() > 0 || database->busy > 0) {
      io.restart();
      if (database->busy > 0) {
        io.run_one_for(milliseconds{1});
      }
    }
  }

  asio::io_context io;
  ManualClock clock;
  SystemRandom random;
  Ids ids{random};
  log::QuietLog quiet;
  metrics::Registry metrics;
  platform::FakeSource source;
  std::unique_ptr<soak::CountedDatabase> database;
  std::unique_ptr<Bus> bus;
  std::unique_ptr<watch::Accounts> accounts;
  TaskGroup tasks{io.get_executor(), loud()};

 private:
  std::filesystem::path folder_;
  std::unique_ptr<db::Database> file_;
};

void bench_schedule() {
  constexpr int many = 100'000;
  const auto before_mb = allocated_mb();
  watch::Subjects subjects;
  watch::PollLimits limits;
  limits.budget_per_s = 10;
  watch::PollSchedule schedule{limits};
  SeededRandom random;
  Ids ids{random};
  for (int i = 0; i < many; ++i) {
    auto subject = std::make_shared<watch::Subject>();
    subject->id = ids.next(Time{});
    subject->username = "a.public.account." + std::to_string(i);
    subject->known.stable_id = "6700000000000" + std::to_string(100'000 + i);
    schedule.add(*subject, from_seconds(random.unit() * 10'000), Span{0});
    subjects.insert(std::move(subject));
  }
  const auto after_mb = allocated_mb();
  Span now{0};
  constexpr int looks = 200'000;
  const auto before = thread_cpu();
  for (int i = 0; i < looks; ++i) {
    now = std::max(now, schedule.next_due().value());
    auto* entry = schedule.take(now);
    const auto& subject = static_cast<watch::Subject&>(*entry);
    watch::LookOutcome outcome;
    outcome.interval = watch::wished_interval({}, subject.habits, subject.interest, Time{now});
    schedule.answered(*entry, now, outcome, random.unit());
  }
  const auto each = (thread_cpu() - before) / looks;
  fmt::print(
      "100,000 accounts: {:.1f} MB, {:.2f} µs a look found and planned: {:.4f} % of a core at 10 a "
      "second\n",
      after_mb - before_mb, each * 1e6, each * 10 * 100);
}

void bench_followers() {
  Watching world{"followers"};
  constexpr int followers = 200;
  for (int i = 0; i < followers; ++i) {
    world.follow(fmt::format("p{}", i), {"name"});
  }
  world.source.answers["name"] =
      platform::FakeSource::saying(platform::Evidence::not_live, "status_4");
  watch::Watcher watcher{
      world.io.get_executor(), *world.accounts, world.source, *world.bus, world.clock, world.random,
      world.quiet.log,         world.metrics};
  world.tasks.spawn("watcher", watcher.run());
  world.settle();
  fmt::print("{} followers of one account: {} poll\n", followers, world.source.probed.size());
  world.tasks.cancel();
  testing::run(world.io, world.tasks.join());
}

// A platform whose accounts go live at moments of their own.
class Scripted final : public platform::LiveSource {
 public:
  explicit Scripted(Clock& clock) : clock_{clock} {}
  std::map<std::string, Time> starts;
  std::string_view platform() const override { return "tiktok"; }
  Async<platform::Observation> probe(std::string username) override {
    const auto start = starts.at(username);
    if (clock_.now() < start) {
      co_return platform::FakeSource::saying(platform::Evidence::not_live, "status_4");
    }
    co_return platform::FakeSource::on_air("7" + username.substr(4), start);
  }
  Async<platform::Observation> look_up(std::string) override { co_return platform::Observation{}; }
  Async<Result<platform::StreamAddress>> resolve(std::string, std::string) override {
    co_return make_error(Errc::unavailable, "no");
  }
  bool is_stream_host(std::string_view) const override { return false; }

 private:
  Clock& clock_;
};

// The delays of one round, sorted.
std::vector<double> delays_of_a_round() {
  Watching world{"delay"};
  Scripted source{world.clock};
  constexpr int lives = 200;
  std::vector<std::string> names;
  for (int i = 0; i < lives; ++i) {
    const auto name = fmt::format("name{}", i);
    source.starts[name] =
        world.clock.now() + seconds{120} + from_seconds(world.random.unit() * 600);
    names.push_back(name);
  }
  world.follow("anna", names);
  watch::WatchOptions options;
  options.poll.interval = seconds{60};
  watch::Watcher watcher{
      world.io.get_executor(), *world.accounts, source, *world.bus, world.clock, world.random,
      world.quiet.log,         world.metrics,   options};
  world.tasks.spawn("watcher", watcher.run());
  const Span step = milliseconds{250};
  for (Span passed{0}; passed < seconds{900}; passed += step) {
    world.settle();
    world.clock.advance(step);
  }
  world.settle();
  std::vector<double> delays;
  watch::Lives reader{*world.database, world.clock, *world.bus};
  const auto page = testing::run(world.io, reader.list(Sight{"anna", true}, {}, 1000, "")).value();
  for (const auto& live : page.items) {
    delays.push_back(live.detection_delay_s.value());
  }
  std::ranges::sort(delays);
  world.tasks.cancel();
  testing::run(world.io, world.tasks.join());
  return delays;
}

void bench_delay() {
  std::vector<double> p50;
  std::vector<double> p95;
  for (int round = 0; round < 7; ++round) {
    const auto delays = delays_of_a_round();
    p50.push_back(delays.at(delays.size() / 2));
    p95.push_back(delays.at(delays.size() * 95 / 100));
  }
  fmt::print(
      "200 lives at random moments, interval 60 s: p50 {:.1f} s ({:.1f} to {:.1f}), p95 {:.1f} s "
      "({:.1f} to {:.1f}; median of 7)\n",
      median(p50), *std::ranges::min_element(p50), *std::ranges::max_element(p50), median(p95),
      *std::ranges::min_element(p95), *std::ranges::max_element(p95));
}

}  // namespace

int main() {
  bench_checks();
  bench_cycle();
  bench_followers();
  bench_schedule();
  bench_delay();
  return 0;
}
