// SPDX-License-Identifier: Apache-2.0
// The role that alerts: follows the event log and turns assessments into alerts as they come.
#pragma once
#include "alert/alerts.hpp"
#include "async/async.hpp"
#include "async/clock.hpp"
#include "async/signal.hpp"
#include "bus/bus.hpp"
#include "log/log.hpp"
#include "metrics/metrics.hpp"

namespace vigie::alert {

struct AlertingOptions {
  double risk_threshold = 0.7;           // RISK_THRESHOLD
  Span cooldown = same_incident_within;  // ALERT_COOLDOWN_S
  Span sweep{std::chrono::seconds{2}};   // hints may be lost
};

// What is passed by reference must outlive run().
class Alerting {
 public:
  Alerting(const asio::any_io_executor& executor, Alerts& alerts, Bus& bus, Clock& clock,
           log::Log& log, metrics::Registry& metrics, AlertingOptions options);

  // Until cancelled.
  Async<> run();

 private:
  Async<> take_in_all();
  void count(const TakenIn& taken);

  Alerts& alerts_;
  Bus& bus_;
  Clock& clock_;
  log::Log& log_;
  metrics::Registry& metrics_;
  AlertingOptions options_;
  Signal wake_;
};

}  // namespace vigie::alert
