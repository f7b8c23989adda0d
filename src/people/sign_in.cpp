// SPDX-License-Identifier: Apache-2.0
// Signing in: throttle, check, open a session. Known and unknown names take the same path.
#include <boost/asio/ip/address.hpp>

#include "base/text.hpp"
#include "people/people.hpp"
#include "people/people_sql.hpp"
#include "people/secrets.hpp"
#include "people/throttle.hpp"

namespace vigie::people {
namespace {

using namespace std::chrono_literals;

constexpr TryLimit per_name{.interval = 30s, .burst = 5};
constexpr TryLimit per_address{.interval = 30s, .burst = 20};  // 20 in 10 minutes

// An IPv6 subscriber has a whole /64: it counts as one.
std::string network_of(const std::string& ip) {
  boost::system::error_code failure;
  const auto address = asio::ip::make_address(ip, failure);
  if (failure || address.is_v4()) {
    return ip;
  }
  const auto six = address.to_v6();
  if (six.is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, six).to_string();
  }
  const auto bytes = six.to_bytes();
  return to_hex({reinterpret_cast<const char*>(bytes.data()), 8});
}

Error wrong() {
  return make_error(Errc::denied, "wrong user name or password");
}

}  // namespace

struct People::Attempt {
  Attempt(std::string_view username, Visit from, Time now)
      : folded{fold_username(trim(username))},
        name_key{sha256("name " + folded)},
        address_key{sha256("address " + network_of(from.ip))},
        visit{std::move(from)},
        at{now} {}

  // Nobody can be called otherwise; the database need not see it.
  bool may_exist() const { return check_username(folded).empty(); }

  std::string folded;
  std::string name_key;
  std::string address_key;
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
  const Attempt attempt{username, std::move(visit), clock_.now()};
  auto known = co_await admit(attempt);
  if (!known) {
    co_return known.error();
  }
  const bool may_enter = *known && !(*known)->person.disabled;
  std::string stored;
  if (may_enter) {
    stored = (*known)->password_hash;
  }
  const auto right = co_await passwords_.verify(password, stored);
  if (!right) {
    co_return right.error();
  }
  if (!*right || !may_enter) {
    co_return wrong();
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

// Counts the try, and looks the name up.
Async<Result<std::optional<StoredPerson>>> People::admit(const Attempt& attempt) {
  using Known = std::optional<StoredPerson>;
  std::function<Result<Known>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<Known> {
    const auto by_address = take_try(transaction, attempt.address_key, per_address, attempt.at);
    if (!by_address) {
      return by_address.error();
    }
    const auto by_name = take_try(transaction, attempt.name_key, per_name, attempt.at);
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
    if (!*current || (*current)->person.disabled ||
        (*current)->password_hash != known.password_hash) {
      return wrong();
    }
    if (!new_hash.empty()) {
      if (const auto updated = update_password(transaction, known.person.id, new_hash); !updated) {
        return updated;
      }
    }
    if (const auto forgotten = forget_tries(transaction, attempt.name_key); !forgotten) {
      return forgotten;
    }
    if (const auto given = give_back_try(transaction, attempt.address_key, per_address); !given) {
      return given;
    }
    session.person = (*current)->person;
    return Sessions::insert(transaction, session, attempt.visit, attempt.at);
  };
  const auto done = co_await database_.write(std::move(work));
  if (!done) {
    co_return done.error();
  }
  co_return session;
}

void People::count(const Result<NewSession>& outcome) {
  const std::string_view word = outcome ? "good" : to_string(outcome.error().code);
  metrics_
      .counter("vigie_people_sign_ins_total", "Tries to sign in, by outcome.", {{"outcome", word}})
      .add();
  if (outcome) {
    log_.info("signed in", {{"person", outcome->person.id}});
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
    const auto tries = forget_old_tries(transaction, now);
    return tries ? Result<>{} : tries.error();
  };
  co_return co_await database_.write(std::move(work));
}

}  // namespace vigie::people
