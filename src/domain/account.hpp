// SPDX-License-Identifier: Apache-2.0
// A public account that people follow, and what is known of it.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace vigie {

// What is shown. `unknown` covers everything that is not proved, and is never shown as offline.
enum class AccountStatus : std::uint8_t { unknown, live, active, offline };
std::string_view to_string(AccountStatus status);
Result<AccountStatus> parse_account_status(std::string_view text);

struct Account {
  std::string id;
  std::string platform = "tiktok";
  std::string username;      // folded: lower case, no @
  std::string display_name;  // as the platform gives it; may be empty
  std::string url;
  AccountStatus status = AccountStatus::unknown;  // the last confirmed one, or unknown
  std::optional<Time> status_at;                  // when it was last confirmed
  std::string status_reason;  // a code such as "status_2", "captcha", "never_checked"
  std::optional<std::int64_t> followers;
  std::int64_t interval_s = 0;  // how often it is looked at, as measured; 0 before the second look
  std::optional<Time> last_live_at;
  std::string language;  // spoken there: "fr", "en" … or "auto"; empty: the operator's choice
};

// An account as one person sees it: notes, tags, priority and lists are theirs alone.
struct FollowedAccount {
  Account account;
  std::string note;
  std::vector<std::string> tags;
  int priority = 0;
  bool is_followed = false;        // by this person; moderators also read what others follow
  std::optional<Time> checked_at;  // the last answer of the platform, whatever it proved
  std::vector<std::string> lists;  // ids of this person's lists that hold it
};

// "@Name", " name ", "https://www.tiktok.com/@name/live?x=1" → "name". Errc::invalid, with words
// for the person who typed it, unless 1 to 24 of [a-z0-9._] are left (protocol: api-live uniqueId).
Result<std::string> parse_tiktok_username(std::string_view typed);

// How an account is called on its platform. For "stream" the name is the address itself.
struct AccountName {
  std::string platform;
  std::string username;
  std::string url;
};

// What a person typed: "stream:https://host/path" is a direct address of sound (at most 500 bytes,
// http or https, host in lower case, no user name or password in it), everything else a TikTok name
// as above. platform, when not empty, says which of the two: "tiktok" or "stream". Errc::invalid
// with words for the person.
Result<AccountName> parse_account_name(std::string_view typed, std::string_view platform = {});

}  // namespace vigie
