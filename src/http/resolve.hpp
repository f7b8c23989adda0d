// SPDX-License-Identifier: Apache-2.0
// Names to addresses without waiting for a slow resolver longer than one is willing to. For the
// HTTP room only.
#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <string>
#include <vector>

#include "async/async.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace vigie::http {

// Every address of host, in the resolver's order, at least one; an address in text is itself.
// Errc::unavailable when the name has none, Errc::timeout after patience.
Async<Result<std::vector<asio::ip::tcp::endpoint>>> resolve(std::string host, std::uint16_t port,
                                                            Span patience);

}  // namespace vigie::http
