// SPDX-License-Identifier: Apache-2.0
// What may stand in the head of a mail (requirement B7): types that cannot hold a line break, so
// that nothing a person typed becomes a header of its own.
#pragma once
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace vigie::notify {

// One mailbox, name@host in ASCII, without a display name; never two.
class MailAddress {
 public:
  // Errc::invalid for control characters, spaces, a list, quotes or anything but one mailbox.
  static Result<MailAddress> parse(std::string_view text);

  const std::string& text() const { return text_; }
  std::string_view host() const;
  bool operator==(const MailAddress&) const = default;

 private:
  explicit MailAddress(std::string text) : text_{std::move(text)} {}
  std::string text_;
};

// A line of text for a header, UTF-8.
class HeaderText {
 public:
  // Errc::invalid for control characters (CR, LF, NUL …), for what is not UTF-8, and beyond 200
  // bytes.
  static Result<HeaderText> parse(std::string_view text);

  const std::string& text() const { return text_; }
  // As RFC 2047 wants it: as it is in ASCII, else encoded words of at most 75 characters, folded.
  std::string encoded() const;

 private:
  explicit HeaderText(std::string text) : text_{std::move(text)} {}
  std::string text_;
};

// RFC 4648, with padding.
std::string base64(std::string_view bytes);

}  // namespace vigie::notify
