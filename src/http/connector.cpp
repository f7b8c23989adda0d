// SPDX-License-Identifier: Apache-2.0
#include "http/connector.hpp"

#include <algorithm>

#include "http/resolve.hpp"

namespace vigie::http {
namespace {

using asio::ip::tcp;

constexpr Span shortest_try = std::chrono::seconds{1};

}  // namespace

Async<Result<Link>> Connector::connect(Url url, Span deadline) {
  auto resolving = resolve(url.host, url.port, left(deadline));
  const auto addresses = co_await std::move(resolving);
  if (!addresses) {
    co_return addresses.error();
  }
  std::vector<tcp::endpoint> allowed;
  Result<> refusal;
  for (const auto& endpoint : *addresses) {
    auto checked = guard_.check_address(url, endpoint.address().to_string());
    if (checked) {
      allowed.push_back(endpoint);
    } else {
      refusal = checked;
    }
  }
  if (allowed.empty()) {
    co_return refusal.error();
  }
  co_return co_await connect_to(url, std::move(allowed), deadline);
}

// Tries the addresses one after the other, none with more than its share of the time.
Async<Result<Link>> Connector::connect_to(const Url& url, std::vector<tcp::endpoint> addresses,
                                          Span deadline) {
  Result<> failure;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const auto share = left(deadline) / static_cast<std::int64_t>(addresses.size() - i);
    Link link{tcp::socket{executor_}};
    link.expires_after(std::min(std::max(share, shortest_try), left(deadline)));
    failure = co_await link.connect(addresses[i]);
    if (failure && url.scheme == "https") {
      link.expires_after(left(deadline));
      failure = co_await link.secure(tls(), url.host);
    }
    if (failure) {
      co_return link;
    }
  }
  co_return failure.error().during("connecting to " + url.host);
}

asio::ssl::context& Connector::tls() {
  if (!tls_) {
    tls_.emplace(asio::ssl::context::tls_client);
    boost::system::error_code ignored;  // without authorities every certificate is refused, aloud
    tls_->set_default_verify_paths(ignored);
    tls_->set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1, ignored);
  }
  return *tls_;
}

}  // namespace vigie::http
