// SPDX-License-Identifier: Apache-2.0
// One's own language and address.
#include "base/text.hpp"
#include "people/desk.hpp"
#include "people/mails.hpp"
#include "people/one_time.hpp"
#include "people/people_sql.hpp"

namespace vigie::people {
namespace {

Result<Confirmed> confirm_new_address(db::Transaction& transaction, const OneTimeSecret& secret) {
  const auto other = select_by_email(transaction, fold_email(secret.address));
  if (!other) {
    return other.error();
  }
  if (*other && (*other)->person.id != secret.person_id) {
    return make_error(Errc::conflict, "email: already taken");
  }
  const auto changed = update_email(transaction, secret.person_id, secret.address);
  return changed ? Result<Confirmed>{Confirmed::address} : Result<Confirmed>{changed.error()};
}

}  // namespace

Async<Result<Profile>> Desk::profile(std::string person_id) {
  const auto now = tools_.clock.now();
  std::function<Result<Profile>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<Profile> {
    auto known = select_listed(transaction, person_id);
    auto waiting = address_in_waiting(transaction, person_id, now);
    if (!known || !waiting) {
      return !known ? known.error() : waiting.error();
    }
    return Profile{std::move(known->person), std::move(*waiting), known->created_at};
  };
  co_return co_await db::read<Profile>(tools_.database, std::move(work));
}

Async<Result<>> Desk::set_language(std::string person_id, std::string language) {
  if (language != "fr" && language != "en") {
    co_return make_error(Errc::invalid, "language: fr or en");
  }
  db::Database::Work work = [&](db::Transaction& transaction) {
    return update_language(transaction, person_id, language);
  };
  co_return co_await tools_.database.write(std::move(work));
}

Async<Result<>> Desk::change_email(std::string email, std::string password, audit::By by) {
  const std::string wanted{trim(email)};
  if (const auto problems = check_email(wanted); wanted.empty() || !problems.empty()) {
    co_return make_error(Errc::invalid, "email: an address looks like name@example.org");
  }
  if (!options_.has_mail) {
    co_return make_error(Errc::conflict,
                         "no mail is sent from here, so an address cannot be confirmed: set "
                         "EMAIL_HOST and EMAIL_FROM");
  }
  const auto& person_id = by.person_id;
  const auto known = co_await prove(by, std::move(password), "password");
  if (!known) {
    co_return known.error();
  }
  const auto now = tools_.clock.now();
  db::Database::Work work = [&](db::Transaction& transaction) -> Result<> {
    OneTimeSecret secret;
    secret.purpose = Purpose::email_confirm;
    secret.person_id = person_id;
    secret.address = wanted;
    auto id = put_secret(transaction, tools_.ids, std::move(secret), now, link_lifetime);
    if (!id) {
      return id.error();
    }
    const auto asked = mail(transaction,
                            {.what = "email_confirm",
                             .person_id = person_id,
                             .address = wanted,
                             .subject = std::move(*id)},
                            now);
    if (!asked) {
      return asked;
    }
    const audit::Deed deed{audit::kind::person_email, "person", person_id, {{"step", "asked"}}};
    const auto noted = audit::append(transaction, by, deed, now);
    if (!noted || known->person.email.empty()) {
      return noted;
    }
    return mail(transaction,
                {.what = "email_changed", .person_id = person_id, .address = known->person.email},
                now);
  };
  co_return co_await tools_.database.write(std::move(work));
}

Async<Result<>> Desk::check_address(std::string token) {
  std::vector<Purpose> purposes{Purpose::email_confirm, Purpose::sign_up};
  co_return co_await check_link(std::move(token), std::move(purposes));
}

Result<Confirmed> Desk::confirm_sign_up(db::Transaction& transaction, const OneTimeSecret& secret,
                                        const audit::By& by, Time now) const {
  if (options_.sign_up == SignUp::open) {
    const audit::Deed deed{audit::kind::person_approved, "person", secret.person_id, {}};
    const auto noted = audit::append(transaction, by, deed, now);
    const auto let_in = noted ? update_let_in(transaction, secret.person_id) : noted;
    return let_in ? Result<Confirmed>{Confirmed::sign_up_active}
                  : Result<Confirmed>{let_in.error()};
  }
  const auto administrators = select_administrator_ids(transaction);
  if (!administrators) {
    return administrators.error();
  }
  for (const auto& id : *administrators) {
    const auto told = mail(transaction, {.what = "sign_up_waiting", .person_id = id}, now);
    if (!told) {
      return told.error();
    }
  }
  return Confirmed::sign_up_pending;
}

Async<Result<Confirmed>> Desk::confirm_address(std::string token, audit::By by) {
  const auto now = tools_.clock.now();
  std::function<Result<Confirmed>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<Confirmed> {
    for (const auto purpose : {Purpose::email_confirm, Purpose::sign_up}) {
      const auto secret = find_secret(transaction, token, purpose, now);
      if (!secret) {
        return secret.error();
      }
      if (!*secret) {
        continue;
      }
      if (const auto dropped = drop_secret(transaction, (*secret)->id); !dropped) {
        return dropped.error();
      }
      const audit::Deed deed{
          audit::kind::person_email, "person", (*secret)->person_id, {{"step", "confirmed"}}};
      if (const auto noted = audit::append(transaction, by, deed, now); !noted) {
        return noted.error();
      }
      return purpose == Purpose::sign_up ? confirm_sign_up(transaction, **secret, by, now)
                                         : confirm_new_address(transaction, **secret);
    }
    return make_error(Errc::not_found, "this link was used, or its time is over");
  };
  co_return co_await db::write<Confirmed>(tools_.database, std::move(work));
}

}  // namespace vigie::people
