// SPDX-License-Identifier: Apache-2.0
// One mail to one person, as a value and as the bytes that go over the wire; and who carries it.
#pragma once
#include <string>

#include "async/async.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "notify/address.hpp"

namespace vigie::notify {

struct Mail {
  MailAddress from;
  MailAddress to;
  HeaderText subject;
  std::string id;        // hexadecimal; the same for every try, so that a repeat is recognisable
  std::string language;  // "fr" or "en"
  std::string plain;
  std::string html;
  Time at;
};

// RFC 5322 and MIME: multipart/alternative of both parts in UTF-8, lines of at most 78 characters,
// CRLF, Message-ID, Auto-Submitted.
std::string to_mime(const Mail& mail);

class Mailer {
 public:
  virtual ~Mailer() = default;

  // What the server said when it took the mail. Errc::invalid when it will never take this one
  // (5xx to the recipient or the text), Errc::denied when it refuses us, Errc::unavailable and
  // Errc::timeout when it may take it later; the words are the server's.
  virtual Async<Result<std::string>> send(Mail mail) = 0;
};

}  // namespace vigie::notify
