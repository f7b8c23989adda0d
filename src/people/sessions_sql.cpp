// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "db/event_log.hpp"
#include "domain/event.hpp"
#include "people/people_sql.hpp"
#include "people/secrets.hpp"
#include "people/sessions.hpp"

namespace vigie::people {
namespace {

constexpr std::string_view insert_one =
    "INSERT INTO session (token_sha256, person_id, csrf_token, created_at, seen_at, expires_at, "
    "ip, agent, authenticated_at) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
constexpr std::string_view select_one =
    "SELECT p.id, p.username, p.email, p.role, p.language, p.disabled_at, p.pending_since, "
    "p.totp_since, s.csrf_token, s.authenticated_at, s.seen_at, s.expires_at "
    "FROM session s JOIN person p ON p.id = s.person_id "
    "WHERE s.token_sha256 = $1 AND p.disabled_at IS NULL AND p.pending_since IS NULL";
// An id is the beginning of the hash: as unlike the token as the whole.
constexpr std::string_view select_of_person = R"(
SELECT substr(token_sha256, 1, 32), created_at, seen_at, agent, ip, token_sha256 FROM session
WHERE person_id = $1 AND expires_at > $2 AND seen_at > $3
ORDER BY created_at DESC, token_sha256)";
constexpr std::string_view delete_by_id = R"(
DELETE FROM session WHERE person_id = $1 AND substr(token_sha256, 1, 32) = $2)";
constexpr std::string_view delete_others = R"(
DELETE FROM session WHERE person_id = $1 AND token_sha256 <> $2)";
constexpr std::string_view set_seen =
    "UPDATE session SET seen_at = $2 WHERE token_sha256 = $1 AND seen_at < $2";
constexpr std::string_view set_token = R"(
UPDATE session SET token_sha256 = $2, authenticated_at = $3, seen_at = $3 WHERE token_sha256 = $1)";
constexpr std::string_view delete_one =
    "DELETE FROM session WHERE token_sha256 = $1 RETURNING person_id";
constexpr std::string_view delete_of_person = "DELETE FROM session WHERE person_id = $1";
constexpr std::string_view delete_expired =
    "DELETE FROM session WHERE expires_at <= $1 OR seen_at <= $2";

constexpr std::size_t token_bytes = 32;
constexpr std::size_t longest_agent = 200;

Result<> note_end(db::Transaction& transaction, const audit::By& by, const std::string& person_id,
                  std::string_view which, Time now) {
  json::object detail{{"which", json::string_view{which.data(), which.size()}}};
  const audit::Deed deed{audit::kind::session_ended, "person", person_id, std::move(detail)};
  const auto noted = audit::append(transaction, by, deed, now);
  return noted ? tell_people_changed(transaction, person_id, now) : noted;
}

}  // namespace

Result<> tell_people_changed(db::Transaction& transaction, const std::string& person_id, Time now) {
  Event event;
  event.type = event_type::people_changed;
  event.at = now;
  event.data = json::serialize(json::object{{"person_id", person_id}});
  const auto told = db::append_event(transaction, event);
  return told ? Result<>{} : told.error();
}

Async<Result<Session>> Sessions::find(std::string token, Purpose purpose) {
  const auto key = sha256(token);
  auto found = co_await look_up(key);
  if (!found) {
    co_return found.error();
  }
  const auto now = clock_.now();
  if (found->is_over(now)) {
    co_return make_error(Errc::not_found, "the session is over");
  }
  if (purpose == Purpose::use && now - found->seen_at >= seen_step) {
    co_await touch(key, found->session.person.id, now);
  }
  co_return std::move(found->session);
}

Async<Result<Sessions::Found>> Sessions::look_up(std::string token_sha256) {
  std::function<Result<Found>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<Found> {
    const auto rows = transaction.query(select_one, {token_sha256});
    if (!rows) {
      return rows.error();
    }
    if (rows->empty()) {
      return make_error(Errc::not_found, "no such session");
    }
    const auto& row = rows->front();
    auto person = read_person(row, 0);
    if (!person) {
      return person.error();
    }
    return Found{{std::move(*person), row.text(8), row.time(9)}, row.time(10), row.time(11)};
  };
  co_return co_await known_.read(token_sha256, std::move(work));
}

