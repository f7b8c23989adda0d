// SPDX-License-Identifier: Apache-2.0
// One try of one message: words become a mail or a signed request, and the other side's answer
// comes back as it was given.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "async/async.hpp"
#include "async/clock.hpp"
#include "base/result.hpp"
#include "http/client.hpp"
#include "notify/mail.hpp"
#include "notify/outbox.hpp"
#include "notify/webhooks.hpp"
#include "notify/wording.hpp"

namespace vigie::notify {

inline constexpr std::chrono::milliseconds webhook_patience{5000};

struct DeliveryOptions {
  std::string base_url;             // of the links
  std::optional<MailAddress> from;  // nothing: no mail is sent
};

class Delivery {
 public:
  // mailer: null without a mail server. All outlive this.
  Delivery(Mailer* mailer, http::Client& client, Clock& clock, DeliveryOptions options)
      : mailer_{mailer}, client_{client}, clock_{clock}, options_{std::move(options)} {}

  bool has_mail() const { return mailer_ != nullptr && options_.from.has_value(); }

  // key: the message's, which makes the Message-ID. The server's words; errors as Mailer::send's,
  // Errc::conflict with the cure without a mail server.
  Async<Result<std::string>> mail(Recipient to, std::string key, std::vector<Item> items);

  // "200 OK…": the status and the beginning of the answer. Errc::denied when the address guard
  // refuses, Errc::unavailable for an answer that is not 2xx.
  Async<Result<std::string>> webhook(Endpoint endpoint, std::string event_id,
                                     std::vector<Item> items);

 private:
  Mailer* mailer_;
  http::Client& client_;
  Clock& clock_;
  DeliveryOptions options_;
};

}  // namespace vigie::notify
