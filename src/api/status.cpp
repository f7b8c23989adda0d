// SPDX-License-Identifier: Apache-2.0
// /status, and the two questions of those who run the process.
#include "api/status.hpp"

#include <boost/json/array.hpp>

#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "api/language.hpp"
#include "api/services.hpp"
#include "base/json.hpp"
#include "watch/lives.hpp"

namespace vigie::api {

json::object to_json(const platform::HostStatus& host) {
  return {{"host", host.host},
          {"allowed_per_s", host.allowed_per_s},
          {"used_per_s", host.used_per_s},
          {"queue", host.queue},
          {"wait_p50_s", host.wait_p50_s},
          {"wait_p95_s", host.wait_p95_s},
          {"paused_until", or_null(host.paused_until)},
          {"reason", host.reason},
          {"since", or_null(host.since)}};
}

json::value to_json(const std::optional<CapacityStatus>& capacity) {
  if (!capacity) {
    return nullptr;
  }
  return json::object{{"lives", capacity->lives},
                      {"cpu_per_audio_s", capacity->cpu_per_audio_s},
                      {"workers", capacity->workers},
                      {"model", capacity->model}};
}

Async<Result<http::Response>> get_status(Services& services, Call call) {
  json::array parts;
  for (const auto& part : services.parts()) {
    parts.push_back({{"name", part.name},
                     {"state", part.state},
                     {"words", say_each(part.words, call.language)}});
  }
  json::object status;
  status["version"] = services.version;
  status["time"] = to_rfc3339(services.clock.now());
  status["parts"] = std::move(parts);
  json::array hosts;
  if (services.hosts) {
    const auto asked = co_await services.hosts();
    for (const auto& host : asked) {
      hosts.push_back(to_json(host));
    }
  }
  status["hosts"] = std::move(hosts);
  status["capacity"] = to_json(services.capacity ? services.capacity() : std::nullopt);
  const auto delays = co_await services.lives.detection_delays("");
  if (!delays) {
    co_return delays.error();
  }
  status["detection_delay_p50_s"] = or_null(delays->p50_s);
  status["detection_delay_p95_s"] = or_null(delays->p95_s);
  co_return json_answer(200, status);
}

Async<Result<http::Response>> healthz(Services&, Call) {
  co_return json_answer(200, json::object{{"status", "ok"}});
}

Async<Result<http::Response>> readyz(Services& services, Call) {
  db::Database::Work work = [](db::Transaction& transaction) -> Result<> {
    const auto now = transaction.now();
    return now ? Result<>{} : Result<>{now.error()};
  };
  const auto answered = co_await services.database.read(std::move(work));
  if (!answered) {
    co_return answered.error();
  }
  co_return json_answer(200, json::object{{"status", "ready"}});
}

}  // namespace vigie::api
