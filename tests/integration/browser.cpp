// SPDX-License-Identifier: Apache-2.0
#include "integration/browser.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <stdexcept>

namespace vigie::integration {
namespace {

json::value parse(const http::Response& response, const std::string& what) {
  auto value = parse_json(response.body, {.bytes = 8 * 1024 * 1024});
  if (response.status >= 300 || !value) {
    throw std::runtime_error(
        fmt::format("{}: status {}: {}", what, response.status, response.body.substr(0, 300)));
  }
  return std::move(*value);
}

}  // namespace

Async<http::Response> Browser::send(std::string method, std::string path, std::string body) {
  http::ClientRequest request;
  request.method = std::move(method);
  request.url = fmt::format("http://127.0.0.1:{}{}", port_, path);
  request.headers.add("Cookie", cookie_);
  request.headers.add("X-CSRF-Token", csrf_token_);
  if (!body.empty()) {
    request.headers.add("Content-Type", "application/json");
  }
  request.body = std::move(body);
  auto response = co_await client_.send(std::move(request));
  if (!response) {
    throw std::runtime_error(response.error().what);
  }
  co_return std::move(*response);
}

Async<> Browser::sign_in(std::string username, std::string password) {
  const json::object credentials{{"username", username}, {"password", password}};
  const auto response = co_await send("POST", "/api/v1/session", json::serialize(credentials));
  const auto session = parse(response, "signing in");
  csrf_token_ = get_string(session, "csrf_token").value();
  cookie_ = std::string{split(response.headers.get("Set-Cookie"), ';').front()};
}

Async<json::value> Browser::get(std::string path) {
  const auto response = co_await send("GET", path, "");
  co_return parse(response, path);
}

Async<json::value> Browser::post(std::string path, json::object body) {
  const auto response = co_await send("POST", path, json::serialize(body));
  co_return parse(response, path);
}

Async<json::array> Browser::get_all(std::string path) {
  json::array items;
  std::string cursor;
  do {
    const auto asked = fmt::format("{}?limit=1000&cursor={}", path, http::percent_encode(cursor));
    const auto page = co_await get(asked);
    for (const auto& item : page.at("items").as_array()) {
      items.push_back(item);
    }
    cursor = get_string(page, "next_cursor").value_or("");
  } while (!cursor.empty());
  co_return items;
}

Async<> Browser::listen(std::int64_t after) {
  auto peer = co_await http::testing::RawPeer::connect(port_);
  socket_ = std::make_unique<http::testing::RawPeer>(std::move(peer));
  auto handshake = fmt::format(
      "GET /api/v1/events?after={} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: "
      "Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: "
      "http://127.0.0.1:{}\r\n"
      "Cookie: {}\r\n\r\n",
      after, port_, port_, cookie_);
  co_await socket_->send(std::move(handshake));
  const auto answer = co_await socket_->read_until("\r\n\r\n");
  if (!answer.starts_with("HTTP/1.1 101")) {
    throw std::runtime_error("the event socket was refused: " + answer);
  }
}

Async<json::value> Browser::next_event() {
  constexpr unsigned char text_frame = 0x81;
  constexpr unsigned char ping_frame = 0x89;
  constexpr unsigned char pong_frame = 0x8A;
  for (;;) {
    auto frame = co_await socket_->read_frame();
    if (frame.head == ping_frame) {
      co_await socket_->send_frame(pong_frame, std::move(frame.payload));
      continue;
    }
    if (frame.head != text_frame) {
      throw std::runtime_error("the event socket closed");
    }
    auto event = parse_json(frame.payload, {.bytes = 1024 * 1024});
    co_return std::move(event.value());
  }
}

}  // namespace vigie::integration
