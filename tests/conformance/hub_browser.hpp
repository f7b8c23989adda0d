// SPDX-License-Identifier: Apache-2.0
// A browser at the end of a socket of the live feed, for tests.
#pragma once
#include <string>
#include <vector>

#include "async/signal.hpp"
#include "base/json.hpp"
#include "http/server.hpp"

namespace vigie::api {

// Reads at once, until its queue is said to be full.
class Browser final : public http::WebSocket {
 public:
  explicit Browser(const asio::any_io_executor& executor) : end_{executor} {}

  Async<Result<std::string>> receive() override {
    while (closed_with == 0) {
      co_await end_.wait();
    }
    co_return make_error(Errc::unavailable, "gone");
  }
  bool send(std::string message) override {
    if (is_slow) {
      return false;
    }
    const auto value = parse_json(message).value();
    types.push_back(get_string(value, "type").value());
    ids.push_back(get_integer(value, "id").value_or(0));
    return true;
  }
  void close(std::uint16_t code, std::string_view) override {
    closed_with = code;
    end_.ring();
  }

  std::vector<std::int64_t> ids;
  std::vector<std::string> types;
  std::uint16_t closed_with = 0;
  bool is_slow = false;

 private:
  Signal end_;
};

}  // namespace vigie::api
