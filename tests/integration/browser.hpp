// SPDX-License-Identifier: Apache-2.0
// A browser's share of the main job, without a screen: signs in, asks REST, listens on the socket.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "http/client.hpp"
#include "http/raw_peer.hpp"

namespace vigie::integration {

class Browser {
 public:
  Browser(http::Client& client, std::uint16_t port) : client_{client}, port_{port} {}

  // Throws when an answer is not what a working Vigie gives.
  Async<> sign_in(std::string username, std::string password);
  Async<json::value> get(std::string path);
  Async<json::value> post(std::string path, json::object body);

  // Follows every page of a list.
  Async<json::array> get_all(std::string path);

  // Opens the event socket, from an event's number on.
  Async<> listen(std::int64_t after);
  // The next message of the socket.
  Async<json::value> next_event();

 private:
  Async<http::Response> send(std::string method, std::string path, std::string body);

  http::Client& client_;
  std::uint16_t port_;
  std::string cookie_;
  std::string csrf_token_;
  std::unique_ptr<http::testing::RawPeer> socket_;
};

}  // namespace vigie::integration
