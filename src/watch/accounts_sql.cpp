// SPDX-License-Identifier: Apache-2.0
// Who follows what. How an answer of the platform is written is in record_sql.cpp.
#include <limits>

#include "base/text.hpp"
#include "watch/accounts.hpp"
#include "watch/rows.hpp"

namespace vigie::watch {
namespace {

constexpr std::size_t max_note = 2000;
constexpr std::size_t max_tags = 20;
constexpr std::size_t max_tag = 40;

constexpr std::string_view find_account =
    R"(SELECT id FROM account WHERE platform = $1 AND username = $2)";

constexpr std::string_view insert_account = R"(
INSERT INTO account (id, platform, username, url, created_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (platform, username) DO NOTHING)";

constexpr std::string_view insert_follow = R"(
INSERT INTO follow (person_id, account_id, created_at) VALUES ($1, $2, $3)
ON CONFLICT (person_id, account_id) DO NOTHING)";

constexpr std::string_view delete_follow =
    R"(DELETE FROM follow WHERE person_id = $1 AND account_id = $2)";

constexpr std::string_view select_follow = R"(
SELECT note, tags, priority FROM follow WHERE person_id = $1 AND account_id = $2)";

constexpr std::string_view update_follow = R"(
UPDATE follow SET note = $3, tags = $4, priority = $5 WHERE person_id = $1 AND account_id = $2)";

constexpr std::string_view update_language = R"(UPDATE account SET language = $2 WHERE id = $1)";

constexpr std::string_view select_one = R"(
SELECT a.id, a.platform, a.username, a.display_name, a.url, a.status, a.status_at, a.status_reason,
  a.followers,
  a.interval_us, a.last_live_at, a.language, COALESCE(f.note, ''), COALESCE(f.tags, '[]'),
    COALESCE(f.priority, 0)
FROM account a LEFT JOIN follow f ON f.account_id = a.id AND f.person_id = $2
WHERE a.id = $1
  AND (f.person_id IS NOT NULL OR ($3 AND EXISTS (SELECT 1 FROM follow o WHERE o.account_id =
    a.id))))";

constexpr std::string_view list_followed = R"(
SELECT a.id, a.platform, a.username, a.display_name, a.url, a.status, a.status_at, a.status_reason,
  a.followers,
  a.interval_us, a.last_live_at, a.language, f.note, f.tags, f.priority, f.created_at
FROM follow f JOIN account a ON a.id = f.account_id
WHERE f.person_id = $1 AND (f.created_at < $2 OR (f.created_at = $2 AND a.id < $3))
ORDER BY f.created_at DESC, a.id DESC LIMIT $4)";

constexpr std::string_view list_all = R"(
SELECT a.id, a.platform, a.username, a.display_name, a.url, a.status, a.status_at, a.status_reason,
  a.followers,
  a.interval_us, a.last_live_at, a.language, COALESCE(f.note, ''), COALESCE(f.tags, '[]'),
    COALESCE(f.priority, 0), a.created_at
FROM account a LEFT JOIN follow f ON f.account_id = a.id AND f.person_id = $1
WHERE EXISTS (SELECT 1 FROM follow o WHERE o.account_id = a.id)
  AND (a.created_at < $2 OR (a.created_at = $2 AND a.id < $3))
ORDER BY a.created_at DESC, a.id DESC LIMIT $4)";

FollowedAccount followed_of_row(const db::Row& row) {
  FollowedAccount followed;
  followed.account = account_of_row(row);
  followed.note = row.text(account_columns);
  followed.tags = tags_of_text(row.text(account_columns + 1));
  followed.priority = static_cast<int>(row.integer(account_columns + 2));
  return followed;
}

Result<FollowedAccount> read_one(db::Transaction& tx, const std::string& account_id,
                                 const Sight& sight) {
  auto rows = tx.query(select_one, {account_id, sight.person_id, sight.all_accounts});
  if (!rows) {
    return rows.error().during("reading an account");
  }
  if (rows->empty()) {
    return make_error(Errc::not_found, "no account {} for this person", account_id);
  }
  return followed_of_row(rows->front());
}

// "<microseconds>-<id>": where the page before ended.
struct Cursor {
  std::int64_t at = std::numeric_limits<std::int64_t>::max();
  std::string id;
};

Result<Cursor> parse_cursor(std::string_view text) {
  if (text.empty()) {
    return Cursor{};
  }
  const auto dash = text.find('-');
  const auto at = to_integer(text.substr(0, dash));
  if (dash == std::string_view::npos || !at || !is_plausible_id(text.substr(dash + 1))) {
    return make_error(Errc::invalid, "the cursor is not one this list gave");
  }
  return Cursor{*at, std::string{text.substr(dash + 1)}};
}

bool is_language(std::string_view text) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return text.empty() || text == "auto" ||
         (text.size() == 2 && std::all_of(text.begin(), text.end(), is_letter));
}

Result<> check_bounds(const FollowEdit& change) {
  if (change.note && change.note->size() > max_note) {
    return make_error(Errc::invalid, "note: at most {} bytes", max_note);
  }
  if (change.priority && (*change.priority < 0 || *change.priority > 2)) {
    return make_error(Errc::invalid, "priority: 0, 1 or 2");
  }
  if (change.language && !is_language(*change.language)) {
    return make_error(
        Errc::invalid,
        "language: two letters such as fr, auto, or nothing for the operator's choice");
  }
  if (change.tags) {
    const auto is_bad = [](const std::string& tag) { return tag.empty() || tag.size() > max_tag; };
    if (change.tags->size() > max_tags ||
        std::any_of(change.tags->begin(), change.tags->end(), is_bad)) {
      return make_error(Errc::invalid, "tags: at most {} of 1 to {} bytes", max_tags, max_tag);
    }
  }
  return {};
}

