// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "domain/words.hpp"
#include "people/people_sql.hpp"
#include "people/secrets.hpp"
#include "people/sessions.hpp"
#include "people/tokens.hpp"

namespace vigie::people {
namespace {

constexpr std::string_view prefix =
    "vigie_";  // so that a leak is recognised by scanners, and by us
constexpr std::size_t token_bytes = 32;

constexpr Span used_step = std::chrono::minutes{1};  // last_used_at is written no more often
constexpr std::size_t longest_name = 80;

constexpr std::string_view insert_one = R"(
INSERT INTO api_token (id, person_id, token_sha256, scope, created_at, name, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7))";
constexpr std::string_view select_of_person = R"(
SELECT id, name, scope, created_at, expires_at, last_used_at FROM api_token
WHERE person_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)
ORDER BY id DESC)";
constexpr std::string_view set_used = "UPDATE api_token SET last_used_at = $2 WHERE id = $1";
constexpr std::string_view set_revoked =
    "UPDATE api_token SET revoked_at = $3 WHERE id = $1 AND person_id = $2 AND revoked_at IS NULL";
constexpr std::string_view select_owner = R"(
SELECT p.id, p.username, p.email, p.role, p.language, p.disabled_at, p.pending_since, p.totp_since,
  t.scope, t.id, t.expires_at, t.last_used_at
FROM api_token t JOIN person p ON p.id = t.person_id
WHERE t.token_sha256 = $1 AND t.revoked_at IS NULL AND p.disabled_at IS NULL AND p.pending_since IS NULL)";

constexpr Words<Scope, 2> scopes{{{Scope::read, "read"}, {Scope::write, "write"}}};

}  // namespace

std::string_view to_string(Scope scope) {
  return word_of(scopes, scope);
}
Result<Scope> parse_scope(std::string_view text) {
  return parse_word(scopes, "a scope (read, write)", text);
}

Async<Result<NewToken>> Tokens::create(std::string person_id, Scope scope, std::string name,
                                       std::optional<Time> expires_at, audit::By by) {
  const auto now = clock_.now();
  NewToken made{ids_.next(now), now, std::string{prefix} + random_.hex(token_bytes)};
  db::Database::Work work = [&](db::Transaction& transaction) -> Result<> {
    const auto owner = select_by_id(transaction, person_id);
    const auto others = transaction.query(select_of_person, {person_id, now});
    if (!owner || !others) {
      return !owner ? owner.error() : others.error();
    }
    if (!*owner) {
      return make_error(Errc::not_found, "there is no such person");
    }
    if (static_cast<std::int64_t>(others->size()) >= most) {
      return make_error(Errc::conflict, "at most {} tokens: revoke one first", most);
    }
    const auto written =
        transaction.execute(insert_one, {made.id, person_id, sha256(made.token), to_string(scope),
                                         now, clean_utf8(name, longest_name), expires_at});
    if (!written) {
      return written.error();
    }
    json::object detail{{"person", person_id}, {"scope", to_string(scope)}};
    const audit::Deed deed{audit::kind::token_created, "token", made.id, std::move(detail)};
    return audit::append(transaction, by, deed, now);
  };
  const auto done = co_await database_.write(std::move(work));
  if (!done) {
    co_return done.error();
  }
  co_return made;
}

Async<Result<std::vector<ListedToken>>> Tokens::list(std::string person_id) {
  const auto now = clock_.now();
  using Listed = std::vector<ListedToken>;
  std::function<Result<Listed>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<Listed> {
    const auto rows = transaction.query(select_of_person, {person_id, now});
    if (!rows) {
      return rows.error();
    }
    Listed tokens;
    for (const auto& row : *rows) {
      tokens.push_back({row.text(0), row.text(1), parse_scope(row.text(2)).value(), row.time(3),
                        row.optional_time(4), row.optional_time(5)});
    }
    return tokens;
  };
  co_return co_await db::read<Listed>(database_, std::move(work));
}

Async<Result<>> Tokens::revoke(std::string id, std::string person_id, audit::By by) {
  const auto now = clock_.now();
  db::Database::Work work = [&](db::Transaction& transaction) -> Result<> {
    const auto changed = transaction.execute(set_revoked, {id, person_id, now});
    if (!changed) {
      return changed.error();
    }
    if (*changed == 0) {
      return make_error(Errc::not_found, "there is no such token");
    }
    json::object detail{{"person", person_id}};
    const audit::Deed deed{audit::kind::token_revoked, "token", id, std::move(detail)};
    const auto noted = audit::append(transaction, by, deed, now);
    return noted ? tell_people_changed(transaction, person_id, now) : noted;
  };
  co_return co_await database_.write(std::move(work));
}

Async<Result<TokenOwner>> Tokens::find(std::string token) {
  if (!token.starts_with(prefix) || token.size() != prefix.size() + 2 * token_bytes) {
    co_return make_error(Errc::not_found, "no token of ours");
  }
  const auto found = co_await look_up(sha256(token));
  if (!found) {
    co_return found.error();
  }
  const auto now = clock_.now();
  if (found->expires_at && *found->expires_at <= now) {
    co_return make_error(Errc::not_found, "the token has run out");
  }
  if (!found->last_used_at || now - *found->last_used_at >= used_step) {
    co_await touch(found->id, now);
  }
  co_return found->owner;
}

Async<Result<Tokens::Found>> Tokens::look_up(std::string token_sha256) {
  std::function<Result<Found>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<Found> {
    const auto rows = transaction.query(select_owner, {token_sha256});
    if (!rows) {
      return rows.error();
    }
    if (rows->empty()) {
      return make_error(Errc::not_found, "no token of ours");
    }
    const auto& row = rows->front();
    auto person = read_person(row, 0);
    if (!person) {
      return person.error();
    }
    const auto scope = parse_scope(row.text(8)).value();  // a CHECK of the table
    return Found{
        {std::move(*person), scope}, row.text(9), row.optional_time(10), row.optional_time(11)};
  };
  co_return co_await known_.read(token_sha256, std::move(work));
}

// A database that cannot write for a moment is no reason to refuse a program.
Async<> Tokens::touch(std::string id, Time now) {
  db::Database::Work work = [&](db::Transaction& transaction) -> Result<> {
    const auto written = transaction.execute(set_used, {id, now});
    return written ? Result<>{} : written.error();
  };
  static_cast<void>(co_await database_.write(std::move(work)));
}

}  // namespace vigie::people
