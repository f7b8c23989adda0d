// SPDX-License-Identifier: Apache-2.0
// Secrets that are good for one use and a short time: links in mails, the set-up link, sign-ins
// that wait for a code. Only the token's SHA-256 is kept. Inside people/ only.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "db/database.hpp"

namespace vigie::people {

enum class Purpose : std::uint8_t { password_reset, email_confirm, sign_up, set_up, second_factor };
std::string_view to_string(Purpose purpose);

inline constexpr Span link_lifetime = std::chrono::minutes{30};
inline constexpr Span challenge_lifetime = std::chrono::minutes{10};
inline constexpr std::int64_t most_code_tries = 5;

struct OneTimeSecret {
  std::string id;
  Purpose purpose = Purpose::set_up;
  std::string person_id;     // of nobody: the set-up link
  std::string address;       // that is to be confirmed
  std::string token_sha256;  // empty: a mail makes the token as it leaves
};

// Voids what the person had for this purpose; the new secret's id.
Result<std::string> put_secret(db::Transaction& transaction, Ids& ids, OneTimeSecret secret,
                               Time now, Span lifetime);

// Nothing when no such token is good at this moment.
Result<std::optional<OneTimeSecret>> find_secret(db::Transaction& transaction,
                                                 std::string_view token, Purpose purpose, Time now);

// Counts a try with a code; false when there were too many.
Result<bool> take_code_try(db::Transaction& transaction, std::string_view id);

// Used: gone. All: of a person and a purpose.
Result<> drop_secret(db::Transaction& transaction, std::string_view id);
Result<> drop_secrets(db::Transaction& transaction, std::string_view person_id, Purpose purpose);

// What nobody used in time, and with it the sign-ups that were never confirmed.
Result<> forget_old_secrets(db::Transaction& transaction, Time now);

// The address that waits for its confirmation; empty: none.
Result<std::string> address_in_waiting(db::Transaction& transaction, std::string_view person_id,
                                       Time now);

}  // namespace vigie::people
