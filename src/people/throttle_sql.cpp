// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "people/throttle.hpp"

namespace vigie::people {
namespace {

constexpr std::string_view select_arrival =
    "SELECT arrival FROM auth_throttle WHERE key_sha256 = $1";
constexpr std::string_view upsert_arrival =
    "INSERT INTO auth_throttle (key_sha256, arrival) VALUES ($1, $2) "
    "ON CONFLICT (key_sha256) DO UPDATE SET arrival = excluded.arrival";
constexpr std::string_view lower_arrival =
    "UPDATE auth_throttle SET arrival = arrival - $2 WHERE key_sha256 = $1";
constexpr std::string_view delete_key = "DELETE FROM auth_throttle WHERE key_sha256 = $1";
constexpr std::string_view delete_old = "DELETE FROM auth_throttle WHERE arrival < $1";

}  // namespace

Result<> take_try(db::Transaction& transaction, std::string_view key, TryLimit limit, Time now) {
  const auto rows = transaction.query(select_arrival, {key});
  if (!rows) {
    return rows.error();
  }
  // Later than a full bucket can be: the wall clock was set back, and must not lock anybody out
  // till then.
  const auto latest = now + limit.interval * limit.burst;
  const bool is_usable = !rows->empty() && rows->front().time(0) <= latest;
  const auto stored = is_usable ? rows->front().time(0) : now;
  const auto arrival = std::max(stored, now);
  const auto allowed_from = arrival - limit.interval * (limit.burst - 1);
  if (now < allowed_from) {
    const auto wait = std::chrono::ceil<std::chrono::seconds>(allowed_from - now);
    return Error{Errc::rate_limited, fmt::format("too many tries, the next in {} s", wait.count()),
                 wait};
  }
  const auto written = transaction.execute(upsert_arrival, {key, arrival + limit.interval});
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
  return transaction.execute(delete_old, {now});
}

}  // namespace vigie::people
