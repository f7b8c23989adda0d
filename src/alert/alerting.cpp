// SPDX-License-Identifier: Apache-2.0
#include "alert/alerting.hpp"

#include <utility>

namespace vigie::alert {

Alerting::Alerting(const asio::any_io_executor& executor, Alerts& alerts, Bus& bus, Clock& clock,
                   log::Log& log, metrics::Registry& metrics, AlertingOptions options)
    : alerts_{alerts},
      bus_{bus},
      clock_{clock},
      log_{log},
      metrics_{metrics},
      options_{options},
      wake_{executor} {}

Async<> Alerting::run() {
  auto on_hint = [this](std::string_view) { wake_.ring(); };
  const auto subscription = bus_.subscribe(std::string{topic::events}, std::move(on_hint));
  for (;;) {
    co_await take_in_all();
    co_await wake_.wait_for(clock_, options_.sweep);
  }
}

Async<> Alerting::take_in_all() {
  for (;;) {
    auto taken = co_await alerts_.take_in(options_.risk_threshold, options_.cooldown);
    if (!taken) {
      log_.error("assessments were not turned into alerts", {{"why", taken.error().what}});
      co_return;
    }
    if (taken->events == 0) {
      co_return;
    }
    count(*taken);
  }
}

void Alerting::count(const TakenIn& taken) {
  const auto add = [&](std::string_view name, std::string_view help, std::int64_t by) {
    metrics_.counter(name, help).add(static_cast<double>(by));
  };
  add("vigie_alert_opened_total", "Alerts opened.", taken.opened);
  add("vigie_alert_merged_total", "Windows merged into an alert that was open.", taken.updated);
  add("vigie_alert_notifications_total", "Notifications written for alerts.", taken.notified);
  if (taken.unreadable > 0) {
    log_.warn("assessments were told of but are not there", {{"count", taken.unreadable}});
  }
}

}  // namespace vigie::alert
