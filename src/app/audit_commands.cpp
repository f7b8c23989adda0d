// SPDX-License-Identifier: Apache-2.0
// vigie audit …: whether what was written of people's deeds is still what was written.
#include "app/commands.hpp"
#include "app/exit_codes.hpp"
#include "app/world.hpp"
#include "audit/audit.hpp"
#include "db/migrations.hpp"

namespace vigie::app {
namespace {

constexpr std::int64_t lines_at_once = 1000;

int fail(const Error& error) {
  fmt::print(stderr, "vigie: {}\n", error.what);
  return exit_finding;
}

// As canonical_bytes takes it: detail is text, at a number.
void print(const audit::Line& line) {
  const json::object shown{{"number", line.number},
                           {"at_us", to_micros(line.at)},
                           {"at", to_rfc3339(line.at)},
                           {"kind", line.kind},
                           {"via", line.via},
                           {"person_id", line.person_id},
                           {"thing", line.thing},
                           {"thing_id", line.thing_id},
                           {"request_id", line.request_id},
                           {"detail", line.detail},
                           {"sha256", line.sha256}};
  fmt::print("{}\n", json::serialize(shown));
}

Result<> print_all(db::Transaction& transaction) {
  for (std::int64_t after = 0;;) {
    const auto lines = audit::lines_after(transaction, after, lines_at_once);
    if (!lines) {
      return lines.error();
    }
    if (lines->empty()) {
      return {};
    }
    for (const auto& line : *lines) {
      print(line);
      after = line.number;
    }
  }
}

// A schema that has no audit yet is brought up by the web role, not by looking.
Result<std::unique_ptr<db::Database>> open_audit(const config::Config& config, Clock& clock) {
  auto database = open_database(config, clock);
  if (!database) {
    return database.error();
  }
  const auto status = db::schema_status(**database);
  if (!status) {
    return status.error();
  }
  if (status->version < status->newest) {
    return make_error(Errc::unavailable, "the schema is at {} of {}: run vigie db migrate",
                      status->version, status->newest);
  }
  return database;
}

}  // namespace

int verify_audit(const CommandLine& line, const config::Config& config) {
  std::optional<audit::Head> kept;
  if (!line.head.empty()) {
    auto parsed = audit::parse_head(line.head);
    if (!parsed) {
      fmt::print(stderr, "vigie: --head: {}\n", parsed.error().what);
      return exit_usage;
    }
    kept = std::move(*parsed);
  }
  SystemClock clock;
  const auto database = open_audit(config, clock);
  if (!database) {
    return fail(database.error());
  }
  audit::Verdict verdict;
  const auto walked = (*database)->read_now([&](db::Transaction& transaction) -> Result<> {
    auto found = audit::verify(transaction, kept);
    if (!found) {
      return found.error();
    }
    verdict = std::move(*found);
    return {};
  });
  if (!walked) {
    return fail(walked.error());
  }
  if (verdict.broken) {
    fmt::print("BROKEN at line {}: {}\n", verdict.broken->number, verdict.broken->why);
    fmt::print("{} lines are there\n", verdict.lines);
    return exit_finding;
  }
  fmt::print("{} lines, whole\n", verdict.lines);
  if (verdict.lines > 0) {
    fmt::print("head {}\n", audit::to_string(verdict.head));
  }
  return exit_fine;
}

int export_audit(const CommandLine&, const config::Config& config) {
  SystemClock clock;
  const auto database = open_audit(config, clock);
  if (!database) {
    return fail(database.error());
  }
  const auto noted = (*database)->write_now([&](db::Transaction& transaction) {
    const audit::By by{.person_id = {}, .request_id = {}, .via = audit::Via::command};
    return audit::append(transaction, by, {audit::kind::audit_exported, "audit", "", {}},
                         clock.now());
  });
  if (!noted) {
    return fail(noted.error());
  }
  const auto printed = (*database)->read_now(print_all);
  return printed ? exit_fine : fail(printed.error());
}

}  // namespace vigie::app
