// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "people/throttle.hpp"

namespace vigie::people {
namespace {

constexpr std::string_view select_arrival =
    "SELECT arrival, tries FROM auth_throttle WHERE key_sha256 = $1";
constexpr std::string_view upsert_arrival = R"(
INSERT INTO auth_throttle (key_sha256, arrival, tries) VALUES ($1, $2, $3)
ON CONFLICT (key_sha256) DO UPDATE SET arrival = excluded.arrival, tries = excluded.tries)";
constexpr std::string_view lower_arrival =
    "UPDATE auth_throttle SET arrival = arrival - $2, tries = tries - 1 WHERE key_sha256 = $1";
constexpr std::string_view delete_key = "DELETE FROM auth_throttle WHERE key_sha256 = $1";
constexpr std::string_view delete_old = "DELETE FROM auth_throttle WHERE arrival < $1";

constexpr Span remembered = std::chrono::hours{1};

// How much one more try makes the next ones wait.
Span step_of(TryLimit limit, std::int64_t tries) {
  auto step = limit.interval;
  for (std::int64_t i = limit.burst; i <= tries && step < limit.longest; ++i) {
    step *= 2;
  }
  return std::min(step, limit.longest);
}

}  // namespace

Result<> take_try(db::Transaction& transaction, std::string_view key, TryLimit limit, Time now) {
  const auto rows = transaction.query(select_arrival, {key});
  if (!rows) {
    return rows.error();
  }
  // Later than a full bucket can be: the wall clock was set back, and must not lock anybody out
  // till then.
  const auto latest = now + limit.interval * limit.burst + limit.longest;
  const bool is_usable =
      !rows->empty() && rows->front().time(0) <= latest && rows->front().time(0) + remembered > now;
  const auto arrival = is_usable ? std::max(rows->front().time(0), now) : now;
  const auto tries = is_usable ? rows->front().integer(1) : std::int64_t{0};
  const auto allowed_from = arrival - limit.interval * (limit.burst - 1);
  if (now < allowed_from) {
    const auto wait = std::chrono::ceil<std::chrono::seconds>(allowed_from - now);
    return Error{Errc::rate_limited, fmt::format("too many tries, the next in {} s", wait.count()),
                 wait};
  }
  const auto written =
      transaction.execute(upsert_arrival, {key, arrival + step_of(limit, tries), tries + 1});
  return written ? Result<>{} : written.error();
}

Result<> give_back_try(db::Transaction& transaction, std::string_view key, TryLimit limit) {
  const auto written = transaction.execute(lower_arrival, {key, limit.interval});
  return written ? Result<>{} : written.error();
}

Result<> forget_tries(db::Transaction& transaction, std::string_view key) {
  const auto written = transaction.execute(delete_key, {key});
  return written ? Result<>{} : written.error();
}

Result<std::int64_t> forget_old_tries(db::Transaction& transaction, Time now) {
  return transaction.execute(delete_old, {now - remembered});
}

}  // namespace vigie::people
