// SPDX-License-Identifier: Apache-2.0
#include "people/desk.hpp"

#include "domain/words.hpp"
#include "people/mails.hpp"
#include "people/one_time.hpp"
#include "people/people_sql.hpp"
#include "people/throttle.hpp"

namespace vigie::people {
namespace {

constexpr Words<SignUp, 3> sign_ups{
    {{SignUp::open, "open"}, {SignUp::approval, "approval"}, {SignUp::closed, "closed"}}};
constexpr Words<SignUpAnswer, 3> answers{{{SignUpAnswer::check_mail, "check_mail"},
                                          {SignUpAnswer::pending, "pending"},
                                          {SignUpAnswer::active, "active"}}};

}  // namespace

Result<SignUp> parse_sign_up(std::string_view text) {
  return parse_word(sign_ups, "open, approval or closed", text);
}
std::string_view to_string(SignUpAnswer answer) {
  return word_of(answers, answer);
}

Result<> Desk::mail(db::Transaction& transaction, const AccountMail& mail, Time now) const {
  return options_.has_mail ? tell(transaction, tools_.ids, mail, now) : Result<>{};
}

// A password that is asked for again counts as a try like any other: a stolen session is no way to
// guess it.
Async<Result<StoredPerson>> Desk::prove(const audit::By& by, std::string password,
                                        std::string field) {
  if (tools_.passwords.is_full()) {
    co_return Passwords::too_busy();
  }
  const auto now = tools_.clock.now();
  std::function<Result<StoredPerson>(db::Transaction&)> admit =
      [&](db::Transaction& transaction) -> Result<StoredPerson> {
    auto known = select_by_id(transaction, by.person_id);
    if (!known) {
      return known.error();
    }
    if (!*known) {
      return make_error(Errc::not_found, "there is no such person");
    }
    const auto key = name_key(fold_username((*known)->person.username));
    const auto taken = take_try(transaction, key, per_name, now);
    return taken ? Result<StoredPerson>{std::move(**known)} : taken.error();
  };
  auto known = co_await db::write<StoredPerson>(tools_.database, std::move(admit));
  if (!known) {
    co_return known.error();
  }
  const auto right = co_await tools_.passwords.verify(std::move(password), known->password_hash);
  if (!right) {
    co_return right.error();
  }
  if (!*right) {
    co_await note_refusal(by, "password", by.person_id);
    co_return make_error(Errc::invalid, "{}: this is not your password", field);
  }
  db::Database::Work forget = [&](db::Transaction& transaction) {
    return forget_tries(transaction, name_key(fold_username(known->person.username)));
  };
  const auto forgotten = co_await tools_.database.write(std::move(forget));
  if (!forgotten) {
    co_return forgotten.error();
  }
  co_return std::move(*known);
}

// A database that cannot write for a moment changes no answer.
Async<> Desk::note_refusal(const audit::By& by, std::string_view what, std::string person_id) {
  const auto now = tools_.clock.now();
  const audit::Deed deed{audit::kind::session_refused,
                         "person",
                         std::move(person_id),
                         {{"why", json::string_view{what.data(), what.size()}}}};
  db::Database::Work work = [&](db::Transaction& transaction) {
    return audit::append(transaction, by, deed, now);
  };
  const auto noted = co_await tools_.database.write(std::move(work));
  if (!noted) {
    tools_.log.warn("a refusal was not written into the audit", {{"why", noted.error().what}});
  }
}

Async<Result<>> Desk::check_link(std::string token, std::vector<Purpose> purposes) {
  const auto now = tools_.clock.now();
  db::Database::Work work = [&](db::Transaction& transaction) -> Result<> {
    for (const auto purpose : purposes) {
      const auto secret = find_secret(transaction, token, purpose, now);
      if (!secret || *secret) {
        return secret ? Result<>{} : Result<>{secret.error()};
      }
    }
    return make_error(Errc::not_found, "this link was used, or its time is over");
  };
  co_return co_await tools_.database.read(std::move(work));
}

Async<Result<std::string>> Desk::hash_for(Person person, std::string password) {
  if (const auto problems =
          check_password(password, person.username, person.email, options_.passwords);
      !problems.empty()) {
    co_return make_error(Errc::invalid, "{}", in_words(problems));
  }
  co_return co_await tools_.passwords.hash(std::move(password));
}

}  // namespace vigie::people
