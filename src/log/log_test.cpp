// SPDX-License-Identifier: Apache-2.0
#include "log/log.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <boost/json/parse.hpp>
#include <limits>
#include <thread>

#include "log/log_fake.hpp"

namespace vigie::log {
namespace {

using namespace std::chrono_literals;

boost::json::object parsed(const std::string& line) {
  return boost::json::parse(line).as_object();
}

struct Redaction {
  std::string_view before;
  std::string_view after;
};

class Redact : public ::testing::TestWithParam<Redaction> {};

TEST_P(Redact, HidesSecretsAndNothingElse) {
  EXPECT_EQ(redact(GetParam().before), GetParam().after);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, Redact,
    ::testing::Values(Redaction{"", ""},
                      Redaction{"nothing to hide: really?", "nothing to hide: really?"},
                      Redaction{"https://host/path?sign=abc&t=1", "https://host/path?[…]"},
                      Redaction{"GET https://h/a.flv?k=v failed", "GET https://h/a.flv?[…] failed"},
                      Redaction{"\"https://h/?a\" then \"https://i/?b\"",
                                "\"https://h/?[…]\" then \"https://i/?[…]\""},
                      Redaction{"https://www.tiktok.com/@name/live",
                                "https://www.tiktok.com/@name/live"},
                      Redaction{"https://h/#access_token=x", "https://h/#[…]"},
                      Redaction{"https://h/page?", "https://h/page?"},
                      Redaction{"https://user:pw@h/x", "https://user:[…]@h/x"},
                      Redaction{"https://ghp_token@h/x", "https://[…]@h/x"},
                      Redaction{"postgresql://u:p@h/d", "postgresql://u:[…]@h/d"},
                      Redaction{"postgresql://u:p/w@rd?1@h:5432/d", "postgresql://u:[…]@h:5432/d"},
                      Redaction{"postgresql://u@h/d?password=x", "postgresql://u@h/d?[…]"},
                      Redaction{"redis://:pw@h:6379/0", "redis://:[…]@h:6379/0"},
                      Redaction{"host=h password=pw dbname=d", "host=h password=[…] dbname=d"},
                      Redaction{"password='p w\\'x' user=u", "password=[…] user=u"},
                      Redaction{"/pull/x.flv?sign=abc HTTP/1.1", "/pull/x.flv?[…] HTTP/1.1"},
                      Redaction{"Authorization: Bearer abc.def", "Authorization: Bearer […]"},
                      Redaction{"why?because", "why?because"}, Redaction{"://", "://"},
                      Redaction{"wss://h/events?after=1\nnext", "wss://h/events?[…]\nnext"}));

TEST(Log, WritesASentenceThenFactsAsOneJsonLine) {
  std::vector<std::string> lines;
  Log log{[&](std::string_view line) { lines.emplace_back(line); },
          [] { return *parse_rfc3339("2026-11-22T17:20:05.120Z"); }};

  log.warn("probe failed", {{"who", "x"}, {"tries", 3}, {"after_s", 1.5}, {"gone", false}});

  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0], R"({"ts":"2026-11-22T17:20:05.120Z","level":"warn","event":"probe failed",)"
                      R"("who":"x","tries":3,"after_s":1.5,"gone":false})");
}

TEST(Log, HidesFactsNamedAsSecretsAndSecretsInsideTexts) {
  KeptLog kept;

  kept.log.info("called https://h/?sign=canary1", {{"llm_api_key", "canary2"},
                                                   {"Set-Cookie", "canary3"},
                                                   {"csrf_token", "canary4"},
                                                   {"SECRET_KEY", ""},
                                                   {"url", "postgresql://u:canary5@h/d"},
                                                   {"tokens_in", 412}});

  ASSERT_EQ(kept.lines().size(), 1U);
  EXPECT_FALSE(kept.says("canary"));
  const auto line = parsed(kept.lines()[0]);
  EXPECT_EQ(line.at("llm_api_key").as_string(), "[…]");
  EXPECT_EQ(line.at("SECRET_KEY").as_string(), "");
  EXPECT_EQ(line.at("tokens_in").as_int64(), 412);
}

TEST(Log, EscapesWhatATerminalWouldObey) {
  KeptLog kept;

  kept.log.info("a\x1b[31m\r\n\x7f\"\\", {{"title", "x\xE2\x80\xAEy\xC2\x9B\t\xE2\x80\xA8"}});

  const auto line = kept.lines().at(0);
  for (const char c : line) {
    EXPECT_GE(static_cast<unsigned char>(c), 0x20);
  }
  EXPECT_NE(line.find("\\u202e"), std::string::npos);
  EXPECT_NE(line.find("\\u009b"), std::string::npos);
  EXPECT_EQ(parsed(line).at("event").as_string(), "a\x1b[31m\r\n\x7f\"\\");
}

