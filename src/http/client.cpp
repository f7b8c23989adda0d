// SPDX-License-Identifier: Apache-2.0
#include "http/client.hpp"

#include <optional>

#include "async/clock.hpp"
#include "http/connector.hpp"
#include "http/head.hpp"
#include "http/idle_links.hpp"
#include "http/inflate.hpp"
#include "http/link.hpp"
#include "http/parser.hpp"
#include "http/redirect.hpp"
#include "http/wire.hpp"

namespace vigie::http {
namespace {

constexpr std::size_t read_size = 16 * 1024;

// An answer whose head has been read, and the connection on which the rest comes.
struct Exchange {
  Link link;
  ResponseParser parser;
  std::string buffer;
};

// One request with its remaining time.
struct Attempt {
  Url url;
  ClientRequest request;
  Span deadline;
  bool streams = false;
};

Result<> check(const ClientRequest& request) {
  if (!is_token(request.method)) {
    return make_error(Errc::invalid, "the method of the request is not a word");
  }
  for (const auto& [name, value] : request.headers.fields()) {
    if (!is_sendable_field(name, value)) {
      return make_error(Errc::invalid, "the header field {} cannot be sent: a line break, say",
                        name);
    }
  }
  return {};
}

std::string write_request(const Attempt& attempt) {
  const auto& request = attempt.request;
  const auto origin = attempt.url.origin();
  std::string bytes = request.method + " " + attempt.url.target + " HTTP/1.1\r\n";
  bytes += "Host: " + origin.substr(origin.find("://") + 3) + "\r\n";
  if (!request.headers.has("user-agent")) {
    bytes += "User-Agent: Vigie\r\n";
  }
  if (!request.headers.has("accept-encoding") && !attempt.streams) {
    bytes += "Accept-Encoding: gzip, deflate\r\n";
  }
  for (const auto& [name, value] : request.headers.fields()) {
    if (!equals_ignoring_case(name, "host") && !equals_ignoring_case(name, "content-length") &&
        !equals_ignoring_case(name, "transfer-encoding") &&
        !equals_ignoring_case(name, "connection")) {
      bytes += name;
      bytes += ": " + value + "\r\n";
    }
  }
  const bool may_have_body = request.method != "GET" && request.method != "HEAD";
  if (!request.body.empty() || may_have_body) {
    bytes += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  if (attempt.streams) {
    bytes += "Connection: close\r\n";
  }
  return bytes + "\r\n" + request.body;
}

// The next bytes into the parser. False at the end of the connection.
Async<Result<bool>> feed_more(Exchange& exchange) {
  const auto used = exchange.buffer.size();
  exchange.buffer.resize(used + read_size);
  const auto count =
      co_await exchange.link.read_some(asio::buffer(exchange.buffer.data() + used, read_size));
  exchange.buffer.resize(used + (count ? *count : 0));
  if (!count) {
    co_return count.error();
  }
  const auto fed = *count > 0 ? exchange.parser.feed(exchange.buffer) : exchange.parser.feed_end();
  if (!fed) {
    co_return fed.error();
  }
  co_return *count > 0;
}

class LinkStream final : public ResponseStream {
 public:
  LinkStream(Exchange exchange, Span patience)
      : exchange_{std::move(exchange)}, patience_{patience} {
    head_ = exchange_.parser.response();
    head_.body.clear();
  }

  const Response& head() const override { return head_; }

  Async<Result<std::string>> read() override {
    auto& body = exchange_.parser.response().body;
    exchange_.link.expires_after(patience_);
    while (body.empty() && !exchange_.parser.is_complete()) {
      const auto more = co_await feed_more(exchange_);
      if (!more) {
        co_return more.error();
      }
    }
    co_return std::exchange(body, {});
  }

 private:
  Exchange exchange_;
  Response head_;
  Span patience_;
};

class HttpClient final : public Client {
 public:
  HttpClient(asio::any_io_executor executor, const AddressGuard& guard)
      : guard_{guard}, connector_{std::move(executor), guard} {}

  Async<Result<Response>> send(ClientRequest request) override;
  Async<Result<std::unique_ptr<ResponseStream>>> open(ClientRequest request) override;

 private:
  Async<Result<Exchange>> begin(Attempt attempt);
  Async<Result<Exchange>> follow_redirects(Attempt& attempt);
  Async<Result<Exchange>> ask(Link link, const Attempt& attempt, bool& answered);
  Async<Result<>> read_rest(Exchange& exchange, Span deadline);
  Result<Attempt> prepare(ClientRequest request, bool streams) const;
  void keep(const Url& url, Exchange exchange);
  Span left(Span deadline) const { return std::max(deadline - clock_.steady(), Span{0}); }

  const AddressGuard& guard_;
  Connector connector_;
  SystemClock clock_;  // deadlines of sockets pass in real time, also in tests
  IdleLinks idle_;
};

Result<Attempt> HttpClient::prepare(ClientRequest request, bool streams) const {
  auto url = parse_url(request.url);
  if (!url) {
    return url.error();
  }
  if (auto checked = check(request); !checked) {
    return checked.error();
  }
  if (auto allowed = guard_.check_url(*url); !allowed) {
    return allowed.error();
  }
  const auto deadline = clock_.steady() + request.timeout;
  return Attempt{std::move(*url), std::move(request), deadline, streams};
}

Async<Result<Response>> HttpClient::send(ClientRequest request) {
  auto attempt = prepare(std::move(request), false);
  if (!attempt) {
    co_return attempt.error();
  }
  auto exchange = co_await follow_redirects(*attempt);
  if (!exchange) {
    co_return exchange.error().during("asking " + attempt->url.host);
  }
  const auto rest = co_await read_rest(*exchange, attempt->deadline);
  if (!rest) {
    co_return rest.error().during("reading the answer of " + attempt->url.host);
  }
  auto response = std::move(exchange->parser.response());
  keep(attempt->url, std::move(*exchange));
  const std::string coding{response.headers.get("content-encoding")};
  if (coding.empty() || response.body.empty()) {
    co_return response;
  }
  auto plain = inflate_body(response.body, coding, attempt->request.max_body);
  if (!plain) {
    co_return plain.error().during("reading the answer of " + attempt->url.host);
  }
  Response inflated;
  inflated.status = response.status;
  for (const auto& [name, value] : response.headers.fields()) {
    if (!equals_ignoring_case(name, "content-encoding") &&
        !equals_ignoring_case(name, "content-length")) {
      inflated.headers.add(name, value);
    }
  }
  inflated.body = std::move(*plain);
  co_return inflated;
}

Async<Result<std::unique_ptr<ResponseStream>>> HttpClient::open(ClientRequest request) {
  auto attempt = prepare(std::move(request), true);
  if (!attempt) {
    co_return attempt.error();
  }
  auto exchange = co_await follow_redirects(*attempt);
  if (!exchange) {
    co_return exchange.error().during("opening a stream of " + attempt->url.host);
  }
  std::unique_ptr<ResponseStream> stream =
      std::make_unique<LinkStream>(std::move(*exchange), attempt->request.timeout);
  co_return stream;
}

// Leaves the last address and request in attempt.
Async<Result<Exchange>> HttpClient::follow_redirects(Attempt& attempt) {
  for (int hops = 0;; ++hops) {
    auto exchange = co_await begin(attempt);
    if (!exchange || !is_redirect(exchange->parser.response()) ||
        attempt.request.max_redirects == 0) {
      co_return exchange;
    }
    if (hops == attempt.request.max_redirects) {
      co_return make_error(Errc::corrupt, "more than {} redirects", hops);
    }
    const auto& response = exchange->parser.response();
    const auto next = follow(attempt.url, response.headers.get("location"));
    if (!next) {
      co_return next.error();
    }
    if (auto allowed = guard_.check_url(*next); !allowed) {
      co_return allowed.error();
    }
    adapt_to_redirect(attempt.request, response.status, next->origin() == attempt.url.origin());
    attempt.url = *next;
  }
}

// Sends and reads the head of the answer, on a kept connection if there is one. The other end may
// have closed that one at the same moment: then once more on a new one.
Async<Result<Exchange>> HttpClient::begin(Attempt attempt) {
  auto kept = attempt.streams ? std::nullopt : idle_.take(attempt.url.origin(), clock_.steady());
  if (kept) {
    bool answered = false;
    auto exchange = co_await ask(std::move(*kept), attempt, answered);
    if (exchange || answered || !attempt.request.may_repeat ||
        exchange.error().code != Errc::unavailable) {
      co_return exchange;
    }
  }
  auto link = co_await connector_.connect(attempt.url, attempt.deadline);
  if (!link) {
    co_return link.error();
  }
  bool answered = false;
  co_return co_await ask(std::move(*link), attempt, answered);
}

Async<Result<Exchange>> HttpClient::ask(Link link, const Attempt& attempt, bool& answered) {
  const auto bytes = write_request(attempt);
  const auto written = co_await link.write(bytes, left(attempt.deadline));
  if (!written) {
    co_return written.error();
  }
  link.expires_after(left(attempt.deadline));
  const bool is_head = attempt.request.method == "HEAD";
  const auto limit = attempt.streams ? std::nullopt : std::optional{attempt.request.max_body};
  Exchange exchange{std::move(link), ResponseParser{limit, is_head}, {}};
  while (true) {
    while (!exchange.parser.has_head()) {
      const auto more = co_await feed_more(exchange);
      answered = answered || !exchange.buffer.empty() || exchange.parser.has_head();
      if (!more) {
        co_return more.error();
      }
    }
    if (exchange.parser.response().status >= 200) {
      co_return exchange;
    }
    if (exchange.parser.response().status == 101) {
      co_return make_error(Errc::corrupt, "an upgrade that nobody asked for");
    }
    exchange.parser = ResponseParser{limit, is_head};  // 100 Continue, 103 Early Hints
    if (const auto fed = exchange.parser.feed(exchange.buffer); !fed) {
      co_return fed.error();
    }
  }
}

Async<Result<>> HttpClient::read_rest(Exchange& exchange, Span deadline) {
  exchange.link.expires_after(left(deadline));
  while (!exchange.parser.is_complete()) {
    const auto more = co_await feed_more(exchange);
    if (!more) {
      co_return more.error();
    }
  }
  co_return Result<>{};
}

void HttpClient::keep(const Url& url, Exchange exchange) {
  if (exchange.parser.keeps_alive() && exchange.buffer.empty()) {
    idle_.give(url.origin(), std::move(exchange.link), clock_.steady());
  }
}

}  // namespace

std::unique_ptr<Client> create_client(const asio::any_io_executor& executor,
                                      const AddressGuard& guard) {
  return std::make_unique<HttpClient>(executor, guard);
}

}  // namespace vigie::http
