// SPDX-License-Identifier: Apache-2.0
#include "transcribe/leftovers.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

namespace vigie::transcribe {
namespace {

TaskGroup::OnFailure report_to(log::Log& log) {
  return [&log](const std::string& name, const std::exception_ptr& failure) {
    log.error("a task of transcription broke", {{"task", name}, {"why", words_of(failure)}});
  };
}

}  // namespace

struct Leftovers::Running {
  Running(const asio::any_io_executor& executor, LiveClaim its_claim, log::Log& log)
      : claim{std::move(its_claim)}, group{executor, report_to(log)} {}

  LiveClaim claim;
  TaskGroup group;  // of one: so that one live can be let go alone
};

Leftovers::Leftovers(asio::any_io_executor executor, LeftoverLeases leases,
                     Transcription& transcription, Clock& clock, log::Log& log)
    : executor_{std::move(executor)},
      leases_{std::move(leases)},
      transcription_{transcription},
      clock_{clock},
      log_{log} {}

Leftovers::~Leftovers() = default;

Async<> Leftovers::run() {
  std::exception_ptr end;
  auto looked_at = clock_.steady() - look_interval;
  try {
    for (;;) {
      if (clock_.steady() - looked_at >= look_interval) {
        co_await look();
        looked_at = clock_.steady();
      }
      co_await clock_.sleep(renewal);
      co_await keep();
    }
  } catch (...) {
    end = std::current_exception();
  }
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  for (auto& [id, running] : running_) {
    running->group.cancel();
    co_await running->group.join();
    co_await give_back(running->claim);
  }
  running_.clear();
  std::rethrow_exception(end);
}

Async<> Leftovers::look() {
  const auto room = most - static_cast<std::int64_t>(running_.size());
  if (room <= 0) {
    co_return;
  }
  auto claims = co_await leases_.claim(room);
  if (!claims) {
    log_.warn("lives without all their words cannot be looked for", {{"why", claims.error().what}});
    co_return;
  }
  for (auto& claim : *claims) {
    const auto id = claim.live_id;
    if (running_.contains(id)) {
      continue;  // ours of before, lost meanwhile; unrenewed, this lease soon comes free again
    }
    auto running = std::make_unique<Running>(executor_, std::move(claim), log_);
    auto& placed = *running;
    running_.emplace(id, std::move(running));
    placed.group.spawn("hear", hear(placed));
  }
}

Async<> Leftovers::hear(Running& running) {
  const bool is_done = co_await transcription_.catch_up(running.claim);
  if (is_done) {
    log_.info("every word of a live is there", {{"live", running.claim.live_id}});
  }
}

// Keeps what goes on, lets go what is done, lost, or wanted by captures.
Async<> Leftovers::keep() {
  for (auto at = running_.begin(); at != running_.end();) {
    auto& running = *at->second;
    bool is_ours = running.group.size() > 0;
    if (is_ours) {
      const auto renewed = co_await leases_.renew(running.claim);
      // Without the database nothing can be written either: the fence decides when it is back.
      is_ours = !renewed || *renewed;
    }
    if (is_ours) {
      ++at;
      continue;
    }
    running.group.cancel();
    co_await running.group.join();
    co_await give_back(running.claim);
    at = running_.erase(at);
  }
}

Async<> Leftovers::give_back(LiveClaim claim) {
  const auto released = co_await leases_.release(std::move(claim));
  if (!released) {
    log_.warn("a lease could not be given back", {{"why", released.error().what}});
  }
}

}  // namespace vigie::transcribe
