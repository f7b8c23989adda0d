// SPDX-License-Identifier: Apache-2.0
#include "http/server.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <list>
#include <map>

#include "async/task_group.hpp"
#include "http/connection.hpp"
#include "http/guard.hpp"

namespace vigie::http {
namespace {

using asio::ip::tcp;
using boost::system::error_code;

// Beyond max_connections and these, who comes is closed without a word.
constexpr std::size_t most_turned_away = 100;
constexpr Span accept_pause = std::chrono::milliseconds{100};

// An IPv4 peer has one name, also on a socket that listens on both families.
std::string address_of(const tcp::endpoint& endpoint) {
  const auto address = endpoint.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

class TcpServer final : public Server {
 public:
  TcpServer(tcp::acceptor acceptor, ServerOptions options, Handler handler, Random& random,
            log::Log& log, metrics::Registry& metrics, std::unique_ptr<asio::ssl::context> tls)
      : acceptor_{std::move(acceptor)},
        context_{std::move(options), std::move(handler), random, log, metrics},
        port_{acceptor_.local_endpoint().port()} {
    context_.tls = std::move(tls);
  }

  std::uint16_t port() const override { return port_; }
  Async<> run() override;

 private:
  Async<> accept_all(TaskGroup& tasks);
  Async<> serve(tcp::socket socket, std::string peer, asio::cancellation_signal& stop);
  Async<> turn_away(tcp::socket socket, std::string peer, int status);
  Async<> finish(TaskGroup& tasks);
  Async<> cut_after_grace(TaskGroup& tasks);
  void take_in(TaskGroup& tasks, tcp::socket socket);
  void report(const std::string& name, const std::exception_ptr& failure);

  tcp::acceptor acceptor_;
  ServerContext context_;
  std::uint16_t port_;
  std::list<Connection*> connections_;
  std::map<std::string, std::size_t> by_peer_;
  std::size_t turned_away_ = 0;
};

Async<> TcpServer::run() {
  TaskGroup tasks{
      acceptor_.get_executor(),
      [this](const std::string& name, const std::exception_ptr& why) { report(name, why); }};
  std::exception_ptr stopped;
  try {
    co_await accept_all(tasks);
  } catch (...) {
    stopped = std::current_exception();
  }
  // From here the cancellation is being obeyed: the goodbyes are not to be cut by it.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  co_await finish(tasks);
  co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
  std::rethrow_exception(stopped);
}

Async<> TcpServer::accept_all(TaskGroup& tasks) {
  asio::steady_timer pause{acceptor_.get_executor()};
  while (true) {
    error_code failed;
    auto socket =
        co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, failed));
    if (failed == asio::error::operation_aborted) {
      throw boost::system::system_error{failed};
    }
    if (failed) {
      // Out of file descriptors, mostly: others must close first.
      context_.log.warn("a connection could not be accepted",
                        {{"server", context_.options.name}, {"why", failed.message()}});
      pause.expires_after(accept_pause);
      co_await pause.async_wait(asio::use_awaitable);
      continue;
    }
    take_in(tasks, std::move(socket));
  }
}

void TcpServer::take_in(TaskGroup& tasks, tcp::socket socket) {
  error_code failed;
  const auto endpoint = socket.remote_endpoint(failed);
  if (failed) {
    return;  // gone already
  }
  socket.set_option(tcp::no_delay{true}, failed);
  auto peer = address_of(endpoint);
  const bool full = connections_.size() >= context_.options.max_connections;
  const auto place = by_peer_.find(peer);
  const bool is_spared = context_.options.spares_private_peers && !is_public_address(peer);
  const bool greedy = !is_spared && place != by_peer_.end() &&
                      place->second >= context_.options.max_connections_per_peer;
  if (!full && !greedy) {
    const auto make = [&](asio::cancellation_signal& stop) {
      return serve(std::move(socket), std::move(peer), stop);
    };
    tasks.spawn_with_stop("connection", make);
  } else if (turned_away_ < most_turned_away) {
    tasks.spawn("turned away", turn_away(std::move(socket), std::move(peer), greedy ? 429 : 503));
  }
}

Async<> TcpServer::serve(tcp::socket socket, std::string peer, asio::cancellation_signal& stop) {
  struct Entry {
    TcpServer& server;
    std::list<Connection*>::iterator place;
    const std::string& peer;
    Entry(TcpServer& owner, Connection& connection, const std::string& who)
        : server{owner},
          place{owner.connections_.insert(owner.connections_.end(), &connection)},
          peer{who} {
      ++server.by_peer_[peer];
    }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    ~Entry() {
      server.connections_.erase(place);
      if (--server.by_peer_[peer] == 0) {
        server.by_peer_.erase(peer);
      }
    }
  };
  Connection connection{context_, std::move(socket), peer};
  const Entry entry{*this, connection, peer};
  co_await connection.run();
  co_await connection.run_web_socket(stop);
}

Async<> TcpServer::turn_away(tcp::socket socket, std::string peer, int status) {
  struct Count {
    std::size_t& number;
    explicit Count(std::size_t& counted) : number{counted} { ++number; }
    Count(const Count&) = delete;
    Count& operator=(const Count&) = delete;
    ~Count() { --number; }
  };
  const Count count{turned_away_};
  context_.count(status);
  Connection connection{context_, std::move(socket), std::move(peer)};
  co_await connection.turn_away(status);
}

Async<> TcpServer::finish(TaskGroup& tasks) {
  context_.stopping = true;
  error_code ignored;
  acceptor_.close(ignored);
  for (auto* connection : connections_) {
    connection->stop();
  }
  TaskGroup watch{
      acceptor_.get_executor(),
      [this](const std::string& name, const std::exception_ptr& why) { report(name, why); }};
  watch.spawn("stop grace", cut_after_grace(tasks));
  co_await tasks.join();
  watch.cancel();
  co_await watch.join();
}

Async<> TcpServer::cut_after_grace(TaskGroup& tasks) {
  co_await context_.clock.sleep(context_.options.stop_grace);
  tasks.cancel();
}

void TcpServer::report(const std::string& name, const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    context_.log.error(
        "a connection failed",
        {{"server", context_.options.name}, {"task", name}, {"why", std::string{error.what()}}});
  }
}

