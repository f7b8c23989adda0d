// SPDX-License-Identifier: Apache-2.0
// Following inside one transaction, and an account as one person reads it; for watch/*_sql.cpp
// only.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "db/database.hpp"
#include "domain/account.hpp"
#include "watch/accounts.hpp"

namespace vigie::watch {

// Columns: those of account_of_row(), then the viewer's note, tags, priority, whether they follow
// it, and checked_at.
inline constexpr std::size_t followed_columns = 17;
FollowedAccount followed_of_row(const db::Row& row);

struct Followed {
  std::string account_id;
  bool is_new = false;  // false: this person followed it before
};
Result<Followed> follow_in(db::Transaction& tx, const std::string& person_id,
                           const AccountName& name, Ids& ids, Time now);

// Errc::not_found when this person may not see it.
Result<FollowedAccount> read_account(db::Transaction& tx, const std::string& account_id,
                                     const Sight& sight);

// Bounds as FollowEdit says; tags come out trimmed, clean and each once.
Result<> check_and_clean(FollowEdit& change);

// Errc::not_found when this person does not follow it.
Result<> write_follow(db::Transaction& tx, const std::string& person_id,
                      const std::string& account_id, const FollowEdit& change);

// lists_sql.cpp: account → the lists of this person that hold it.
using ListsOfAccounts = std::map<std::string, std::vector<std::string>, std::less<>>;
Result<ListsOfAccounts> lists_of_accounts(db::Transaction& tx, const std::string& person_id);
Result<std::vector<std::string>> lists_of_account(db::Transaction& tx, const std::string& person_id,
                                                  const std::string& account_id);

// Errc::not_found when there is no such list, or it is another person's.
Result<> expect_list(db::Transaction& tx, const std::string& person_id, const std::string& list_id);
Result<> put_in_list(db::Transaction& tx, const std::string& list_id,
                     const std::string& account_id);
Result<> take_from_all_lists(db::Transaction& tx, const std::string& person_id,
                             const std::string& account_id);

}  // namespace vigie::watch
