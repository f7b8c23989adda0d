// SPDX-License-Identifier: Apache-2.0
#include "config/config.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <stdexcept>

#include "base/text.hpp"

namespace vigie::config {
namespace {

// A folder of this test's own, gone at its end.
class Folder {
 public:
  Folder() {
    auto name = (std::filesystem::temp_directory_path() / "vigie-config-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }

  std::string file(const std::string& name, std::string_view text, mode_t mode = 0600) const {
    const auto path = (path_ / name).string();
    std::ofstream{path, std::ios::binary} << text;
    EXPECT_EQ(chmod(path.c_str(), mode), 0);
    return path;
  }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

Sources from_file(std::string text) {
  return {.file_path = "vigie.toml", .file_text = std::move(text)};
}
Sources from_environment(std::map<std::string, std::string> values) {
  return {.environment = std::move(values)};
}

std::string problems(const Sources& sources) {
  const auto loaded = load(sources);
  EXPECT_TRUE(loaded.has_error());
  return loaded.has_error() ? loaded.error().what : std::string{};
}

TEST(Load, StartsWithNothingConfigured) {
  const auto config = load({}).value();

  EXPECT_EQ(config.address("LISTEN").host, "127.0.0.1");
  EXPECT_EQ(config.address("LISTEN").port, 8080);
  EXPECT_EQ(config.number("RISK_THRESHOLD"), 0.7);
  EXPECT_EQ(config.integer("POLL_INTERVAL_S"), 30);
  EXPECT_FALSE(config.boolean("DEBUG"));
  EXPECT_FALSE(config.is_set("DATABASE_URL"));
  EXPECT_TRUE(config.list("ALLOWED_HOSTS").empty());
  EXPECT_EQ(config.origin("SIGNUP"), Origin::fallback);
}

TEST(Keys, HaveDefaultsThatTheirOwnChecksAccept) {
  std::set<std::string_view> names;
  for (const auto& key : keys()) {
    EXPECT_TRUE(names.insert(key.name).second) << key.name;
    EXPECT_FALSE(key.sentence.empty()) << key.name;
    EXPECT_EQ(key.sentence.find('|'), std::string_view::npos) << key.name << " breaks the table";
    if (!key.fallback.empty()) {
      const auto loaded =
          load(from_environment({{std::string{key.name}, std::string{key.fallback}}}));
      EXPECT_TRUE(loaded.has_value()) << key.name;
    }
  }
}

TEST(Load, PrefersFlagsToTheEnvironmentToTheFile) {
  auto sources = from_file("risk_threshold = 0.1\nllm_model = 'file'\nsignup = 'open'");
  sources.environment = {{"RISK_THRESHOLD", "0.2"}, {"LLM_MODEL", "environment"}};
  sources.flags = {{"RISK_THRESHOLD", "0.3"}};

  const auto config = load(sources).value();

  EXPECT_EQ(config.number("RISK_THRESHOLD"), 0.3);
  EXPECT_EQ(config.origin("RISK_THRESHOLD"), Origin::flag);
  EXPECT_EQ(config.text("LLM_MODEL"), "environment");
  EXPECT_EQ(config.origin("LLM_MODEL"), Origin::environment);
  EXPECT_EQ(config.text("SIGNUP"), "open");
  EXPECT_EQ(config.origin("SIGNUP"), Origin::file);
}

TEST(Load, TakesAnEmptyVariableForAnUnsetOneAndIgnoresForeignOnes) {
  const auto config =
      load(from_environment({{"RISK_THRESHOLD", ""}, {"PATH", "\x01"}, {"RISK_TRESHOLD", "x"}}))
          .value();

  EXPECT_EQ(config.origin("RISK_THRESHOLD"), Origin::fallback);
}

TEST(Load, LetsAFlagOrTheFileEmptyAText) {
  auto sources = from_file("tiktok_sign_url = ''\nallowed_hosts = []");
  sources.environment = {{"LLM_MODEL", "x"}};
  sources.flags = {{"LLM_MODEL", ""}};

  const auto config = load(sources).value();

  EXPECT_EQ(config.text("LLM_MODEL"), "");
  EXPECT_EQ(config.origin("LLM_MODEL"), Origin::flag);
  EXPECT_EQ(config.origin("TIKTOK_SIGN_URL"), Origin::file);
}

TEST(Load, ReadsEveryKindFromToml) {
  const auto config = load(from_file("debug = true\n"
                                     "risk_threshold = 1\n"
                                     "poll_budget_per_s = 0.5\n"
                                     "poll_interval_s = \"60\"\n"
                                     "outbound_allow = [\"a.example\", \"b.example\"]\n"
                                     "allowed_hosts = \"c.example, d.example,\"\n"))
                          .value();

  EXPECT_TRUE(config.boolean("DEBUG"));
  EXPECT_EQ(config.number("RISK_THRESHOLD"), 1);
  EXPECT_EQ(config.number("POLL_BUDGET_PER_S"), 0.5);
  EXPECT_EQ(config.integer("POLL_INTERVAL_S"), 60);
  EXPECT_EQ(config.list("OUTBOUND_ALLOW"), (std::vector<std::string>{"a.example", "b.example"}));
  EXPECT_EQ(config.list("ALLOWED_HOSTS"), (std::vector<std::string>{"c.example", "d.example"}));
}

struct BadValue {
  std::string name;
  std::string value;
  std::string_view says;
};

class Refuses : public ::testing::TestWithParam<BadValue> {};

TEST_P(Refuses, AndSaysWhereWhatAndWhy) {
  const auto& [name, value, says] = GetParam();

  const auto told = problems(from_environment({{name, value}}));

  EXPECT_TRUE(told.starts_with("environment: " + name + ": ")) << told;
  EXPECT_NE(told.find(says), std::string::npos) << told;
  EXPECT_EQ(told.find('\n'), std::string::npos) << told;
  EXPECT_TRUE(is_valid_utf8(told));
}

INSTANTIATE_TEST_SUITE_P(
    BadValues, Refuses,
    ::testing::Values(
        BadValue{"RISK_THRESHOLD", "1.5", "0..1"}, BadValue{"RISK_THRESHOLD", "-0.1", "0..1"},
        BadValue{"RISK_THRESHOLD", "nan", "0..1"}, BadValue{"RISK_THRESHOLD", "0,7", "with a dot"},
        BadValue{"RISK_THRESHOLD", "high", "not a number"},
        BadValue{"RISK_THRESHOLD", "0.7 ", "not a number"},
        BadValue{"POLL_INTERVAL_S", "0", "1..3600"},
        BadValue{"POLL_INTERVAL_S", "1e3", "whole number"},
        BadValue{"POLL_INTERVAL_S", "30s", "whole number"},
        BadValue{"POLL_INTERVAL_S", "99999999999999999999", "whole number"},
        BadValue{"POLL_BUDGET_PER_S", "0", "0.01..1000"},
        BadValue{"POLL_BUDGET_PER_S", "inf", "0.01"}, BadValue{"EMAIL_PORT", "65536", "1..65535"},
        BadValue{"PORT", "-1", "0..65535"}, BadValue{"DEBUG", "maybe", "neither true nor false"},
        BadValue{"SIGNUP", "opne", "did you mean open?"}, BadValue{"SIGNUP", "Open", "not one of"},
        BadValue{"WHISPER_MODEL", "large-v3-turbo", "tiny|base|small|medium|large"},
        BadValue{"LANGUAGE", "english", "fr|en"},
        BadValue{"TRANSCRIBE_LANGUAGE", "french", "not one of"},
        BadValue{"LISTEN", "8080", "host:port"}, BadValue{"LISTEN", ":8080", "host:port"},
        BadValue{"LISTEN", "127.0.0.1:", "host:port"},
        BadValue{"LISTEN", "127.0.0.1:70000", "host:port"},
        BadValue{"LISTEN", "::1:80", "host:port"}, BadValue{"LISTEN", "a b:80", "host:port"},
        BadValue{"LISTEN", "http://h:80", "host:port"},
        BadValue{"METRICS_LISTEN", "h:-0", "host:port"},
        BadValue{"LLM_BASE_URL", "api.groq.com", "begin with http://|https://"},
        BadValue{"LLM_BASE_URL", "https://", "nothing follows"},
        BadValue{"TIKTOK_WEB_URL", "file:///etc/passwd", "begin with"},
        BadValue{"TIKTOK_WEB_URL", "https://a b", "blank"},
        BadValue{"DATABASE_URL", "mysql://u:p@h/d", "postgresql://"},
        BadValue{"ALLOWED_HOSTS", "a b", "commas"},
        BadValue{"DOMAIN", "a\nb", "control characters"}, BadValue{"DOMAIN", "\xFF", "not UTF-8"},
        BadValue{"DOMAIN", std::string(20000, 'a'), "20000 bytes"},
        BadValue{"SECRET_KEY_FILE", "/nowhere/at/all", "no file"},
        BadValue{"SECRET_KEY_FILE", "/", "not a file"}));

TEST(Load, NeverRepeatsASecretInAComplaint) {
  EXPECT_EQ(problems(from_environment({{"DATABASE_URL", "mysql://u:canary@h/d"}})).find("canary"),
            std::string::npos);
}

TEST(Load, ReportsEveryProblemAtOnce) {
  auto sources =
      from_file("risk_treshold = 0.5\n\nsignup = 3\nWEB_DIR = 'x'\n[llm]\nmodel = 'x'\n");
  sources.environment = {{"DEBUG", "maybe"}, {"PORT", "x"}};
  sources.flags = {{"LLM_MODLE", "x"}, {"zzzzzzzz", "x"}, {"data-dir", "fine"}};

  const auto told = problems(sources);

  EXPECT_EQ(told,
            "vigie.toml:1: risk_treshold: there is no such key; did you mean risk_threshold?\n"
            "vigie.toml:3: signup: '3' is not one of open|approval|closed\n"
            "vigie.toml:4: WEB_DIR: there is no such key; did you mean web_dir?\n"
            "vigie.toml:5: llm: there is no such key; vigie config show lists all keys\n"
            "environment: DEBUG: 'maybe' is neither true nor false\n"
            "environment: PORT: 'x' is not a whole number; between 0..65535\n"
            "command line: --llm-modle: there is no such key; did you mean --llm-model?\n"
            "command line: --zzzzzzzz: there is no such key; vigie config show lists all keys");
}

TEST(Load, NamesTheLineOfBrokenToml) {
  EXPECT_TRUE(
      problems(from_file("signup = 'open'\n\nrisk_threshold = \n")).starts_with("vigie.toml:3: "));
  EXPECT_TRUE(problems(from_file("domain = 'a'\ndomain = 'b'\n")).starts_with("vigie.toml:2: "));
  EXPECT_TRUE(problems(from_file("domain = \"\xFF\"")).starts_with("vigie.toml:1: "));
  EXPECT_TRUE(problems(from_file(std::string("a\0b", 3))).starts_with("vigie.toml:1: "));
}

TEST(Load, RefusesTomlValuesThatHaveNoText) {
  EXPECT_NE(problems(from_file("domain = 2026-01-01")).find("is a date"), std::string::npos);
  EXPECT_NE(problems(from_file("allowed_hosts = [['a']]")).find("array of arrays"),
            std::string::npos);
  EXPECT_NE(problems(from_file("allowed_hosts = ['a,b']")).find("comma"), std::string::npos);
  EXPECT_NE(problems(from_file("risk_threshold = nan")).find("not a number"), std::string::npos);
}

TEST(Port, MovesListenToEveryInterface) {
  const auto config = load(from_environment({{"PORT", "10000"}})).value();

  EXPECT_EQ(config.address("LISTEN").host, "0.0.0.0");
  EXPECT_EQ(config.address("LISTEN").port, 10000);
  EXPECT_EQ(config.origin("LISTEN"), Origin::environment);
}

TEST(Port, YieldsToAListenFromAStrongerSource) {
  auto sources = from_environment({{"PORT", "10000"}});
  sources.flags = {{"LISTEN", "[::1]:9000"}};

  const auto config = load(sources).value();

  EXPECT_EQ(config.address("LISTEN").host, "::1");
  EXPECT_EQ(config.address("LISTEN").port, 9000);
}

TEST(Language, UnderstandsTheLocaleListOfTheCLibrary) {
  const auto language = [](const char* value) {
    return load(from_environment({{"LANGUAGE", value}})).value().text("LANGUAGE");
  };
  EXPECT_EQ(language("en"), "en");
  EXPECT_EQ(language("en_GB:fr"), "en");
  EXPECT_EQ(language("de_DE.UTF-8:en_US"), "en");
  EXPECT_EQ(language("de:C"), "fr");
}

TEST(Secrets, AreReadFromTheFileNamedWithoutItsNewline) {
  const Folder folder;
  const auto plain = folder.file("plain", "s3cret \n");
  const auto windows = folder.file("windows", "s3cret\r\n", 0444);

  const auto config =
      load(from_environment({{"SECRET_KEY_FILE", plain}, {"LLM_API_KEY_FILE", windows}}));

  EXPECT_EQ(config->text("SECRET_KEY"), "s3cret ");
  EXPECT_EQ(config->text("LLM_API_KEY"), "s3cret");
}

TEST(Secrets, AreRefusedFromFilesThatOthersMayWriteOrThatAreEmpty) {
  const Folder folder;

  EXPECT_NE(problems(from_environment({{"SECRET_KEY_FILE", folder.file("a", "x", 0620)}}))
                .find("chmod go-w"),
            std::string::npos);
  EXPECT_NE(problems(from_environment({{"SECRET_KEY_FILE", folder.file("b", "x", 0602)}}))
                .find("chmod go-w"),
            std::string::npos);
  EXPECT_NE(
      problems(from_environment({{"SECRET_KEY_FILE", folder.file("c", "\n")}})).find("is empty"),
      std::string::npos);
}

TEST(Secrets, AreRefusedFromAFileThatCannotBeRead) {
  if (geteuid() == 0) {
    GTEST_SKIP() << "root reads everything";
  }
  const Folder folder;
  EXPECT_NE(problems(from_environment({{"SECRET_KEY_FILE", folder.file("a", "x", 0)}}))
                .find("cannot be read"),
            std::string::npos);
}

TEST(Secrets, MayNotBeSetTwiceInOnePlace) {
  const Folder folder;
  const auto path = folder.file("a", "x");

  EXPECT_EQ(problems(from_environment({{"SECRET_KEY", "x"}, {"SECRET_KEY_FILE", path}})),
            "environment: SECRET_KEY_FILE: set, and so is the variable without _FILE; keep one");
  EXPECT_NE(problems(from_file(fmt::format("secret_key = 'x'\nsecret_key_file = '{}'", path)))
                .find(":2: "),
            std::string::npos);
}

TEST(Secrets, OfAStrongerSourceWinWhicheverWayTheyCome) {
  const Folder folder;
  auto sources = from_file("secret_key = 'from the file'");
  sources.environment = {{"SECRET_KEY_FILE", folder.file("a", "from the environment")}};

  EXPECT_EQ(load(sources)->text("SECRET_KEY"), "from the environment");
}

TEST(Secrets, MayNotStandInATomlThatOthersRead) {
  const Folder folder;
  const std::string text = "domain = 'x'\nsecret_key = 'canary'\n";
  const auto open = folder.file("open.toml", text, 0644);
  const auto closed = folder.file("closed.toml", text, 0600);

  EXPECT_EQ(problems({.file_path = open, .file_text = text}),
            open + ":2: secret_key: a secret, and others may read this file: chmod 600");
  EXPECT_EQ(load({.file_path = closed, .file_text = text})->text("SECRET_KEY"), "canary");
}

TEST(Secrets, HaveNoFileFormForOtherKeys) {
  EXPECT_NE(problems({.flags = {{"DOMAIN_FILE", "x"}}}).find("no such key"), std::string::npos);
}

TEST(Config, ShowsWhatHoldsAndNoSecret) {
  const auto config =
      load(from_environment({{"LLM_API_KEY", "canary"}, {"SIGNUP", "closed"}})).value();

  const auto shown = config.show();

  EXPECT_EQ(shown.find("canary"), std::string::npos);
  EXPECT_NE(shown.find("LLM_API_KEY = [set]  # environment\n"), std::string::npos);
  EXPECT_NE(shown.find("GROQ_API_KEY = [empty]  # default\n"), std::string::npos);
  EXPECT_NE(shown.find("SIGNUP = closed  # environment\n"), std::string::npos);
}

TEST(Config, ThrowsWhenCodeReadsAKeyThatIsNotThereOrAsAnotherType) {
  const auto config = load({}).value();

  EXPECT_THROW(config.text("NOWHERE"), std::logic_error);
  EXPECT_THROW(config.integer("SIGNUP"), std::logic_error);
  EXPECT_THROW(config.boolean("SIGNUP"), std::logic_error);
  EXPECT_THROW(config.address("SIGNUP"), std::logic_error);
}

TEST(Reference, IsWhatTheDocumentationSays) {
  const char* root = std::getenv("VIGIE_SOURCE_DIR");
  if (root == nullptr) {
    GTEST_SKIP() << "VIGIE_SOURCE_DIR is not set";
  }
  const auto path = std::filesystem::path{root} / "docs" / "CONFIGURATION.md";
  if (std::getenv("VIGIE_UPDATE_DOCS") != nullptr) {
    std::ofstream{path} << reference();
  }

  std::ifstream file{path};
  const std::string written{std::istreambuf_iterator<char>{file}, {}};

  EXPECT_EQ(written, reference())
      << "docs/CONFIGURATION.md is old: VIGIE_UPDATE_DOCS=1 vigie_config_test";
}

}  // namespace
}  // namespace vigie::config
