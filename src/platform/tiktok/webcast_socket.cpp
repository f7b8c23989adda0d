// SPDX-License-Identifier: Apache-2.0
#include "platform/tiktok/webcast_socket.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>
#include <optional>
#include <utility>

#include "async/signal.hpp"
#include "async/task_group.hpp"
#include "base/text.hpp"
#include "platform/tiktok/browser.hpp"
#include "platform/tiktok/webcast_signing.hpp"

namespace vigie::platform::tiktok {
namespace {

using OnEvent = std::function<void(const LiveEvent&)>;

constexpr std::size_t longest_words = 100;
constexpr Span goodbye{std::chrono::seconds{2}};

Farewell farewell(Parting how, std::string words) {
  Farewell why;
  why.how = how;
  why.words = std::move(words);
  return why;
}

// The counters of all sockets.
class Tally {
 public:
  explicit Tally(metrics::Registry& metrics) : metrics_{metrics} {}

  void frame(std::string_view what) {
    metrics_
        .counter("vigie_platform_socket_frames_total", "Frames of event sockets by what they were.",
                 {{"what", what}})
        .add();
  }
  void batch(const Batch& batch) {
    messages("read", batch.messages - std::min(batch.messages, batch.unknown + batch.broken));
    messages("other", batch.unknown);
    messages("broken", batch.broken);
  }
  void signature(std::string_view outcome, std::int64_t left) {
    metrics_
        .counter("vigie_platform_signatures_total", "What the signer answered.",
                 {{"outcome", outcome}})
        .add();
    metrics_
        .gauge("vigie_platform_signatures_left_count",
               "How often the signer may still be asked today.")
        .set(static_cast<double>(left));
  }

 private:
  void messages(std::string_view what, std::size_t count) {
    if (count > 0) {
      metrics_
          .counter("vigie_platform_socket_messages_total",
                   "Messages of event sockets by what became of them.", {{"what", what}})
          .add(static_cast<double>(count));
    }
  }

  metrics::Registry& metrics_;
};

// One open socket until its end.
class Session {
 public:
  Session(const asio::any_io_executor& executor, http::ClientWebSocket& socket, Clock& clock,
          Tally& tally, log::Log& log, const WebcastOptions& options, std::string room,
          const OnEvent& on_event)
      : executor_{executor},
        socket_{socket},
        clock_{clock},
        tally_{tally},
        log_{log},
        options_{options},
        room_{std::move(room)},
        on_event_{on_event},
        changed_{executor},
        heard_at_{clock.steady()} {}

  Async<Farewell> run(Batch first, Span heartbeat) {
    auto on_failure = [this](const std::string& name, const std::exception_ptr& failure) {
      log_.error("an event socket broke", {{"task", name}, {"why", words_of(failure)}});
      end(Parting::failed, "a bug");
    };
    TaskGroup tasks{executor_, std::move(on_failure)};
    std::exception_ptr stopped;
    try {
      on_event_(LiveEvent{});
      tell(first);
      tasks.spawn("reader", read_all());
      tasks.spawn("heartbeats", beat(std::move(first.cursor), heartbeat));
      co_await watch();
    } catch (...) {
      stopped = std::current_exception();
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    tasks.cancel();
    co_await tasks.join();
    co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
    if (stopped) {
      std::rethrow_exception(stopped);
    }
    co_return std::move(*end_);
  }

 private:
  // Until the session has its end, which may be that nothing comes any more.
  Async<> watch() {
    while (!end_) {
      const auto left = heard_at_ + options_.silence - clock_.steady();
      if (left <= Span{0}) {
        end(Parting::silent, "no event for too long");
      } else {
        co_await changed_.wait_for(clock_, left);
      }
    }
  }

  void end(Parting how, std::string words) {
    if (!end_) {
      end_ = farewell(how, std::move(words));
      changed_.ring();
    }
  }

  Async<> read_all() {
    while (!end_) {
      const auto message = co_await socket_.receive();
      if (!message) {
        end(Parting::dropped, message.error().what);
        co_return;
      }
      co_await take(message->bytes);
    }
  }

  // What cannot be read is left out; the connection goes on.
  Async<> take(const std::string& bytes) {
    const auto frame = decode_frame(bytes, options_.max_payload);
    if (!frame) {
      tally_.frame("broken");
      co_return;
    }
    if (frame->type != "msg") {
      tally_.frame("transport");
      co_return;
    }
    tally_.frame("events");
    const auto batch = decode_batch(frame->payload, room_);
    if (batch.needs_ack) {
      auto ack = encode_ack(frame->log_id, batch.internal_ext);
      co_await send(std::move(ack));
    }
    tell(batch);
  }

  void tell(const Batch& batch) {
    tally_.batch(batch);
    if (batch.messages > batch.broken) {
      heard_at_ = clock_.steady();
    }
    for (const auto& event : batch.events) {
      on_event_(event);
      if (event.kind == LiveEventKind::ended || event.kind == LiveEventKind::suspended) {
        end(Parting::over, "");
      }
    }
    if (batch.events.empty() && batch.messages > batch.broken) {
      on_event_(LiveEvent{});
    }
  }

  Async<> beat(std::string cursor, Span interval) {
    const auto room = to_integer(room_).value_or(0);
    auto enter = encode_enter_room(room, cursor);
    co_await send(std::move(enter));
    for (std::uint64_t sequence = 1; !end_; ++sequence) {
      auto heartbeat = encode_heartbeat(static_cast<std::uint64_t>(room), sequence);
      co_await send(std::move(heartbeat));
      co_await clock_.sleep(interval);
    }
  }

  Async<> send(std::string bytes) {
    http::WebSocketMessage message;
    message.kind = http::WebSocketMessage::Kind::binary;
    message.bytes = std::move(bytes);
    const auto sent = co_await socket_.send(std::move(message));
    if (!sent) {
      end(Parting::dropped, sent.error().what);
    }
  }

  asio::any_io_executor executor_;
  http::ClientWebSocket& socket_;
  Clock& clock_;
  Tally& tally_;
  log::Log& log_;
  const WebcastOptions& options_;
  std::string room_;
  const OnEvent& on_event_;
  Signal changed_;
  Span heard_at_;
  std::optional<Farewell> end_;
};

class Webcast final : public LiveSocket {
 public:
  Webcast(asio::any_io_executor executor, WebcastTools tools, WebcastOptions options)
      : executor_{std::move(executor)},
        tools_{tools},
        options_{std::move(options)},
        budget_{options_.signs_per_day},
        tally_{tools.metrics} {}

