// SPDX-License-Identifier: Apache-2.0
// How long a search takes in VIGIE_BENCH_SEGMENTS segments (200,000 when not said) on SQLite, and
// on PostgreSQL where it is installed: every kind of question, as a moderator who sees all and as
// somebody who follows half, in every period, the first page and one far down (requirement D7: p95
// at most 100 ms in a million). VIGIE_BENCH_SQLITE=FILE and VIGIE_BENCH_POSTGRES=URL: the data are
// kept there, and used again; "no": that engine is left out.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include "async/testing.hpp"
#include "base/random_fake.hpp"
#include "base/text.hpp"
#include "db/migrations.hpp"
#include "db/postgres/postgres_database.hpp"
#include "db/sqlite/sqlite_database.hpp"
#include "search/indexer.hpp"
#include "search/search.hpp"
#include "support/databases.hpp"
#include "support/postgres_server.hpp"

namespace vigie {
namespace {

// The most frequent words, in their order; those after them are made up: "mot41" to "mot50000".
constexpr std::array<std::string_view, 40> frequent{
    "le",      "la",          "les",    "de",      "et",      "un",       "une",     "on",
    "pas",     "est",         "vous",   "nous",    "tous",    "bien",     "direct",  "merci",
    "bonsoir", "aujourd’hui", "faire",  "gens",    "monde",   "France",   "maire",   "école",
    "police",  "travail",     "argent", "enfants", "santé",   "impôts",   "vote",    "loi",
    "ville",   "quartier",    "élus",   "journée", "semaine", "question", "réponse", "vidéo"};
constexpr int vocabulary = 50'000;
constexpr std::int64_t accounts = 100;
constexpr std::int64_t segments_a_live = 1000;
constexpr std::int64_t live_every_us = 7'200'000'000;
constexpr std::int64_t old_lives = 10;  // of account A100, which has been silent since

std::string setting(const char* name) {
  const char* const said = std::getenv(name);
  return said == nullptr ? "" : said;
}

std::string word_of(std::size_t rank) {
  return rank < frequent.size() ? std::string{frequent[rank]} : fmt::format("mot{}", rank + 1);
}

// As often as in a language: the n-th word a n-th as often as the first (Zipf).
std::string said_word(Random& random) {
  static const auto sums = [] {
    std::vector<double> all(vocabulary);
    double sum = 0;
    for (int i = 0; i < vocabulary; ++i) {
      all[static_cast<std::size_t>(i)] = sum += 1.0 / (i + 1);
    }
    return all;
  }();
  const auto at = std::ranges::upper_bound(sums, random.unit() * sums.back());
  return word_of(
      std::min<std::size_t>(static_cast<std::size_t>(at - sums.begin()), vocabulary - 1));
}

std::string sentence(Random& random) {
  std::string text;
  for (int i = 0; i < 15; ++i) {
    text += (i == 0 ? "" : " ") + said_word(random);
  }
  return text;
}

template <class T>
T check(Result<T> done) {
  if (!done) {
    throw std::runtime_error(done.error().what);
  }
  if constexpr (!std::is_void_v<T>) {
    return std::move(*done);
  }
}

using Values = std::initializer_list<db::Value>;

void execute(db::Transaction& tx, std::string_view sql, Values values) {
  check(tx.execute(sql, values));
}

void execute(db::Database& database, std::string_view sql) {
  check(database.write_now([&](db::Transaction& tx) -> Result<> {
    execute(tx, sql, {});
    return {};
  }));
}

std::string account_of(std::int64_t live) {
  return fmt::format("A{:03}", live < old_lives ? accounts : live % accounts);
}

void fill_people(db::Transaction& tx) {
  execute(tx, R"(INSERT INTO person (id, username, username_folded, password_hash, role, created_at)
                 VALUES ('P', 'p', 'p', '-', 'user', 0))",
          {});
  for (std::int64_t i = 0; i <= accounts; ++i) {
    const auto id = fmt::format("A{:03}", i);
    execute(tx, R"(INSERT INTO account (id, platform, username, url, created_at)
                   VALUES ($1, 't', $1, '-', 0))",
            {id});
    if (i % 2 == 0) {
      execute(tx, "INSERT INTO follow (person_id, account_id, created_at) VALUES ('P', $1, 0)",
              {id});
    }
  }
}

