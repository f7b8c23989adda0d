// SPDX-License-Identifier: Apache-2.0
// The Webcast socket (protocol notes §5): who holds a ticket of the signer's is told what happens
// in a room, as TikTok tells it, or is refused, or hears nothing.
#pragma once
#include <deque>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "async/signal.hpp"
#include "async/task_group.hpp"
#include "sim/plugin.hpp"
#include "sim/signer.hpp"
#include "sim/webcast_messages.hpp"

namespace vigie::sim {

class Webcast final : public Plugin {
 public:
  // tasks: where what is pushed unasked runs, as long as somebody listens.
  Webcast(const asio::any_io_executor& executor, TaskGroup& tasks, Clock& clock, World& world,
          Faults& faults, Stats& stats, Random& random, Signer::BaseOf base_of);

  bool serves(std::string_view path) const override;
  Async<http::Answer> answer(http::Request request) override;
  std::optional<Result<>> emit(const http::Request& request) override;

 private:
  // One open socket. It is in a room once it has asked to be.
  struct Client {
    http::WebSocket& socket;
    std::string room;
    std::string user;
    bool wants_gzip = false;
    bool is_in = false;
    Span last_heard{0};
    std::uint64_t frames = 0;
    std::map<std::uint64_t, std::string> unacknowledged;  // log id → internal_ext
    Status shown = Status::on_air;
    std::optional<std::int64_t> shown_viewers;  // set by hand
    Span next_viewers{0};
    std::optional<Span> leaves;
  };

  http::Answer connect(const http::Request& request);
  Async<> serve(http::WebSocket* socket, Ticket ticket, bool wants_gzip);
  void hear(Client& client, const std::string& bytes);
  void hear_acknowledgement(Client& client, const webcast::PushFrame& frame);
  void enter(Client& client, const webcast::PushFrame& frame);

  Async<> look_around();
  void look(Client& client);
  void show_status(Client& client, Status status);
  void show_viewers(Client& client, const Live& live);

  void push(Client& client, webcast::BaseMessage message);
  void send_frame(Client& client, const webcast::PushFrame& frame);
  Mode mode_of(const Client& client) const;
  MessageContext next_message(const std::string& room);

  Clock& clock_;
  TaskGroup& tasks_;
  World& world_;
  Faults& faults_;
  Stats& stats_;
  Random& random_;
  Signer signer_;
  std::list<Client> clients_;
  std::map<std::string, std::int64_t, std::less<>> likes_;  // by room
  std::set<std::string, std::less<>> suspended_;            // rooms that TikTok closed
  std::int64_t messages_ = 0;
  std::uint64_t log_id_ = 0;
  bool looks_around_ = false;
  Signal changed_;
};

}  // namespace vigie::sim
