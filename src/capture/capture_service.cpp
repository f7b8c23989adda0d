// SPDX-License-Identifier: Apache-2.0
#include "capture/capture_service.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <utility>

namespace vigie::capture {
namespace {

TaskGroup::OnFailure log_failure(log::Log& log) {
  return [&log](const std::string& name, const std::exception_ptr& failure) {
    std::string why = "unknown";
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& error) {
      why = error.what();
    } catch (...) {
    }
    log.error("a task of capture broke", {{"task", name}, {"why", why}});
  };
}

}  // namespace

struct CaptureService::Running {
  Running(const asio::any_io_executor& executor, const ReaderTools& tools, Work work,
          const ReaderLimits& limits)
      : reader{executor, tools, std::move(work), limits}, group{executor, log_failure(tools.log)} {}

  LiveReader reader;
  TaskGroup group;  // of one: so that one reader can be stopped alone
  bool is_done = false;
};

CaptureService::CaptureService(asio::any_io_executor executor, Captures& captures, Bus& bus,
                               CaptureTools tools, CaptureOptions options)
    : executor_{executor},
      captures_{captures},
      bus_{bus},
      tools_{tools},
      options_{options},
      wake_{executor} {}

CaptureService::~CaptureService() = default;

Async<> CaptureService::run() {
  auto on_hint = [this](std::string_view) { wake_.ring(); };
  const auto subscription = bus_.subscribe(std::string{topic::events}, std::move(on_hint));
  TaskGroup keeper{executor_, log_failure(tools_.log)};
  keeper.spawn("leases", keep());
  std::exception_ptr end;
  try {
    co_await loop();
  } catch (...) {
    end = std::current_exception();
  }
  // Leases are kept until the last reader has settled: its last words need them.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  for (auto& [id, running] : running_) {
    running->group.cancel();
  }
  for (auto& [id, running] : running_) {
    co_await running->group.join();
  }
  running_.clear();
  keeper.cancel();
  co_await keeper.join();
  std::rethrow_exception(end);
}

Async<> CaptureService::loop() {
  for (;;) {
    co_await collect();
    co_await claim();
    const auto settled = co_await captures_.settle_ended();
    if (!settled) {
      tools_.log.warn("ended lives could not be settled", {{"why", settled.error().what}});
    }
    const bool was_rung = co_await wake_.wait_for(tools_.clock, options_.sweep);
    if (was_rung) {
      co_await tools_.clock.sleep(options_.least_pause);
    }
  }
}

Async<> CaptureService::keep() {
  renewed_at_ = tools_.clock.steady();
  for (;;) {
    co_await tools_.clock.sleep(options_.renewal);
    std::vector<LiveClaim> claims;
    renewing_.clear();
    for (const auto& [id, running] : running_) {
      if (!running->is_done && !running->reader.is_lost()) {
        claims.push_back(running->reader.work().claim);
        renewing_.insert(id);
      }
    }
    const auto held = co_await captures_.renew(std::move(claims));
    if (held) {
      renewed_at_ = tools_.clock.steady();
      compare(*held);
    } else {
      tools_.log.warn("leases could not be renewed", {{"why", held.error().what}});
      // By our own clock the leases are about to be anybody's.
      if (tools_.clock.steady() - renewed_at_ > captures_.ttl() - std::chrono::seconds{1}) {
        abandon_all();
      }
    }
  }
}

void CaptureService::compare(const std::vector<Work>& held) {
  std::map<std::string, const Work*> by_id;
  for (const auto& work : held) {
    by_id.emplace(work.claim.live_id, &work);
  }
  for (auto& [id, running] : running_) {
    const auto found = by_id.find(id);
    auto& reader = running->reader;
    if (running->is_done || !renewing_.contains(id)) {
      continue;
    }
    if (found == by_id.end() || found->second->claim.token != reader.work().claim.token) {
      reader.lose();
      running->group.cancel();
      continue;
    }
    reader.update(*found->second);
    if (!reader.work().is_wanted) {
      running->group.cancel();
    }
  }
}

