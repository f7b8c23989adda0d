// SPDX-License-Identifier: Apache-2.0
// Who is signed in. A token of 256 random bits goes to the browser; only its SHA-256 is kept.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "async/clock.hpp"
#include "audit/audit.hpp"
#include "base/random.hpp"
#include "db/database.hpp"
#include "db/memo.hpp"
#include "domain/person.hpp"

namespace vigie::people {

// From where somebody signs in; kept with the session so that they can recognise it.
struct Visit {
  std::string ip;
  std::string agent;
  std::string request_id{};  // for the audit only
};

// Whoever comes in is nobody yet.
inline audit::By by_visitor(const Visit& visit) {
  return {.person_id = {}, .request_id = visit.request_id, .via = audit::Via::visitor};
}

// The password was right; with a second factor there is a challenge to answer with a code, and no
// token yet.
struct NewSession {
  std::string token;  // for the cookie; cannot be had again
  std::string csrf_token;
  Person person;
  std::string challenge;  // empty: signed in
};

struct Session {
  Person person;
  std::string csrf_token;
  Time authenticated_at;  // when they last proved who they are
};

struct ListedSession {
  std::string id;  // not the token, nor worth anything without it
  Time created_at;
  Time last_used_at;
  std::string agent;
  std::string address;
  bool is_current = false;
};

// Sessions, tokens or rights of this person are not what they were: every process that holds a
// socket of theirs asks again.
Result<> tell_people_changed(db::Transaction& transaction, const std::string& person_id, Time now);

class Sessions {
 public:
  static constexpr Span idle_limit = std::chrono::hours{12};
  static constexpr Span absolute_limit = std::chrono::days{14};
  static constexpr Span fresh_for = std::chrono::minutes{10};  // a proof, for what is sensitive
  static constexpr Span seen_step = std::chrono::minutes{1};   // seen_at is written no more often

  Sessions(db::Database& database, Clock& clock, Random& random)
      : database_{database}, clock_{clock}, random_{random}, known_{database, most_known} {}

  // The session of this token. Errc::not_found when there is none, it has ended or the person may
  // not come in. What a page asks by itself is no use: a screen nobody looks at ends too.
  enum class Purpose : std::uint8_t { use, look };
  Async<Result<Session>> find(std::string token, Purpose purpose = Purpose::use);

  // Of one person, the newest first; `current` is this token's.
  Async<Result<std::vector<ListedSession>>> list(std::string person_id, std::string token);
  // Errc::not_found when this person has no such session.
  Async<Result<>> end_one(std::string person_id, std::string id, audit::By by = {});
  Async<Result<>> end_others(std::string person_id, std::string token, audit::By by = {});

  // Signs out; no error when that had happened already. Everywhere: every session of the person.
  Async<Result<>> end(std::string token, audit::By by = {});
  Async<Result<>> end_all(std::string person_id, audit::By by = {});

  // A session yet to be stored, and storing it: in the transaction that checked the password.
  NewSession make(Person person);
  static Result<> insert(db::Transaction& transaction, const NewSession& session,
                         const Visit& visit, Time now);

  // The person of this session proved who they are once more: it goes on under a new token (whoever
  // stole the old one has nothing of it). Errc::not_found when it ended meanwhile.
  static Result<> renew(db::Transaction& transaction, const std::string& token,
                        const std::string& new_token, Time now);

  // For what else ends sessions in its own transaction. Every process asks its sockets again.
  static Result<> remove_all(db::Transaction& transaction, const std::string& person_id, Time now);
  static Result<std::int64_t> remove_expired(db::Transaction& transaction, Time now);

 private:
  static constexpr std::size_t most_known = 1000;

  struct Found {
    Session session;
    Time seen_at;
    Time expires_at;

    bool is_over(Time now) const { return now >= expires_at || now - seen_at >= idle_limit; }
  };

  Async<Result<Found>> look_up(std::string token_sha256);
  Async<> touch(std::string token_sha256, std::string person_id, Time now);

  db::Database& database_;
  Clock& clock_;
  Random& random_;
  db::Memo<Found> known_;
};

}  // namespace vigie::people
