// SPDX-License-Identifier: Apache-2.0
#include "notify/delivery.hpp"

#include "base/text.hpp"
#include "notify/hashes.hpp"
#include "notify/webhook_form.hpp"

namespace vigie::notify {
namespace {

constexpr std::size_t largest_answer = 64 * 1024;
constexpr std::size_t answer_shown = 200;

}  // namespace

Async<Result<std::string>> Delivery::mail(Recipient to, std::string key, std::vector<Item> items) {
  if (!has_mail()) {
    co_return make_error(Errc::conflict, "no mail is sent: set EMAIL_HOST and EMAIL_FROM");
  }
  const auto address = MailAddress::parse(to.email);
  if (!address) {
    co_return address.error();
  }
  auto letter = letter_of(items, options_.base_url, to.language);
  const auto subject = HeaderText::parse(letter.subject);
  if (!subject) {
    co_return subject.error();
  }
  Mail mail{.from = *options_.from,
            .to = *address,
            .subject = *subject,
            .id = short_hash(key),
            .language = to.language,
            .plain = std::move(letter.plain),
            .html = std::move(letter.html),
            .at = clock_.now()};
  co_return co_await mailer_->send(std::move(mail));
}

Async<Result<std::string>> Delivery::webhook(Endpoint endpoint, std::string event_id,
                                             std::vector<Item> items) {
  const auto& webhook = endpoint.webhook;
  const Time now = clock_.now();
  http::ClientRequest request;
  request.method = "POST";
  request.url = webhook.url;
  request.body =
      webhook_body(webhook.form, event_id, items, options_.base_url, webhook.language, now);
  if (request.body.size() > largest_webhook_body) {
    co_return make_error(Errc::invalid, "the message is larger than 64 KiB");
  }
  request.headers = webhook_headers(endpoint.secret, event_id, request.body, now);
  request.timeout = webhook_patience;
  request.max_body = largest_answer;
  request.max_redirects = 0;  // what is signed goes where it was meant to go
  const auto answer = co_await client_.send(std::move(request));
  if (!answer) {
    co_return answer.error();
  }
  const auto words = fmt::format("{} {}", answer->status, clean_utf8(answer->body, answer_shown));
  if (answer->status < 200 || answer->status > 299) {
    co_return make_error(Errc::unavailable, "the webhook answered {}", words);
  }
  co_return words;
}

}  // namespace vigie::notify
