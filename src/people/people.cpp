// SPDX-License-Identifier: Apache-2.0
#include "people/people.hpp"

#include "base/text.hpp"
#include "people/people_sql.hpp"

namespace vigie::people {
namespace {

Result<> insert_unless_taken(db::Transaction& transaction, const StoredPerson& stored, Time now) {
  const auto same_name = select_by_username(transaction, fold_username(stored.person.username));
  if (!same_name) {
    return same_name.error();
  }
  if (*same_name) {
    return make_error(Errc::conflict, "username: already taken");
  }
  const auto same_email = is_email_taken(transaction, fold_email(stored.person.email));
  if (!same_email) {
    return same_email.error();
  }
  if (*same_email) {
    return make_error(Errc::conflict, "email: already taken");
  }
  return insert_person(transaction, stored, now);
}

}  // namespace

std::vector<FieldProblem> check(const NewPerson& person) {
  auto problems = check_username(person.username);
  const auto add = [&](std::vector<FieldProblem> more) {
    problems.insert(problems.end(), more.begin(), more.end());
  };
  add(check_email(person.email));
  add(check_password(person.password, person.username, person.email));
  if (person.language != "fr" && person.language != "en") {
    problems.push_back({"language", "unknown", "fr or en"});
  }
  return problems;
}

People::People(db::Database& database, Clock& clock, Ids& ids, Passwords& passwords,
               Sessions& sessions, log::Log& log, metrics::Registry& metrics)
    : database_{database},
      clock_{clock},
      ids_{ids},
      passwords_{passwords},
      sessions_{sessions},
      log_{log},
      metrics_{metrics} {}

Async<Result<Person>> People::create(NewPerson wanted) {
  if (const auto problems = check(wanted); !problems.empty()) {
    co_return make_error(Errc::invalid, "{}", in_words(problems));
  }
  auto hash = co_await passwords_.hash(std::move(wanted.password));
  if (!hash) {
    co_return hash.error();
  }
  const auto now = clock_.now();
  StoredPerson stored;
  stored.person = {ids_.next(now), wanted.username, wanted.email,
                   wanted.role,    wanted.language, false};
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

Async<Result<std::vector<Person>>> People::list() {
  std::function<Result<std::vector<Person>>(db::Transaction&)> work = select_everybody;
  co_return co_await db::read<std::vector<Person>>(database_, std::move(work));
}

Async<Result<>> People::change(std::string id, std::function<Result<>(db::Transaction&)> what) {
  db::Database::Work work = [&](db::Transaction& transaction) -> Result<> {
    const auto changed = what(transaction);
    return changed ? Sessions::remove_all(transaction, id) : changed;
  };
  co_return co_await database_.write(std::move(work));
}

Async<Result<>> People::set_role(std::string id, Role role) {
  std::function<Result<>(db::Transaction&)> what = [&](db::Transaction& transaction) {
    return update_role(transaction, id, role);
  };
  co_return co_await change(id, std::move(what));
}

Async<Result<>> People::disable(std::string id) {
  const auto now = clock_.now();
  std::function<Result<>(db::Transaction&)> what = [&](db::Transaction& transaction) {
    return update_disabled(transaction, id, now);
  };
  co_return co_await change(id, std::move(what));
}

Async<Result<>> People::enable(std::string id) {
  std::function<Result<>(db::Transaction&)> what = [&](db::Transaction& transaction) {
    return update_disabled(transaction, id, std::nullopt);
  };
  co_return co_await change(id, std::move(what));
}

Async<Result<>> People::reset_password(std::string id, std::string password) {
  const auto person = co_await find(id);
  if (!person) {
    co_return person.error();
  }
  if (const auto problems = check_password(password, person->username, person->email);
      !problems.empty()) {
    co_return make_error(Errc::invalid, "{}", in_words(problems));
  }
  const auto hash = co_await passwords_.hash(std::move(password));
  if (!hash) {
    co_return hash.error();
  }
  std::function<Result<>(db::Transaction&)> what = [&](db::Transaction& transaction) {
    return update_password(transaction, id, *hash);
  };
  co_return co_await change(id, std::move(what));
}

}  // namespace vigie::people
