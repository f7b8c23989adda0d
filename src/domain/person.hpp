// SPDX-License-Identifier: Apache-2.0
// Who uses Vigie.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace vigie {

enum class Role : std::uint8_t { user, moderator, admin, auditor };
std::string_view to_string(Role role);
Result<Role> parse_role(std::string_view text);

struct Person {
  std::string id;
  std::string username;
  std::string email;  // may be empty
  Role role = Role::user;
  std::string language = "fr";
  bool disabled = false;
  bool pending = false;            // signed up, not let in yet
  bool has_second_factor = false;  // a code is asked for after the password
};

}  // namespace vigie
