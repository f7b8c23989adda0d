// SPDX-License-Identifier: Apache-2.0
#include "app/front_desk.hpp"

#include <cstdio>
#include <fstream>
#include <sstream>

#include "app/outbound.hpp"
#include "base/text.hpp"

namespace vigie::app {
namespace {

constexpr std::size_t longest_text = 256 * 1024;

// The text of the file that a key names; empty for an empty key.
Result<std::string> read_text(const config::Config& config, std::string_view key) {
  const auto path = config.text(key);
  if (path.empty()) {
    return std::string{};
  }
  std::ifstream file{path};
  std::ostringstream text;
  text << file.rdbuf();
  if (!file || text.str().empty()) {
    return make_error(Errc::invalid, "{} names {}, which cannot be read or is empty", key, path);
  }
  return clean_utf8(text.str(), longest_text);
}

people::PeopleOptions people_options(const config::Config& config, bool has_mail) {
  return {.passwords = password_rules(config), .has_mail = has_mail};
}

people::DeskOptions desk_options(const config::Config& config, bool has_mail) {
  return {.sign_up = people::parse_sign_up(config.text("SIGNUP")).value(),
          .has_mail = has_mail,
          .passwords = password_rules(config)};
}

}  // namespace

people::PasswordRules password_rules(const config::Config& config) {
  return {.shortest = static_cast<std::size_t>(config.integer("PASSWORD_MIN_LENGTH"))};
}

Result<api::House> open_house(const config::Config& config) {
  auto legal_notice = read_text(config, "LEGAL_NOTICE");
  auto accessibility = read_text(config, "ACCESSIBILITY_STATEMENT");
  if (!legal_notice || !accessibility) {
    return !legal_notice ? legal_notice.error() : accessibility.error();
  }
  api::House house;
  house.admins_need_second_factor = config.text("TOTP_REQUIRED") == "admins";
  house.legal_notice = std::move(*legal_notice);
  house.accessibility = std::move(*accessibility);
  return house;
}

FrontDesk::FrontDesk(World& world, const seal::Sealer& sealer, bool has_mail)
    : world_{world},
      trail_{*world.database, world.clock},
      sessions_{*world.database, world.clock, world.random},
      people_{*world.database, world.clock, world.ids,     passwords_,
              sessions_,       world.log,   world.metrics, people_options(world.config, has_mail)},
      tokens_{*world.database, world.clock, world.ids, world.random},
      desk_{people::DeskTools{.database = *world.database,
                              .clock = world.clock,
                              .ids = world.ids,
                              .random = world.random,
                              .passwords = passwords_,
                              .sessions = sessions_,
                              .sealer = sealer,
                              .log = world.log},
            desk_options(world.config, has_mail)} {}

Async<> FrontDesk::keep_trail() {
  if (!std::exchange(is_configuration_told_, true)) {
    const auto told =
        co_await trail_.record_configuration(audit::sha256(world_.config.show()), VIGIE_VERSION);
    if (!told) {
      world_.log.warn("the configuration was not written into the audit",
                      {{"why", told.error().what}});
      is_configuration_told_ = false;
    }
  }
  const auto head = co_await trail_.head();
  if (!head) {
    world_.log.warn("the head of the audit was not read", {{"why", head.error().what}});
    co_return;
  }
  // Whoever keeps the log elsewhere can give it to `vigie audit verify --head`.
  world_.log.info("the audit so far", {{"head", audit::to_string(*head)}});
}

Async<> FrontDesk::invite_first_administrator() {
  const auto token = co_await desk_.open_set_up();
  if (!token) {
    world_.log.error("the first administrator was not invited", {{"why", token.error().what}});
    co_return;
  }
  if (*token) {
    // Not through the log, which keeps secrets out: whoever started Vigie reads this.
    fmt::print("Nobody can sign in yet. Within 30 minutes, open {}/demarrage/{}\n",
               public_url(world_.config), **token);
    std::fflush(stdout);
  }
}

}  // namespace vigie::app
