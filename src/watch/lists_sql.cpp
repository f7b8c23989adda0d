// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "watch/following.hpp"
#include "watch/lists.hpp"

namespace vigie::watch {
namespace {

constexpr std::size_t longest_name = 80;
constexpr std::int64_t most_lists = 200;

constexpr std::string_view select_lists = R"(
SELECT l.id, l.name, (SELECT COUNT(*) FROM account_list_entry e WHERE e.list_id = l.id)
FROM account_list l WHERE l.person_id = $1 ORDER BY l.name_folded, l.id)";

constexpr std::string_view select_list = R"(
SELECT l.id, l.name, (SELECT COUNT(*) FROM account_list_entry e WHERE e.list_id = l.id)
FROM account_list l WHERE l.person_id = $1 AND l.id = $2)";

constexpr std::string_view count_lists =
    R"(SELECT COUNT(*) FROM account_list WHERE person_id = $1)";

constexpr std::string_view insert_list = R"(
INSERT INTO account_list (id, person_id, name, name_folded, created_at)
VALUES ($1, $2, $3, $4, $5) ON CONFLICT (person_id, name_folded) DO NOTHING)";

constexpr std::string_view select_namesake = R"(
SELECT id FROM account_list WHERE person_id = $1 AND name_folded = $2 AND id <> $3)";

constexpr std::string_view update_name =
    R"(UPDATE account_list SET name = $2, name_folded = $3 WHERE id = $1)";

constexpr std::string_view delete_list =
    R"(DELETE FROM account_list WHERE person_id = $1 AND id = $2)";

constexpr std::string_view insert_entry = R"(
INSERT INTO account_list_entry (list_id, account_id) VALUES ($1, $2)
ON CONFLICT (list_id, account_id) DO NOTHING)";

constexpr std::string_view delete_entry =
    R"(DELETE FROM account_list_entry WHERE list_id = $1 AND account_id = $2)";

constexpr std::string_view delete_entries = R"(
DELETE FROM account_list_entry WHERE account_id = $2
  AND list_id IN (SELECT id FROM account_list WHERE person_id = $1))";

constexpr std::string_view select_entries = R"(
SELECT e.account_id, e.list_id
FROM account_list l JOIN account_list_entry e ON e.list_id = l.id
WHERE l.person_id = $1 ORDER BY l.name_folded, l.id)";

constexpr std::string_view select_entries_of_account = R"(
SELECT e.list_id
FROM account_list_entry e JOIN account_list l ON l.id = e.list_id
WHERE e.account_id = $2 AND l.person_id = $1 ORDER BY l.name_folded, l.id)";

AccountList list_of_row(const db::Row& row) {
  return AccountList{.id = row.text(0), .name = row.text(1), .accounts = row.integer(2)};
}

Result<AccountList> read_list(db::Transaction& tx, const std::string& person_id,
                              const std::string& list_id) {
  const auto rows = tx.query(select_list, {person_id, list_id});
  if (!rows) {
    return rows.error().during("reading a list");
  }
  if (rows->empty()) {
    return make_error(Errc::not_found, "no list {} of this person", list_id);
  }
  return list_of_row(rows->front());
}

Result<std::string> checked_name(std::string_view typed) {
  const auto clean = clean_utf8(typed, typed.size());
  const auto name = trim(clean);
  if (name.empty() || name.size() > longest_name || name.find('\n') != std::string_view::npos) {
    return make_error(Errc::invalid, "name: one line of 1 to {} bytes", longest_name);
  }
  return std::string{name};
}

Error name_taken(std::string_view name) {
  return make_error(Errc::conflict, "name: there is a list called {} already", name);
}

Result<> insert(db::Transaction& tx, const std::string& list_id, const std::string& person_id,
                const std::string& name, Time now) {
  const auto count = tx.query(count_lists, {person_id});
  if (!count) {
    return count.error().during("counting lists");
  }
  if (count->at(0).integer(0) >= most_lists) {
    return make_error(Errc::conflict, "at most {} lists: remove one first", most_lists);
  }
  const auto made = tx.execute(insert_list, {list_id, person_id, name, fold(name), now});
  if (!made) {
    return made.error().during("making a list");
  }
  return *made == 0 ? Result<>{name_taken(name)} : Result<>{};
}

Result<> write_name(db::Transaction& tx, const std::string& person_id, const std::string& list_id,
                    const std::string& name) {
  const auto folded = fold(name);
  const auto namesake = tx.query(select_namesake, {person_id, folded, list_id});
  if (!namesake) {
    return namesake.error().during("looking for a list");
  }
  if (!namesake->empty()) {
    return name_taken(name);
  }
  const auto written = tx.execute(update_name, {list_id, name, folded});
  return written ? Result<>{} : Result<>{written.error().during("renaming a list")};
}

}  // namespace

Result<ListsOfAccounts> lists_of_accounts(db::Transaction& tx, const std::string& person_id) {
  const auto rows = tx.query(select_entries, {person_id});
  if (!rows) {
    return rows.error().during("reading lists");
  }
  ListsOfAccounts lists;
  for (const auto& row : *rows) {
    lists[row.text(0)].push_back(row.text(1));
  }
  return lists;
}

