// SPDX-License-Identifier: Apache-2.0
// What stands in the simulator beside its pages and streams (the signer, the Webcast socket): asked
// before them, and before the controls say that something cannot be emitted.
#pragma once
#include <optional>
#include <string_view>

#include "http/server.hpp"

namespace vigie::sim {

class Plugin {
 public:
  virtual ~Plugin() = default;

  // Whether a path is its own. It counts its requests itself (Stats).
  virtual bool serves(std::string_view path) const = 0;
  virtual Async<http::Answer> answer(http::Request request) = 0;

  // /__sim/emit?user=&what=…: nothing when `what` is not its own.
  virtual std::optional<Result<>> emit(const http::Request& request) = 0;
};

}  // namespace vigie::sim