void CaptureService::abandon_all() {
  for (auto& [id, running] : running_) {
    running->reader.lose();
    running->group.cancel();
  }
}

Async<> CaptureService::claim() {
  const auto room = options_.most - static_cast<std::int64_t>(running_.size());
  if (room <= 0) {
    co_return;
  }
  auto taken = co_await captures_.claim(room);
  if (!taken) {
    tools_.log.warn("no lives could be claimed", {{"why", taken.error().what}});
    co_return;
  }
  for (auto& work : *taken) {
    if (running_.contains(work.claim.live_id)) {
      continue;  // its former reader is still settling; unrenewed, this lease soon comes free again
    }
    if (tools_.sources.find(work.platform) == nullptr) {
      co_await refuse(std::move(work));
    } else {
      take(std::move(work));
    }
  }
}

void CaptureService::take(Work work) {
  const auto id = work.claim.live_id;
  auto& source = *tools_.sources.find(work.platform);
  const ReaderTools tools{tools_.client, tools_.guard,   source,         tools_.sink,
                          tools_.blobs,  tools_.pool,    captures_,      tools_.clock,
                          tools_.log,    tools_.metrics, tools_.has_room};
  auto running = std::make_unique<Running>(executor_, tools, std::move(work), options_.reader);
  auto& placed = *running;
  running_.emplace(id, std::move(running));
  tools_.log.info("a live is taken in hand", {{"live", id}});
  placed.group.spawn("reader", this->work(placed));
}

// A platform that this process does not know: another version may.
Async<> CaptureService::refuse(Work work) {
  tools_.log.warn("a live of an unknown platform is left alone", {{"live", work.claim.live_id}});
  const auto said = co_await captures_.set_state(work.claim, CaptureState::failed, "platform");
  if (!said) {
    tools_.log.warn("a refusal could not be recorded", {{"why", said.error().what}});
  }
  const auto released = co_await captures_.release(work.claim);
  if (!released) {
    tools_.log.warn("a lease could not be given back", {{"why", released.error().what}});
  }
}

Async<> CaptureService::collect() {
  std::vector<std::string> done;
  for (const auto& [id, running] : running_) {
    if (running->is_done) {
      done.push_back(id);
    }
  }
  for (const auto& id : done) {
    co_await running_.at(id)->group.join();
    running_.erase(id);
  }
}

Async<> CaptureService::work(Running& running) {
  std::exception_ptr end;
  try {
    co_await running.reader.run();
  } catch (const boost::system::system_error& error) {
    if (error.code() != asio::error::operation_aborted) {
      end = std::current_exception();
    }
  } catch (...) {
    end = std::current_exception();
  }
  // Stopped or not, what is held back must reach the record before the live is let go.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  try {
    co_await conclude(running);
  } catch (...) {
    end = end ? end : std::current_exception();
  }
  running.is_done = true;
  wake_.ring();
  if (end) {
    std::rethrow_exception(end);
  }
}

Async<> CaptureService::conclude(Running& running) {
  auto& reader = running.reader;
  co_await reader.conclude();
  if (reader.is_lost()) {
    co_return;
  }
  const auto& claim = reader.work().claim;
  Result<> said;
  if (reader.is_over() && reader.is_set_aside()) {
    // What it failed of is worth more than that it is over.
  } else if (reader.is_over()) {
    said = co_await captures_.set_state(claim, CaptureState::done, "");
  } else if (!reader.work().is_wanted) {
    said = co_await captures_.set_state(claim, CaptureState::stopped, "person");
  } else if (!reader.is_restricted()) {
    said = co_await captures_.set_state(claim, CaptureState::stalled, "restart");
  }
  if (!said) {
    tools_.log.warn("the end of a capture could not be recorded", {{"why", said.error().what}});
  }
  const auto released = co_await captures_.release(claim);
  if (!released) {
    tools_.log.warn("a lease could not be given back", {{"why", released.error().what}});
  }
}

}  // namespace vigie::capture
