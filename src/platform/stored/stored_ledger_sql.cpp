// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "platform/stored/stored_ledger.hpp"

namespace vigie::platform {
namespace {

constexpr std::string_view select_host = R"(
SELECT share, grown_at, blocks, reason, blocked_since, refused_at, paused_until, holder, held_until,
  waiting
FROM platform_host WHERE host = $1)";

constexpr std::string_view upsert_host = R"(
INSERT INTO platform_host (host, share, grown_at, blocks, reason, blocked_since, refused_at,
  paused_until, holder, held_until, waiting)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (host) DO UPDATE SET share = excluded.share, grown_at = excluded.grown_at,
  blocks = excluded.blocks, reason = excluded.reason, blocked_since = excluded.blocked_since,
  refused_at = excluded.refused_at, paused_until = excluded.paused_until,
  holder = excluded.holder, held_until = excluded.held_until, waiting = excluded.waiting)";

Result<HostLedger::Known> load(db::Transaction& transaction, const std::string& host) {
  const auto now = transaction.now();
  if (!now) {
    return now.error();
  }
  const auto rows = transaction.query(select_host, {host});
  if (!rows) {
    return rows.error().during("reading what is known of a host");
  }
  HostLedger::Known known{HostState{}, *now};
  if (!rows->empty()) {
    const auto& row = rows->front();
    auto& state = known.state;
    state.share = row.number(0);
    state.grown_at = row.time(1);
    state.blocks = static_cast<int>(row.integer(2));
    state.reason = row.text(3);
    state.blocked_since = row.time(4);
    state.refused_at = row.time(5);
    state.paused_until = row.time(6);
    state.holder = row.text(7);
    state.held_until = row.time(8);
    state.waiting = row.text(9);
  }
  return known;
}

class StoredLedger final : public HostLedger {
 public:
  explicit StoredLedger(db::Database& database) : database_{database} {}

  Async<Result<Known>> change(std::string host, Change change) override {
    std::function<Result<Known>(db::Transaction&)> work =
        [&host, &change](db::Transaction& transaction) -> Result<Known> {
      auto known = load(transaction, host);
      if (!known) {
        return known;
      }
      auto& state = known->state;
      change(state, known->now);
      const auto stored = transaction.execute(
          upsert_host,
          {host, state.share, state.grown_at, state.blocks, state.reason, state.blocked_since,
           state.refused_at, state.paused_until, state.holder, state.held_until, state.waiting});
      if (!stored) {
        return stored.error().during("writing what is known of a host");
      }
      return known;
    };
    co_return co_await db::write<Known>(database_, std::move(work));
  }

  Async<Result<Known>> read(std::string host) override {
    std::function<Result<Known>(db::Transaction&)> work = [&host](db::Transaction& transaction) {
      return load(transaction, host);
    };
    co_return co_await db::read<Known>(database_, std::move(work));
  }

 private:
  db::Database& database_;
};

}  // namespace

std::unique_ptr<HostLedger> create_stored_ledger(db::Database& database) {
  return std::make_unique<StoredLedger>(database);
}

}  // namespace vigie::platform
