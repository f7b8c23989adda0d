// SPDX-License-Identifier: Apache-2.0
#include "people/people.hpp"

#include "base/text.hpp"
#include "people/mails.hpp"
#include "people/one_time.hpp"
#include "people/people_sql.hpp"
#include "people/second_factor.hpp"

namespace vigie::people {
Result<> insert_unless_taken(db::Transaction& transaction, const StoredPerson& stored, Time now) {
  const auto same_name = select_by_username(transaction, fold_username(stored.person.username));
  if (!same_name) {
    return same_name.error();
  }
  if (*same_name) {
    return make_error(Errc::conflict, "username: already taken");
  }
  const auto same_email = select_by_email(transaction, fold_email(stored.person.email));
  if (!same_email) {
    return same_email.error();
  }
  if (*same_email) {
    return make_error(Errc::conflict, "email: already taken");
  }
  return insert_person(transaction, stored, now);
}

std::vector<FieldProblem> check(const NewPerson& person, PasswordRules rules) {
  auto problems = check_username(person.username);
  const auto add = [&](std::vector<FieldProblem> more) {
    problems.insert(problems.end(), more.begin(), more.end());
  };
  add(check_email(person.email));
  add(check_password(person.password, person.username, person.email, rules));
  if (person.language != "fr" && person.language != "en") {
    problems.push_back({"language", "unknown", "fr or en"});
  }
  return problems;
}

People::People(db::Database& database, Clock& clock, Ids& ids, Passwords& passwords,
               Sessions& sessions, log::Log& log, metrics::Registry& metrics, PeopleOptions options)
    : database_{database},
      clock_{clock},
      ids_{ids},
      passwords_{passwords},
      sessions_{sessions},
      log_{log},
      metrics_{metrics},
      options_{options} {}

Async<Result<Person>> People::create(NewPerson wanted, audit::By by) {
  if (const auto problems = check(wanted, options_.passwords); !problems.empty()) {
    co_return make_error(Errc::invalid, "{}", in_words(problems));
  }
  auto hash = co_await passwords_.hash(std::move(wanted.password));
  if (!hash) {
    co_return hash.error();
  }
  const auto now = clock_.now();
  StoredPerson stored;
  stored.person.id = ids_.next(now);
  stored.person.username = wanted.username;
  stored.person.email = wanted.email;
  stored.person.role = wanted.role;
  stored.person.language = wanted.language;
  stored.password_hash = std::move(*hash);

  const audit::Deed deed{audit::kind::person_created,
                         "person",
                         stored.person.id,
                         {{"role", vigie::to_string(stored.person.role)}}};
  db::Database::Work work = [&](db::Transaction& transaction) -> Result<> {
    const auto inserted = insert_unless_taken(transaction, stored, now);
    return inserted ? audit::append(transaction, by, deed, now) : inserted;
  };
  const auto done = co_await database_.write(std::move(work));
  if (!done) {
    co_return done.error();
  }
  log_.info("person created",
            {{"person", stored.person.id}, {"role", std::string{to_string(wanted.role)}}});
  co_return std::move(stored.person);
}

Async<Result<Person>> People::find(std::string id) {
  std::function<Result<Person>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<Person> {
    auto found = select_by_id(transaction, id);
    if (!found) {
      return found.error();
    }
    if (!*found) {
      return make_error(Errc::not_found, "there is no such person");
    }
    return std::move((*found)->person);
  };
  co_return co_await db::read<Person>(database_, std::move(work));
}

Async<Result<ListedPerson>> People::find_listed(std::string id) {
  std::function<Result<ListedPerson>(db::Transaction&)> work = [&](db::Transaction& transaction) {
    return select_listed(transaction, id);
  };
  co_return co_await db::read<ListedPerson>(database_, std::move(work));
}

Async<Result<Person>> People::find_by_username(std::string username) {
  std::function<Result<Person>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<Person> {
    auto found = select_by_username(transaction, fold_username(username));
    if (!found) {
      return found.error();
    }
    if (!*found) {
      return make_error(Errc::not_found, "there is nobody called '{}'", clean_utf8(username, 40));
    }
    return std::move((*found)->person);
  };
  co_return co_await db::read<Person>(database_, std::move(work));
}

Async<Result<Page<ListedPerson>>> People::list(std::string state, std::int64_t limit,
                                               std::string cursor) {
  if (!state.empty() && state != "pending" && state != "active" && state != "disabled") {
    co_return make_error(Errc::invalid, "state: pending, active or disabled");
  }
  if (!cursor.empty() && !is_plausible_id(cursor)) {
    co_return make_error(Errc::invalid, "cursor: not one of ours");
  }
  std::function<Result<Page<ListedPerson>>(db::Transaction&)> work =
      [&](db::Transaction& transaction) {
        return select_people(transaction, state, limit, cursor);
      };
  co_return co_await db::read<Page<ListedPerson>>(database_, std::move(work));
}

Async<Result<>> People::edit(std::string id, PersonEdit edit, audit::By by) {
  const auto now = clock_.now();
  db::Database::Work work = [&](db::Transaction& transaction) -> Result<> {
    const auto known = select_by_id(transaction, id);
    if (!known) {
      return known.error();
    }
    if (!*known) {
      return make_error(Errc::not_found, "there is no person {}", cut_utf8(id, 40));
    }
    return apply(transaction, (*known)->person, edit, by, now);
  };
  co_return co_await database_.write(std::move(work));
}

Result<> People::apply(db::Transaction& transaction, const Person& person, const PersonEdit& edit,
                       const audit::By& by, Time now) {
  const bool has_other_role = edit.role && *edit.role != person.role;
  const bool comes_in = edit.is_active.value_or(false) && (person.disabled || person.pending);
  const bool goes_out = !edit.is_active.value_or(true) && !person.disabled;
  const auto note = [&](std::string_view kind, json::object detail) {
    return audit::append(transaction, by, {kind, "person", person.id, std::move(detail)}, now);
  };
  Result<> done;
  if (goes_out || (has_other_role && person.role == Role::admin)) {
    done = keep_an_administrator(transaction, person);
  }
  if (done && has_other_role) {
    done = update_role(transaction, person.id, *edit.role);
    done = done ? note(audit::kind::person_role, {{"from", vigie::to_string(person.role)},
                                                  {"to", vigie::to_string(*edit.role)}})
                : done;
  }
  if (done && comes_in) {
    done = let_in(transaction, person, now);
    done =
        done ? note(person.pending ? audit::kind::person_approved : audit::kind::person_enabled, {})
             : done;
  }
  if (done && goes_out) {
    done = update_disabled(transaction, person.id, now);
    done = done ? note(audit::kind::person_disabled, {}) : done;
  }
  const bool has_changed = has_other_role || comes_in || goes_out;
  return done && has_changed ? Sessions::remove_all(transaction, person.id, now) : done;
}

Result<> People::let_in(db::Transaction& transaction, const Person& person, Time now) {
  if (const auto let_in = update_let_in(transaction, person.id); !let_in || !person.pending) {
    return let_in;
  }
  if (const auto dropped = drop_secrets(transaction, person.id, Purpose::sign_up); !dropped) {
    return dropped;
  }
  return !options_.has_mail
             ? Result<>{}
             : tell(transaction, ids_, {.what = "sign_up_accepted", .person_id = person.id}, now);
}

Async<Result<>> People::set_role(std::string id, Role role, audit::By by) {
  PersonEdit wanted;
  wanted.role = role;
  co_return co_await edit(std::move(id), wanted, std::move(by));
}

Async<Result<>> People::disable(std::string id, audit::By by) {
  PersonEdit wanted;
  wanted.is_active = false;
  co_return co_await edit(std::move(id), wanted, std::move(by));
}

Async<Result<>> People::enable(std::string id, audit::By by) {
  PersonEdit wanted;
  wanted.is_active = true;
  co_return co_await edit(std::move(id), wanted, std::move(by));
}

Async<Result<>> People::reset_password(std::string id, std::string password, audit::By by) {
  const auto person = co_await find(id);
  if (!person) {
    co_return person.error();
  }
  if (const auto problems =
          check_password(password, person->username, person->email, options_.passwords);
      !problems.empty()) {
    co_return make_error(Errc::invalid, "{}", in_words(problems));
  }
  const auto hash = co_await passwords_.hash(std::move(password));
  if (!hash) {
    co_return hash.error();
  }
  const auto now = clock_.now();
  db::Database::Work work = [&](db::Transaction& transaction) -> Result<> {
    const audit::Deed deed{audit::kind::person_password, "person", id, {{"how", "command"}}};
    for (const auto& done :
         {remove_seed(transaction, id), update_password(transaction, id, *hash),
          audit::append(transaction, by, deed, now), Sessions::remove_all(transaction, id, now)}) {
      if (!done) {
        return done;
      }
    }
    return {};
  };
  co_return co_await database_.write(std::move(work));
}

}  // namespace vigie::people