Result<tcp::acceptor> bind(const asio::any_io_executor& executor, const ServerOptions& options) {
  error_code failed;
  const auto address = asio::ip::make_address(options.address, failed);
  if (failed) {
    return make_error(Errc::invalid, "\"{}\" is not an IP address to listen on (try 127.0.0.1)",
                      options.address);
  }
  const tcp::endpoint endpoint{address, options.port};
  tcp::acceptor acceptor{executor};
  acceptor.open(endpoint.protocol(), failed);
  if (!failed) {
    acceptor.set_option(tcp::acceptor::reuse_address{true}, failed);
  }
  if (!failed) {
    acceptor.bind(endpoint, failed);
  }
  if (!failed) {
    acceptor.listen(asio::socket_base::max_listen_connections, failed);
  }
  if (failed == asio::error::address_in_use) {
    return make_error(Errc::conflict,
                      "{}:{} is already in use: another Vigie? Stop it, or listen elsewhere",
                      options.address, options.port);
  }
  if (failed) {
    return make_error(Errc::invalid, "cannot listen on {}:{}: {}", options.address, options.port,
                      failed.message());
  }
  return acceptor;
}

// Nothing when the server is plain.
Result<std::unique_ptr<asio::ssl::context>> make_tls(const ServerOptions& options) {
  if (!options.tls) {
    return std::unique_ptr<asio::ssl::context>{};
  }
  auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
  error_code failed;
  context->set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1, failed);
  context->use_certificate_chain(asio::buffer(options.tls->certificate), failed);
  if (failed) {
    return make_error(Errc::invalid, "the TLS certificate cannot be used: {}", failed.message());
  }
  context->use_private_key(asio::buffer(options.tls->key), asio::ssl::context::pem, failed);
  if (failed) {
    return make_error(Errc::invalid, "the TLS key cannot be used with the certificate: {}",
                      failed.message());
  }
  return context;
}

}  // namespace

Result<std::unique_ptr<Server>> create_server(const asio::any_io_executor& executor,
                                              ServerOptions options, Handler handler,
                                              Random& random, log::Log& log,
                                              metrics::Registry& metrics) {
  auto tls = make_tls(options);
  if (!tls) {
    return tls.error();
  }
  auto acceptor = bind(executor, options);
  if (!acceptor) {
    return acceptor.error();
  }
  return std::make_unique<TcpServer>(std::move(*acceptor), std::move(options), std::move(handler),
                                     random, log, metrics, std::move(*tls));
}

}  // namespace vigie::http
