// SPDX-License-Identifier: Apache-2.0
// How long a search takes in VIGIE_BENCH_SEGMENTS segments (200,000 when not said) on SQLite, and
// on PostgreSQL where it is installed: 200 questions, one page each.
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

constexpr std::array<std::string_view, 40> frequent{
    "le",      "la",          "les",    "de",      "et",      "un",       "une",     "on",
    "pas",     "est",         "vous",   "nous",    "tous",    "bien",     "direct",  "merci",
    "bonsoir", "aujourd’hui", "faire",  "gens",    "monde",   "France",   "maire",   "école",
    "police",  "travail",     "argent", "enfants", "santé",   "impôts",   "vote",    "loi",
    "ville",   "quartier",    "élus",   "journée", "semaine", "question", "réponse", "vidéo"};

std::int64_t wanted_segments() {
  const char* const said = std::getenv("VIGIE_BENCH_SEGMENTS");
  return said == nullptr ? 200'000 : to_integer(said).value_or(200'000);
}

// One word in four is rare: two thousand made-up ones.
std::string sentence(Random& random) {
  std::string text;
  for (int i = 0; i < 15; ++i) {
    const auto dice = static_cast<std::size_t>(random.unit() * 160'000);
    text += i == 0 ? "" : " ";
    text += dice % 4 != 0 ? std::string{frequent[dice / 4 * dice % 40]}
                          : fmt::format("mot{}", dice / 4 % 2000);
  }
  return text;
}

void check(const Result<>& done) {
  if (!done) {
    throw std::runtime_error(done.error().what);
  }
}

void fill(db::Database& database, std::int64_t count, Random& random) {
  constexpr std::string_view insert = R"(
    INSERT INTO segment (id, live_id, start_us, end_us, text, language, confidence, uncertain, engine,
      model, token, created_at) VALUES ($1, $2, $3, $3, $4, 'fr', 1.0, FALSE, 'e', 'm', 1, 0))";
  const auto execute = [&](std::string_view sql, std::initializer_list<db::Value> values) {
    check(database.write_now([&](db::Transaction& tx) -> Result<> {
      const auto done = tx.execute(sql, values);
      return done ? Result<>{} : done.error();
    }));
  };
  execute(R"(INSERT INTO person (id, username, username_folded, password_hash, role, created_at)
             VALUES ('P', 'p', 'p', '-', 'user', 0))",
          {});
  for (int i = 0; i < 100; ++i) {
    const auto id = fmt::format("A{:03}", i);
    execute(
        "INSERT INTO account (id, platform, username, url, created_at) VALUES ($1, 't', $1, '-', "
        "0)",
        {id});
    execute(R"(INSERT INTO live (id, account_id, room, state, started_at, detected_at)
               VALUES ($1, $1, '1', 'ended', $2, 0))",
            {id, std::int64_t{i} * 86'400'000'000});
    if (i < 50) {
      execute("INSERT INTO follow (person_id, account_id, created_at) VALUES ('P', $1, 0)", {id});
    }
  }
  for (std::int64_t done = 0; done < count;) {
    check(database.write_now([&](db::Transaction& tx) -> Result<> {
      for (int i = 0; i < 5000 && done < count; ++i, ++done) {
        const auto live = fmt::format("A{:03}", done % 100);
        const auto inserted = tx.execute(
            insert, {fmt::format("S{:08}", done), live, done / 100 * 4'000'000, sentence(random)});
        if (!inserted) {
          return inserted.error();
        }
      }
      return {};
    }));
  }
}

void measure(std::string_view name, db::Database& database, std::int64_t count) {
  SeededRandom random;
  const SystemClock clock;
  asio::io_context io;
  fill(database, count, random);
  const auto began = clock.steady();
  while (testing::run(io, search::index_waiting(database, 2000)).value() > 0) {
  }
  const auto indexed = to_seconds(clock.steady() - began);
  std::vector<double> times;
  for (int i = 0; i < 200; ++i) {
    const auto one = frequent[static_cast<std::size_t>(i) % 40];
    const auto rare = fmt::format("mot{}", i * 37 % 2000);
    const auto text =
        i % 5 == 0   ? std::string{one}
        : i % 5 == 1 ? rare
        : i % 5 == 2 ? fmt::format("{} {}", one, rare)
        : i % 5 == 3 ? fmt::format("\"{} {}\"", one, frequent[static_cast<std::size_t>(i * 7) % 40])
                     : fmt::format("mot{}* -{}", i % 20, one);
    search::Question question;
    question.query = search::parse_query(text).value();
    const Sight sight{.person_id = "P", .all_accounts = i % 2 == 0};
    const auto start = clock.steady();
    const auto page = testing::run(io, search::find(database, sight, question, 50, ""));
    times.push_back(to_seconds(clock.steady() - start) * 1000);
    check(page ? Result<>{} : page.error());
  }
  std::ranges::sort(times);
  fmt::print(
      "{:<10} {} segments, indexed in {:.0f} s; 200 questions: p50 {:.1f} ms, p95 {:.1f} ms, "
      "longest {:.1f} ms\n",
      name, count, indexed, times[100], times[190], times[199]);
  std::fflush(stdout);
}

int run() {
  const auto count = wanted_segments();
  ManualClock clock;
  const testing::TemporaryFolder folder;
  const auto sqlite = db::open_sqlite((folder.path() / "vigie.db").string(), clock);
  check(sqlite ? Result<>{} : sqlite.error());
  db::migrate(**sqlite).value();
  measure("sqlite", **sqlite, count);
  auto server = testing::PostgresServer::shared();
  if (!server) {
    fmt::print("postgres   skipped: {}\n", server.error().what);
    return 0;
  }
  const auto name = (*server)->create("template0");
  const auto postgres = db::open_postgres((*server)->url(name));
  check(postgres ? Result<>{} : postgres.error());
  db::migrate(**postgres).value();
  measure("postgres", **postgres, count);
  return 0;
}

}  // namespace
}  // namespace vigie

int main() {
  return vigie::run();
}
