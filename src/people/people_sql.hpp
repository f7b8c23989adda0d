// SPDX-License-Identifier: Apache-2.0
// The statements on persons. Inside people/ only.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.hpp"
#include "domain/person.hpp"

namespace vigie::people {

struct StoredPerson {
  Person person;
  std::string password_hash;
};

// Reads id, username, email, role, language, disabled_at from first on.
Result<Person> read_person(const db::Row& row, std::size_t first);

std::string fold_email(std::string_view email);

Result<> insert_person(db::Transaction& transaction, const StoredPerson& stored, Time now);
Result<std::optional<StoredPerson>> select_by_id(db::Transaction& transaction, std::string_view id);
Result<std::optional<StoredPerson>> select_by_username(db::Transaction& transaction,
                                                       std::string_view folded);
Result<bool> is_email_taken(db::Transaction& transaction, std::string_view folded);
Result<std::vector<Person>> select_everybody(db::Transaction& transaction);

// Errc::not_found when there is nobody of this id.
Result<> update_role(db::Transaction& transaction, std::string_view id, Role role);
Result<> update_password(db::Transaction& transaction, std::string_view id, std::string_view hash);
Result<> update_disabled(db::Transaction& transaction, std::string_view id, std::optional<Time> at);

}  // namespace vigie::people
