// SPDX-License-Identifier: Apache-2.0
// Signing in: throttle, check, open a session. Known and unknown names take the same path.
#include "base/text.hpp"
#include "people/one_time.hpp"
#include "people/people.hpp"
#include "people/people_sql.hpp"
#include "people/secrets.hpp"
#include "people/throttle.hpp"

namespace vigie::people {
namespace {

Error wrong() {
  return make_error(Errc::denied, "wrong user name or password");
}

}  // namespace

struct People::Attempt {
  Attempt(std::string_view username, Visit from, Time now)
      : folded{fold_username(trim(username))},
        name{name_key(folded)},
        network{network_key(from.ip)},
        visit{std::move(from)},
        at{now} {}

  // Nobody can be called otherwise; the database need not see it.
  bool may_exist() const { return check_username(folded).empty(); }

  audit::By by() const { return by_visitor(visit); }

  std::string folded;
  std::string name;  // keys of the throttle
  std::string network;
  Visit visit;
  Time at;
};

Async<Result<NewSession>> People::sign_in(std::string username, std::string password, Visit visit) {
  auto outcome = co_await try_sign_in(std::move(username), std::move(password), std::move(visit));
  count(outcome);
  co_return outcome;
}

Async<Result<NewSession>> People::try_sign_in(std::string username, std::string password,
                                              Visit visit) {
  if (passwords_.is_full()) {
    co_return Passwords::too_busy();  // before anything that costs, or counts as a try
  }
  const Passwords::Turn turn{passwords_};
  const Attempt attempt{username, std::move(visit), clock_.now()};
  auto known = co_await admit(attempt);
  if (!known) {
    co_return known.error();
  }
  const bool may_enter = *known && !(*known)->person.disabled && !(*known)->person.pending;
  std::string stored;
  if (may_enter) {
    stored = (*known)->password_hash;
  }
  const auto right = co_await passwords_.verify(password, stored);
  if (!right) {
    co_return right.error();
  }
  if (!*right || !may_enter) {
    co_return co_await refuse(attempt, std::move(*known));
  }
  std::string new_hash;
  if (passwords_.needs_rehash(stored)) {
    auto hash = co_await passwords_.hash(std::move(password));
    if (!hash) {
      co_return hash.error();
    }
    new_hash = std::move(*hash);
  }
  co_return co_await complete(attempt, std::move(**known), std::move(new_hash));
}

// The same for a name that nobody has (A7). What was typed is not kept: it may be a password.
Async<Result<NewSession>> People::refuse(const Attempt& attempt,
                                         std::optional<StoredPerson> known) {
  const audit::Deed deed{audit::kind::session_refused,
                         "person",
                         known ? known->person.id : std::string{},
                         {{"why", "password"}}};
  db::Database::Work work = [&](db::Transaction& transaction) {
    return audit::append(transaction, attempt.by(), deed, attempt.at);
  };
  const auto noted = co_await database_.write(std::move(work));
  co_return noted ? wrong() : noted.error();
}

// Counts the try, and looks the name up.
Async<Result<std::optional<StoredPerson>>> People::admit(const Attempt& attempt) {
  using Known = std::optional<StoredPerson>;
  std::function<Result<Known>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<Known> {
    const auto by_address = take_try(transaction, attempt.network, per_network, attempt.at);
    if (!by_address) {
      return by_address.error();
    }
    const auto by_name = take_try(transaction, attempt.name, per_name, attempt.at);
    if (!by_name) {
      return by_name.error();
    }
    return attempt.may_exist() ? select_by_username(transaction, attempt.folded)
                               : Result<Known>{Known{}};
  };
  co_return co_await db::write<Known>(database_, std::move(work));
}

Async<Result<NewSession>> People::complete(const Attempt& attempt, StoredPerson known,
                                           std::string new_hash) {
  auto session = sessions_.make(known.person);
  db::Database::Work work = [&](db::Transaction& transaction) -> Result<> {
    const auto current = select_by_id(transaction, known.person.id);
    if (!current) {
      return current.error();
    }
    // Meanwhile disabled, or given another password?
    if (!*current || (*current)->person.disabled || (*current)->person.pending ||
        (*current)->password_hash != known.password_hash) {
      return wrong();
    }
    if (!new_hash.empty()) {
      if (const auto updated = update_password(transaction, known.person.id, new_hash); !updated) {
        return updated;
      }
    }
    if (const auto given = give_back_try(transaction, attempt.network, per_network); !given) {
      return given;
    }
    session.person = (*current)->person;
    session.challenge.clear();
    if (session.person.has_second_factor) {
      // The tries count on until the code is right too: a known password must not make codes cheap.
      session.challenge = session.token;
      OneTimeSecret secret;
      secret.purpose = Purpose::second_factor;
      secret.person_id = session.person.id;
      secret.token_sha256 = sha256(session.challenge);
      const auto put =
          put_secret(transaction, ids_, std::move(secret), attempt.at, challenge_lifetime);
      return put ? Result<>{} : put.error();
    }
    if (const auto forgotten = forget_tries(transaction, attempt.name); !forgotten) {
      return forgotten;
    }
    const audit::Deed deed{audit::kind::session_opened, "person", session.person.id, {}};
    const auto noted = audit::append(transaction, attempt.by(), deed, attempt.at);
    return noted ? Sessions::insert(transaction, session, attempt.visit, attempt.at) : noted;
  };
  const auto done = co_await database_.write(std::move(work));
  if (!done) {
    co_return done.error();
  }
  if (!session.challenge.empty()) {
    session.token.clear();
    session.csrf_token.clear();
  }
  co_return session;
}

void People::count(const Result<NewSession>& outcome) {
  const std::string_view word = outcome && outcome->challenge.empty() ? "good"
                                : outcome                             ? "half"
                                          : to_string(outcome.error().code);
  metrics_
      .counter("vigie_people_sign_ins_total", "Tries to sign in, by outcome.", {{"outcome", word}})
      .add();
  if (outcome) {
    log_.info(outcome->challenge.empty() ? "signed in" : "a password was right",
              {{"person", outcome->person.id}});
  } else {
    log_.info("sign-in refused", {{"why", std::string{word}}});
  }
}

Async<Result<>> People::purge() {
  const auto now = clock_.now();
  db::Database::Work work = [&](db::Transaction& transaction) -> Result<> {
    const auto sessions = Sessions::remove_expired(transaction, now);
    if (!sessions) {
      return sessions.error();
    }
    if (const auto secrets = forget_old_secrets(transaction, now); !secrets) {
      return secrets;
    }
    const auto tries = forget_old_tries(transaction, now);
    return tries ? Result<>{} : tries.error();
  };
  co_return co_await database_.write(std::move(work));
}

}  // namespace vigie::people
