// SPDX-License-Identifier: Apache-2.0
// A webhook's bytes: the body in the form its receiver wants, and the headers that prove who sent
// it (requirement B18).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"
#include "notify/webhooks.hpp"
#include "notify/wording.hpp"

namespace vigie::notify {

inline constexpr std::size_t largest_webhook_body = 64 * 1024;

// JSON of at most largest_webhook_body: what does not fit is left out and the headline still counts
// it.
std::string webhook_body(WebhookForm form, std::string_view event_id,
                         const std::vector<Item>& items, std::string_view base_url,
                         std::string_view language, Time now);

// Vigie-Event-Id, Vigie-Timestamp (seconds since 1970) and Vigie-Signature: "v1=" and HMAC-SHA-256
// of "<timestamp>.<id>.<body>" in hexadecimal. Receivers refuse a timestamp older than 5 minutes.
http::Headers webhook_headers(std::string_view secret, std::string_view event_id,
                              std::string_view body, Time now);

}  // namespace vigie::notify
