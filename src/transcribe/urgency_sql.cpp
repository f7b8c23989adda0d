// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "transcribe/urgency.hpp"

namespace vigie::transcribe {
namespace {

// Detections ('faible') are listed and interrupt nobody: they are no reason.
constexpr std::string_view select_facts = R"(
SELECT l.id,
  EXISTS (SELECT 1 FROM alert a
    WHERE a.live_id = l.id AND a.state <> 'decided' AND a.severity <> 'faible'),
  COALESCE((SELECT MAX(f.priority) FROM follow f WHERE f.account_id = l.account_id), 0),
  COALESCE(l.viewers, 0)
FROM live l WHERE l.ended_at IS NULL OR l.heard_until > l.words_until)";

}  // namespace

double urgency_of(bool has_open_alert, std::int64_t priority, std::int64_t viewers) {
  const auto watched = 1 + std::log10(1 + static_cast<double>(std::max<std::int64_t>(viewers, 0)));
  const auto wanted = 1 + 0.5 * static_cast<double>(std::clamp<std::int64_t>(priority, 0, 2));
  return (has_open_alert ? 4.0 : 1.0) * wanted * (0.8 + 0.2 * watched);
}

Async<Result<>> Urgencies::look() {
  std::function<Result<Known>(db::Transaction&)> work =
      [](db::Transaction& transaction) -> Result<Known> {
    const auto rows = transaction.query(select_facts, {});
    if (!rows) {
      return rows.error().during("reading which lives are urgent");
    }
    Known known;
    for (const auto& row : *rows) {
      known.emplace(row.text(0), urgency_of(row.boolean(1), row.integer(2), row.integer(3)));
    }
    return known;
  };
  auto known = co_await db::read<Known>(database_, std::move(work));
  if (!known) {
    co_return known.error();
  }
  known_ = std::move(*known);
  co_return Result<>{};
}

Async<> Urgencies::run() {
  for (;;) {
    if (const auto done = co_await look(); !done) {
      log_.warn("which lives are urgent is not known now", {{"why", done.error().what}});
    }
    co_await clock_.sleep(interval);
  }
}

double Urgencies::of(std::string_view live_id) const {
  const auto found = known_.find(live_id);
  return found == known_.end() ? 1.0 : found->second;
}

}  // namespace vigie::transcribe
