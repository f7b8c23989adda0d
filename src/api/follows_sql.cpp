// SPDX-License-Identifier: Apache-2.0
#include "api/follows.hpp"

namespace vigie::api {
namespace {

constexpr std::string_view select_followed = "SELECT account_id FROM follow WHERE person_id = $1";

}  // namespace

Async<Result<std::set<std::string, std::less<>>>> followed_accounts(db::Database& database,
                                                                    std::string person_id) {
  using Accounts = std::set<std::string, std::less<>>;
  std::function<Result<Accounts>(db::Transaction&)> work =
      [person_id](db::Transaction& transaction) -> Result<Accounts> {
    const auto rows = transaction.query(select_followed, {person_id});
    if (!rows) {
      return rows.error();
    }
    Accounts accounts;
    for (const auto& row : *rows) {
      accounts.insert(row.text(0));
    }
    return accounts;
  };
  co_return co_await db::read<Accounts>(database, std::move(work));
}

}  // namespace vigie::api
