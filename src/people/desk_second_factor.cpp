// SPDX-License-Identifier: Apache-2.0
// The second factor: a code by time, or one of ten recovery codes.
#include <array>

#include "people/desk.hpp"
#include "people/mails.hpp"
#include "people/one_time.hpp"
#include "people/people_sql.hpp"
#include "people/second_factor.hpp"
#include "people/throttle.hpp"
#include "people/totp.hpp"

namespace vigie::people {
namespace {

constexpr std::size_t seed_bytes = 20;  // RFC 4226: as long as SHA-1's hash
constexpr Span offer_lifetime = std::chrono::minutes{10};

std::string purpose_of(std::string_view person_id) {
  return fmt::format("totp:{}", person_id);
}

// Whether this code lets the person in; it is used then. Errc::unavailable when the seed was sealed
// under a key that is gone: recovery codes work all the same.
Result<bool> use_code(db::Transaction& transaction, const seal::Sealer& sealer,
                      const std::string& person_id, std::string_view code, Time now) {
  const auto recovery = normal_recovery_code(code);
  if (!recovery.empty()) {
    return use_recovery_code(transaction, person_id, recovery);
  }
  const auto stored = select_seed(transaction, person_id);
  if (!stored) {
    return stored.error();
  }
  if (!*stored || !(*stored)->is_on) {
    return false;
  }
  const auto seed = sealer.open((*stored)->sealed, purpose_of(person_id));
  if (!seed) {
    return seed.error();
  }
  const auto step = matching_step(*seed, code, now, (*stored)->step);
  if (!step) {
    return false;
  }
  auto sealed = (*stored)->sealed;
  if (sealer.is_by_older_key(sealed)) {
    auto anew = sealer.seal(*seed, purpose_of(person_id));
    if (!anew) {
      return anew.error();
    }
    sealed = std::move(*anew);
  }
  const auto used = use_step(transaction, person_id, *step, sealed);
  return used ? Result<bool>{true} : Result<bool>{used.error()};
}

Error wrong_code() {
  return make_error(Errc::invalid, "code: this is not a code that is good now");
}

}  // namespace

Async<Result<OfferedSeed>> Desk::offer_second_factor(std::string password, audit::By by) {
  const auto& person_id = by.person_id;
  const auto known = co_await prove(by, std::move(password), "password");
  if (!known) {
    co_return known.error();
  }
  if (known->person.has_second_factor) {
    co_return make_error(Errc::conflict, "there is a second factor already: remove it first");
  }
  std::array<std::uint8_t, seed_bytes> bytes{};
  tools_.random.fill(bytes);
  const std::string seed{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  const auto sealed = tools_.sealer.seal(seed, purpose_of(person_id));
  if (!sealed) {
    co_return sealed.error();
  }
  const auto now = tools_.clock.now();
  db::Database::Work work = [&](db::Transaction& transaction) {
    return offer_seed(transaction, person_id, *sealed, now);
  };
  const auto done = co_await tools_.database.write(std::move(work));
  if (!done) {
    co_return done.error();
  }
  co_return OfferedSeed{base32(seed), totp_uri(seed, known->person.username)};
}

Async<Result<std::vector<std::string>>> Desk::confirm_second_factor(std::string code,
                                                                    audit::By by) {
  using Codes = std::vector<std::string>;
  const auto& person_id = by.person_id;
  const auto now = tools_.clock.now();
  auto codes = make_recovery_codes(tools_.random);
  Codes normal;
  for (const auto& each : codes) {
    normal.push_back(normal_recovery_code(each));
  }
  db::Database::Work work = [&](db::Transaction& transaction) -> Result<> {
    const auto stored = select_seed(transaction, person_id);
    if (!stored) {
      return stored.error();
    }
    if (!*stored || (*stored)->is_on || *(*stored)->offered_at + offer_lifetime < now) {
      return make_error(Errc::conflict, "begin again: no second factor waits for its first code");
    }
    const auto seed = tools_.sealer.open((*stored)->sealed, purpose_of(person_id));
    if (!seed) {
      return seed.error();
    }
    const auto step = matching_step(*seed, code, now, 0);
    if (!step) {
      return make_error(Errc::invalid,
                        "code: this is not the code of this moment; look at the clock of your "
                        "device");
    }
    if (const auto on = switch_seed_on(transaction, person_id, *step, now); !on) {
      return on;
    }
    const audit::Deed deed{audit::kind::second_factor_on, "person", person_id, {}};
    for (const auto& kept : {put_recovery_codes(transaction, person_id, normal),
                             audit::append(transaction, by, deed, now)}) {
      if (!kept) {
        return kept;
      }
    }
    return mail(transaction, {.what = "second_factor_on", .person_id = person_id}, now);
  };
  const auto done = co_await tools_.database.write(std::move(work));
  if (!done) {
    co_return done.error();
  }
  tools_.log.info("a second factor was switched on", {{"person", person_id}});
  co_return codes;
}

Result<bool> Desk::try_code(db::Transaction& transaction, const Person& person,
                            const std::string& code, Time now) const {
  const auto key = name_key(fold_username(person.username));
  if (const auto taken = take_try(transaction, key, per_name, now); !taken) {
    return taken.error();
  }
  const auto right = use_code(transaction, tools_.sealer, person.id, code, now);
  if (!right || !*right) {
    return right;
  }
  const auto forgotten = forget_tries(transaction, key);
  return forgotten ? right : forgotten.error();
}

Async<Result<>> Desk::remove_second_factor(std::string password, std::string code, audit::By by) {
  const auto& person_id = by.person_id;
  const auto known = co_await prove(by, std::move(password), "password");
  if (!known) {
    co_return known.error();
  }
  if (!known->person.has_second_factor) {
    co_return make_error(Errc::conflict, "there is no second factor");
  }
  const auto now = tools_.clock.now();
  std::function<Result<bool>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<bool> {
    const auto right = try_code(transaction, known->person, code, now);
    if (!right || !*right) {
      return right;
    }
    const audit::Deed deed{audit::kind::second_factor_off, "person", person_id, {}};
    for (const auto& done :
         {remove_seed(transaction, person_id), audit::append(transaction, by, deed, now)}) {
      if (!done) {
        return done.error();
      }
    }
    const auto told = mail(transaction, {.what = "second_factor_off", .person_id = person_id}, now);
    return told ? Result<bool>{true} : Result<bool>{told.error()};
  };
  const auto right = co_await db::write<bool>(tools_.database, std::move(work));
  if (!right) {
    co_return right.error();
  }
  if (!*right) {
    co_await note_refusal(by, "code", person_id);
    co_return wrong_code();
  }
  co_return Result<>{};
}

Async<Result<std::string>> Desk::prove_again(std::string token, std::string password,
                                             std::string code, audit::By by) {
  const auto known = co_await prove(by, std::move(password), "password");
  if (!known) {
    co_return known.error();
  }
  const auto& person = known->person;
  if (person.has_second_factor && code.empty()) {
    co_return make_error(Errc::invalid, "code: needed, from your second factor");
  }
  const auto now = tools_.clock.now();
  const auto new_token = tools_.sessions.make(person).token;
  std::function<Result<bool>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<bool> {
    const auto right =
        person.has_second_factor ? try_code(transaction, person, code, now) : Result<bool>{true};
    if (!right || !*right) {
      return right;
    }
    const audit::Deed deed{audit::kind::session_confirmed, "person", person.id, {}};
    for (const auto& done : {Sessions::renew(transaction, token, new_token, now),
                             audit::append(transaction, by, deed, now),
                             tell_people_changed(transaction, person.id, now)}) {
      if (!done) {
        return done.error();
      }
    }
    return true;
  };
  const auto right = co_await db::write<bool>(tools_.database, std::move(work));
  if (!right) {
    co_return right.error();
  }
  if (!*right) {
    co_await note_refusal(by, "code", person.id);
    co_return wrong_code();
  }
  co_return new_token;
}

Async<Result<NewSession>> Desk::enter_with_code(std::string challenge, std::string code,
                                                Visit visit) {
  enum class Outcome : std::uint8_t { right, wrong, over };
  const auto now = tools_.clock.now();
  auto session = tools_.sessions.make({});
  const auto by = by_visitor(visit);
  std::function<Result<Outcome>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<Outcome> {
    const auto secret = find_secret(transaction, challenge, Purpose::second_factor, now);
    if (!secret || !*secret) {
      return secret ? Result<Outcome>{Outcome::over} : Result<Outcome>{secret.error()};
    }
    const auto may_try = take_code_try(transaction, (*secret)->id);
    auto known = select_by_id(transaction, (*secret)->person_id);
    if (!may_try || !known) {
      return !may_try ? may_try.error() : known.error();
    }
    if (!*may_try || !*known || (*known)->person.disabled || (*known)->person.pending) {
      return Outcome::over;
    }
    session.person = std::move((*known)->person);
    const auto right = use_code(transaction, tools_.sealer, session.person.id, code, now);
    if (!right || !*right) {
      return right ? Result<Outcome>{Outcome::wrong} : Result<Outcome>{right.error()};
    }
    const auto key = name_key(fold_username(session.person.username));
    const audit::Deed deed{
        audit::kind::session_opened, "person", session.person.id, {{"second_factor", true}}};
    for (const auto& done :
         {drop_secret(transaction, (*secret)->id), forget_tries(transaction, key),
          audit::append(transaction, by, deed, now),
          Sessions::insert(transaction, session, visit, now)}) {
      if (!done) {
        return done.error();
      }
    }
    return Outcome::right;
  };
  const auto outcome = co_await db::write<Outcome>(tools_.database, std::move(work));
  if (!outcome) {
    co_return outcome.error();
  }
  if (*outcome == Outcome::over) {
    co_return make_error(Errc::not_found, "begin again with the password");
  }
  if (*outcome == Outcome::wrong) {
    tools_.log.info("a code was refused", {{"person", session.person.id}});
    co_await note_refusal(by, "code", session.person.id);
    co_return make_error(Errc::denied, "this is not a code that is good now");
  }
  tools_.log.info("signed in", {{"person", session.person.id}, {"with", "second factor"}});
  co_return session;
}

}  // namespace vigie::people
