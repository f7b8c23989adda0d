// SPDX-License-Identifier: Apache-2.0
#include "domain/person.hpp"

#include "domain/words.hpp"

namespace vigie {
namespace {

constexpr Words<Role, 4> roles{{{Role::user, "user"},
                                {Role::moderator, "moderator"},
                                {Role::admin, "admin"},
                                {Role::auditor, "auditor"}}};

}  // namespace

std::string_view to_string(Role role) {
  return word_of(roles, role);
}
Result<Role> parse_role(std::string_view text) {
  return parse_word(roles, "a role (user, moderator, admin, auditor)", text);
}

}  // namespace vigie
