// SPDX-License-Identifier: Apache-2.0
// Connections to where the address guard lets us go, with TLS where the URL asks for it. For the
// HTTP room only.
#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <optional>
#include <vector>

#include "async/async.hpp"
#include "async/clock.hpp"
#include "base/result.hpp"
#include "http/guard.hpp"
#include "http/link.hpp"

namespace vigie::http {

class Connector {
 public:
  Connector(asio::any_io_executor executor, const AddressGuard& guard)
      : executor_{std::move(executor)}, guard_{guard} {}

  // An open connection to the first address that takes it, made before deadline (of the steady
  // system clock: sockets' deadlines pass in real time, also in tests). The URL itself was checked
  // by the caller; Errc::denied when the guard refuses every address.
  Async<Result<Link>> connect(Url url, Span deadline);

 private:
  Async<Result<Link>> connect_to(const Url& url, std::vector<asio::ip::tcp::endpoint> addresses,
                                 Span deadline);
  asio::ssl::context& tls();
  Span left(Span deadline) const { return std::max(deadline - clock_.steady(), Span{0}); }

  asio::any_io_executor executor_;
  const AddressGuard& guard_;
  // Made when first needed: reading the authorities takes 30 ms.
  std::optional<asio::ssl::context> tls_;
  SystemClock clock_;
};

}  // namespace vigie::http
