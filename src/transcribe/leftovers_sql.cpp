// SPDX-License-Identifier: Apache-2.0
#include "transcribe/leftovers.hpp"

namespace vigie::transcribe {
namespace {

// While a capture may still begin or is about to close its record, the live is the capture's.
constexpr std::string_view select_left = R"(
SELECT l.id, a.language FROM live l
  JOIN live_lease k ON k.live_id = l.id JOIN account a ON a.id = l.account_id
WHERE l.heard_until > l.words_until AND k.expires_at < $1
  AND l.capture IN ('stopped', 'restricted', 'done', 'failed')
ORDER BY l.id LIMIT $2)";

constexpr std::string_view take_lease = R"(
UPDATE live_lease SET owner = $2, token = token + 1, expires_at = $3
WHERE live_id = $1 AND expires_at < $4 RETURNING token)";

constexpr std::string_view renew_lease = R"(
UPDATE live_lease SET expires_at = $4
WHERE live_id = $1 AND owner = $2 AND token = $3 AND expires_at > $5
  AND EXISTS (SELECT 1 FROM live l
    WHERE l.id = $1 AND l.capture IN ('stopped', 'restricted', 'done', 'failed')))";

constexpr std::string_view release_lease = R"(
UPDATE live_lease SET owner = '', expires_at = 0 WHERE live_id = $1 AND owner = $2 AND token = $3)";

Result<std::vector<LiveClaim>> take_left(db::Transaction& transaction, const std::string& owner,
                                         Span ttl, std::int64_t limit) {
  const auto now = transaction.now();
  if (!now) {
    return now.error();
  }
  const auto rows = transaction.query(select_left, {*now, limit});
  if (!rows) {
    return rows.error().during("looking for lives without all their words");
  }
  std::vector<LiveClaim> claims;
  for (const auto& row : *rows) {
    const auto taken = transaction.query(take_lease, {row.text(0), owner, *now + ttl, *now});
    if (!taken) {
      return taken.error().during("taking the lease of a live that is over");
    }
    if (!taken->empty()) {
      claims.push_back({row.text(0), owner, taken->front().integer(0), row.text(1)});
    }
  }
  return claims;
}

}  // namespace

Async<Result<std::vector<LiveClaim>>> LeftoverLeases::claim(std::int64_t limit) {
  std::function<Result<std::vector<LiveClaim>>(db::Transaction&)> work =
      [this, limit](db::Transaction& transaction) {
        return take_left(transaction, owner_, ttl_, limit);
      };
  co_return co_await db::write<std::vector<LiveClaim>>(database_, std::move(work));
}

Async<Result<bool>> LeftoverLeases::renew(LiveClaim claim) {
  std::function<Result<bool>(db::Transaction&)> work =
      [this, &claim](db::Transaction& transaction) -> Result<bool> {
    const auto now = transaction.now();
    if (!now) {
      return now.error();
    }
    const auto renewed = transaction.execute(
        renew_lease, {claim.live_id, claim.owner, claim.token, *now + ttl_, *now});
    return renewed ? Result<bool>{*renewed == 1}
                   : renewed.error().during("keeping the lease of a live that is over");
  };
  co_return co_await db::write<bool>(database_, std::move(work));
}

Async<Result<>> LeftoverLeases::release(LiveClaim claim) {
  db::Database::Work work = [&claim](db::Transaction& transaction) -> Result<> {
    const auto released =
        transaction.execute(release_lease, {claim.live_id, claim.owner, claim.token});
    return released ? Result<>{} : released.error().during("giving a live back");
  };
  co_return co_await database_.write(std::move(work));
}

}  // namespace vigie::transcribe
