// SPDX-License-Identifier: Apache-2.0
// What was read since the last change of the database, to be used again until the next one.
// Whoever commits anything, in whatever process, ends all of it: what is remembered is never older
// than the rows. Where the engine has no version, nothing is remembered.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "db/database.hpp"

namespace vigie::db {

// For the I/O thread. What depends on the time too must keep the times and compare them when found.
template <class T>
class Memo {
 public:
  // Keeps at most `most` values; one more, and it begins anew.
  Memo(Database& database, std::size_t most) : database_{database}, most_{most} {}

  // The database as it is now: ask before find(), and give it to keep() after reading.
  std::optional<std::int64_t> look() {
    const auto version = database_.version();
    if (version != version_) {
      known_.clear();
      version_ = version;
    }
    return version;
  }

  // Null when it is not known; valid until the next look() or keep().
  const T* find(std::string_view key) const {
    const auto found = known_.find(key);
    return found == known_.end() ? nullptr : &found->second;
  }

  // What was read after look() answered `seen`. Dropped when somebody has looked at another
  // version since: it may be older than what they saw.
  void keep(std::optional<std::int64_t> seen, std::string key, T value) {
    if (!seen || seen != version_) {
      return;
    }
    if (known_.size() >= most_) {
      known_.clear();
    }
    known_.insert_or_assign(std::move(key), std::move(value));
  }

  // What is known under key; else what work reads, which is kept unless it is an error.
  Async<Result<T>> read(std::string key, std::function<Result<T>(Transaction&)> work) {
    const auto seen = look();
    if (const auto* known = find(key)) {
      co_return *known;
    }
    auto value = co_await db::read<T>(database_, std::move(work));
    if (value) {
      keep(seen, std::move(key), *value);
    }
    co_return value;
  }

 private:
  Database& database_;
  std::size_t most_;
  std::optional<std::int64_t> version_;
  std::map<std::string, T, std::less<>> known_;
};

}  // namespace vigie::db
