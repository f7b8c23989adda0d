// SPDX-License-Identifier: Apache-2.0
// What knows people, put together from the configuration.
#pragma once
#include "api/services.hpp"
#include "app/world.hpp"
#include "audit/audit.hpp"
#include "people/desk.hpp"
#include "people/passwords.hpp"
#include "people/people.hpp"
#include "people/sessions.hpp"
#include "people/tokens.hpp"
#include "seal/sealer.hpp"

namespace vigie::app {

people::PasswordRules password_rules(const config::Config& config);

// Reads the operator's texts. Errc::invalid for a file that cannot be read.
Result<api::House> open_house(const config::Config& config);

class FrontDesk {
 public:
  FrontDesk(World& world, const seal::Sealer& sealer, bool has_mail);

  audit::Trail& trail() { return trail_; }
  people::People& people() { return people_; }
  people::Sessions& sessions() { return sessions_; }
  people::Tokens& tokens() { return tokens_; }
  people::Desk& desk() { return desk_; }

  // Tells the audit of another configuration, once, and the log where the audit has come to.
  Async<> keep_trail();

  // While there is nobody: a link for the first administrator, on standard output.
  Async<> invite_first_administrator();

 private:
  World& world_;
  audit::Trail trail_;
  bool is_configuration_told_ = false;
  people::Passwords passwords_;
  people::Sessions sessions_;
  people::People people_;
  people::Tokens tokens_;
  people::Desk desk_;
};

}  // namespace vigie::app
