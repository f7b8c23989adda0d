// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "domain/account.hpp"
#include "watch/rename.hpp"

namespace vigie::watch {
namespace {

constexpr std::string_view select_names = R"(
SELECT platform, username, COALESCE(stable_id, '') FROM account WHERE id = $1)";

constexpr std::string_view select_same_person = R"(
SELECT id FROM account WHERE platform = $1 AND stable_id = $2 AND id <> $3 ORDER BY id LIMIT 1)";

constexpr std::string_view select_named = R"(
SELECT id FROM account WHERE platform = $1 AND username = $2
  AND (stable_id IS NULL OR stable_id = $3))";

constexpr std::string_view select_is_named = R"(
SELECT COUNT(*) FROM account WHERE platform = $1 AND username = $2)";

constexpr std::string_view count_lives = R"(SELECT COUNT(*) FROM live WHERE account_id = $1)";

constexpr std::string_view move_follows = R"(
INSERT INTO follow (person_id, account_id, note, tags, priority, created_at)
SELECT person_id, CAST($2 AS TEXT), note, tags, priority, created_at FROM follow
WHERE account_id = $1
ON CONFLICT (person_id, account_id) DO NOTHING)";

constexpr std::string_view move_list_entries = R"(
INSERT INTO account_list_entry (list_id, account_id)
SELECT list_id, CAST($2 AS TEXT) FROM account_list_entry WHERE account_id = $1
ON CONFLICT (list_id, account_id) DO NOTHING)";

constexpr std::string_view delete_account = R"(DELETE FROM account WHERE id = $1)";

constexpr std::string_view rename_account = R"(
UPDATE account SET username = $2, url = $3 WHERE id = $1)";

struct Names {
  std::string platform;
  std::string username;
  std::string stable_id;
};

Result<std::string> first_text(Result<db::Rows> rows) {
  if (!rows) {
    return rows.error();
  }
  return rows->empty() ? std::string{} : rows->front().text(0);
}

// False when the row has lives and must stay.
Result<bool> join_into(db::Transaction& tx, const std::string& from, const std::string& to) {
  const auto lives = tx.query(count_lives, {from});
  if (!lives) {
    return lives.error();
  }
  if (lives->at(0).integer(0) > 0) {
    return false;
  }
  for (const auto statement : {move_follows, move_list_entries}) {
    if (auto moved = tx.execute(statement, {from, to}); !moved) {
      return moved.error();
    }
  }
  if (auto gone = tx.execute(delete_account, {from}); !gone) {
    return gone.error();
  }
  return true;
}

Result<Settled> give_name(db::Transaction& tx, const std::string& account_id, const Names& names,
                          const std::string& name) {
  auto address = parse_account_name(name, names.platform);
  if (!address) {
    return Settled{account_id};  // not a name of this platform: nothing we could ask for
  }
  if (auto named = tx.execute(rename_account, {account_id, address->username, address->url});
      !named) {
    return named.error();
  }
  return Settled{account_id, true};
}

// The row's person is another row's, under the name that row had before.
Result<Settled> join_older(db::Transaction& tx, const std::string& account_id, const Names& names,
                           const std::string& older) {
  const auto joined = join_into(tx, account_id, older);
  if (!joined) {
    return joined.error();
  }
  return *joined ? give_name(tx, older, names, names.username) : Settled{account_id};
}

Result<Settled> rename(db::Transaction& tx, const std::string& account_id, const Names& names,
                       const platform::Observation& seen) {
  const auto occupant =
      first_text(tx.query(select_named, {names.platform, seen.username, seen.stable_id}));
  if (!occupant) {
    return occupant.error();
  }
  if (!occupant->empty()) {
    if (const auto joined = join_into(tx, *occupant, account_id); !joined) {
      return joined.error();
    }
  }
  const auto taken = tx.query(select_is_named, {names.platform, seen.username});
  if (!taken) {
    return taken.error();
  }
  return taken->at(0).integer(0) > 0 ? Settled{account_id}
                                     : give_name(tx, account_id, names, seen.username);
}

}  // namespace

Result<Settled> settle_name(db::Transaction& tx, const std::string& account_id,
                            const platform::Observation& seen) {
  if (seen.stable_id.empty()) {
    return Settled{account_id};
  }
  const auto rows = tx.query(select_names, {account_id});
  if (!rows) {
    return rows.error().during("reading an account's name");
  }
  if (rows->empty()) {
    return Settled{account_id};
  }
  const auto& row = rows->front();
  const Names names{row.text(0), row.text(1), row.text(2)};
  if (!names.stable_id.empty() && names.stable_id != seen.stable_id) {
    return Settled{account_id};
  }
  if (names.stable_id.empty()) {
    const auto older =
        first_text(tx.query(select_same_person, {names.platform, seen.stable_id, account_id}));
    if (!older) {
      return older.error();
    }
    if (!older->empty()) {
      return join_older(tx, account_id, names, *older);
    }
  }
  const bool has_new_name = !seen.username.empty() && seen.username != names.username;
  return has_new_name ? rename(tx, account_id, names, seen) : Settled{account_id};
}

}  // namespace vigie::watch
