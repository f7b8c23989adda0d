// SPDX-License-Identifier: Apache-2.0
// Who follows what. How an answer of the platform is written is in record_sql.cpp.
#include <algorithm>

#include "base/text.hpp"
#include "watch/accounts.hpp"
#include "watch/following.hpp"
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
  COALESCE(f.priority, 0), f.person_id IS NOT NULL, a.checked_at
FROM account a LEFT JOIN follow f ON f.account_id = a.id AND f.person_id = $2
WHERE a.id = $1
  AND (f.person_id IS NOT NULL OR ($3 AND EXISTS (SELECT 1 FROM follow o WHERE o.account_id =
    a.id))))";

bool is_language(std::string_view text) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return text.empty() || text == "auto" ||
         (text.size() == 2 && std::all_of(text.begin(), text.end(), is_letter));
}

Result<std::vector<std::string>> clean_tags(const std::vector<std::string>& typed) {
  std::vector<std::string> tags;
  for (const auto& one : typed) {
    const auto clean = clean_utf8(one, one.size());
    const auto tag = trim(clean);
    if (tag.empty() || tag.size() > max_tag || tag.find('\n') != std::string_view::npos) {
      return make_error(Errc::invalid, "tags: each is one line of 1 to {} bytes", max_tag);
    }
    if (std::ranges::find(tags, tag) == tags.end()) {
      tags.emplace_back(tag);
    }
  }
  if (tags.size() > max_tags) {
    return make_error(Errc::invalid, "tags: at most {}", max_tags);
  }
  return tags;
}

}  // namespace

FollowedAccount followed_of_row(const db::Row& row) {
  FollowedAccount followed;
  followed.account = account_of_row(row);
  followed.note = row.text(account_columns);
  followed.tags = tags_of_text(row.text(account_columns + 1));
  followed.priority = static_cast<int>(row.integer(account_columns + 2));
  followed.is_followed = row.boolean(account_columns + 3);
  followed.checked_at = row.optional_time(account_columns + 4);
  return followed;
}

Result<FollowedAccount> read_account(db::Transaction& tx, const std::string& account_id,
                                     const Sight& sight) {
  auto rows = tx.query(select_one, {account_id, sight.person_id, sight.all_accounts});
  if (!rows) {
    return rows.error().during("reading an account");
  }
  if (rows->empty()) {
    return make_error(Errc::not_found, "no account {} for this person", account_id);
  }
  auto account = followed_of_row(rows->front());
  auto lists = lists_of_account(tx, sight.person_id, account_id);
  if (!lists) {
    return lists.error();
  }
  account.lists = std::move(*lists);
  return account;
}

Result<> check_and_clean(FollowEdit& change) {
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
    auto tags = clean_tags(*change.tags);
    if (!tags) {
      return tags.error();
    }
    change.tags = std::move(*tags);
  }
  return {};
}

Result<Followed> follow_in(db::Transaction& tx, const std::string& person_id,
                           const AccountName& name, Ids& ids, Time now) {
  if (auto made =
          tx.execute(insert_account, {ids.next(now), name.platform, name.username, name.url, now});
      !made) {
    return made.error().during("creating an account");
  }
  const auto rows = tx.query(find_account, {name.platform, name.username});
  if (!rows) {
    return rows.error().during("looking for an account");
  }
  Followed followed{.account_id = rows->at(0).text(0)};
  const auto added = tx.execute(insert_follow, {person_id, followed.account_id, now});
  if (!added) {
    return added.error().during("following an account");
  }
  followed.is_new = *added > 0;
  return followed;
}

Result<> write_follow(db::Transaction& tx, const std::string& person_id,
                      const std::string& account_id, const FollowEdit& change) {
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
  return {};
}

Async<Result<FollowedAccount>> Accounts::follow(std::string person_id, std::string typed,
                                                std::string platform) {
  const auto name = parse_account_name(typed, platform);
  if (!name) {
    co_return name.error();
  }
  const Time now = clock_.now();
  std::function<Result<FollowedAccount>(db::Transaction&)> work =
      [this, &person_id, &name, now](db::Transaction& tx) -> Result<FollowedAccount> {
    const auto followed = follow_in(tx, person_id, *name, ids_, now);
    if (!followed) {
      return followed.error();
    }
    if (!followed->is_new) {
      return make_error(Errc::conflict, "@{} is followed already", name->username);
    }
    return read_account(tx, followed->account_id, Sight{person_id, false});
  };
  auto followed = co_await db::write<FollowedAccount>(database_, std::move(work));
  if (followed) {
    bus_.publish(topic::accounts, "");
  }
  co_return followed;
}

Async<Result<>> Accounts::unfollow(std::string person_id, std::string account_id, audit::By by) {
  const Time now = clock_.now();
  db::Database::Work work = [&](db::Transaction& tx) -> Result<> {
    const auto removed = tx.execute(delete_follow, {person_id, account_id});
    if (!removed) {
      return removed.error().during("unfollowing an account");
    }
    if (*removed == 0) {
      return make_error(Errc::not_found, "this person does not follow {}", account_id);
    }
    const audit::Deed deed{audit::kind::account_unfollowed, "account", account_id, {}};
    const auto noted = audit::append(tx, by, deed, now);
    return noted ? take_from_all_lists(tx, person_id, account_id) : noted;
  };
  auto done = co_await database_.write(std::move(work));
  if (done) {
    bus_.publish(topic::accounts, "");
  }
  co_return done;
}

Async<Result<FollowedAccount>> Accounts::edit(std::string person_id, std::string account_id,
                                              FollowEdit change) {
  if (auto checked = check_and_clean(change); !checked) {
    co_return checked.error();
  }
  std::function<Result<FollowedAccount>(db::Transaction&)> work =
      [&person_id, &account_id, &change](db::Transaction& tx) -> Result<FollowedAccount> {
    if (auto written = write_follow(tx, person_id, account_id, change); !written) {
      return written.error();
    }
    return read_account(tx, account_id, Sight{person_id, false});
  };
  co_return co_await db::write<FollowedAccount>(database_, std::move(work));
}

Async<Result<FollowedAccount>> Accounts::get(std::string account_id, Sight sight) {
  std::function<Result<FollowedAccount>(db::Transaction&)> work =
      [&account_id, &sight](db::Transaction& tx) { return read_account(tx, account_id, sight); };
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
