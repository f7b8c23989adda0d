// SPDX-License-Identifier: Apache-2.0
// The role that tells people outside of the pages: makes messages of what happened, and delivers
// what is due, mails and webhooks beside each other.
#pragma once
#include <string>

#include "async/async.hpp"
#include "async/clock.hpp"
#include "async/signal.hpp"
#include "async/task_group.hpp"
#include "bus/bus.hpp"
#include "log/log.hpp"
#include "metrics/metrics.hpp"
#include "notify/delivery.hpp"
#include "notify/outbox.hpp"
#include "notify/webhooks.hpp"

namespace vigie::notify {

// What is passed by reference must outlive the tasks.
class Sending {
 public:
  Sending(const asio::any_io_executor& executor, Outbox& outbox, Webhooks& webhooks,
          Delivery& delivery, Bus& bus, Clock& clock, log::Log& log, metrics::Registry& metrics);

  // Until the group is cancelled.
  void spawn(TaskGroup& tasks);

  // Reads the log to its end.
  Async<Result<>> take_in_all();

  // One message that is due; false when none is. A failed try is no error: the row knows.
  Async<Result<bool>> deliver_one(Channel channel);

  // As of the last look; for the status page.
  const OutboxCounts& counts() const { return counts_; }

 private:
  Async<> keep_taking_in();
  Async<> keep_delivering(Channel channel, Signal& wake);
  Async<> keep_house();
  Async<Result<std::string>> attempt(Message message);
  void count(Channel channel, std::string_view outcome);

  Outbox& outbox_;
  Webhooks& webhooks_;
  Delivery& delivery_;
  Bus& bus_;
  Clock& clock_;
  log::Log& log_;
  metrics::Registry& metrics_;
  Signal news_;
  Signal mail_due_;
  Signal webhook_due_;
  OutboxCounts counts_;
};

}  // namespace vigie::notify
