// SPDX-License-Identifier: Apache-2.0
#include "platform/live_socket.hpp"

namespace vigie::platform {

std::string_view to_string(LiveEventKind kind) {
  switch (kind) {
    case LiveEventKind::alive:
      return "alive";
    case LiveEventKind::viewers:
      return "viewers";
    case LiveEventKind::paused:
      return "paused";
    case LiveEventKind::resumed:
      return "resumed";
    case LiveEventKind::ended:
      return "ended";
    case LiveEventKind::suspended:
      return "suspended";
    case LiveEventKind::chat:
      return "chat";
    case LiveEventKind::like:
      return "like";
    case LiveEventKind::member:
      return "member";
    case LiveEventKind::follow:
      return "follow";
    case LiveEventKind::gift:
      return "gift";
  }
  return "alive";
}

std::string_view to_string(Parting parting) {
  switch (parting) {
    case Parting::over:
      return "over";
    case Parting::dropped:
      return "dropped";
    case Parting::silent:
      return "silent";
    case Parting::refused:
      return "refused";
    case Parting::limited:
      return "limited";
    case Parting::denied:
      return "denied";
    case Parting::failed:
      return "failed";
  }
  return "failed";
}

}  // namespace vigie::platform
