// SPDX-License-Identifier: Apache-2.0
// POST /bench/broadcast?seq=N&account_id=A, with VIGIE_BENCH=1 only: one event that every follower
// of an account is told, for bench/web.py.
#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "api/hub.hpp"
#include "api/services.hpp"
#include "base/ids.hpp"
#include "base/json.hpp"
#include "db/event_log.hpp"

namespace vigie::api {

Async<Result<http::Response>> broadcast_for_bench(Services& services, Call call) {
  const auto number = to_integer(call.request.parameter("seq").value_or(""));
  const auto account = call.request.parameter("account_id").value_or("");
  if (!number || !is_plausible_id(account)) {
    co_return make_error(Errc::invalid, "seq: a number, and account_id");
  }
  Event event;
  event.type = event_type::live_updated;
  event.at = services.clock.now();
  event.account_id = account;
  event.data = fmt::format(R"({{"seq":{}}})", *number);
  std::function<Result<std::int64_t>(db::Transaction&)> work =
      [event](db::Transaction& transaction) { return db::append_event(transaction, event); };
  const auto id = co_await db::write<std::int64_t>(services.database, std::move(work));
  if (!id) {
    co_return id.error();
  }
  services.hub.look_now();
  co_return json_answer(202, json::object{{"id", *id}});
}

}  // namespace vigie::api
