// SPDX-License-Identifier: Apache-2.0
// Hours of watching in minutes: the real watcher, pace, HTTP client and database against the
// simulator, all on a clock turned by hand, with lives at random moments and every fault in turn.
// Nobody may be called offline or on air who is not, no budget broken, no live lost.
#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <cstdlib>
#include <iostream>
#include <map>

#include "async/task_group.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "bus/memory/memory_bus.hpp"
#include "log/log_fake.hpp"
#include "platform/host_queues.hpp"
#include "platform/paced_source.hpp"
#include "platform/tiktok/tiktok.hpp"
#include "sim/simulator.hpp"
#include "soak/plan.hpp"
#include "soak/rig.hpp"
#include "support/databases.hpp"
#include "watch/accounts.hpp"
#include "watch/watcher.hpp"

namespace vigie::soak {
namespace {

double soak_hours() {
  const char* hours = std::getenv("VIGIE_SOAK_HOURS");  // NOLINT(concurrency-mt-unsafe)
  return hours == nullptr ? 2 : std::strtod(hours, nullptr);
}

struct Row {
  std::string username;
  Time started_at;
  Time detected_at;
  std::optional<Time> ended_at;
  std::optional<Span> delay;
};

struct Report {
  int false_offline = 0;
  int false_live = 0;
  int false_end = 0;
  int lost = 0;
  int open_too_long = 0;
  int absent_not_offline = 0;
  int lives = 0;
  int found = 0;
  Span worst_interval{0};
};

class Soak : public testing::OnEachDatabase {
 protected:
  void SetUp() override {
    OnEachDatabase::SetUp();
    const auto length = from_seconds(soak_hours() * 3600);
    plan = make_plan(random, length > hours{6} ? 60 : 24, length);
    database = std::make_unique<CountedDatabase>(db());
    bus = create_memory_bus(io.get_executor());
    accounts = std::make_unique<watch::Accounts>(*database, clock, ids, *bus);
    begin_simulator();
    begin_watcher();
  }

  void TearDown() override {
    tasks.cancel();
    testing::run(io, tasks.join());
  }

  void begin_simulator() {
    sim::SimulatorOptions options;
    options.webcast_port = std::uint16_t{0};
    options.scenario = plan.scenario;
    simulator =
        sim::create_simulator(io.get_executor(), options, clock, random, quiet.log, sim_metrics)
            .value();
    tasks.spawn("simulator", simulator->run());
    origin = clock.now();
    testing::settle(io);
  }

  void begin_watcher() {
    guard = std::make_unique<http::AddressGuard>(
        std::vector<std::string>{simulator->url(), simulator->webcast_url()},
        std::vector<std::string>{});
    client = std::make_unique<TimedClient>(http::create_client(io.get_executor(), *guard), clock);
    platform::tiktok::TikTokOptions where;
    where.web_url = simulator->url();
    where.webcast_url = simulator->webcast_url();
    auto tiktok = platform::tiktok::create_tiktok(*client, where, quiet.log, metrics);
    ledger = platform::create_memory_ledger(clock);
    hosts = std::make_unique<platform::HostQueues>(*ledger, limits, clock, random, metrics);
    source = platform::create_paced(std::move(tiktok), *hosts);
    watch::WatchOptions options;
    options.poll.budget_per_s = limits.requests_per_second;
    watcher = std::make_unique<watch::Watcher>(io.get_executor(), *accounts, *source, *bus, clock,
                                               random, quiet.log, metrics, options);
    add_person("anna");
    for (const auto& account : plan.scenario.accounts) {
      ASSERT_TRUE(run(accounts->follow("anna", account.username)));
    }
    tasks.spawn("watcher", watcher->run());
  }

  db::Rows query(std::string_view sql) {
    db::Rows rows;
    const auto work = [&](db::Transaction& tx) -> Result<> {
      rows = tx.query(sql, {}).value();
      return {};
    };
    EXPECT_TRUE(db().read_now(work));
    return rows;
  }

  // Until nothing is ready, no row is being written, and what is still asked waits for the clock.
  void settle() {
    int idle = 0;
    while (idle < 2) {
      io.restart();
      if (io.poll() > 0) {
        idle = 0;
      } else if (database->busy > 0) {
        io.run_one_for(std::chrono::milliseconds{1});
      } else if (client->busy > 0) {
        idle += io.run_one_for(std::chrono::microseconds{300}) == 0 ? 1 : 0;
      } else {
        ++idle;
      }
    }
  }

