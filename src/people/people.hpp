// SPDX-License-Identifier: Apache-2.0
// Who may use Vigie: persons, their passwords and roles, and signing in. All calls on the I/O
// thread; the command line runs an io_context of its own.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "async/clock.hpp"
#include "base/ids.hpp"
#include "db/database.hpp"
#include "domain/person.hpp"
#include "domain/sight.hpp"
#include "log/log.hpp"
#include "metrics/metrics.hpp"
#include "people/passwords.hpp"
#include "people/rules.hpp"
#include "people/sessions.hpp"

namespace vigie::people {

struct NewPerson {
  std::string username;
  std::string email;  // may be empty
  std::string password;
  Role role = Role::user;
  std::string language = "fr";
};

// Every problem with what was asked for, by field.
std::vector<FieldProblem> check(const NewPerson& person, PasswordRules rules = {});

struct PeopleOptions {
  PasswordRules passwords;
  bool has_mail = false;
};

struct ListedPerson {
  Person person;
  Time created_at;
  std::optional<Time> last_seen_at;
};

// What an administrator changes of a person, all or nothing; what is absent stays. Active approves
// who signed up, too, and tells them by mail.
struct PersonEdit {
  std::optional<Role> role{};
  std::optional<bool> is_active{};
};

struct StoredPerson;

class People {
 public:
  People(db::Database& database, Clock& clock, Ids& ids, Passwords& passwords, Sessions& sessions,
         log::Log& log, metrics::Registry& metrics, PeopleOptions options = {});

  // Errc::invalid with every field's problem in words (check() gives them apart), Errc::conflict
  // when the name or the address is taken.
  Async<Result<Person>> create(NewPerson wanted, audit::By by = {});

  Async<Result<Person>> find(std::string id);
  Async<Result<ListedPerson>> find_listed(std::string id);
  Async<Result<Person>> find_by_username(std::string username);
  // Newest first; state: "pending", "active", "disabled" or empty.
  Async<Result<Page<ListedPerson>>> list(std::string state, std::int64_t limit, std::string cursor);

  // Each ends the person's sessions (A4), where something changes. Errc::not_found; for a password
  // Errc::invalid too; Errc::conflict when no administrator would be left.
  Async<Result<>> edit(std::string id, PersonEdit edit, audit::By by = {});
  Async<Result<>> set_role(std::string id, Role role, audit::By by = {});
  Async<Result<>> disable(std::string id, audit::By by = {});
  Async<Result<>> enable(std::string id, audit::By by = {});
  // Whoever runs the machine lets a person in again: the second factor is gone too.
  Async<Result<>> reset_password(std::string id, std::string password, audit::By by = {});

  // With a second factor, the challenge to answer with a code instead of a session. Errc::denied
  // when name and password do not belong together or the person is disabled, whichever
  // it is, with the same words after the same work (A7). Errc::rate_limited with retry_after: too
  // many tries with this name (5, then one in 30 s, growing to 15 min) or from this address (20 in
  // 10 min), or too many people at once. A good sign-in does not count as a try.
  Async<Result<NewSession>> sign_in(std::string username, std::string password, Visit visit);

  // Forgets sessions that ended and tries that count no more; to be called now and then.
  Async<Result<>> purge();

 private:
  struct Attempt;
  Async<Result<NewSession>> try_sign_in(std::string username, std::string password, Visit visit);
  Async<Result<std::optional<StoredPerson>>> admit(const Attempt& attempt);
  Async<Result<NewSession>> complete(const Attempt& attempt, StoredPerson known,
                                     std::string new_hash);
  Async<Result<NewSession>> refuse(const Attempt& attempt, std::optional<StoredPerson> known);
  Result<> apply(db::Transaction& transaction, const Person& person, const PersonEdit& edit,
                 const audit::By& by, Time now);
  Result<> let_in(db::Transaction& transaction, const Person& person, Time now);
  void count(const Result<NewSession>& outcome);

  db::Database& database_;
  Clock& clock_;
  Ids& ids_;
  Passwords& passwords_;
  Sessions& sessions_;
  log::Log& log_;
  metrics::Registry& metrics_;
  PeopleOptions options_;
};

}  // namespace vigie::people
