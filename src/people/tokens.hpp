// SPDX-License-Identifier: Apache-2.0
// API tokens for programs: "vigie_" and 256 random bits; only the SHA-256 is kept.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "async/clock.hpp"
#include "audit/audit.hpp"
#include "base/ids.hpp"
#include "base/random.hpp"
#include "db/database.hpp"
#include "db/memo.hpp"
#include "domain/person.hpp"

namespace vigie::people {

enum class Scope : std::uint8_t { read, write };
std::string_view to_string(Scope scope);
Result<Scope> parse_scope(std::string_view text);

struct NewToken {
  std::string id;
  Time created_at;
  std::string token;  // shown once
};

struct TokenOwner {
  Person person;
  Scope scope = Scope::read;
};

struct ListedToken {
  std::string id;
  std::string name;
  Scope scope = Scope::read;
  Time created_at;
  std::optional<Time> expires_at;
  std::optional<Time> last_used_at;  // to the minute
};

class Tokens {
 public:
  Tokens(db::Database& database, Clock& clock, Ids& ids, Random& random)
      : database_{database},
        clock_{clock},
        ids_{ids},
        random_{random},
        known_{database, most_known} {}

  static constexpr std::int64_t most = 50;  // of a person

  // Errc::not_found when there is nobody of this id, Errc::conflict beyond the most there may be.
  Async<Result<NewToken>> create(std::string person_id, Scope scope, std::string name = {},
                                 std::optional<Time> expires_at = {}, audit::By by = {});

  // Those of a person that are good, the newest first.
  Async<Result<std::vector<ListedToken>>> list(std::string person_id);

  // Errc::not_found when this person has no such token, or no longer.
  Async<Result<>> revoke(std::string id, std::string person_id, audit::By by = {});

  // Who acts with this token. Errc::not_found when it is none of ours, was revoked or ran out, or
  // its person may not come in.
  Async<Result<TokenOwner>> find(std::string token);

 private:
  static constexpr std::size_t most_known = 1000;

  struct Found {
    TokenOwner owner;
    std::string id;
    std::optional<Time> expires_at;
    std::optional<Time> last_used_at;
  };

  Async<Result<Found>> look_up(std::string token_sha256);
  Async<> touch(std::string id, Time now);

  db::Database& database_;
  Clock& clock_;
  Ids& ids_;
  Random& random_;
  db::Memo<Found> known_;
};

}  // namespace vigie::people
