// SPDX-License-Identifier: Apache-2.0
// Following many accounts at once, each by itself.
#include <map>

#include "base/text.hpp"
#include "domain/words.hpp"
#include "watch/accounts.hpp"
#include "watch/following.hpp"

namespace vigie::watch {
namespace {

constexpr std::size_t shown_of_typed = 200;

constexpr Words<BatchResult, 4> results{{{BatchResult::added, "added"},
                                         {BatchResult::already, "already"},
                                         {BatchResult::invalid, "invalid"},
                                         {BatchResult::duplicate, "duplicate"}}};

// One entry, read but not yet written.
struct Read {
  BatchLine line;
  std::optional<AccountName> name;  // absent when there is nothing to write
};

std::vector<Read> read_entries(std::vector<TypedAccount> entries) {
  std::vector<Read> all;
  std::map<std::string, std::int64_t, std::less<>> seen;
  for (auto& entry : entries) {
    Read read;
    const auto name = parse_account_name(entry.typed);
    const auto number = entry.line;
    read.line.entry = {number, clean_utf8(entry.typed, shown_of_typed)};
    if (!name) {
      read.line.detail = name.error().what;
    } else if (const auto [first, is_new] = seen.emplace(name->url, number); !is_new) {
      read.line.result = BatchResult::duplicate;
      read.line.detail = fmt::format("the same account as on line {}", first->second);
    } else {
      read.name = *name;
    }
    all.push_back(std::move(read));
  }
  return all;
}

Result<BatchLine> write_entry(db::Transaction& tx, const std::string& person_id, const Read& read,
                              const BatchOptions& options, Ids& ids, Time now) {
  auto line = read.line;
  if (!read.name) {
    return line;
  }
  const auto followed = follow_in(tx, person_id, *read.name, ids, now);
  if (!followed) {
    return followed.error();
  }
  line.result = followed->is_new ? BatchResult::added : BatchResult::already;
  line.detail = followed->is_new ? "" : fmt::format("@{} is followed already", read.name->username);
  if (followed->is_new) {
    if (auto written = write_follow(tx, person_id, followed->account_id, options.edit); !written) {
      return written.error();
    }
  }
  if (!options.list.empty()) {
    if (auto put = put_in_list(tx, options.list, followed->account_id); !put) {
      return put.error();
    }
  }
  auto account = read_account(tx, followed->account_id, Sight{person_id, false});
  if (!account) {
    return account.error();
  }
  line.account = std::move(*account);
  return line;
}

}  // namespace

std::string_view to_string(BatchResult result) {
  return word_of(results, result);
}

Async<Result<std::vector<BatchLine>>> Accounts::follow_many(std::string person_id,
                                                            std::vector<TypedAccount> entries,
                                                            BatchOptions options) {
  if (auto checked = check_and_clean(options.edit); !checked) {
    co_return checked.error();
  }
  const auto all = read_entries(std::move(entries));
  const Time now = clock_.now();
  std::function<Result<std::vector<BatchLine>>(db::Transaction&)> work =
      [&, this](db::Transaction& tx) -> Result<std::vector<BatchLine>> {
    if (!options.list.empty() && !expect_list(tx, person_id, options.list)) {
      return make_error(Errc::invalid, "list: you have no such list");
    }
    std::vector<BatchLine> lines;
    for (const auto& read : all) {
      auto line = write_entry(tx, person_id, read, options, ids_, now);
      if (!line) {
        return line.error();
      }
      lines.push_back(std::move(*line));
    }
    return lines;
  };
  auto lines = co_await db::write<std::vector<BatchLine>>(database_, std::move(work));
  if (lines) {
    bus_.publish(topic::accounts, "");
  }
  co_return lines;
}

}  // namespace vigie::watch