void fill_live(db::Transaction& tx, std::int64_t live, Random& random) {
  const auto id = fmt::format("L{:05}", live);
  execute(tx, R"(INSERT INTO live (id, account_id, room, state, started_at, detected_at)
                 VALUES ($1, $2, '1', 'ended', $3, 0))",
          {id, account_of(live), live * live_every_us});
  for (std::int64_t i = 0; i < segments_a_live; ++i) {
    execute(
        tx, R"(
      INSERT INTO segment (id, live_id, start_us, end_us, text, language, confidence, uncertain, engine,
        model, token, created_at)
      VALUES ($1, $2, $3, $3, $4, 'fr', 1.0, FALSE, 'e', 'm', 1, 0))",
        {fmt::format("S{:08}", live * segments_a_live + i), id, i * 4'000'000, sentence(random)});
  }
}

// Whether there was anything to fill.
bool fill(db::Database& database, std::int64_t count) {
  SeededRandom random;
  bool is_new = false;
  check(database.write_now([&](db::Transaction& tx) -> Result<> {
    is_new = check(tx.query("SELECT id FROM person LIMIT 1", {})).empty();
    if (is_new) {
      fill_people(tx);
    }
    return {};
  }));
  for (std::int64_t live = 0; is_new && live < count / segments_a_live; ++live) {
    check(database.write_now([&](db::Transaction& tx) -> Result<> {
      fill_live(tx, live, random);
      return {};
    }));
  }
  return is_new;
}

struct Kind {
  std::string_view name;
  std::string (*text)(std::size_t i);  // of the i-th question
};

