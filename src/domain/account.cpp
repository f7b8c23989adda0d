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
constexpr std::size_t longest_address = 500;

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

// Scheme and host folded; the rest is the server's business and stays as it is.
Result<std::string> parse_stream_address(std::string_view typed) {
  const auto mark = typed.find("://");
  const auto scheme = to_lower_ascii(typed.substr(0, mark == std::string_view::npos ? 0 : mark));
  if (scheme != "http" && scheme != "https") {
    return make_error(Errc::invalid,
                      "a stream is given by its address, such as stream:https://host/radio.mp3");
  }
  const auto rest = typed.substr(mark + 3);
  const auto host = rest.substr(0, rest.find_first_of("/?#"));
  if (host.empty()) {
    return make_error(Errc::invalid, "the stream's address names no host");
  }
  if (host.find('@') != std::string_view::npos) {
    return make_error(Errc::invalid, "a stream's address may hold no user name or password");
  }
  const auto is_plain = [](char c) { return c > ' ' && c < 0x7f; };
  if (typed.size() > longest_address || !std::ranges::all_of(typed, is_plain)) {
    return make_error(Errc::invalid, "a stream's address has at most {} characters, without spaces",
                      longest_address);
  }
  return scheme + "://" + to_lower_ascii(host) + std::string{rest.substr(host.size())};
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

Result<AccountName> parse_account_name(std::string_view typed, std::string_view platform) {
  constexpr std::string_view stream_prefix = "stream:";
  auto name = trim(typed);
  const bool has_prefix = to_lower_ascii(name.substr(0, stream_prefix.size())) == stream_prefix;
  if (platform == "stream" || (platform.empty() && has_prefix)) {
    name.remove_prefix(has_prefix ? stream_prefix.size() : 0);
    auto address = parse_stream_address(name);
    if (!address) {
      return address.error();
    }
    return AccountName{"stream", *address, *address};
  }
  if (!platform.empty() && platform != "tiktok") {
    return make_error(Errc::invalid, "platform: tiktok or stream");
  }
  auto username = parse_tiktok_username(name);
  if (!username) {
    return username.error();
  }
  auto url = "https://www.tiktok.com/@" + *username;
  return AccountName{"tiktok", std::move(*username), std::move(url)};
}

}  // namespace vigie
