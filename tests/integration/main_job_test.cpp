// SPDX-License-Identifier: Apache-2.0
// The main job, on each engine: the simulator puts a live on the air; its words, their judgement
// and an alert reach the database and a browser; the live ends and the record is whole.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "app/application.hpp"
#include "async/task_group.hpp"
#include "db/sqlite/sqlite_database.hpp"
#include "integration/browser.hpp"
#include "log/log_fake.hpp"
#include "people/passwords.hpp"
#include "people/people.hpp"
#include "sim/simulator.hpp"
#include "support/databases.hpp"
#include "support/scaled_clock.hpp"

namespace vigie::integration {
namespace {

namespace fs = std::filesystem;

constexpr int speed = 5;  // the live's minutes pass so much faster; recognition keeps up with it
constexpr auto password = "une phrase de passe assez longue";

std::string environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? std::string{} : std::string{value};
}

// What the live says: recorded voices where the shared material is, a synthetic one elsewhere.
struct Speech {
  std::string id;            // of the reference text, empty for the synthetic voice
  std::string sound;         // a file
  std::string hateful_word;  // where the scripted judge strikes
  Span length{0};
};

Speech find_speech(const fs::path& folder) {
  const auto shared =
      fs::path{environment("VIGIE_SOURCE_DIR")} / "../shared/speech/audio/long-fr-real-shared.flac";
  if (fs::exists(shared)) {
    return {.id = "long-fr-real-shared",
            .sound = shared.string(),
            .hateful_word = "accident",
            .length = std::chrono::milliseconds{100'460}};
  }
  const auto file = folder / "voix.wav";
  const auto command = fmt::format(
      "espeak-ng -v fr -s 140 -w '{}' 'Bonjour à tous. Le marché ouvre demain matin. Je déteste "
      "les Chinois. Merci à "
      "tous et à demain.'",
      file.string());
  if (std::system(command.c_str()) != 0) {  // NOLINT(concurrency-mt-unsafe): no thread runs yet
    return {};
  }
  return {.id = "",
          .sound = file.string(),
          .hateful_word = "Chinois",
          .length = std::chrono::seconds{12}};
}

config::Config configure(const fs::path& folder, const std::string& simulator) {
  config::Sources sources;
  sources.flags = {{"DATA_DIR", folder.string()},     {"LISTEN", "127.0.0.1:0"},
                   {"METRICS_LISTEN", "127.0.0.1:0"}, {"TIKTOK_WEB_URL", simulator},
                   {"TIKTOK_WEBCAST_URL", simulator}, {"LLM_BASE_URL", simulator + "/openai/v1"},
                   {"LLM_MODEL", "scripted"},         {"POLL_INTERVAL_S", "5"},
                   {"POLL_BUDGET_PER_S", "100"},      {"WHISPER_MODEL", "base"}};
  auto config = config::load(sources);
  if (!config) {
    throw std::runtime_error(config.error().what);
  }
  return *config;
}

sim::Scenario scenario_for(const Speech& speech) {
  sim::Scenario scenario;
  sim::AccountPlan account;
  account.username = "tribune";
  account.followers = 1234;
  sim::LivePlan live;
  live.title = "Direct d’essai";
  live.audio = speech.sound;
  live.wait = true;
  live.viewers = {10, 250, 90};
  account.lives.push_back(std::move(live));
  scenario.accounts.push_back(std::move(account));
  sim::LlmPlan verdict;
  verdict.match = speech.hateful_word;
  verdict.answer = {{"categorie", "Discours haineux"},   {"viralite", "moyenne"},
                    {"discours_haineux", true},          {"cible", "ethnie"},
                    {"justification", "écrit d’avance"}, {"preuve", speech.hateful_word}};
  scenario.llm.push_back(std::move(verdict));
  return scenario;
}

class MainJob : public testing::OnEachDatabase {
 protected:
  std::unique_ptr<db::Database> open_with(Clock& real_clock, const fs::path& folder) {
    if (is_postgres()) {
      return open_again();
    }
    // SQLite's leases expire by the clock it is given.
    return db::open_sqlite((folder / "main_job.db").string(), real_clock).value();
  }
};

// What the browser saw and read, in the end.
struct Story {
  std::vector<std::string> types;  // of events, in order
  json::value live;
  json::array transcript;
  json::array assessments;
  json::array alerts;
  json::array notifications;
};

bool has(const Story& story, std::string_view type) {
  return std::ranges::find(story.types, type) != story.types.end();
}

Async<> wait_for(Browser& browser, Story& story, std::function<bool(const json::value&)> is_it) {
  for (;;) {
    const auto event = co_await browser.next_event();
    story.types.push_back(get_string(event, "type").value());
    if (is_it(event)) {
      co_return;
    }
  }
}

bool is_type(const json::value& event, std::string_view type) {
  return get_string(event, "type") == type;
}

Async<Story> tell(Browser& browser, std::string simulator, http::Client& client, Clock& clock,
                  Speech speech) {
  Story story;
  co_await browser.sign_in("camille", password);
  co_await browser.listen(0);
  json::object wish{{"username", "https://www.tiktok.com/@Tribune"}};
  const auto account = co_await browser.post("/api/v1/accounts", std::move(wish));

  std::function<bool(const json::value&)> starts = [](const json::value& event) {
    return is_type(event, "live.started");
  };
  co_await wait_for(browser, story, std::move(starts));
  std::function<bool(const json::value&)> speaks = [](const json::value& event) {
    return is_type(event, "segment.final");
  };
  co_await wait_for(browser, story, std::move(speaks));
  co_await clock.sleep(speech.length);
  http::ClientRequest end;
  end.url = simulator + "/__sim/set?user=tribune&status=4";
  co_await client.send(std::move(end));
  std::function<bool(const json::value&)> ends = [](const json::value& event) {
    return is_type(event, "live.ended");
  };
  co_await wait_for(browser, story, std::move(ends));

  const auto lives = co_await browser.get(
      fmt::format("/api/v1/accounts/{}/lives", get_string(account, "id").value()));
  story.live = lives.at("items").as_array().at(0);
  const auto id = get_string(story.live, "id").value();
  // The last words are settled after the end of the live, and judged after that.
  if (get_string(story.live, "capture.state") != "done") {
    std::function<bool(const json::value&)> settles = [](const json::value& event) {
      return get_string(event, "data.capture.state") == "done";
    };
    co_await wait_for(browser, story, std::move(settles));
  }
  if (!has(story, "alert.opened")) {
    std::function<bool(const json::value&)> alerts = [](const json::value& event) {
      return is_type(event, "alert.opened");
    };
    co_await wait_for(browser, story, std::move(alerts));
  }
  story.transcript = co_await browser.get_all(fmt::format("/api/v1/lives/{}/segments", id));
  story.assessments = co_await browser.get_all(fmt::format("/api/v1/lives/{}/assessments", id));
  story.alerts = co_await browser.get_all("/api/v1/alerts");
  story.notifications = co_await browser.get_all("/api/v1/notifications");
  co_return story;
}

// Prints the word error rate of what was heard, where the tools for it are.
void print_word_error_rate(const Speech& speech, const json::array& transcript,
                           const fs::path& folder) {
  const auto python = environment("VIGIE_CACHE") + "/venv/bin/python";
  if (speech.id.empty() || !fs::exists(python)) {
    fmt::print("[ SKIPPED ] word error rate: no reference text or no jiwer (make setup)\n");
    return;
  }
  const auto file = folder / "heard.jsonl";
  std::ofstream out{file};
  for (auto item : transcript) {
    if (item.as_object().contains("text")) {
      item.as_object()["file"] = speech.sound;
      out << json::serialize(item) << "\n";
    }
  }
  out.close();
  const auto command = fmt::format("'{}' '{}/tests/speech/wer.py' '{}'", python,
                                   environment("VIGIE_SOURCE_DIR"), file.string());
  EXPECT_EQ(std::system(command.c_str()), 0);  // NOLINT(concurrency-mt-unsafe)
}

TEST_P(MainJob, PutsALiveOnTheAirAndAnAlertOnAScreen) {
  const testing::TemporaryFolder folder;
  const auto speech = find_speech(folder.path());
  ASSERT_FALSE(speech.sound.empty())
      << "neither ../shared nor espeak-ng: apt-get install espeak-ng";
  testing::ScaledClock fast{speed};
  log::QuietLog log;
  asio::io_context io{1};
  metrics::Registry metrics;
  auto simulator = sim::create_simulator(io.get_executor(), {.scenario = scenario_for(speech)},
                                         fast, random, log.log, metrics)
                       .value();
  const auto config = configure(folder.path(), simulator->url());
  app::World world{config, fast, random, log.log, io};
  world.database = open_with(fast, folder.path());
  ASSERT_TRUE(app::furnish(world));
  auto vigie = app::create_application(world, {}).value();
  const http::AddressGuard guard{
      {simulator->url(), fmt::format("http://127.0.0.1:{}", vigie->web_port())}, {}};
  const auto client = http::create_client(io.get_executor(), guard);
  people::Passwords passwords;
  people::Sessions sessions{*world.database, fast, random};
  people::People people{*world.database, fast, world.ids, passwords, sessions, log.log, metrics};
  people::NewPerson camille{
      .username = "camille", .email = "", .password = password, .role = Role::moderator};
  ASSERT_TRUE(run_to_end(io, people.create(std::move(camille))));

  TaskGroup group{io.get_executor(),
                  [](const std::string& name, std::exception_ptr) { ADD_FAILURE() << name; }};
  group.spawn("simulator", simulator->run());
  group.spawn("vigie", vigie->run());
  Browser browser{*client, vigie->web_port()};
  const auto story = run_to_end(io, tell(browser, simulator->url(), *client, fast, speech));
  group.cancel();
  run_to_end(io, group.join());

  print_word_error_rate(speech, story.transcript, folder.path());
  EXPECT_EQ(get_string(story.live, "state"), "ended");
  EXPECT_EQ(get_string(story.live, "title"), "Direct d’essai");
  EXPECT_GT(get_number(story.live, "duration_s").value_or(0), to_seconds(speech.length) * 0.9);
  EXPECT_GE(story.transcript.size(), speech.id.empty() ? 1U : 8U);
  EXPECT_GE(story.assessments.size(), 1U);
  ASSERT_EQ(story.alerts.size(), 1U);
  EXPECT_EQ(get_string(story.alerts[0], "kind"), "haine");
  EXPECT_EQ(get_string(story.alerts[0], "severity"), "eleve");
  EXPECT_NE(get_string(story.alerts[0], "sentence").value_or("").find(speech.hateful_word),
            std::string::npos);
  EXPECT_TRUE(has(story, "account.status"));
  EXPECT_TRUE(has(story, "assessment"));
  EXPECT_TRUE(has(story, "notification"));
  EXPECT_GE(story.notifications.size(), 2U);  // the live, the alert
}

INSTANTIATE_TEST_SUITE_P(Engines, MainJob, testing::each_database(), testing::engine_name);

}  // namespace
}  // namespace vigie::integration