  void play() {
    Span told_at{0};
    while (clock.now() - origin < plan.length) {
      settle();
      if (clock.now() - origin >= told_at + hours{3}) {
        told_at = clock.now() - origin;
        std::cout << fmt::format("soak: hour {:.0f}, {} requests\n", to_seconds(told_at) / 3600,
                                 client->sent)
                  << std::flush;
      }
      const auto next = clock.next_wake();
      const Span wait = next ? *next - clock.steady() : Span{seconds{1}};
      clock.advance(std::clamp<Span>(wait, std::chrono::milliseconds{1}, seconds{5}));
    }
    settle();
  }

  Report judge();
  void judge_rows(Report& report);
  void judge_events(Report& report);
  void judge_lost(Report& report, const std::vector<Row>& rows);
  std::vector<Row> rows();
  const sim::LivePlan* truth(const std::string& username, Time started_at) const;
  bool exists(const std::string& username) const;
  void tell(const Report& report);

  Plan plan;
  platform::PaceLimits limits;
  Time origin;
  log::QuietLog quiet;
  metrics::Registry metrics;
  metrics::Registry sim_metrics;
  TaskGroup tasks{io.get_executor(), [](const std::string& name, const std::exception_ptr& why) {
                    ADD_FAILURE() << name << ": " << words_of(why);
                  }};
  std::unique_ptr<CountedDatabase> database;
  std::unique_ptr<Bus> bus;
  std::unique_ptr<watch::Accounts> accounts;
  std::unique_ptr<sim::Simulator> simulator;
  std::unique_ptr<http::AddressGuard> guard;
  std::unique_ptr<TimedClient> client;
  std::unique_ptr<platform::HostLedger> ledger;
  std::unique_ptr<platform::HostQueues> hosts;
  std::unique_ptr<platform::LiveSource> source;
  std::unique_ptr<watch::Watcher> watcher;
};

std::vector<Row> Soak::rows() {
  std::vector<Row> all;
  for (const auto& row : query("SELECT username, started_at, detected_at, ended_at, "
                               "detection_delay_us FROM live_view ORDER BY started_at")) {
    Row live{row.text(0), row.time(1), row.time(2), row.optional_time(3), std::nullopt};
    if (const auto delay = row.optional_integer(4)) {
      live.delay = Span{*delay};
    }
    all.push_back(std::move(live));
  }
  return all;
}

// The scripted live that began then: TikTok tells starts to the second.
const sim::LivePlan* Soak::truth(const std::string& username, Time started_at) const {
  const auto account =
      std::ranges::find(plan.scenario.accounts, username, &sim::AccountPlan::username);
  for (const auto& live : account->lives) {
    if (std::chrono::abs(origin + live.start - started_at) <= seconds{1}) {
      return &live;
    }
  }
  return nullptr;
}

bool Soak::exists(const std::string& username) const {
  const auto account =
      std::ranges::find(plan.scenario.accounts, username, &sim::AccountPlan::username);
  return account->access != sim::Access::absent;
}

void Soak::judge_rows(Report& report) {
  const auto found = rows();
  for (const auto& row : found) {
    const auto* live = truth(row.username, row.started_at);
    if (live == nullptr || row.detected_at > origin + *live->end + seconds{10}) {
      ++report.false_live;
      std::cout << "false live: " << row.username << " at " << to_rfc3339(row.detected_at) << '\n';
    } else if (row.ended_at && *row.ended_at < origin + *live->end - seconds{1}) {
      ++report.false_end;
      std::cout << "ended on air: " << row.username << " at " << to_rfc3339(*row.ended_at) << '\n';
    } else if (!row.ended_at && !plan.is_blocked(clock.now() - origin) &&
               clock.now() - origin > *live->end + minutes{15}) {
      ++report.open_too_long;
      std::cout << "still on air: " << row.username << '\n';
    }
  }
  judge_lost(report, found);
}

// A live must be found that is on air, for longer than the worst interval, at a time when nothing
// refuses us.
void Soak::judge_lost(Report& report, const std::vector<Row>& rows) {
  for (const auto& account : plan.scenario.accounts) {
    for (const auto& live : account.lives) {
      ++report.lives;
      const bool is_found = std::ranges::any_of(rows, [&](const Row& row) {
        return row.username == account.username && truth(row.username, row.started_at) == &live;
      });
      report.found += is_found ? 1 : 0;
      Span clear{0};
      Span longest{0};
      for (Span at = live.start; at < std::min(*live.end, plan.length); at += seconds{10}) {
        const bool is_alone = account.username == "soak0";
        clear = plan.is_blocked(at) || is_alone ? Span{0} : clear + seconds{10};
        longest = std::max(longest, clear);
      }
      if (!is_found && longest > report.worst_interval) {
        ++report.lost;
        std::cout << "lost: " << account.username << " from " << to_rfc3339(origin + live.start)
                  << " for " << to_seconds(*live.end - live.start) << " s\n";
      }
    }
  }
}

void Soak::judge_events(Report& report) {
  for (const auto& row : query("SELECT at, data FROM event WHERE type = 'account.status'")) {
    const auto data = parse_json(row.text(1)).value();
    const auto username = get_string(data, "username").value();
    const auto status = get_string(data, "status").value();
    if (status == "offline" && exists(username)) {
      ++report.false_offline;
      std::cout << "false offline: " << username << " at " << to_rfc3339(row.time(0)) << '\n';
    }
  }
  for (const auto& row : query("SELECT username, status, interval_us FROM account")) {
    report.worst_interval = std::max(report.worst_interval, row.span(2));
    const bool is_offline = row.text(1) == "offline";
    report.absent_not_offline += !exists(row.text(0)) && !is_offline ? 1 : 0;
  }
}

Report Soak::judge() {
  Report report;
  judge_events(report);
  // As measured, and the jitter of one look more.
  report.worst_interval = report.worst_interval * 3 / 2;
  judge_rows(report);
  return report;
}

void Soak::tell(const Report& report) {
  std::vector<double> delays;
  for (const auto& row : rows()) {
    if (row.delay && !plan.is_blocked(row.started_at - origin)) {
      delays.push_back(to_seconds(*row.delay));
    }
  }
  std::ranges::sort(delays);
  const auto rank = [&](double share) {
    return delays.empty() ? 0
                          : delays.at(static_cast<std::size_t>(
                                share * static_cast<double>(delays.size() - 1)));
  };
  std::cout << fmt::format(
      "soak: {:.1f} h, {} accounts, {} requests, {} lives, {} found\n"
      "soak: {} false offline, {} false live, {} ended on air, {} lost, {} open too long, {} "
      "absent "
      "not noticed\n"
      "soak: worst interval {:.0f} s, detection delay (unblocked) p50 {:.1f} s, p95 {:.1f} s\n",
      soak_hours(), plan.scenario.accounts.size(), client->sent, report.lives, report.found,
      report.false_offline, report.false_live, report.false_end, report.lost, report.open_too_long,
      report.absent_not_offline, to_seconds(report.worst_interval), rank(0.5), rank(0.95));
}

INSTANTIATE_TEST_SUITE_P(Engine, Soak, ::testing::Values("sqlite"));

TEST_P(Soak, TellsTheTruthAndStaysPolite) {
  play();

  const auto report = judge();
  tell(report);
  EXPECT_EQ(report.false_offline, 0);
  EXPECT_EQ(report.false_live, 0);
  EXPECT_EQ(report.false_end, 0);
  EXPECT_EQ(report.lost, 0);
  EXPECT_EQ(report.open_too_long, 0);
  EXPECT_EQ(report.absent_not_offline, 0);
  http::ClientRequest ask;
  ask.url = simulator->url() + "/__sim/stats";
  const auto plain = http::create_client(io.get_executor(), *guard);
  const auto stats =
      parse_json(run(plain->send(ask)).value().body, JsonLimits{.bytes = 1 << 20}).value();
  for (const auto* host : {"web", "webcast"}) {
    const auto field = [&](const char* name) { return fmt::format("hosts.{}.{}", host, name); };
    const auto gap = get_number(stats, field("shortest_gap_s")).value_or(1);
    const auto peak = get_integer(stats, field("peak_per_min")).value();
    std::cout << fmt::format(
        "soak: {}: {} requests, at most {} a minute, {:.3f} s apart at the least\n", host,
        get_integer(stats, field("total")).value(), peak, gap);
    EXPECT_GE(gap, 1 / limits.requests_per_second - 0.002) << host;
    EXPECT_LE(peak, 61) << host;
  }
}

}  // namespace
}  // namespace vigie::soak
