// SPDX-License-Identifier: Apache-2.0
#include "people/second_factor.hpp"
#include "people/secrets.hpp"

namespace vigie::people {
namespace {

constexpr std::string_view select_one = R"(
SELECT totp_sealed, totp_offered_at, totp_since, totp_step FROM person
WHERE id = $1 AND totp_sealed IS NOT NULL)";
constexpr std::string_view set_offered = R"(
UPDATE person SET totp_sealed = $2, totp_offered_at = $3, totp_since = NULL, totp_step = 0
WHERE id = $1)";
constexpr std::string_view set_on = R"(
UPDATE person SET totp_since = $3, totp_step = $2, totp_offered_at = NULL WHERE id = $1)";
constexpr std::string_view set_step = R"(
UPDATE person SET totp_step = $2, totp_sealed = $3 WHERE id = $1)";
constexpr std::string_view clear_seed = R"(
UPDATE person SET totp_sealed = NULL, totp_offered_at = NULL, totp_since = NULL, totp_step = 0
WHERE id = $1)";
constexpr std::string_view insert_code = R"(
INSERT INTO recovery_code (person_id, code_sha256) VALUES ($1, $2))";
constexpr std::string_view delete_code = R"(
DELETE FROM recovery_code WHERE person_id = $1 AND code_sha256 = $2)";
constexpr std::string_view delete_codes = "DELETE FROM recovery_code WHERE person_id = $1";

Result<> done(const Result<std::int64_t>& changed) {
  return changed ? Result<>{} : Result<>{changed.error()};
}

}  // namespace

Result<std::optional<StoredSeed>> select_seed(db::Transaction& transaction, std::string_view id) {
  const auto rows = transaction.query(select_one, {id});
  if (!rows) {
    return rows.error();
  }
  if (rows->empty()) {
    return std::optional<StoredSeed>{};
  }
  const auto& row = rows->front();
  return std::optional{
      StoredSeed{row.text(0), row.optional_time(1), !row.is_null(2), row.integer(3)}};
}

Result<> offer_seed(db::Transaction& transaction, std::string_view id, std::string_view sealed,
                    Time now) {
  return done(transaction.execute(set_offered, {id, sealed, now}));
}

Result<> switch_seed_on(db::Transaction& transaction, std::string_view id, std::int64_t step,
                        Time now) {
  return done(transaction.execute(set_on, {id, step, now}));
}

Result<> use_step(db::Transaction& transaction, std::string_view id, std::int64_t step,
                  std::string_view sealed) {
  return done(transaction.execute(set_step, {id, step, sealed}));
}

Result<> remove_seed(db::Transaction& transaction, std::string_view id) {
  const auto cleared = transaction.execute(clear_seed, {id});
  return cleared ? done(transaction.execute(delete_codes, {id})) : cleared.error();
}

Result<> put_recovery_codes(db::Transaction& transaction, std::string_view id,
                            const std::vector<std::string>& codes) {
  if (const auto removed = transaction.execute(delete_codes, {id}); !removed) {
    return removed.error();
  }
  for (const auto& code : codes) {
    if (const auto put = transaction.execute(insert_code, {id, sha256(code)}); !put) {
      return put.error();
    }
  }
  return {};
}

Result<bool> use_recovery_code(db::Transaction& transaction, std::string_view id,
                               std::string_view code) {
  const auto used = transaction.execute(delete_code, {id, sha256(code)});
  return used ? Result<bool>{*used == 1} : Result<bool>{used.error()};
}

}  // namespace vigie::people
