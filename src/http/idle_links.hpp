// SPDX-License-Identifier: Apache-2.0
// Connections kept for the next request to the same origin. For the HTTP room only.
#pragma once
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "http/link.hpp"

namespace vigie::http {

class IdleLinks {
 public:
  // The freshest connection to origin that still seems alive.
  std::optional<Link> take(const std::string& origin, Span now);

  // Keeps link, 4 an origin and 30 s at most; lets go of what has become too old.
  void give(const std::string& origin, Link link, Span now);

 private:
  struct Idle {
    Link link;
    Span since;
  };
  void forget_old(Span now);

  std::map<std::string, std::deque<Idle>> by_origin_;
};

}  // namespace vigie::http
