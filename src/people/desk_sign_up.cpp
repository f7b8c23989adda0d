// SPDX-License-Identifier: Apache-2.0
// Signing up, and the first administrator.
#include "people/desk.hpp"
#include "people/mails.hpp"
#include "people/one_time.hpp"
#include "people/people_sql.hpp"
#include "people/secrets.hpp"
#include "people/throttle.hpp"

namespace vigie::people {
namespace {

constexpr std::size_t token_bytes = 32;

Error link_is_over() {
  return make_error(Errc::not_found, "this link was used, or its time is over");
}

StoredPerson stored_person(const NewPerson& wanted, std::string id, std::string hash) {
  StoredPerson stored;
  stored.person.id = std::move(id);
  stored.person.username = wanted.username;
  stored.person.email = wanted.email;
  stored.person.role = wanted.role;
  stored.person.language = wanted.language;
  stored.password_hash = std::move(hash);
  return stored;
}

std::vector<FieldProblem> problems_of(const NewPerson& wanted, const DeskOptions& options) {
  auto problems = check(wanted, options.passwords);
  if (options.has_mail && wanted.email.empty()) {
    problems.push_back({"email", "needed", "needed, to confirm it"});
  }
  return problems;
}

}  // namespace

Result<> Desk::keep_sign_up(db::Transaction& transaction, const StoredPerson& stored,
                            const audit::By& by, Time now) const {
  const auto& person = stored.person;
  const auto same_name = select_by_username(transaction, fold_username(person.username));
  const auto same_email = select_by_email(transaction, fold_email(person.email));
  if (!same_name || !same_email) {
    return !same_name ? same_name.error() : same_email.error();
  }
  if (*same_email) {
    return mail(transaction, {.what = "address_in_use", .person_id = (*same_email)->person.id},
                now);
  }
  if (*same_name) {
    return {};
  }
  const audit::Deed deed{audit::kind::person_created, "person", person.id, {{"how", "sign_up"}}};
  for (const auto& done :
       {insert_person(transaction, stored, now), audit::append(transaction, by, deed, now)}) {
    if (!done) {
      return done;
    }
  }
  if (!options_.has_mail) {
    return {};
  }
  OneTimeSecret secret;
  secret.purpose = Purpose::sign_up;
  secret.person_id = person.id;
  secret.address = person.email;
  auto id = put_secret(transaction, tools_.ids, std::move(secret), now, link_lifetime);
  if (!id) {
    return id.error();
  }
  return mail(transaction, {.what = "sign_up", .person_id = person.id, .subject = std::move(*id)},
              now);
}

Async<Result<SignUpAnswer>> Desk::sign_up(NewPerson wanted, Visit visit) {
  if (options_.sign_up == SignUp::closed) {
    co_return make_error(Errc::denied, "nobody can sign up here: ask an administrator");
  }
  wanted.role = Role::user;
  if (const auto problems = problems_of(wanted, options_); !problems.empty()) {
    co_return make_error(Errc::invalid, "{}", in_words(problems));
  }
  const auto now = tools_.clock.now();
  db::Database::Work admit = [&](db::Transaction& transaction) {
    return take_try(transaction, network_key(visit.ip), per_network, now);
  };
  const auto admitted = co_await tools_.database.write(std::move(admit));
  if (!admitted) {
    co_return admitted.error();
  }
  // One hash whoever is there already (A7).
  auto hash = co_await tools_.passwords.hash(std::move(wanted.password));
  if (!hash) {
    co_return hash.error();
  }
  auto stored = stored_person(wanted, tools_.ids.next(now), std::move(*hash));
  stored.person.pending = options_.has_mail || options_.sign_up == SignUp::approval;

  const auto by = by_visitor(visit);
  db::Database::Work work = [&](db::Transaction& transaction) {
    return keep_sign_up(transaction, stored, by, now);
  };
  const auto done = co_await tools_.database.write(std::move(work));
  if (!done) {
    co_return done.error();
  }
  tools_.log.info("a sign-up came in");
  co_return options_.has_mail            ? SignUpAnswer::check_mail
  : options_.sign_up == SignUp::approval ? SignUpAnswer::pending
                                         : SignUpAnswer::active;
}

Async<Result<std::optional<std::string>>> Desk::open_set_up() {
  const auto now = tools_.clock.now();
  auto token = tools_.random.hex(token_bytes);
  using Opened = std::optional<std::string>;
  std::function<Result<Opened>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<Opened> {
    const auto nobody = is_nobody_there(transaction);
    if (!nobody || !*nobody) {
      return nobody ? Result<Opened>{Opened{}} : Result<Opened>{nobody.error()};
    }
    OneTimeSecret secret;
    secret.purpose = Purpose::set_up;
    secret.token_sha256 = sha256(token);
    const auto put = put_secret(transaction, tools_.ids, std::move(secret), now, link_lifetime);
    return put ? Result<Opened>{token} : Result<Opened>{put.error()};
  };
  co_return co_await db::write<Opened>(tools_.database, std::move(work));
}

Async<Result<>> Desk::check_set_up(std::string token) {
  std::vector<Purpose> purposes{Purpose::set_up};
  co_return co_await check_link(std::move(token), std::move(purposes));
}

Async<Result<NewSession>> Desk::set_up(std::string token, NewPerson wanted, Visit visit) {
  wanted.role = Role::admin;
  const auto known = co_await check_set_up(token);
  if (!known) {
    co_return known.error();
  }
  if (const auto problems = check(wanted, options_.passwords); !problems.empty()) {
    co_return make_error(Errc::invalid, "{}", in_words(problems));
  }
  auto hash = co_await tools_.passwords.hash(std::move(wanted.password));
  if (!hash) {
    co_return hash.error();
  }
  const auto now = tools_.clock.now();
  const auto stored = stored_person(wanted, tools_.ids.next(now), std::move(*hash));
  const auto session = tools_.sessions.make(stored.person);
  db::Database::Work work = [&](db::Transaction& transaction) -> Result<> {
    const auto secret = find_secret(transaction, token, Purpose::set_up, now);
    const auto nobody = is_nobody_there(transaction);
    if (!secret || !nobody) {
      return !secret ? secret.error() : nobody.error();
    }
    if (!*secret || !*nobody) {
      return link_is_over();
    }
    if (const auto dropped = drop_secret(transaction, (*secret)->id); !dropped) {
      return dropped;
    }
    const auto& id = stored.person.id;
    const auto by = by_visitor(visit);
    const audit::Deed created{audit::kind::person_created, "person", id, {{"how", "set_up"}}};
    const audit::Deed entered{audit::kind::session_opened, "person", id, {}};
    for (const auto& done :
         {insert_person(transaction, stored, now), audit::append(transaction, by, created, now),
          audit::append(transaction, by, entered, now)}) {
      if (!done) {
        return done;
      }
    }
    return Sessions::insert(transaction, session, visit, now);
  };
  const auto done = co_await tools_.database.write(std::move(work));
  if (!done) {
    co_return done.error();
  }
  tools_.log.info("the first administrator was set up", {{"person", stored.person.id}});
  co_return session;
}

}  // namespace vigie::people
