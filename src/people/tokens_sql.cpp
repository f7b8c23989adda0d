// SPDX-License-Identifier: Apache-2.0
#include "domain/words.hpp"
#include "people/people_sql.hpp"
#include "people/secrets.hpp"
#include "people/tokens.hpp"

namespace vigie::people {
namespace {

constexpr std::string_view prefix =
    "vigie_";  // so that a leak is recognised by scanners, and by us
constexpr std::size_t token_bytes = 32;

constexpr std::string_view insert_one =
    "INSERT INTO api_token (id, person_id, token_sha256, scope, created_at) VALUES ($1, $2, $3, "
    "$4, $5)";
constexpr std::string_view set_revoked =
    "UPDATE api_token SET revoked_at = $3 WHERE id = $1 AND person_id = $2 AND revoked_at IS NULL";
constexpr std::string_view select_owner =
    "SELECT p.id, p.username, p.email, p.role, p.language, p.disabled_at, t.scope "
    "FROM api_token t JOIN person p ON p.id = t.person_id "
    "WHERE t.token_sha256 = $1 AND t.revoked_at IS NULL AND p.disabled_at IS NULL";

constexpr Words<Scope, 2> scopes{{{Scope::read, "read"}, {Scope::write, "write"}}};

}  // namespace

std::string_view to_string(Scope scope) {
  return word_of(scopes, scope);
}
Result<Scope> parse_scope(std::string_view text) {
  return parse_word(scopes, "a scope (read, write)", text);
}

Async<Result<NewToken>> Tokens::create(std::string person_id, Scope scope) {
  const auto now = clock_.now();
  NewToken made{ids_.next(now), std::string{prefix} + random_.hex(token_bytes)};
  db::Database::Work work = [&](db::Transaction& transaction) -> Result<> {
    const auto owner = select_by_id(transaction, person_id);
    if (!owner) {
      return owner.error();
    }
    if (!*owner) {
      return make_error(Errc::not_found, "there is no such person");
    }
    const auto written = transaction.execute(
        insert_one, {made.id, person_id, sha256(made.token), to_string(scope), now});
    return written ? Result<>{} : written.error();
  };
  const auto done = co_await database_.write(std::move(work));
  if (!done) {
    co_return done.error().during("creating an API token");
  }
  co_return made;
}

Async<Result<>> Tokens::revoke(std::string id, std::string person_id) {
  const auto now = clock_.now();
  db::Database::Work work = [&](db::Transaction& transaction) -> Result<> {
    const auto changed = transaction.execute(set_revoked, {id, person_id, now});
    if (!changed) {
      return changed.error();
    }
    if (*changed == 0) {
      return make_error(Errc::not_found, "there is no such token");
    }
    return {};
  };
  co_return co_await database_.write(std::move(work));
}

Async<Result<TokenOwner>> Tokens::find(std::string token) {
  if (!token.starts_with(prefix) || token.size() != prefix.size() + 2 * token_bytes) {
    co_return make_error(Errc::not_found, "no token of ours");
  }
  const auto key = sha256(token);
  std::function<Result<TokenOwner>(db::Transaction&)> work =
      [&](db::Transaction& transaction) -> Result<TokenOwner> {
    const auto rows = transaction.query(select_owner, {key});
    if (!rows) {
      return rows.error();
    }
    if (rows->empty()) {
      return make_error(Errc::not_found, "no token of ours");
    }
    auto person = read_person(rows->front(), 0);
    if (!person) {
      return person.error();
    }
    const auto scope = parse_scope(rows->front().text(6));
    if (!scope) {
      return Error{Errc::corrupt, scope.error().what};
    }
    return TokenOwner{std::move(*person), *scope};
  };
  co_return co_await db::read<TokenOwner>(database_, std::move(work));
}

}  // namespace vigie::people
