// SPDX-License-Identifier: Apache-2.0
#include "notify/curl/curl_mailer.hpp"

#include <curl/curl.h>

#include <array>
#include <cstring>
#include <stdexcept>

#include "base/text.hpp"

namespace vigie::notify {
namespace {

constexpr long connect_patience_s = 10;  // NOLINT(google-runtime-int): libcurl's
constexpr std::size_t longest_answer = 300;

struct Close {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// What libcurl's callbacks work on.
struct Exchange {
  std::string text;  // what is sent
  std::size_t sent = 0;
  std::string last_line;  // what the server said last
  std::stop_token stop;
};

std::size_t give(char* where, std::size_t size, std::size_t count, void* data) {
  auto& exchange = *static_cast<Exchange*>(data);
  const auto part = std::min(size * count, exchange.text.size() - exchange.sent);
  std::memcpy(where, exchange.text.data() + exchange.sent, part);
  exchange.sent += part;
  return part;
}

std::size_t hear(char* text, std::size_t size, std::size_t count, void* data) {
  auto& exchange = *static_cast<Exchange*>(data);
  exchange.last_line = clean_utf8(trim({text, size * count}), longest_answer);
  return size * count;
}

int may_go_on(void* data, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Exchange*>(data)->stop.stop_requested() ? 1 : 0;
}

class CurlMailer final : public Mailer {
 public:
  CurlMailer(MailServer server, WorkerPool& pool) : server_{std::move(server)}, pool_{pool} {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
      throw std::runtime_error{"libcurl does not start"};
    }
  }

  Async<Result<std::string>> send(Mail mail) override {
    std::function<Result<std::string>(std::stop_token)> job = [this, &mail](std::stop_token stop) {
      return exchange(mail, std::move(stop));
    };
    co_return co_await pool_.run<Result<std::string>>(std::move(job));
  }

 private:
  Result<std::string> exchange(const Mail& mail, std::stop_token stop) const {
    const std::unique_ptr<CURL, Close> handle{curl_easy_init()};
    const std::unique_ptr<curl_slist, Close> recipients{
        curl_slist_append(nullptr, fmt::format("<{}>", mail.to.text()).c_str())};
    if (!handle || !recipients) {
      throw std::bad_alloc{};
    }
    Exchange exchange{.text = to_mime(mail), .sent = 0, .last_line = {}, .stop = std::move(stop)};
    std::array<char, CURL_ERROR_SIZE> why{};
    address(handle.get(), mail);
    curl_easy_setopt(handle.get(), CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(handle.get(), CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle.get(), CURLOPT_READFUNCTION, give);
    curl_easy_setopt(handle.get(), CURLOPT_READDATA, &exchange);
    curl_easy_setopt(handle.get(), CURLOPT_HEADERFUNCTION, hear);
    curl_easy_setopt(handle.get(), CURLOPT_HEADERDATA, &exchange);
    curl_easy_setopt(handle.get(), CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(handle.get(), CURLOPT_XFERINFOFUNCTION, may_go_on);
    curl_easy_setopt(handle.get(), CURLOPT_XFERINFODATA, &exchange);
    curl_easy_setopt(handle.get(), CURLOPT_ERRORBUFFER, why.data());
    const auto outcome = curl_easy_perform(handle.get());
    if (outcome == CURLE_OK) {
      // To the mail itself: the goodbye is said later, when the handle goes.
      return exchange.last_line;
    }
    return error_of(handle.get(), outcome, exchange, why.data());
  }

  void address(CURL* handle, const Mail& mail) const {
    const bool is_ipv6 = server_.host.find(':') != std::string::npos;
    const auto url = fmt::format(
        "{}://{}{}{}:{}/{}", server_.security == MailSecurity::tls ? "smtps" : "smtp",
        is_ipv6 ? "[" : "", server_.host, is_ipv6 ? "]" : "", server_.port, mail.from.host());
    curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(handle, CURLOPT_PROXY, "");  // also against *_proxy of the environment
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, connect_patience_s);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT,
                     static_cast<long>(server_.patience.count()));  // NOLINT
    if (server_.security != MailSecurity::none) {
      curl_easy_setopt(handle, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));  // NOLINT
    }
    if (!server_.ca_file.empty()) {
      curl_easy_setopt(handle, CURLOPT_CAINFO, server_.ca_file.c_str());
    }
    if (!server_.user.empty()) {
      curl_easy_setopt(handle, CURLOPT_USERNAME, server_.user.c_str());
      curl_easy_setopt(handle, CURLOPT_PASSWORD, server_.password.c_str());
    }
    curl_easy_setopt(handle, CURLOPT_MAIL_FROM, fmt::format("<{}>", mail.from.text()).c_str());
  }

  static Error error_of(CURL* handle, CURLcode outcome, const Exchange& exchange,
                        std::string_view why) {
    long status = 0;  // NOLINT(google-runtime-int)
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    auto words =
        fmt::format("the mail server: {}", why.empty() ? curl_easy_strerror(outcome) : why);
    if (!exchange.last_line.empty()) {
      words += fmt::format(" (it said: {})", exchange.last_line);
    }
    // Only what is said of the recipient or of the mail is about this mail; the rest is about us.
    const bool is_about_mail =
        why.starts_with("RCPT failed") || exchange.sent == exchange.text.size();
    if (is_about_mail && status >= 500 && status <= 599) {
      return make_error(Errc::invalid, "{}", words);
    }
    if (outcome == CURLE_LOGIN_DENIED) {
      return make_error(Errc::denied, "{}", words);
    }
    return make_error(outcome == CURLE_OPERATION_TIMEDOUT ? Errc::timeout : Errc::unavailable, "{}",
                      words);
  }

  MailServer server_;
  WorkerPool& pool_;
};

}  // namespace

std::unique_ptr<Mailer> create_curl_mailer(MailServer server, WorkerPool& pool) {
  return std::make_unique<CurlMailer>(std::move(server), pool);
}

}  // namespace vigie::notify
