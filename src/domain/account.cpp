// SPDX-License-Identifier: Apache-2.0
#include "domain/account.hpp"

#include "base/text.hpp"
#include "domain/words.hpp"

namespace vigie {
namespace {

constexpr Words<AccountStatus, 4> statuses{{{AccountStatus::unknown, "unknown"},
                                            {AccountStatus::live, "live"},
                                            {AccountStatus::active, "active"},
                                            {AccountStatus::offline, "offline"}}};

constexpr std::size_t longest_username = 24;

// What follows "tiktok.com/" in an address, or nothing when typed is no address of TikTok.
Result<std::string_view> path_of_address(std::string_view typed) {
  const auto scheme = typed.find("://");
  auto rest = scheme == std::string_view::npos ? typed : typed.substr(scheme + 3);
  const auto slash = rest.find('/');
  const auto host = to_lower_ascii(rest.substr(0, slash));
  const bool is_tiktok = host == "tiktok.com" || host.ends_with(".tiktok.com");
  if (!is_tiktok || slash == std::string_view::npos) {
    return make_error(
        Errc::invalid,
        "this address is not a TikTok profile: paste one such as https://www.tiktok.com/@name");
  }
  return rest.substr(slash + 1);
}

bool is_username_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
}

}  // namespace

std::string_view to_string(AccountStatus status) {
  return word_of(statuses, status);
}

Result<AccountStatus> parse_account_status(std::string_view text) {
  return parse_word(statuses, "an account status", text);
}

Result<std::string> parse_tiktok_username(std::string_view typed) {
  auto name = trim(typed);
  if (name.find('/') != std::string_view::npos) {
    const auto path = path_of_address(name);
    if (!path) {
      return path.error();
    }
    name = path->substr(0, path->find_first_of("/?#"));
    if (!name.starts_with('@')) {
      return make_error(Errc::invalid, "this TikTok address names no account: it must hold /@name");
    }
  }
  if (name.starts_with('@')) {
    name.remove_prefix(1);
  }
  if (name.empty()) {
    return make_error(Errc::invalid, "type the account's name, such as @name");
  }
  auto folded = to_lower_ascii(name);
  if (folded.size() > longest_username) {
    return make_error(Errc::invalid, "a TikTok name has at most {} characters", longest_username);
  }
  if (!std::ranges::all_of(folded, is_username_character)) {
    return make_error(
        Errc::invalid,
        "a TikTok name holds only letters without accents, digits, dots and underscores");
  }
  return folded;
}

}  // namespace vigie