// A database that cannot write for a moment is no reason to throw somebody out: the next request
// that comes through writes it.
Async<> Sessions::touch(std::string token_sha256, std::string person_id, Time now) {
  db::Database::Work work = [&](db::Transaction& transaction) -> Result<> {
    const auto written = transaction.execute(set_seen, {token_sha256, now});
    return written ? update_seen(transaction, person_id, now) : written.error();
  };
  static_cast<void>(co_await database_.write(std::move(work)));
}

Async<Result<>> Sessions::end(std::string token, audit::By by) {
  const auto key = sha256(token);
  const auto now = clock_.now();
  db::Database::Work work = [&](db::Transaction& transaction) -> Result<> {
    const auto ended = transaction.query(delete_one, {key});
    if (!ended || ended->empty()) {
      return ended ? Result<>{} : ended.error();
    }
    return note_end(transaction, by, ended->front().text(0), "this", now);
  };
  co_return co_await database_.write(std::move(work));
}

Async<Result<>> Sessions::end_all(std::string person_id, audit::By by) {
  const auto now = clock_.now();
  db::Database::Work work = [&](db::Transaction& transaction) -> Result<> {
    const auto ended = transaction.execute(delete_of_person, {person_id});
    return ended ? note_end(transaction, by, person_id, "all", now) : ended.error();
  };
  co_return co_await database_.write(std::move(work));
}

Async<Result<std::vector<ListedSession>>> Sessions::list(std::string person_id, std::string token) {
  const auto key = sha256(token);
  const auto now = clock_.now();
  using Listed = std::vector<ListedSession>;
  std::function<Result<Listed>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<Listed> {
    const auto rows = transaction.query(select_of_person, {person_id, now, now - idle_limit});
    if (!rows) {
      return rows.error();
    }
    Listed sessions;
    for (const auto& row : *rows) {
      sessions.push_back(
          {row.text(0), row.time(1), row.time(2), row.text(3), row.text(4), row.text(5) == key});
    }
    return sessions;
  };
  co_return co_await db::read<Listed>(database_, std::move(work));
}

Async<Result<>> Sessions::end_one(std::string person_id, std::string id, audit::By by) {
  const auto now = clock_.now();
  db::Database::Work work = [&](db::Transaction& transaction) -> Result<> {
    const auto ended = transaction.execute(delete_by_id, {person_id, id});
    if (!ended) {
      return ended.error();
    }
    return *ended > 0 ? note_end(transaction, by, person_id, "one", now)
                      : make_error(Errc::not_found, "no such session");
  };
  co_return co_await database_.write(std::move(work));
}

Async<Result<>> Sessions::end_others(std::string person_id, std::string token, audit::By by) {
  const auto key = sha256(token);
  const auto now = clock_.now();
  db::Database::Work work = [&](db::Transaction& transaction) -> Result<> {
    const auto written = transaction.execute(delete_others, {person_id, key});
    return written ? note_end(transaction, by, person_id, "others", now) : written.error();
  };
  co_return co_await database_.write(std::move(work));
}

NewSession Sessions::make(Person person) {
  return {random_.hex(token_bytes), random_.hex(token_bytes), std::move(person), ""};
}

Result<> Sessions::insert(db::Transaction& transaction, const NewSession& session,
                          const Visit& visit, Time now) {
  const auto written =
      transaction.execute(insert_one, {sha256(session.token), session.person.id, session.csrf_token,
                                       now, now, now + absolute_limit, clean_utf8(visit.ip, 64),
                                       clean_utf8(visit.agent, longest_agent), now});
  return written ? update_seen(transaction, session.person.id, now) : written.error();
}

Result<> Sessions::renew(db::Transaction& transaction, const std::string& token,
                         const std::string& new_token, Time now) {
  const auto renewed = transaction.execute(set_token, {sha256(token), sha256(new_token), now});
  if (!renewed) {
    return renewed.error();
  }
  return *renewed == 1 ? Result<>{} : make_error(Errc::not_found, "no such session");
}

Result<> Sessions::remove_all(db::Transaction& transaction, const std::string& person_id,
                              Time now) {
  const auto written = transaction.execute(delete_of_person, {person_id});
  return written ? tell_people_changed(transaction, person_id, now) : written.error();
}

Result<std::int64_t> Sessions::remove_expired(db::Transaction& transaction, Time now) {
  return transaction.execute(delete_expired, {now, now - idle_limit});
}

}  // namespace vigie::people
