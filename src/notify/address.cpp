// SPDX-License-Identifier: Apache-2.0
#include "notify/address.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace vigie::notify {
namespace {

constexpr std::size_t longest_address = 254;  // RFC 5321
constexpr std::size_t longest_header_text = 200;
constexpr std::size_t bytes_per_word = 45;  // 60 letters of base 64, in a word of 75

bool is_letter_of_mailbox(char letter) {
  constexpr std::string_view marks = "!#$%&'*+-/=?^_`{|}~.";
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || marks.find(letter) != std::string_view::npos;
}

bool is_letter_of_host(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || letter == '-' || letter == '.';
}

bool is_control(char letter) {
  const auto code = static_cast<unsigned char>(letter);
  return code < 0x20 || code == 0x7f;
}

}  // namespace

Result<MailAddress> MailAddress::parse(std::string_view text) {
  const auto at = text.find('@');
  if (text.size() > longest_address || at == std::string_view::npos || at == 0 ||
      at + 1 == text.size()) {
    return make_error(Errc::invalid, "an address of mail is needed, like name@host");
  }
  const auto mailbox = text.substr(0, at);
  const auto host = text.substr(at + 1);
  const bool is_plain = std::ranges::all_of(mailbox, is_letter_of_mailbox) &&
                        std::ranges::all_of(host, is_letter_of_host);
  if (!is_plain || mailbox.front() == '-' || host.front() == '-' || host.front() == '.' ||
      host.find("..") != std::string_view::npos) {
    return make_error(Errc::invalid, "one address of mail is needed, like name@host");
  }
  return MailAddress{std::string{text}};
}

std::string_view MailAddress::host() const {
  return std::string_view{text_}.substr(text_.find('@') + 1);
}

Result<HeaderText> HeaderText::parse(std::string_view text) {
  if (text.size() > longest_header_text) {
    return make_error(Errc::invalid, "at most {} bytes stand in a header", longest_header_text);
  }
  if (std::ranges::any_of(text, is_control) || !is_valid_utf8(text)) {
    return make_error(Errc::invalid, "a header is one line of text");
  }
  return HeaderText{std::string{text}};
}

std::string HeaderText::encoded() const {
  const bool is_ascii =
      std::ranges::all_of(text_, [](char letter) { return static_cast<signed char>(letter) > 0; });
  if (is_ascii && text_.size() <= bytes_per_word && text_.find("=?") == std::string::npos) {
    return text_;
  }
  std::string words;
  for (std::string_view rest = text_; !rest.empty();) {
    const auto part = cut_utf8(rest, bytes_per_word);
    words += fmt::format("{}=?utf-8?B?{}?=", words.empty() ? "" : "\r\n ", base64(part));
    rest.remove_prefix(part.size());
  }
  return words;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8U | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += k <= count ? letters[group >> (18U - 6U * k) & 63U] : '=';
    }
  }
  return text;
}

}  // namespace vigie::notify
