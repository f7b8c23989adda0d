// SPDX-License-Identifier: Apache-2.0
// For tests: a server that answers word for word what a test wrote down.
#pragma once
#include <gtest/gtest.h>

#include <exception>
#include <list>
#include <string>
#include <utility>
#include <vector>

#include "async/task_group.hpp"
#include "async/testing.hpp"
#include "http/client.hpp"
#include "http/raw_peer.hpp"

namespace vigie::http::testing {

// A listener that answers each connection with its own lines, word for word.
class Script {
 public:
  explicit Script(std::vector<std::string> answers, bool closes = true,
                  asio::io_context* shared = nullptr)
      : io{shared != nullptr ? *shared : own_},
        answers_{std::move(answers)},
        closes_{closes},
        acceptor_{io.get_executor(), tcp::endpoint{asio::ip::address_v4::loopback(), 0}},
        tasks_{io.get_executor(), [](const std::string&, std::exception_ptr) { FAIL(); }} {
    tasks_.spawn("script", play());
  }
  ~Script() {
    tasks_.cancel();
    vigie::testing::run(io, tasks_.join());
  }
  Script(const Script&) = delete;
  Script& operator=(const Script&) = delete;

  std::string url(std::string_view path = "/") const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) +
           std::string{path};
  }

  asio::io_context& io;
  std::vector<std::string> requests;

 private:
  Async<> play() {
    for (const auto& answer : answers_) {
      peers_.emplace_back(co_await acceptor_.async_accept(asio::use_awaitable));
      requests.push_back(co_await peers_.back().read_until("\r\n\r\n"));
      co_await peers_.back().send(answer);
      if (closes_) {
        peers_.back().close();
      }
    }
  }

  asio::io_context own_;
  std::vector<std::string> answers_;
  bool closes_;
  tcp::acceptor acceptor_;
  std::list<RawPeer> peers_;
  TaskGroup tasks_;
};

inline ClientRequest get(std::string url) {
  ClientRequest request;
  request.url = std::move(url);
  return request;
}

inline std::string redirect_to(std::string_view location, int status = 302) {
  return "HTTP/1.1 " + std::to_string(status) + " Moved\r\nLocation: " + std::string{location} +
         "\r\nContent-Length: 0\r\n\r\n";
}

}  // namespace vigie::http::testing
