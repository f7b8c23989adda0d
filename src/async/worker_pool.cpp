// SPDX-License-Identifier: Apache-2.0
#include "async/worker_pool.hpp"

#include <pthread.h>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <memory>

namespace vigie {
namespace {

struct Job {
  std::function<void(std::stop_token)> work;
  std::stop_source stop;
  std::exception_ptr failure;

  void run() {
    try {
      work(stop.get_token());
    } catch (...) {
      failure = std::current_exception();
    }
  }
};

}  // namespace

WorkerPool::WorkerPool(std::string name, std::size_t threads) : threads_{threads}, pool_{threads} {
  name.resize(std::min<std::size_t>(name.size(), 15));  // the kernel's limit
  for (std::size_t i = 0; i < threads; ++i) {
    asio::post(pool_, [name] { pthread_setname_np(pthread_self(), name.c_str()); });
  }
}

WorkerPool::~WorkerPool() {
  pool_.stop();
  pool_.join();
}

Async<> WorkerPool::run_erased(std::function<void(std::stop_token)> work) {
  const auto job = std::make_shared<Job>();
  job->work = std::move(work);
  ++waiting_;
  auto initiate = [this, job](auto handler) {
    auto slot = asio::get_associated_cancellation_slot(handler);
    if (slot.is_connected()) {
      slot.assign([job](asio::cancellation_type) { job->stop.request_stop(); });
    }
    auto home = asio::get_associated_executor(handler);
    auto guard = asio::make_work_guard(home);
    auto on_thread = [this, job, home, guard = std::move(guard),
                      handler = std::move(handler)]() mutable {
      --waiting_;
      job->run();
      // The guard goes along: let go of here, it could touch a context that its own thread, having
      // nothing more to do, has already destroyed.
      auto resume = [handler = std::move(handler), guard = std::move(guard), job]() mutable {
        std::move(handler)(std::exchange(job->failure, nullptr));
      };
      asio::post(home, std::move(resume));
    };
    asio::post(pool_, std::move(on_thread));
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(
      std::move(initiate), asio::use_awaitable);
}

}  // namespace vigie
