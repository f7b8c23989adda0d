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

Async<Result<Person>> People::create(NewPerson wanted) {
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

  db::Database::Work work = [&](db::Transaction& transaction) {
    return insert_unless_taken(transaction, stored, now);
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

Async<Result<>> People::change(std::string id, std::function<Result<>(db::Transaction&)> what) {
  db::Database::Work work = [&](db::Transaction& transaction) -> Result<> {
    const auto changed = what(transaction);
    return changed ? Sessions::remove_all(transaction, id) : changed;
  };
  co_return co_await database_.write(std::move(work));
}

namespace {

Result<> keep_one(db::Transaction& transaction, std::string_view id) {
  const auto known = select_by_id(transaction, id);
  if (!known) {
    return known.error();
  }
  return *known ? keep_an_administrator(transaction, (*known)->person) : Result<>{};
}

}  // namespace

Async<Result<>> People::set_role(std::string id, Role role) {
  std::function<Result<>(db::Transaction&)> what = [&](db::Transaction& transaction) -> Result<> {
    if (role != Role::admin) {
      if (const auto kept = keep_one(transaction, id); !kept) {
        return kept;
      }
    }
    return update_role(transaction, id, role);
  };
  co_return co_await change(id, std::move(what));
}

Async<Result<>> People::disable(std::string id) {
  const auto now = clock_.now();
  std::function<Result<>(db::Transaction&)> what = [&](db::Transaction& transaction) -> Result<> {
    const auto kept = keep_one(transaction, id);
    return kept ? update_disabled(transaction, id, now) : kept;
  };
  co_return co_await change(id, std::move(what));
}

Async<Result<>> People::enable(std::string id) {
  const auto now = clock_.now();
  std::function<Result<>(db::Transaction&)> what = [&](db::Transaction& transaction) -> Result<> {
    const auto known = select_by_id(transaction, id);
    if (!known) {
      return known.error();
    }
    const bool was_waiting = *known && (*known)->person.pending;
    if (const auto let_in = update_let_in(transaction, id); !let_in || !was_waiting) {
      return let_in;
    }
    if (const auto dropped = drop_secrets(transaction, id, Purpose::sign_up); !dropped) {
      return dropped;
    }
    return !options_.has_mail
               ? Result<>{}
               : tell(transaction, ids_, {.what = "sign_up_accepted", .person_id = id}, now);
  };
  co_return co_await change(id, std::move(what));
}

Async<Result<>> People::reset_password(std::string id, std::string password) {
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
  std::function<Result<>(db::Transaction&)> what = [&](db::Transaction& transaction) -> Result<> {
    if (auto removed = remove_seed(transaction, id); !removed) {
      return removed;
    }
    return update_password(transaction, id, *hash);
  };
  co_return co_await change(id, std::move(what));
}

}  // namespace vigie::people
