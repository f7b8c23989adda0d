// SPDX-License-Identifier: Apache-2.0
#include "http/resolve.hpp"

#include <boost/asio/this_coro.hpp>
#include <memory>

#include "async/clock.hpp"
#include "async/signal.hpp"

namespace vigie::http {
namespace {

using asio::ip::tcp;

// Asio's resolver cannot be cancelled while the C library works: who gives up waiting leaves this
// behind, shared with the answer to come.
struct Lookup {
  explicit Lookup(const asio::any_io_executor& executor) : resolver{executor}, done{executor} {}
  tcp::resolver resolver;
  Signal done;
  boost::system::error_code failed;
  std::vector<tcp::endpoint> found;
};

}  // namespace

Async<Result<std::vector<tcp::endpoint>>> resolve(std::string host, std::uint16_t port,
                                                  Span patience) {
  boost::system::error_code not_an_address;
  const auto address = asio::ip::make_address(host, not_an_address);
  if (!not_an_address) {
    co_return std::vector<tcp::endpoint>(1, tcp::endpoint{address, port});
  }
  const auto executor = co_await asio::this_coro::executor;
  const auto lookup = std::make_shared<Lookup>(executor);
  lookup->resolver.async_resolve(
      host, std::to_string(port), tcp::resolver::numeric_service,
      [lookup](const boost::system::error_code& failed, const tcp::resolver::results_type& found) {
        lookup->failed = failed;
        for (const auto& entry : found) {
          lookup->found.push_back(entry.endpoint());
        }
        lookup->done.ring();
      });
  SystemClock clock;
  const bool in_time = co_await lookup->done.wait_for(clock, patience);
  if (!in_time) {
    co_return make_error(Errc::timeout, "no address of {} in time", host);
  }
  if (lookup->failed || lookup->found.empty()) {
    co_return make_error(Errc::unavailable, "the name {} has no address: {}", host,
                         lookup->failed.message());
  }
  co_return std::move(lookup->found);
}

}  // namespace vigie::http
