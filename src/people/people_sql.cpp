// SPDX-License-Identifier: Apache-2.0
#include "people/people_sql.hpp"

#include "base/text.hpp"
#include "people/rules.hpp"

namespace vigie::people {
namespace {

constexpr std::string_view insert_one = R"(
INSERT INTO person (id, username, username_folded, email, email_folded, password_hash, role, language,
  created_at, pending_since)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10))";

constexpr std::string_view select_one_by_id = R"(
SELECT id, username, email, role, language, disabled_at, pending_since, totp_since, password_hash
FROM person WHERE id = $1)";
constexpr std::string_view select_one_by_username = R"(
SELECT id, username, email, role, language, disabled_at, pending_since, totp_since, password_hash
FROM person WHERE username_folded = $1)";
constexpr std::string_view select_one_by_email = R"(
SELECT id, username, email, role, language, disabled_at, pending_since, totp_since, password_hash
FROM person WHERE email_folded = $1)";

constexpr std::string_view select_page = R"(
SELECT id, username, email, role, language, disabled_at, pending_since, totp_since, created_at, last_seen_at
FROM person
WHERE ($1 = '' OR id < $1)
  AND ($2 = '' OR ($2 = 'disabled' AND disabled_at IS NOT NULL)
    OR ($2 = 'pending' AND disabled_at IS NULL AND pending_since IS NOT NULL)
    OR ($2 = 'active' AND disabled_at IS NULL AND pending_since IS NULL))
ORDER BY id DESC LIMIT $3)";

constexpr std::string_view select_one_listed = R"(
SELECT id, username, email, role, language, disabled_at, pending_since, totp_since, created_at, last_seen_at
FROM person WHERE id = $1)";
constexpr std::string_view count_everybody = "SELECT COUNT(*) FROM person";
constexpr std::string_view count_other_administrators = R"(
SELECT COUNT(*) FROM person
WHERE role = 'admin' AND disabled_at IS NULL AND pending_since IS NULL AND id <> $1)";
constexpr std::string_view select_administrators = R"(
SELECT id FROM person
WHERE role = 'admin' AND disabled_at IS NULL AND pending_since IS NULL ORDER BY id)";

constexpr std::string_view set_role = "UPDATE person SET role = $2 WHERE id = $1";
constexpr std::string_view set_language = "UPDATE person SET language = $2 WHERE id = $1";
constexpr std::string_view set_email =
    "UPDATE person SET email = $2, email_folded = $3 WHERE id = $1";
constexpr std::string_view set_password = "UPDATE person SET password_hash = $2 WHERE id = $1";
constexpr std::string_view set_disabled = "UPDATE person SET disabled_at = $2 WHERE id = $1";
constexpr std::string_view let_in =
    "UPDATE person SET disabled_at = NULL, pending_since = NULL WHERE id = $1";
constexpr std::string_view set_seen = "UPDATE person SET last_seen_at = $2 WHERE id = $1";

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
  return std::optional{StoredPerson{std::move(*person), rows->front().text(8)}};
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
  person.pending = !row.is_null(first + 6);
  person.has_second_factor = !row.is_null(first + 7);
  return person;
}

std::string fold_email(std::string_view email) {
  return to_lower_ascii(email);
}

Result<> insert_person(db::Transaction& transaction, const StoredPerson& stored, Time now) {
  const auto& person = stored.person;
  const auto email_folded = fold_email(person.email);
  const auto written = transaction.execute(
      insert_one,
      {person.id, person.username, fold_username(person.username), unless_empty(person.email),
       unless_empty(email_folded), stored.password_hash, to_string(person.role), person.language,
       now, person.pending ? std::optional{now} : std::nullopt});
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

Result<std::optional<StoredPerson>> select_by_email(db::Transaction& transaction,
                                                    std::string_view folded) {
  return first_of(transaction.query(select_one_by_email, {folded}));
}

namespace {

Result<ListedPerson> read_listed(const db::Row& row) {
  auto person = read_person(row, 0);
  if (!person) {
    return person.error();
  }
  return ListedPerson{std::move(*person), row.time(8), row.optional_time(9)};
}

}  // namespace

Result<Page<ListedPerson>> select_people(db::Transaction& transaction, std::string_view state,
                                         std::int64_t limit, std::string_view cursor) {
  const auto rows = transaction.query(select_page, {cursor, state, limit + 1});
  if (!rows) {
    return rows.error();
  }
  Page<ListedPerson> page;
  for (const auto& row : *rows) {
    if (static_cast<std::int64_t>(page.items.size()) == limit) {
      page.next_cursor = page.items.back().person.id;
      break;
    }
    auto listed = read_listed(row);
    if (!listed) {
      return listed.error();
    }
    page.items.push_back(std::move(*listed));
  }
  return page;
}

Result<ListedPerson> select_listed(db::Transaction& transaction, std::string_view id) {
  const auto rows = transaction.query(select_one_listed, {id});
  if (!rows) {
    return rows.error();
  }
  if (rows->empty()) {
    return make_error(Errc::not_found, "there is no such person");
  }
  return read_listed(rows->front());
}

Result<bool> is_nobody_there(db::Transaction& transaction) {
  const auto rows = transaction.query(count_everybody, {});
  return rows ? Result<bool>{rows->front().integer(0) == 0} : Result<bool>{rows.error()};
}

Result<> keep_an_administrator(db::Transaction& transaction, const Person& losing) {
  if (losing.role != Role::admin || losing.disabled || losing.pending) {
    return {};
  }
  const auto others = transaction.query(count_other_administrators, {losing.id});
  if (!others) {
    return others.error();
  }
  return others->front().integer(0) > 0
             ? Result<>{}
             : make_error(Errc::conflict,
                          "this is the last administrator: make somebody else one first");
}

Result<std::vector<std::string>> select_administrator_ids(db::Transaction& transaction) {
  const auto rows = transaction.query(select_administrators, {});
  if (!rows) {
    return rows.error();
  }
  std::vector<std::string> everyone;
  for (const auto& row : *rows) {
    everyone.push_back(row.text(0));
  }
  return everyone;
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

Result<> update_language(db::Transaction& transaction, std::string_view id,
                         std::string_view language) {
  return exactly_one(transaction.execute(set_language, {id, language}), id);
}

Result<> update_email(db::Transaction& transaction, std::string_view id, std::string_view email) {
  const auto folded = fold_email(email);
  return exactly_one(
      transaction.execute(set_email, {id, unless_empty(email), unless_empty(folded)}), id);
}

Result<> update_let_in(db::Transaction& transaction, std::string_view id) {
  return exactly_one(transaction.execute(let_in, {id}), id);
}

Result<> update_seen(db::Transaction& transaction, std::string_view id, Time at) {
  return exactly_one(transaction.execute(set_seen, {id, at}), id);
}

}  // namespace vigie::people
