// SPDX-License-Identifier: Apache-2.0
// Accounts in pages, filtered and sorted by the database.
#include <boost/json/serialize.hpp>
#include <limits>

#include "base/json.hpp"
#include "base/text.hpp"
#include "watch/accounts.hpp"
#include "watch/following.hpp"

namespace vigie::watch {
namespace {

// Both: rank and name give the order, the id decides between equals; $2 $3 $4 are where the page
// before ended. $5 order, $6 list, $7 status, $8 and $9 patterns for LIKE with ! as escape.
constexpr std::string_view list_followed = R"(
SELECT x.id, x.platform, x.username, x.display_name, x.url, x.status, x.status_at,
  x.status_reason, x.followers, x.interval_us, x.last_live_at, x.language, x.note, x.tags,
  x.priority, TRUE, x.checked_at, x.rank
FROM (
  SELECT a.id, a.platform, a.username, a.display_name, a.url, a.status, a.status_at,
    a.status_reason, a.followers, a.interval_us, a.last_live_at, a.language, f.note, f.tags,
    f.priority, a.checked_at,
    CASE WHEN $5 = 'recent' THEN f.created_at
         WHEN $5 = 'last_live' THEN COALESCE(a.last_live_at, 0)
         WHEN $5 = 'priority' THEN f.priority
         WHEN $5 = 'status' THEN CASE a.status WHEN 'live' THEN 3 WHEN 'unknown' THEN 2
           WHEN 'active' THEN 1 ELSE 0 END
         ELSE 0 END AS rank,
    CASE WHEN $5 = 'recent' THEN '' ELSE a.username END AS name
  FROM follow f JOIN account a ON a.id = f.account_id
  WHERE f.person_id = $1
) AS x
WHERE (x.rank < $2 OR (x.rank = $2 AND (x.name > $3 OR (x.name = $3 AND x.id < $4))))
  AND ($6 = '' OR EXISTS (SELECT 1 FROM account_list_entry e
    WHERE e.list_id = $6 AND e.account_id = x.id))
  AND ($7 = '' OR x.status = $7)
  AND ($8 = '' OR x.username LIKE LOWER(CAST($8 AS TEXT)) ESCAPE '!'
    OR LOWER(x.display_name) LIKE LOWER(CAST($8 AS TEXT)) ESCAPE '!'
    OR LOWER(x.note) LIKE LOWER(CAST($8 AS TEXT)) ESCAPE '!'
    OR LOWER(x.tags) LIKE LOWER(CAST($8 AS TEXT)) ESCAPE '!')
  AND ($9 = '' OR LOWER(x.tags) LIKE LOWER(CAST($9 AS TEXT)) ESCAPE '!')
ORDER BY x.rank DESC, x.name, x.id DESC LIMIT $10)";

constexpr std::string_view list_all = R"(
SELECT x.id, x.platform, x.username, x.display_name, x.url, x.status, x.status_at,
  x.status_reason, x.followers, x.interval_us, x.last_live_at, x.language, x.note, x.tags,
  x.priority, x.is_followed, x.checked_at, x.rank
FROM (
  SELECT a.id, a.platform, a.username, a.display_name, a.url, a.status, a.status_at,
    a.status_reason, a.followers, a.interval_us, a.last_live_at, a.language,
    COALESCE(f.note, '') AS note, COALESCE(f.tags, '[]') AS tags,
    COALESCE(f.priority, 0) AS priority, f.person_id IS NOT NULL AS is_followed, a.checked_at,
    CASE WHEN $5 = 'recent' THEN a.created_at
         WHEN $5 = 'last_live' THEN COALESCE(a.last_live_at, 0)
         WHEN $5 = 'priority' THEN COALESCE(f.priority, 0)
         WHEN $5 = 'status' THEN CASE a.status WHEN 'live' THEN 3 WHEN 'unknown' THEN 2
           WHEN 'active' THEN 1 ELSE 0 END
         ELSE 0 END AS rank,
    CASE WHEN $5 = 'recent' THEN '' ELSE a.username END AS name
  FROM account a LEFT JOIN follow f ON f.account_id = a.id AND f.person_id = $1
  WHERE EXISTS (SELECT 1 FROM follow o WHERE o.account_id = a.id)
) AS x
WHERE (x.rank < $2 OR (x.rank = $2 AND (x.name > $3 OR (x.name = $3 AND x.id < $4))))
  AND ($6 = '' OR EXISTS (SELECT 1 FROM account_list_entry e
    WHERE e.list_id = $6 AND e.account_id = x.id))
  AND ($7 = '' OR x.status = $7)
  AND ($8 = '' OR x.username LIKE LOWER(CAST($8 AS TEXT)) ESCAPE '!'
    OR LOWER(x.display_name) LIKE LOWER(CAST($8 AS TEXT)) ESCAPE '!'
    OR LOWER(x.note) LIKE LOWER(CAST($8 AS TEXT)) ESCAPE '!'
    OR LOWER(x.tags) LIKE LOWER(CAST($8 AS TEXT)) ESCAPE '!')
  AND ($9 = '' OR LOWER(x.tags) LIKE LOWER(CAST($9 AS TEXT)) ESCAPE '!')
ORDER BY x.rank DESC, x.name, x.id DESC LIMIT $10)";

