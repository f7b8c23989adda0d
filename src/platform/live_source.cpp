// SPDX-License-Identifier: Apache-2.0
#include "platform/live_source.hpp"

namespace vigie::platform {

std::string_view to_string(Evidence evidence) {
  switch (evidence) {
    case Evidence::live:
      return "live";
    case Evidence::paused:
      return "paused";
    case Evidence::not_live:
      return "not_live";
    case Evidence::exists:
      return "exists";
    case Evidence::not_found:
      return "not_found";
    case Evidence::absent:
      return "absent";
    case Evidence::unknown:
      return "unknown";
  }
  return "unknown";
}

Async<RoomsAnswer> LiveSource::probe_rooms(std::vector<std::string> /*rooms*/) {
  RoomsAnswer answer;
  answer.reason = "not_supported";
  co_return answer;
}

Async<Observation> LiveSource::probe_room(std::string /*room*/) {
  Observation seen;
  seen.reason = "not_supported";
  co_return seen;
}

Async<Result<StreamAddress>> LiveSource::resolve_by_room(std::string room) {
  co_return make_error(Errc::corrupt, "{} says no other address of room {}", platform(), room);
}

}  // namespace vigie::platform
