// SPDX-License-Identifier: Apache-2.0
// For tests of code that blocks: a server on a thread of its own, over real sockets, that answers
// each request with the bytes a function gives, right or wrong, and closes.
#pragma once
#include <poll.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/text.hpp"

namespace vigie::http::testing {

class ScriptedServer {
 public:
  // request: head and body. "" leaves the connection open, in silence.
  using Script = std::function<std::string(const std::string& request)>;

  explicit ScriptedServer(Script script) : script_{std::move(script)} {
    thread_ = std::jthread{[this](const std::stop_token& stop) { serve(stop); }};
  }
  ~ScriptedServer() {
    thread_.request_stop();
    thread_.join();
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  std::string url(const std::string& path = "") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  std::vector<std::string> requests() const {
    const std::scoped_lock lock{mutex_};
    return requests_;
  }

 private:
  using tcp = boost::asio::ip::tcp;

  void serve(const std::stop_token& stop) {
    constexpr int look_interval_ms = 20;
    while (!stop.stop_requested()) {
      pollfd waiting{.fd = acceptor_.native_handle(), .events = POLLIN, .revents = 0};
      if (::poll(&waiting, 1, look_interval_ms) <= 0) {
        continue;
      }
      boost::system::error_code failure;
      auto socket = acceptor_.accept(failure);
      if (!failure) {
        answer(std::move(socket));
      }
    }
  }

  void answer(tcp::socket socket) {
    boost::system::error_code failure;
    std::string request;
    const auto head =
        boost::asio::read_until(socket, boost::asio::dynamic_buffer(request), "\r\n\r\n", failure);
    const auto mark = to_lower_ascii(request).find("\r\ncontent-length: ");
    if (mark != std::string::npos && mark < head) {
      const auto whole = head + std::stoul(request.substr(mark + 18));
      if (request.size() < whole) {
        boost::asio::read(socket, boost::asio::dynamic_buffer(request),
                          boost::asio::transfer_exactly(whole - request.size()), failure);
      }
    }
    {
      const std::scoped_lock lock{mutex_};
      requests_.push_back(request);
    }
    const auto bytes = script_(request);
    if (bytes.empty()) {
      silent_.push_back(std::move(socket));
      return;
    }
    boost::asio::write(socket, boost::asio::buffer(bytes), failure);
    socket.shutdown(tcp::socket::shutdown_send, failure);
    // What the other end still sends is read, so that no reset overtakes the answer.
    std::string rest;
    boost::asio::read(socket, boost::asio::dynamic_buffer(rest), failure);
  }

  Script script_;
  boost::asio::io_context io_;
  tcp::acceptor acceptor_{io_, tcp::endpoint{boost::asio::ip::address_v4::loopback(), 0}};
  std::uint16_t port_ = acceptor_.local_endpoint().port();
  std::deque<tcp::socket> silent_;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::jthread thread_;
};

// An answer with its length; headers: whole lines.
inline std::string http_answer(int status, const std::string& body,
                               const std::string& headers = "") {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\nConnection: close\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace vigie::http::testing
