// SPDX-License-Identifier: Apache-2.0
// A forgotten password, and a new one. Neither goes around the second factor: a session is opened
// by signing in only.
#include "base/text.hpp"
#include "people/desk.hpp"
#include "people/mails.hpp"
#include "people/one_time.hpp"
#include "people/people_sql.hpp"
#include "people/throttle.hpp"

namespace vigie::people {
namespace {

bool may_come_in(const Person& person) {
  return !person.disabled && !person.pending;
}

Error link_is_over() {
  return make_error(Errc::not_found, "this link was used, or its time is over");
}

}  // namespace

Async<Result<>> Desk::request_reset(std::string email, std::string ip) {
  const auto folded = fold_email(trim(email));
  const auto now = tools_.clock.now();
  db::Database::Work work = [&](db::Transaction& transaction) -> Result<> {
    if (const auto taken = take_try(transaction, network_key(ip), per_network, now); !taken) {
      return taken;
    }
    if (folded.empty() || !check_email(folded).empty()) {
      return {};
    }
    // Too many to one mailbox: no more is sent, and nobody is told so.
    const auto taken = take_try(transaction, mailbox_key(folded), per_mailbox, now);
    if (!taken) {
      return taken.error().code == Errc::rate_limited ? Result<>{} : taken;
    }
    const auto known = select_by_email(transaction, folded);
    if (!known) {
      return known.error();
    }
    if (!*known || !may_come_in((*known)->person) || !options_.has_mail) {
      return {};
    }
    OneTimeSecret secret;
    secret.purpose = Purpose::password_reset;
    secret.person_id = (*known)->person.id;
    auto id = put_secret(transaction, tools_.ids, std::move(secret), now, link_lifetime);
    if (!id) {
      return id.error();
    }
    return mail(
        transaction,
        {.what = "password_reset", .person_id = (*known)->person.id, .subject = std::move(*id)},
        now);
  };
  co_return co_await tools_.database.write(std::move(work));
}

Async<Result<>> Desk::check_reset(std::string token) {
  std::vector<Purpose> purposes{Purpose::password_reset};
  co_return co_await check_link(std::move(token), std::move(purposes));
}

Async<Result<>> Desk::reset(std::string token, std::string password, audit::By by) {
  const auto now = tools_.clock.now();
  std::function<Result<Person>(db::Transaction&)> find =
      [&](db::Transaction& transaction) -> Result<Person> {
    const auto secret = find_secret(transaction, token, Purpose::password_reset, now);
    if (!secret) {
      return secret.error();
    }
    auto known = select_by_id(transaction, *secret ? (*secret)->person_id : "");
    if (!known) {
      return known.error();
    }
    return *known && may_come_in((*known)->person) ? Result<Person>{std::move((*known)->person)}
                                                   : link_is_over();
  };
  const auto person = co_await db::read<Person>(tools_.database, std::move(find));
  if (!person) {
    co_return person.error();
  }
  const auto hash = co_await hash_for(*person, std::move(password));
  if (!hash) {
    co_return hash.error();
  }
  db::Database::Work work = [&](db::Transaction& transaction) -> Result<> {
    const auto secret = find_secret(transaction, token, Purpose::password_reset, now);
    if (!secret || !*secret) {
      return secret ? Result<>{link_is_over()} : Result<>{secret.error()};
    }
    const audit::Deed deed{audit::kind::person_password, "person", person->id, {{"how", "link"}}};
    for (const auto& done :
         {drop_secret(transaction, (*secret)->id), audit::append(transaction, by, deed, now),
          drop_secrets(transaction, person->id, Purpose::second_factor),
          update_password(transaction, person->id, *hash),
          Sessions::remove_all(transaction, person->id, now),
          forget_tries(transaction, name_key(fold_username(person->username)))}) {
      if (!done) {
        return done;
      }
    }
    return mail(transaction, {.what = "password_changed", .person_id = person->id}, now);
  };
  const auto done = co_await tools_.database.write(std::move(work));
  if (done) {
    tools_.log.info("a password was reset", {{"person", person->id}});
  }
  co_return done;
}

Async<Result<NewSession>> Desk::change_password(std::string current, std::string password,
                                                Visit visit, audit::By by) {
  const auto known = co_await prove(by, std::move(current), "current");
  if (!known) {
    co_return known.error();
  }
  const auto& person = known->person;
  const auto hash = co_await hash_for(person, std::move(password));
  if (!hash) {
    co_return hash.error();
  }
  const auto now = tools_.clock.now();
  const auto session = tools_.sessions.make(person);
  db::Database::Work work = [&](db::Transaction& transaction) -> Result<> {
    const audit::Deed deed{audit::kind::person_password, "person", person.id, {{"how", "own"}}};
    for (const auto& done :
         {audit::append(transaction, by, deed, now), update_password(transaction, person.id, *hash),
          drop_secrets(transaction, person.id, Purpose::password_reset),
          drop_secrets(transaction, person.id, Purpose::second_factor),
          Sessions::remove_all(transaction, person.id, now),
          Sessions::insert(transaction, session, visit, now)}) {
      if (!done) {
        return done;
      }
    }
    return mail(transaction, {.what = "password_changed", .person_id = person.id}, now);
  };
  const auto done = co_await tools_.database.write(std::move(work));
  if (!done) {
    co_return done.error();
  }
  tools_.log.info("a password was changed", {{"person", person.id}});
  co_return session;
}

}  // namespace vigie::people