TEST(Log, ReplacesInvalidUtf8) {
  KeptLog kept;

  kept.log.info("bad \xFF\xC3", {{"na\xFEme", "\xED\xA0\x80"}});

  const auto line = parsed(kept.lines().at(0));
  EXPECT_EQ(line.at("event").as_string(), "bad \uFFFD\uFFFD");
  EXPECT_EQ(line.at("na\uFFFDme").as_string(), "\uFFFD\uFFFD\uFFFD");
}

TEST(Log, KeepsEachLineParsableWhateverTheFact) {
  KeptLog kept;

  kept.log.info("x", {{"event", "y"},
                      {"ts", 1},
                      {"nan", std::numeric_limits<double>::quiet_NaN()},
                      {"inf", std::numeric_limits<double>::infinity()},
                      {"page", std::string(1 << 20, 'a')}});

  const auto line = parsed(kept.lines().at(0));
  EXPECT_EQ(line.at("event").as_string(), "x");
  EXPECT_EQ(line.at("event_").as_string(), "y");
  EXPECT_EQ(line.at("ts_").as_int64(), 1);
  EXPECT_TRUE(line.at("nan").is_null());
  EXPECT_TRUE(line.at("inf").is_null());
  EXPECT_LT(line.at("page").as_string().size(), 4200U);
}

TEST(Log, SaysNothingBelowItsLevel) {
  std::vector<std::string> lines;
  Log log{[&](std::string_view line) { lines.emplace_back(line); }, [] { return Time{}; }};

  log.debug("unheard");
  EXPECT_TRUE(lines.empty());

  log.set_level(Level::debug);
  log.debug("heard");
  log.set_level(Level::error);
  log.warn("unheard too");

  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(parsed(lines[0]).at("event").as_string(), "heard");
}

TEST(Log, FoldsRepeatedLinesAndCountsThemInTheNext) {
  KeptLog kept;

  for (int i = 0; i < 5; ++i) {
    kept.log.warn("no answer", {{"host", "h"}});
  }
  kept.log.warn("no answer", {{"host", "other"}});
  kept.log.warn("fine");

  const auto lines = kept.lines();
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_FALSE(parsed(lines[0]).contains("repeated"));
  EXPECT_EQ(parsed(lines[1]).at("repeated").as_int64(), 4);
  EXPECT_FALSE(parsed(lines[2]).contains("repeated"));
}

TEST(Log, RepeatsAFoldedLineOnceAMinuteSoThatSilenceMeansHealth) {
  std::vector<std::string> lines;
  Time now{};
  Log log{[&](std::string_view line) { lines.emplace_back(line); }, [&] { return now; }};

  for (int second = 0; second <= 60; ++second) {
    log.error("database gone");
    now += 1s;
  }

  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(parsed(lines[1]).at("repeated").as_int64(), 59);
  EXPECT_EQ(parsed(lines[1]).at("ts").as_string(), "1970-01-01T00:01:00.000Z");
}

TEST(Log, SaysAtItsEndWhatItHeldBack) {
  std::vector<std::string> lines;
  {
    Log log{[&](std::string_view line) { lines.emplace_back(line); }, [] { return Time{}; }};
    log.error("again");
    log.error("again");
    log.error("again");
  }
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(parsed(lines[1]).at("repeated").as_int64(), 2);
}

TEST(Log, KeepsLinesWholeWhenManyThreadsWrite) {
  KeptLog kept;

  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&kept, t] {
        for (int i = 0; i < 200; ++i) {
          kept.log.info("tick", {{"thread", t}, {"i", i}});
        }
      });
    }
  }

  const auto lines = kept.lines();
  ASSERT_EQ(lines.size(), 800U);
  for (const auto& line : lines) {
    EXPECT_EQ(parsed(line).at("event").as_string(), "tick");
  }
}

TEST(Log, WritesToAStreamWithANewline) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);

  to_stream(ends[1])("{}");
  close(ends[1]);

  std::array<char, 16> read_back{};
  EXPECT_EQ(read(ends[0], read_back.data(), read_back.size()), 3);
  EXPECT_EQ(std::string_view(read_back.data(), 3), "{}\n");
  close(ends[0]);
}

TEST(Level, IsReadBackAndRefusesOtherWords) {
  for (const auto level : {Level::debug, Level::info, Level::warn, Level::error}) {
    EXPECT_EQ(parse_level(to_string(level)).value(), level);
  }
  EXPECT_TRUE(parse_level("WARN").has_error());
  EXPECT_TRUE(parse_level("").has_error());
}

}  // namespace
}  // namespace vigie::log
