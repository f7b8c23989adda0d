// SPDX-License-Identifier: Apache-2.0
// Threads for what blocks or computes (SQL, decoding, recognition, password hashing), awaited from
// the I/O thread. A job that is cancelled is asked to stop through its stop_token and still
// awaited. The pool goes before the io_context that awaits it.
#pragma once
#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include "async/async.hpp"

namespace vigie {

class WorkerPool {
 public:
  WorkerPool(std::string name, std::size_t threads);
  ~WorkerPool();  // waits for the jobs that run; jobs never started are dropped

  // Runs job on a thread of the pool and returns what it returns, on the caller's executor; what it
  // throws is thrown there. Waits its turn: first come, first served. Name the lambda first, then
  // std::move it in: a capturing temporary has no place in a co_await expression.
  template <class T>
  Async<T> run(std::function<T(std::stop_token)> job) {
    std::optional<T> result;
    std::function<void(std::stop_token)> erased = [&result, &job](std::stop_token stop) {
      result.emplace(job(std::move(stop)));
    };
    co_await run_erased(std::move(erased));
    co_return std::move(*result);
  }

  std::size_t threads() const { return threads_; }
  std::size_t waiting() const { return waiting_; }  // jobs not yet started; any thread

 private:
  Async<> run_erased(std::function<void(std::stop_token)> job);

  std::size_t threads_;
  std::atomic<std::size_t> waiting_{0};
  asio::thread_pool pool_;
};

}  // namespace vigie
