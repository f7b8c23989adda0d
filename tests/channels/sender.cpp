// SPDX-License-Identifier: Apache-2.0
// Sends one mail, or one webhook, to where it is told, and prints what came back as JSON; driven by
// channels.py.
//   sender mail HOST PORT starttls|tls|none USER PASSWORD CA_FILE RECIPIENT LANGUAGE
//   sender webhook URL FORM SECRET EVENT_ID
#include <boost/asio/io_context.hpp>
#include <iostream>
#include <string_view>
#include <vector>

#include "async/run.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "http/client.hpp"
#include "http/guard.hpp"
#include "notify/curl/curl_mailer.hpp"
#include "notify/delivery.hpp"

namespace vigie::notify {
namespace {

std::vector<Item> items() {
  const Time at = parse_rfc3339("2026-11-22T17:20:00Z").value();
  return {{.what = "alert",
           .subject = "01ALERT",
           .kind = AlertKind::hate,
           .severity = Severity::high,
           .at = at},
          {.what = "alert",
           .subject = "02ALERT",
           .kind = AlertKind::undecided,
           .severity = Severity::moderate,
           .at = at}};
}

MailServer server_of(const std::vector<std::string>& words) {
  MailServer server;
  server.host = words.at(1);
  server.port = static_cast<std::uint16_t>(to_integer(words.at(2)).value());
  server.security = words.at(3) == "tls"    ? MailSecurity::tls
                    : words.at(3) == "none" ? MailSecurity::none
                                            : MailSecurity::starttls;
  server.user = words.at(4);
  server.password = words.at(5);
  server.ca_file = words.at(6);
  server.patience = std::chrono::seconds{10};
  return server;
}

Result<std::string> act(asio::io_context& io, const std::vector<std::string>& words) {
  SystemClock clock;
  WorkerPool pool{"mail", 1};
  const bool is_mail = words.at(0) == "mail";
  const http::AddressGuard guard{is_mail ? std::vector<std::string>{} : std::vector{words.at(1)},
                                 {}};
  const auto client = http::create_client(io.get_executor(), guard);
  const auto mailer = is_mail ? create_curl_mailer(server_of(words), pool) : nullptr;
  Delivery delivery{
      mailer.get(),
      *client,
      clock,
      {.base_url = "https://vigie.test", .from = MailAddress::parse("vigie@vigie.test").value()}};
  if (is_mail) {
    return run_to_end(io, delivery.mail({.email = words.at(7), .language = words.at(8)},
                                        "mail:anna:alert:01ALERT", items()));
  }
  Endpoint endpoint;
  endpoint.webhook.url = words.at(1);
  endpoint.webhook.form = parse_webhook_form(words.at(2)).value();
  endpoint.secret = words.at(3);
  return run_to_end(io, delivery.webhook(endpoint, words.at(4), items()));
}

}  // namespace
}  // namespace vigie::notify

int main(int count, char** arguments) {
  using namespace vigie;
  const std::vector<std::string> words(arguments + 1, arguments + count);
  asio::io_context io;
  const auto outcome = notify::act(io, words);
  std::cout << json::serialize(
                   json::object{{"ok", outcome.has_value()},
                                {"code", outcome ? "" : to_string(outcome.error().code)},
                                {"answer", outcome ? *outcome : outcome.error().what}})
            << "\n";
  return 0;
}