Result<std::string> account_named(db::Transaction& tx, const AccountName& name, Ids& ids,
                                  Time now) {
  if (auto made = tx.execute(insert_account,
                             {ids.next(now), name.platform, name.username, name.url, now});
      !made) {
    return made.error().during("creating an account");
  }
  auto rows = tx.query(find_account, {name.platform, name.username});
  if (!rows) {
    return rows.error().during("looking for an account");
  }
  return rows->at(0).text(0);
}

}  // namespace

Async<Result<FollowedAccount>> Accounts::follow(std::string person_id, std::string typed,
                                                std::string platform) {
  const auto name = parse_account_name(typed, platform);
  if (!name) {
    co_return name.error();
  }
  const Time now = clock_.now();
  std::function<Result<FollowedAccount>(db::Transaction&)> work =
      [this, &person_id, &name, now](db::Transaction& tx) -> Result<FollowedAccount> {
    const auto account_id = account_named(tx, *name, ids_, now);
    if (!account_id) {
      return account_id.error();
    }
    const auto added = tx.execute(insert_follow, {person_id, *account_id, now});
    if (!added) {
      return added.error().during("following an account");
    }
    if (*added == 0) {
      return make_error(Errc::conflict, "@{} is followed already", name->username);
    }
    return read_one(tx, *account_id, Sight{person_id, false});
  };
  auto followed = co_await db::write<FollowedAccount>(database_, std::move(work));
  if (followed) {
    bus_.publish(topic::accounts, "");
  }
  co_return followed;
}

Async<Result<>> Accounts::unfollow(std::string person_id, std::string account_id) {
  db::Database::Work work = [&person_id, &account_id](db::Transaction& tx) -> Result<> {
    const auto removed = tx.execute(delete_follow, {person_id, account_id});
    if (!removed) {
      return removed.error().during("unfollowing an account");
    }
    return *removed == 0
               ? Result<>{make_error(Errc::not_found, "this person does not follow {}", account_id)}
               : Result<>{};
  };
  auto done = co_await database_.write(std::move(work));
  if (done) {
    bus_.publish(topic::accounts, "");
  }
  co_return done;
}

Async<Result<FollowedAccount>> Accounts::edit(std::string person_id, std::string account_id,
                                              FollowEdit change) {
  if (auto checked = check_bounds(change); !checked) {
    co_return checked.error();
  }
  std::function<Result<FollowedAccount>(db::Transaction&)> work =
      [&person_id, &account_id, &change](db::Transaction& tx) -> Result<FollowedAccount> {
    const auto rows = tx.query(select_follow, {person_id, account_id});
    if (!rows) {
      return rows.error().during("reading a follow");
    }
    if (rows->empty()) {
      return make_error(Errc::not_found, "this person does not follow {}", account_id);
    }
    const auto& row = rows->front();
    const auto note = change.note ? clean_utf8(*change.note, max_note) : row.text(0);
    const auto tags = change.tags ? text_of_tags(*change.tags) : row.text(1);
    const auto priority = change.priority ? std::int64_t{*change.priority} : row.integer(2);
    if (auto written = tx.execute(update_follow, {person_id, account_id, note, tags, priority});
        !written) {
      return written.error().during("editing a follow");
    }
    if (change.language) {
      if (auto written = tx.execute(update_language, {account_id, *change.language}); !written) {
        return written.error().during("noting what is spoken");
      }
    }
    return read_one(tx, account_id, Sight{person_id, false});
  };
  co_return co_await db::write<FollowedAccount>(database_, std::move(work));
}

Async<Result<Page<FollowedAccount>>> Accounts::list(Sight sight, std::int64_t limit,
                                                    std::string cursor) {
  const auto from = parse_cursor(cursor);
  if (!from) {
    co_return from.error();
  }
  std::function<Result<Page<FollowedAccount>>(db::Transaction&)> work =
      [&sight, &from, limit](db::Transaction& tx) -> Result<Page<FollowedAccount>> {
    const auto statement = sight.all_accounts ? list_all : list_followed;
    const auto rows = tx.query(statement, {sight.person_id, from->at, from->id, limit + 1});
    if (!rows) {
      return rows.error().during("listing accounts");
    }
    Page<FollowedAccount> page;
    for (const auto& row : *rows) {
      if (std::cmp_equal(page.items.size(), limit)) {
        const auto& last = (*rows)[page.items.size() - 1];
        page.next_cursor = fmt::format("{}-{}", last.integer(account_columns + 3), last.text(0));
        break;
      }
      page.items.push_back(followed_of_row(row));
    }
    return page;
  };
  co_return co_await db::read<Page<FollowedAccount>>(database_, std::move(work));
}

Async<Result<FollowedAccount>> Accounts::get(std::string account_id, Sight sight) {
  std::function<Result<FollowedAccount>(db::Transaction&)> work =
      [&account_id, &sight](db::Transaction& tx) { return read_one(tx, account_id, sight); };
  co_return co_await db::read<FollowedAccount>(database_, std::move(work));
}

Async<Result<>> Accounts::check_now(std::string account_id, Sight sight) {
  auto account = co_await get(account_id, std::move(sight));
  if (!account) {
    co_return account.error();
  }
  bus_.publish(topic::accounts, "check:" + account_id);
  co_return Result<>{};
}

}  // namespace vigie::watch
