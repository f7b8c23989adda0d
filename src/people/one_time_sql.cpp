// SPDX-License-Identifier: Apache-2.0
#include "audit/audit.hpp"
#include "domain/words.hpp"
#include "people/one_time.hpp"
#include "people/secrets.hpp"

namespace vigie::people {
namespace {

constexpr std::string_view insert_one = R"(
INSERT INTO one_time_secret (id, purpose, person_id, address, token_sha256, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7))";
constexpr std::string_view select_one = R"(
SELECT id, person_id, address FROM one_time_secret
WHERE token_sha256 = $1 AND purpose = $2 AND expires_at > $3)";
constexpr std::string_view count_try = R"(
UPDATE one_time_secret SET tries = tries + 1 WHERE id = $1 AND tries < $2)";
constexpr std::string_view delete_one = "DELETE FROM one_time_secret WHERE id = $1";
constexpr std::string_view delete_of_person = R"(
DELETE FROM one_time_secret WHERE purpose = $2 AND person_id = $1)";
constexpr std::string_view delete_of_nobody = R"(
DELETE FROM one_time_secret WHERE purpose = $1 AND person_id IS NULL)";
constexpr std::string_view delete_unconfirmed = R"(
DELETE FROM person WHERE pending_since IS NOT NULL AND id IN (
  SELECT person_id FROM one_time_secret WHERE purpose = 'sign_up' AND expires_at <= $1)
RETURNING id)";
constexpr std::string_view delete_old = "DELETE FROM one_time_secret WHERE expires_at <= $1";
constexpr std::string_view select_address = R"(
SELECT address FROM one_time_secret
WHERE person_id = $1 AND purpose = 'email_confirm' AND expires_at > $2)";

constexpr Words<Purpose, 5> purposes{{{Purpose::password_reset, "password_reset"},
                                      {Purpose::email_confirm, "email_confirm"},
                                      {Purpose::sign_up, "sign_up"},
                                      {Purpose::set_up, "set_up"},
                                      {Purpose::second_factor, "second_factor"}}};

std::optional<std::string> unless_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional{text};
}

Result<> done(const Result<std::int64_t>& changed) {
  return changed ? Result<>{} : Result<>{changed.error()};
}

}  // namespace

std::string_view to_string(Purpose purpose) {
  return word_of(purposes, purpose);
}

Result<std::string> put_secret(db::Transaction& transaction, Ids& ids, OneTimeSecret secret,
                               Time now, Span lifetime) {
  const auto word = to_string(secret.purpose);
  const auto voided = secret.person_id.empty()
                          ? transaction.execute(delete_of_nobody, {word})
                          : transaction.execute(delete_of_person, {secret.person_id, word});
  if (!voided) {
    return voided.error();
  }
  auto id = ids.next(now);
  const auto written =
      transaction.execute(insert_one, {id, word, unless_empty(secret.person_id), secret.address,
                                       unless_empty(secret.token_sha256), now, now + lifetime});
  return written ? Result<std::string>{std::move(id)} : written.error();
}

Result<std::optional<OneTimeSecret>> find_secret(db::Transaction& transaction,
                                                 std::string_view token, Purpose purpose,
                                                 Time now) {
  const auto rows = transaction.query(select_one, {sha256(token), to_string(purpose), now});
  if (!rows) {
    return rows.error();
  }
  if (rows->empty()) {
    return std::optional<OneTimeSecret>{};
  }
  const auto& row = rows->front();
  OneTimeSecret secret;
  secret.id = row.text(0);
  secret.purpose = purpose;
  secret.person_id = row.text_or_empty(1);
  secret.address = row.text(2);
  return std::optional{std::move(secret)};
}

Result<bool> take_code_try(db::Transaction& transaction, std::string_view id) {
  const auto counted = transaction.execute(count_try, {id, most_code_tries});
  return counted ? Result<bool>{*counted == 1} : Result<bool>{counted.error()};
}

Result<> drop_secret(db::Transaction& transaction, std::string_view id) {
  return done(transaction.execute(delete_one, {id}));
}

Result<> drop_secrets(db::Transaction& transaction, std::string_view person_id, Purpose purpose) {
  return done(transaction.execute(delete_of_person, {person_id, to_string(purpose)}));
}

Result<> forget_old_secrets(db::Transaction& transaction, Time now) {
  const auto people = transaction.query(delete_unconfirmed, {now});
  if (!people) {
    return people.error();
  }
  for (const auto& row : *people) {
    const audit::Deed deed{audit::kind::person_forgotten, "person", row.text(0), {}};
    if (const auto noted = audit::append(transaction, audit::By{}, deed, now); !noted) {
      return noted;
    }
  }
  return done(transaction.execute(delete_old, {now}));
}

Result<std::string> address_in_waiting(db::Transaction& transaction, std::string_view person_id,
                                       Time now) {
  const auto rows = transaction.query(select_address, {person_id, now});
  if (!rows) {
    return rows.error();
  }
  return rows->empty() ? std::string{} : rows->front().text(0);
}

}  // namespace vigie::people
