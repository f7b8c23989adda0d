// SPDX-License-Identifier: Apache-2.0
// vigie admin …, vigie token create: people without a browser.
#include <termios.h>
#include <unistd.h>

#include <iostream>
#include <optional>

#include "app/commands.hpp"
#include "app/exit_codes.hpp"
#include "app/front_desk.hpp"
#include "app/world.hpp"
#include "async/run.hpp"
#include "db/migrations.hpp"
#include "people/passwords.hpp"
#include "people/people.hpp"
#include "people/tokens.hpp"

namespace vigie::app {
namespace {

int fail(const Error& error) {
  fmt::print(stderr, "vigie: {}\n", error.what);
  return exit_finding;
}

audit::By by_command() {
  return {.person_id = {}, .request_id = {}, .via = audit::Via::command};
}

// The echo of a terminal is off while a password is typed.
class QuietTerminal {
 public:
  QuietTerminal() {
    is_terminal_ = isatty(STDIN_FILENO) == 1 && tcgetattr(STDIN_FILENO, &before_) == 0;
    if (is_terminal_) {
      auto quiet = before_;
      quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
      tcsetattr(STDIN_FILENO, TCSANOW, &quiet);
      fmt::print(stderr, "Password: ");
    }
  }
  QuietTerminal(const QuietTerminal&) = delete;
  QuietTerminal& operator=(const QuietTerminal&) = delete;
  ~QuietTerminal() {
    if (is_terminal_) {
      tcsetattr(STDIN_FILENO, TCSANOW, &before_);
      fmt::print(stderr, "\n");
    }
  }

 private:
  bool is_terminal_ = false;
  termios before_{};
};

std::optional<std::string> read_password() {
  const QuietTerminal quiet;
  std::string password;
  if (!std::getline(std::cin, password)) {
    return std::nullopt;
  }
  return password;
}

// The people of the configured database, with the schema brought up to date first.
class Office {
 public:
  explicit Office(const config::Config& config)
      : log_{log::to_stream(STDERR_FILENO), [this] { return clock_.now(); }, log::Level::warn} {
    auto opened = open_database(config, clock_);
    if (!opened) {
      problem_ = opened.error();
      return;
    }
    database_ = std::move(*opened);
    if (const auto migrated = db::migrate(*database_); !migrated) {
      problem_ = migrated.error();
      return;
    }
    sessions_.emplace(*database_, clock_, random_);
    people_.emplace(*database_, clock_, ids_, passwords_, *sessions_, log_, metrics_,
                    people::PeopleOptions{.passwords = password_rules(config), .has_mail = false});
    tokens_.emplace(*database_, clock_, ids_, random_);
  }

  const std::optional<Error>& problem() const { return problem_; }
  people::People& people() { return *people_; }
  people::Tokens& tokens() { return *tokens_; }

  template <class T>
  T wait_for(Async<T> work) {
    return run_to_end(io_, std::move(work));
  }

 private:
  asio::io_context io_{1};
  SystemClock clock_;
  SystemRandom random_;
  Ids ids_{random_};
  log::Log log_;
  metrics::Registry metrics_;
  std::optional<Error> problem_;
  std::unique_ptr<db::Database> database_;
  people::Passwords passwords_;
  std::optional<people::Sessions> sessions_;
  std::optional<people::People> people_;
  std::optional<people::Tokens> tokens_;
};

int create_person(Office& office, const CommandLine& line, const std::string& language) {
  const auto role = parse_role(line.role.empty() ? "admin" : std::string_view{line.role});
  if (!role) {
    fmt::print(stderr, "vigie: --role: {}\n", role.error().what);
    return exit_usage;
  }
  auto password = read_password();
  if (!password) {
    fmt::print(stderr, "vigie: the password is the first line of standard input\n");
    return exit_usage;
  }
  people::NewPerson wanted;
  wanted.username = line.username;
  wanted.email = line.email;
  wanted.password = std::move(*password);
  wanted.role = *role;
  wanted.language = language;
  const auto person = office.wait_for(office.people().create(std::move(wanted), by_command()));
  if (!person) {
    return fail(person.error());
  }
  fmt::print("{}\n", person->id);
  return exit_fine;
}

int reset_password(Office& office, const std::string& id) {
  auto password = read_password();
  if (!password) {
    fmt::print(stderr, "vigie: the new password is the first line of standard input\n");
    return exit_usage;
  }
  const auto reset =
      office.wait_for(office.people().reset_password(id, std::move(*password), by_command()));
  return reset ? exit_fine : fail(reset.error());
}

}  // namespace

int admin(const CommandLine& line, const config::Config& config) {
  Office office{config};
  if (office.problem()) {
    return fail(*office.problem());
  }
  const auto& verb = line.command.back();
  if (verb == "create") {
    return create_person(office, line, config.text("LANGUAGE"));
  }
  const auto person = office.wait_for(office.people().find_by_username(line.username));
  if (!person) {
    return fail(person.error());
  }
  if (verb == "reset") {
    return reset_password(office, person->id);
  }
  const auto disabled = office.wait_for(office.people().disable(person->id, by_command()));
  return disabled ? exit_fine : fail(disabled.error());
}

int create_token(const CommandLine& line, const config::Config& config) {
  Office office{config};
  if (office.problem()) {
    return fail(*office.problem());
  }
  const auto person = office.wait_for(office.people().find_by_username(line.username));
  if (!person) {
    return fail(person.error());
  }
  const auto scope =
      people::parse_scope(line.scope.empty() ? "read" : std::string_view{line.scope});
  const auto token = office.wait_for(
      office.tokens().create(person->id, *scope, "vigie token create", {}, by_command()));
  if (!token) {
    return fail(token.error());
  }
  fmt::print("{}\n", token->token);
  return exit_fine;
}

}  // namespace vigie::app
