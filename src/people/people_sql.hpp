// SPDX-License-Identifier: Apache-2.0
// The statements on persons. Inside people/ only.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.hpp"
#include "domain/person.hpp"
#include "domain/sight.hpp"
#include "people/people.hpp"

namespace vigie::people {

struct StoredPerson {
  Person person;
  std::string password_hash;
};

// Reads id, username, email, role, language, disabled_at, pending_since, totp_since
// from first on.
Result<Person> read_person(const db::Row& row, std::size_t first);

std::string fold_email(std::string_view email);

// Errc::conflict names the field that is taken.
Result<> insert_unless_taken(db::Transaction& transaction, const StoredPerson& stored, Time now);
Result<> insert_person(db::Transaction& transaction, const StoredPerson& stored, Time now);
Result<std::optional<StoredPerson>> select_by_id(db::Transaction& transaction, std::string_view id);
Result<std::optional<StoredPerson>> select_by_username(db::Transaction& transaction,
                                                       std::string_view folded);
Result<std::optional<StoredPerson>> select_by_email(db::Transaction& transaction,
                                                    std::string_view folded);
Result<Page<ListedPerson>> select_people(db::Transaction& transaction, std::string_view state,
                                         std::int64_t limit, std::string_view cursor);
Result<ListedPerson> select_listed(db::Transaction& transaction, std::string_view id);
Result<bool> is_nobody_there(db::Transaction& transaction);
Result<std::vector<std::string>> select_administrator_ids(db::Transaction& transaction);

// Errc::conflict when nobody could administer any more without this person.
Result<> keep_an_administrator(db::Transaction& transaction, const Person& losing);

// Errc::not_found when there is nobody of this id.
Result<> update_role(db::Transaction& transaction, std::string_view id, Role role);
Result<> update_password(db::Transaction& transaction, std::string_view id, std::string_view hash);
Result<> update_disabled(db::Transaction& transaction, std::string_view id, std::optional<Time> at);
Result<> update_language(db::Transaction& transaction, std::string_view id,
                         std::string_view language);
Result<> update_email(db::Transaction& transaction, std::string_view id, std::string_view email);
Result<> update_let_in(db::Transaction& transaction, std::string_view id);
Result<> update_seen(db::Transaction& transaction, std::string_view id, Time at);

}  // namespace vigie::people
