// SPDX-License-Identifier: Apache-2.0
#include "people/people_sql.hpp"

#include "base/text.hpp"
#include "people/rules.hpp"

namespace vigie::people {
namespace {

constexpr std::string_view insert_one =
    "INSERT INTO person (id, username, username_folded, email, email_folded, password_hash, role, "
    "language, "
    "created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
constexpr std::string_view select_one_by_id =
    "SELECT id, username, email, role, language, disabled_at, password_hash FROM person WHERE id = "
    "$1";
constexpr std::string_view select_one_by_username =
    "SELECT id, username, email, role, language, disabled_at, password_hash FROM person "
    "WHERE username_folded = $1";
constexpr std::string_view select_by_email = "SELECT id FROM person WHERE email_folded = $1";
constexpr std::string_view select_all =
    "SELECT id, username, email, role, language, disabled_at FROM person ORDER BY username_folded";
constexpr std::string_view set_role = "UPDATE person SET role = $2 WHERE id = $1";
constexpr std::string_view set_password = "UPDATE person SET password_hash = $2 WHERE id = $1";
constexpr std::string_view set_disabled = "UPDATE person SET disabled_at = $2 WHERE id = $1";

std::optional<std::string_view> unless_empty(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional{text};
}

Result<std::optional<StoredPerson>> first_of(const Result<db::Rows>& rows) {
  if (!rows) {
    return rows.error();
  }
  if (rows->empty()) {
    return std::optional<StoredPerson>{};
  }
  auto person = read_person(rows->front(), 0);
  if (!person) {
    return person.error();
  }
  return std::optional{StoredPerson{std::move(*person), rows->front().text(6)}};
}

Result<> exactly_one(const Result<std::int64_t>& changed, std::string_view id) {
  if (!changed) {
    return changed.error();
  }
  if (*changed == 0) {
    return make_error(Errc::not_found, "there is no person {}", cut_utf8(id, 40));
  }
  return {};
}

}  // namespace

Result<Person> read_person(const db::Row& row, std::size_t first) {
  const auto role = parse_role(row.text(first + 3));
  if (!role) {
    return Error{Errc::corrupt, role.error().what}.during("reading a person");
  }
  Person person;
  person.id = row.text(first);
  person.username = row.text(first + 1);
  person.email = row.text_or_empty(first + 2);
  person.role = *role;
  person.language = row.text(first + 4);
  person.disabled = !row.is_null(first + 5);
  return person;
}

std::string fold_email(std::string_view email) {
  return to_lower_ascii(email);
}

Result<> insert_person(db::Transaction& transaction, const StoredPerson& stored, Time now) {
  const auto& person = stored.person;
  const auto email_folded = fold_email(person.email);
  const auto written = transaction.execute(
      insert_one, {person.id, person.username, fold_username(person.username),
                   unless_empty(person.email), unless_empty(email_folded), stored.password_hash,
                   to_string(person.role), person.language, now});
  return written ? Result<>{} : written.error();
}

Result<std::optional<StoredPerson>> select_by_id(db::Transaction& transaction,
                                                 std::string_view id) {
  return first_of(transaction.query(select_one_by_id, {id}));
}

Result<std::optional<StoredPerson>> select_by_username(db::Transaction& transaction,
                                                       std::string_view folded) {
  return first_of(transaction.query(select_one_by_username, {folded}));
}

Result<bool> is_email_taken(db::Transaction& transaction, std::string_view folded) {
  const auto rows = transaction.query(select_by_email, {folded});
  if (!rows) {
    return rows.error();
  }
  return !rows->empty();
}

Result<std::vector<Person>> select_everybody(db::Transaction& transaction) {
  const auto rows = transaction.query(select_all, {});
  if (!rows) {
    return rows.error();
  }
  std::vector<Person> everybody;
  for (const auto& row : *rows) {
    auto person = read_person(row, 0);
    if (!person) {
      return person.error();
    }
    everybody.push_back(std::move(*person));
  }
  return everybody;
}

Result<> update_role(db::Transaction& transaction, std::string_view id, Role role) {
  return exactly_one(transaction.execute(set_role, {id, to_string(role)}), id);
}

Result<> update_password(db::Transaction& transaction, std::string_view id, std::string_view hash) {
  return exactly_one(transaction.execute(set_password, {id, hash}), id);
}

Result<> update_disabled(db::Transaction& transaction, std::string_view id,
                         std::optional<Time> at) {
  return exactly_one(transaction.execute(set_disabled, {id, at}), id);
}

}  // namespace vigie::people