Result<std::vector<std::string>> lists_of_account(db::Transaction& tx, const std::string& person_id,
                                                  const std::string& account_id) {
  const auto rows = tx.query(select_entries_of_account, {person_id, account_id});
  if (!rows) {
    return rows.error().during("reading the lists of an account");
  }
  std::vector<std::string> lists;
  for (const auto& row : *rows) {
    lists.push_back(row.text(0));
  }
  return lists;
}

Result<> expect_list(db::Transaction& tx, const std::string& person_id,
                     const std::string& list_id) {
  const auto list = read_list(tx, person_id, list_id);
  return list ? Result<>{} : Result<>{list.error()};
}

Result<> put_in_list(db::Transaction& tx, const std::string& list_id,
                     const std::string& account_id) {
  const auto put = tx.execute(insert_entry, {list_id, account_id});
  return put ? Result<>{} : Result<>{put.error().during("putting an account in a list")};
}

Result<> take_from_all_lists(db::Transaction& tx, const std::string& person_id,
                             const std::string& account_id) {
  const auto taken = tx.execute(delete_entries, {person_id, account_id});
  return taken ? Result<>{} : Result<>{taken.error().during("taking an account from lists")};
}

Async<Result<std::vector<AccountList>>> Lists::all(std::string person_id) {
  std::function<Result<std::vector<AccountList>>(db::Transaction&)> work =
      [&person_id](db::Transaction& tx) -> Result<std::vector<AccountList>> {
    const auto rows = tx.query(select_lists, {person_id});
    if (!rows) {
      return rows.error().during("reading lists");
    }
    std::vector<AccountList> lists;
    for (const auto& row : *rows) {
      lists.push_back(list_of_row(row));
    }
    return lists;
  };
  co_return co_await db::read<std::vector<AccountList>>(database_, std::move(work));
}

Async<Result<AccountList>> Lists::create(std::string person_id, std::string name) {
  const auto checked = checked_name(name);
  if (!checked) {
    co_return checked.error();
  }
  const Time now = clock_.now();
  const auto list_id = ids_.next(now);
  std::function<Result<AccountList>(db::Transaction&)> work =
      [&](db::Transaction& tx) -> Result<AccountList> {
    if (auto made = insert(tx, list_id, person_id, *checked, now); !made) {
      return made.error();
    }
    return AccountList{.id = list_id, .name = *checked};
  };
  co_return co_await db::write<AccountList>(database_, std::move(work));
}

Async<Result<AccountList>> Lists::rename(std::string person_id, std::string list_id,
                                         std::optional<std::string> name) {
  std::function<Result<AccountList>(db::Transaction&)> work =
      [&](db::Transaction& tx) -> Result<AccountList> {
    if (auto known = expect_list(tx, person_id, list_id); !known) {
      return known.error();
    }
    if (name) {
      const auto checked = checked_name(*name);
      if (!checked) {
        return checked.error();
      }
      if (auto written = write_name(tx, person_id, list_id, *checked); !written) {
        return written.error();
      }
    }
    return read_list(tx, person_id, list_id);
  };
  co_return co_await db::write<AccountList>(database_, std::move(work));
}

Async<Result<>> Lists::remove(std::string person_id, std::string list_id, audit::By by) {
  const Time now = clock_.now();
  db::Database::Work work = [&](db::Transaction& tx) -> Result<> {
    const auto removed = tx.execute(delete_list, {person_id, list_id});
    if (!removed) {
      return removed.error().during("removing a list");
    }
    if (*removed == 0) {
      return make_error(Errc::not_found, "no list {} of this person", list_id);
    }
    const audit::Deed deed{audit::kind::list_removed, "list", list_id, {}};
    return audit::append(tx, by, deed, now);
  };
  co_return co_await database_.write(std::move(work));
}

Async<Result<>> Lists::put(Sight sight, std::string list_id, std::string account_id) {
  db::Database::Work work = [&](db::Transaction& tx) -> Result<> {
    if (auto known = expect_list(tx, sight.person_id, list_id); !known) {
      return known;
    }
    if (const auto account = read_account(tx, account_id, sight); !account) {
      return account.error();
    }
    return put_in_list(tx, list_id, account_id);
  };
  co_return co_await database_.write(std::move(work));
}

Async<Result<>> Lists::take(Sight sight, std::string list_id, std::string account_id) {
  db::Database::Work work = [&](db::Transaction& tx) -> Result<> {
    if (auto known = expect_list(tx, sight.person_id, list_id); !known) {
      return known;
    }
    if (const auto account = read_account(tx, account_id, sight); !account) {
      return account.error();
    }
    const auto taken = tx.execute(delete_entry, {list_id, account_id});
    return taken ? Result<>{} : Result<>{taken.error().during("taking an account from a list")};
  };
  co_return co_await database_.write(std::move(work));
}

}  // namespace vigie::watch