constexpr std::string_view select_name = R"(SELECT username FROM account WHERE id = $1)";

std::string_view word_of(AccountOrder order) {
  switch (order) {
    case AccountOrder::name:
      return "name";
    case AccountOrder::status:
      return "status";
    case AccountOrder::last_live:
      return "last_live";
    case AccountOrder::priority:
      return "priority";
    case AccountOrder::recent:
      break;
  }
  return "recent";
}

// Text to be found anywhere, for LIKE with ! as escape; empty for nothing to find.
std::string pattern_of(std::string_view text) {
  if (text.empty()) {
    return {};
  }
  std::string pattern{"%"};
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '!') {
      pattern += '!';
    }
    pattern += c;
  }
  return pattern + "%";
}

// Tags are kept as a JSON list of texts: one whole text of it.
std::string tag_pattern(const std::string& tag) {
  return tag.empty() ? "" : pattern_of(json::serialize(json::string(tag)));
}

// "<rank>-<id>": where the page before ended; its name is read again from the row.
struct Cursor {
  std::int64_t rank = std::numeric_limits<std::int64_t>::max();
  std::string id;
};

Result<Cursor> parse_cursor(std::string_view text) {
  if (text.empty()) {
    return Cursor{};
  }
  const auto dash = text.find('-');
  const auto rank = to_integer(text.substr(0, dash));
  if (dash == std::string_view::npos || !rank || !is_plausible_id(text.substr(dash + 1))) {
    return make_error(Errc::invalid, "cursor: use next_cursor of the page before, as it is");
  }
  return Cursor{*rank, std::string{text.substr(dash + 1)}};
}

Result<std::string> name_at(db::Transaction& tx, const Cursor& from, AccountOrder order) {
  if (from.id.empty() || order == AccountOrder::recent) {
    return std::string{};
  }
  const auto rows = tx.query(select_name, {from.id});
  if (!rows) {
    return rows.error().during("finding the page before");
  }
  return rows->empty() ? std::string{} : rows->at(0).text(0);
}

Result<Page<FollowedAccount>> read_page(db::Transaction& tx, const Sight& sight, std::int64_t limit,
                                        const Cursor& from, const AccountFilter& filter) {
  if (!filter.list.empty()) {
    if (auto known = expect_list(tx, sight.person_id, filter.list); !known) {
      return known.error();
    }
  }
  const auto name = name_at(tx, from, filter.order);
  if (!name) {
    return name.error();
  }
  const auto status = filter.status ? to_string(*filter.status) : std::string_view{};
  const auto rows =
      tx.query(sight.all_accounts ? list_all : list_followed,
               {sight.person_id, from.rank, *name, from.id, word_of(filter.order), filter.list,
                status, pattern_of(filter.words), tag_pattern(filter.tag), limit + 1});
  if (!rows) {
    return rows.error().during("listing accounts");
  }
  const auto lists = lists_of_accounts(tx, sight.person_id);
  if (!lists) {
    return lists.error();
  }
  Page<FollowedAccount> page;
  for (const auto& row : *rows) {
    if (std::cmp_equal(page.items.size(), limit)) {
      const auto& last = (*rows)[page.items.size() - 1];
      page.next_cursor = fmt::format("{}-{}", last.integer(followed_columns), last.text(0));
      break;
    }
    auto& account = page.items.emplace_back(followed_of_row(row));
    if (const auto found = lists->find(account.account.id); found != lists->end()) {
      account.lists = found->second;
    }
  }
  return page;
}

}  // namespace

Async<Result<Page<FollowedAccount>>> Accounts::list(Sight sight, std::int64_t limit,
                                                    std::string cursor, AccountFilter filter) {
  const auto from = parse_cursor(cursor);
  if (!from) {
    co_return from.error();
  }
  std::function<Result<Page<FollowedAccount>>(db::Transaction&)> work =
      [&sight, &from, &filter, limit](db::Transaction& tx) {
        return read_page(tx, sight, limit, *from, filter);
      };
  co_return co_await db::read<Page<FollowedAccount>>(database_, std::move(work));
}

}  // namespace vigie::watch
