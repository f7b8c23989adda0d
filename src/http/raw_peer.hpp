// SPDX-License-Identifier: Apache-2.0
// For tests: the other end of a connection, byte by byte, over a real socket.
#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "async/async.hpp"

namespace vigie::http::testing {

using asio::ip::tcp;

class RawPeer {
 public:
  explicit RawPeer(tcp::socket socket) : socket_{std::move(socket)} {}

  static Async<RawPeer> connect(std::uint16_t port) {
    const auto executor = co_await asio::this_coro::executor;
    tcp::socket socket{executor};
    const tcp::endpoint endpoint{asio::ip::address_v4::loopback(), port};
    co_await socket.async_connect(endpoint, asio::use_awaitable);
    co_return RawPeer{std::move(socket)};
  }

  // What cannot be sent any more because the other end hung up is dropped.
  Async<> send(std::string bytes) {
    co_await asio::async_write(socket_, asio::buffer(bytes),
                               asio::redirect_error(asio::use_awaitable, error_));
  }

  // Everything up to and with `mark`, or what came before the end.
  Async<std::string> read_until(std::string mark) {
    while (received_.find(mark) == std::string::npos && co_await read_some()) {
    }
    const auto place = received_.find(mark);
    const auto count = place == std::string::npos ? received_.size() : place + mark.size();
    auto text = received_.substr(0, count);
    received_.erase(0, count);
    co_return text;
  }

  Async<std::string> read_exactly(std::size_t count) {
    while (received_.size() < count && co_await read_some()) {
    }
    auto text = received_.substr(0, count);
    received_.erase(0, text.size());
    co_return text;
  }

  Async<std::string> read_to_end() {
    while (co_await read_some()) {
    }
    co_return std::move(received_);
  }

  // A whole answer with a Content-Length.
  Async<std::string> read_answer() {
    auto answer = co_await read_until("\r\n\r\n");
    const auto place = answer.find("Content-Length: ");
    if (place != std::string::npos) {
      answer += co_await read_exactly(std::stoul(answer.substr(place + 16)));
    }
    co_return answer;
  }

  // One WebSocket frame: its first byte, then its payload.
  struct Frame {
    unsigned char head = 0;
    std::string payload;
  };
  Async<Frame> read_frame() {
    Frame frame;
    const auto start = co_await read_exactly(2);
    if (start.size() < 2) {
      co_return frame;
    }
    frame.head = static_cast<unsigned char>(start[0]);
    std::size_t size = static_cast<unsigned char>(start[1]);
    if (size >= 126) {
      const std::size_t length_bytes = size == 126 ? 2 : 8;
      const auto more = co_await read_exactly(length_bytes);
      size = 0;
      for (const char byte : more) {
        size = size * 256 + static_cast<unsigned char>(byte);
      }
    }
    frame.payload = co_await read_exactly(size);
    co_return frame;
  }

  // A masked frame, as clients send them.
  Async<> send_frame(unsigned char head, std::string payload) {
    std::string bytes(1, static_cast<char>(head));
    if (payload.size() < 126) {
      bytes += static_cast<char>(0x80U | payload.size());
    } else {
      bytes += static_cast<char>(0xFE);
      bytes += static_cast<char>(payload.size() >> 8U);
      bytes += static_cast<char>(payload.size() & 0xFFU);
    }
    bytes += "mask";
    for (std::size_t i = 0; i < payload.size(); ++i) {
      bytes += static_cast<char>(payload[i] ^ "mask"[i % 4]);
    }
    return send(std::move(bytes));
  }

  bool was_reset() const { return error_ == asio::error::connection_reset; }
  void close() { socket_.close(); }
  tcp::socket& socket() { return socket_; }

 private:
  Async<bool> read_some() {
    const auto used = received_.size();
    received_.resize(used + 4096);
    const auto count =
        co_await socket_.async_read_some(asio::buffer(received_.data() + used, 4096),
                                         asio::redirect_error(asio::use_awaitable, error_));
    received_.resize(used + count);
    co_return !error_;
  }

  tcp::socket socket_;
  std::string received_;
  boost::system::error_code error_;
};

}  // namespace vigie::http::testing
