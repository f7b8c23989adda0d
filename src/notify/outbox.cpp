// SPDX-License-Identifier: Apache-2.0
#include "notify/outbox.hpp"

#include <algorithm>

namespace vigie::notify {
namespace {

constexpr std::int64_t doublings = 12;  // 4096 s: beyond the hour
constexpr Span longest_wait = std::chrono::hours{1};
constexpr double jitter = 0.2;

}  // namespace

std::string_view to_string(Channel channel) {
  return channel == Channel::mail ? "mail" : "webhook";
}

std::string_view to_string(MessageState state) {
  switch (state) {
    case MessageState::waiting:
      return "waiting";
    case MessageState::sent:
      return "sent";
    case MessageState::dead:
      return "dead";
  }
  return "";
}

Result<MessageState> parse_message_state(std::string_view text) {
  for (const auto state : {MessageState::waiting, MessageState::sent, MessageState::dead}) {
    if (to_string(state) == text) {
      return state;
    }
  }
  return make_error(Errc::invalid, "state: waiting, sent or dead");
}

Span wait_after(std::int64_t failures, Random& random) {
  const auto power = std::clamp<std::int64_t>(failures - 1, 0, doublings);
  const Span base = std::chrono::seconds{std::int64_t{1} << static_cast<unsigned>(power)};
  const double spread = 1 - jitter + 2 * jitter * random.unit();
  return std::min(longest_wait, from_seconds(to_seconds(base) * spread));
}

}  // namespace vigie::notify