  std::string_view platform() const override { return "tiktok"; }
  std::int64_t budget_left() const override { return budget_.left(tools_.clock.steady()); }

  Async<Farewell> listen(std::string room, OnEvent on_event) override {
    auto signature = co_await sign(room);
    if (!signature) {
      co_return signature.error();
    }
    if (auto allowed = check_push_server(signature->first.push_server, tools_.guard); !allowed) {
      co_return farewell(Parting::failed, allowed.error().what);
    }
    auto request = handshake(*signature, room);
    auto answer = co_await tools_.sockets.open(std::move(request));
    if (!answer) {
      co_return farewell(Parting::dropped, answer.error().what);
    }
    if (!answer->socket) {
      co_return refusal(answer->response);
    }
    const auto interval = heartbeat_interval(answer->response.headers.get("Handshake-Options"));
    Session session{executor_,  *answer->socket, tools_.clock,    tally_,
                    tools_.log, options_,        std::move(room), on_event};
    auto end = co_await session.run(std::move(signature->first), interval);
    if (end.how == Parting::over || end.how == Parting::silent) {
      co_await answer->socket->close(goodbye);
    }
    co_return end;
  }

 private:
  Async<boost::system::result<Signature, Farewell>> sign(std::string room) {
    const auto wait = budget_.take(tools_.clock.steady());
    if (wait > Span{0}) {
      Farewell why = farewell(Parting::limited, "our own budget of signatures is used up");
      why.retry_after = std::chrono::ceil<std::chrono::seconds>(wait);
      co_return why;
    }
    http::ClientRequest request;
    request.url = signing_url(options_.sign_url, room);
    request.may_repeat = false;  // one place in the budget is one request
    request.max_redirects = 0;
    request.headers.add("Accept", "application/x-protobuf, application/json");
    if (!options_.sign_key.empty()) {
      request.headers.add("X-Api-Key", options_.sign_key);
    }
    const auto response = co_await tools_.client.send(std::move(request));
    if (!response) {
      tally_.signature("failed", budget_left());
      co_return farewell(Parting::failed, response.error().what);
    }
    auto signature = read_signature(*response, room, tools_.clock.now());
    if (!signature && signature.error().retry_after > std::chrono::seconds{0}) {
      budget_.hold(tools_.clock.steady(), signature.error().retry_after);
    }
    tally_.signature(signature ? "signed" : to_string(signature.error().how), budget_left());
    co_return signature;
  }

  http::WebSocketRequest handshake(const Signature& signature, std::string_view room) const {
    http::WebSocketRequest request;
    request.url = socket_url(signature.first, room);
    request.subprotocol = "echo-protocol";
    request.max_message = options_.max_frame;
    request.headers.add("User-Agent", std::string{user_agent});
    request.headers.add("Origin", "https://www.tiktok.com");
    request.headers.add("Cookie", signature.cookies);
    return request;
  }

  // 200 or 400 where 101 is due, with the reason in a header of its own (failures 8).
  static Farewell refusal(const http::Response& response) {
    const auto said = clean_utf8(response.headers.get("Handshake-Msg"), longest_words);
    return farewell(Parting::refused, fmt::format("{} {}", response.status, said));
  }

  asio::any_io_executor executor_;
  WebcastTools tools_;
  WebcastOptions options_;
  SignBudget budget_;
  Tally tally_;
};

}  // namespace

std::unique_ptr<LiveSocket> create_webcast(const asio::any_io_executor& executor,
                                           WebcastTools tools, WebcastOptions options) {
  return std::make_unique<Webcast>(executor, tools, std::move(options));
}

}  // namespace vigie::platform::tiktok
