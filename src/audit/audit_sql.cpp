// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <stdexcept>

#include "audit/audit.hpp"
#include "base/text.hpp"

namespace vigie::audit {
namespace {

// Holds the row until commit: two who add at once follow one another, whatever their process.
constexpr std::string_view take_number = R"(
UPDATE audit_head SET lines = lines + 1 WHERE only_row = 1 RETURNING lines, sha256)";
constexpr std::string_view set_head = R"(
UPDATE audit_head SET sha256 = $1 WHERE only_row = 1)";
constexpr std::string_view select_head = "SELECT lines, sha256 FROM audit_head WHERE only_row = 1";
constexpr std::string_view insert_line = R"(
INSERT INTO audit_line
  (number, at, kind, via, person_id, thing, thing_id, request_id, detail, sha256)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10))";
constexpr std::string_view select_newest_of_kind = R"(
SELECT detail FROM audit_line WHERE kind = $1 ORDER BY number DESC LIMIT 1)";

constexpr std::int64_t lines_at_once = 1000;
constexpr std::size_t most_recent = 10'000;  // deeds remembered by record_once

// The chain so far, line by line.
struct Walk {
  const std::optional<Head>& kept;
  Head reached;

  std::optional<Broken> step(const Line& line) {
    const auto expected = reached.lines + 1;
    if (line.number != expected) {
      return Broken{expected, fmt::format("it is not there: line {} follows", line.number)};
    }
    if (line.sha256 != hash_of(line, reached.sha256)) {
      return Broken{expected, "it is not as it was written, or stands in another place"};
    }
    reached = {line.number, line.sha256};
    if (kept && kept->lines == line.number && kept->sha256 != line.sha256) {
      return Broken{expected, "it is not the line that the kept head names"};
    }
    return std::nullopt;
  }

  std::optional<Broken> end(const Head& head) const {
    if (kept && kept->lines > reached.lines) {
      return Broken{reached.lines + 1, "it is not there, and the kept head counts it"};
    }
    if (head.lines != reached.lines) {
      return Broken{std::min(head.lines, reached.lines) + 1,
                    fmt::format("the head counts {} lines", head.lines)};
    }
    if (head.sha256 != reached.sha256) {
      return Broken{reached.lines, "the head names another newest line"};
    }
    return std::nullopt;
  }
};

}  // namespace

Result<> append(db::Transaction& transaction, const By& by, const Deed& deed, Time at) {
  if (!std::ranges::binary_search(kinds(), deed.kind)) {
    throw std::logic_error(fmt::format("{} is no kind of deed", deed.kind));
  }
  const auto taken = transaction.query(take_number, {});
  if (!taken) {
    return taken.error();
  }
  if (taken->size() != 1) {
    throw std::logic_error("audit_head does not hold its one row");
  }
  Line line{.number = taken->front().integer(0),
            .at = at,
            .kind = std::string{deed.kind},
            .via = std::string{to_string(by.via)},
            .person_id = by.person_id,
            .thing = std::string{deed.thing},
            .thing_id = deed.thing_id,
            .request_id = by.request_id,
            .detail = json::serialize(deed.detail),
            .sha256 = {}};
  line.sha256 = hash_of(line, taken->front().text(1));
  const auto written = transaction.execute(
      insert_line, {line.number, line.at, line.kind, line.via, line.person_id, line.thing,
                    line.thing_id, line.request_id, line.detail, line.sha256});
  if (!written) {
    return written.error().during("writing a line of the audit");
  }
  const auto moved = transaction.execute(set_head, {line.sha256});
  return moved ? Result<>{} : moved.error();
}

Result<Head> read_head(db::Transaction& transaction) {
  const auto rows = transaction.query(select_head, {});
  if (!rows) {
    return rows.error();
  }
  if (rows->empty()) {
    return make_error(Errc::corrupt, "the head of the audit is gone");
  }
  return Head{rows->front().integer(0), rows->front().text(1)};
}

Result<Verdict> verify(db::Transaction& transaction, const std::optional<Head>& kept) {
  const auto head = read_head(transaction);
  if (!head) {
    return head.error();
  }
  Verdict verdict{.head = *head, .lines = 0, .broken = {}};
  Walk walk{kept, {}};
  for (std::int64_t after = 0;;) {
    const auto lines = lines_after(transaction, after, lines_at_once);
    if (!lines) {
      return lines.error();
    }
    for (const auto& line : *lines) {
      ++verdict.lines;
      verdict.broken = verdict.broken ? verdict.broken : walk.step(line);
      after = line.number;
    }
    if (std::cmp_less(lines->size(), lines_at_once)) {
      break;
    }
  }
  verdict.broken = verdict.broken ? verdict.broken : walk.end(*head);
  return verdict;
}

Async<Result<>> Trail::record(By by, Deed deed) {
  const auto now = clock_.now();
  db::Database::Work work = [&](db::Transaction& transaction) {
    return append(transaction, by, deed, now);
  };
  co_return co_await database_.write(std::move(work));
}

Async<Result<>> Trail::record_once(By by, Deed deed) {
  const auto now = clock_.now();
  auto key = fmt::format("{} {} {} {}", by.person_id, deed.kind, deed.thing_id,
                         json::serialize(deed.detail));
  const auto known = recent_.find(key);
  if (known != recent_.end() && now - known->second < once_in && known->second <= now) {
    co_return Result<>{};
  }
  std::erase_if(recent_, [now](const auto& each) { return now - each.second >= once_in; });
  const auto done = co_await record(std::move(by), std::move(deed));
  if (done && recent_.size() < most_recent) {
    recent_.insert_or_assign(std::move(key), now);
  }
  co_return done;
}

Async<Result<>> Trail::record_configuration(std::string sha256, std::string version) {
  const auto now = clock_.now();
  json::object detail{{"sha256", sha256}, {"version", version}};
  const Deed deed{kind::configuration_changed, "configuration", "", std::move(detail)};
  db::Database::Work work = [&](db::Transaction& transaction) -> Result<> {
    const auto last = transaction.query(select_newest_of_kind, {deed.kind});
    if (!last) {
      return last.error();
    }
    const bool is_same = !last->empty() && last->front().text(0) == json::serialize(deed.detail);
    return is_same ? Result<>{} : append(transaction, By{}, deed, now);
  };
  co_return co_await database_.write(std::move(work));
}

Async<Result<Page<ListedLine>>> Trail::list(Filter filter, std::int64_t limit, std::string cursor) {
  if (!filter.kind.empty() && !std::ranges::binary_search(kinds(), filter.kind)) {
    co_return make_error(Errc::invalid, "kind: one of {}", fmt::join(kinds(), ", "));
  }
  if (filter.from && filter.to && *filter.from >= *filter.to) {
    co_return make_error(Errc::invalid, "to: a moment after from");
  }
  std::function<Result<Page<ListedLine>>(db::Transaction&)> work =
      [&](db::Transaction& transaction) { return read_page(transaction, filter, limit, cursor); };
  co_return co_await db::read<Page<ListedLine>>(database_, std::move(work));
}

Async<Result<Head>> Trail::head() {
  std::function<Result<Head>(db::Transaction&)> work = [](db::Transaction& transaction) {
    return read_head(transaction);
  };
  co_return co_await db::read<Head>(database_, std::move(work));
}

}  // namespace vigie::audit
