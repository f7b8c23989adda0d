// SPDX-License-Identifier: Apache-2.0
// Hints between parts of Vigie: "something new, look at the database". A hint may be lost, doubled
// or late without harm; SQL is the only truth. In memory now, Redis later (tests/conformance).
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace vigie {

// The topics; a topic carries no more than its name needs.
namespace topic {
inline constexpr std::string_view events = "events";  // the event log grew
inline constexpr std::string_view accounts =
    "accounts";  // followed accounts changed, or one is to be checked now
// Text that may still change: {"account_id", "data"}, data as it is shown. All there is of it:
// lost, it is lost.
inline constexpr std::string_view interim = "interim";
}  // namespace topic

// Ends when destroyed.
class Subscription {
 public:
  virtual ~Subscription() = default;
};

class Bus {
 public:
  virtual ~Bus() = default;

  // Never waits, never fails. From any thread.
  virtual void publish(std::string_view topic, std::string text) = 0;

  // on_hint runs on the I/O thread, never inside publish(). Call and destroy on the I/O thread.
  virtual std::unique_ptr<Subscription> subscribe(
      std::string topic, std::function<void(std::string_view text)> on_hint) = 0;
};

}  // namespace vigie