constexpr std::array<Kind, 10> kinds{{
    {"most common", [](std::size_t i) { return word_of(i); }},
    {"common", [](std::size_t i) { return word_of(20 + i); }},
    {"middling", [](std::size_t i) { return fmt::format("mot{}", 300 + i * 37); }},
    {"rare", [](std::size_t i) { return fmt::format("mot{}", 20'000 + i * 997); }},
    {"common and rare",
     [](std::size_t i) { return fmt::format("{} mot{}", frequent[i], 5000 + i * 997); }},
    {"three common",
     [](std::size_t i) {
       return fmt::format("{} {} {}", frequent[i], frequent[i + 10], frequent[i + 20]);
     }},
    {"two middling", [](std::size_t i) { return fmt::format("mot{} mot{}", 100 + i, 200 + i); }},
    {"phrase",
     [](std::size_t i) { return fmt::format("\"{} {}\"", frequent[i], frequent[i + 15]); }},
    {"prefix",
     [](std::size_t i) {
       return fmt::format("{}*", std::array{"mo", "mot1", "de", "qu", "bo"}[i % 5]);
     }},
    {"all but", [](std::size_t i) { return fmt::format("{} -{}", frequent[i + 5], frequent[i]); }},
}};

struct Filter {
  std::string_view name;
  void (*apply)(search::Question&, std::int64_t lives);
};

Time live_start(std::int64_t live) {
  return from_micros(live * live_every_us);
}

constexpr std::array<Filter, 6> filters{{
    {"no filter", [](search::Question&, std::int64_t) {}},
    {"account", [](search::Question& q, std::int64_t) { q.account_id = "A007"; }},
    {"silent account", [](search::Question& q, std::int64_t) { q.account_id = "A100"; }},
    {"one day",
     [](search::Question& q, std::int64_t lives) {
       q.from = live_start(lives / 2);
       q.to = live_start(lives / 2 + 12);
     }},
    {"to long ago", [](search::Question& q, std::int64_t lives) { q.to = live_start(lives / 20); }},
    {"language", [](search::Question& q, std::int64_t) { q.language = "en"; }},
}};

struct Asked {
  double ms = 0;
  std::string_view filter{};
  std::string what;
};

constexpr std::size_t questions_a_kind = 5;
constexpr double slow_ms = 100;

double ask(db::Database& database, const Sight& sight, const search::Question& question,
           const std::string& cursor) {
  const SystemClock clock;
  asio::io_context io;
  const auto start = clock.steady();
  check(testing::run(io, search::find(database, sight, question, 50, cursor)));
  return to_seconds(clock.steady() - start) * 1000;
}

// Every question of a kind, as each person, in each filter, at the top and in the middle.
std::vector<Asked> ask_all(db::Database& database, const Kind& kind, std::int64_t lives) {
  std::vector<Asked> asked;
  const auto middle = std::to_string(to_micros(live_start(lives / 2)) * 1000);
  for (const bool all_accounts : {true, false}) {
    for (const auto& filter : filters) {
      for (std::size_t i = 0; i < questions_a_kind * 2; ++i) {
        const auto text = kind.text(i / 2);
        search::Question question{.query = check(search::parse_query(text))};
        filter.apply(question, lives);
        const Sight sight{.person_id = "P", .all_accounts = all_accounts};
        const auto* const who = all_accounts ? "all" : "half";
        const auto* const page = i % 2 == 0 ? "first" : "deep";
        asked.push_back({ask(database, sight, question, i % 2 == 0 ? "" : middle), filter.name,
                         fmt::format("{} [{}] {} {}", text, filter.name, who, page)});
      }
    }
  }
  return asked;
}

void tell(std::string_view name, std::vector<Asked> asked) {
  std::ranges::sort(asked, {}, &Asked::ms);
  const auto at = [&](std::size_t share) { return asked[(asked.size() - 1) * share / 100].ms; };
  const auto slow = std::ranges::count_if(asked, [](const auto& one) { return one.ms > slow_ms; });
  fmt::print(
      "  {:<16} {:5} questions: p50 {:7.1f} ms, p95 {:7.1f} ms, longest {:7.1f} ms ({}), {} over "
      "{} ms\n",
      name, asked.size(), at(50), at(95), asked.back().ms, asked.back().what, slow, slow_ms);
  std::fflush(stdout);
}

void measure(std::string_view name, db::Database& database) {
  const SystemClock clock;
  const auto count = to_integer(setting("VIGIE_BENCH_SEGMENTS")).value_or(200'000);
  db::migrate(database).value();
  const bool is_new = fill(database, count);
  const auto began = clock.steady();
  asio::io_context io;
  while (check(testing::run(io, search::index_waiting(database, 2000))) > 0) {
  }
  if (is_new && database.engine() == "postgres") {
    execute(database, "ANALYZE");  // as autovacuum does
  }
  fmt::print("{}: {} segments, indexed in {:.0f} s\n", name, count,
             to_seconds(clock.steady() - began));
  std::vector<Asked> all;
  for (const auto& kind : kinds) {
    auto asked = ask_all(database, kind, count / segments_a_live);
    tell(kind.name, asked);
    all.insert(all.end(), asked.begin(), asked.end());
  }
  for (const auto& filter : filters) {
    std::vector<Asked> some;
    std::ranges::copy_if(all, std::back_inserter(some),
                         [&](const Asked& one) { return one.filter == filter.name; });
    tell(filter.name, std::move(some));
  }
  tell("all", std::move(all));
}

std::string postgres_url() {
  if (auto said = setting("VIGIE_BENCH_POSTGRES"); !said.empty()) {
    return said;
  }
  auto server = testing::PostgresServer::shared();
  if (!server) {
    fmt::print("postgres: skipped: {}\n", server.error().what);
    return "";
  }
  return (*server)->url((*server)->create("template0"));
}

void run() {
  ManualClock clock;
  const testing::TemporaryFolder folder;
  const auto kept = setting("VIGIE_BENCH_SQLITE");
  const auto path = kept.empty() ? (folder.path() / "vigie.db").string() : kept;
  if (kept != "no") {
    measure("sqlite", *check(db::open_sqlite(path, clock)));
  }
  if (const auto url = postgres_url(); !url.empty() && url != "no") {
    measure("postgres", *check(db::open_postgres(url)));
  }
}

}  // namespace
}  // namespace vigie

int main() {
  vigie::run();
}
