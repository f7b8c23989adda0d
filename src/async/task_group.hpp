// SPDX-License-Identifier: Apache-2.0
// Structured concurrency: every coroutine belongs to a group, and whoever owns the group cancels
// and joins it before it goes. All calls happen on the group's executor.
#pragma once
#include <boost/asio/cancellation_signal.hpp>
#include <exception>
#include <functional>
#include <list>
#include <string>

#include "async/async.hpp"
#include "async/signal.hpp"

namespace vigie {

// What an exception says, for the log.
std::string words_of(const std::exception_ptr& failure);

class TaskGroup {
 public:
  // Told of a child that ended by an exception other than cancellation: a bug, to be logged.
  using OnFailure = std::function<void(const std::string& name, std::exception_ptr failure)>;

  TaskGroup(asio::any_io_executor executor, OnFailure on_failure);
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;
  ~TaskGroup();  // ends the program when a child is left: the owner forgot to join

  void spawn(std::string name, Async<> work);

  // The same for work that may have to stop itself: what make is given stops it, and lives as long.
  void spawn_with_stop(std::string name,
                       const std::function<Async<>(asio::cancellation_signal& stop)>& make);

  // Asks every child to stop; children spawned afterwards are stopped at once.
  void cancel();

  // Resumes once no child is left.
  Async<> join();

  std::size_t size() const { return children_.size(); }

 private:
  struct Child {
    std::string name;
    asio::cancellation_signal stop;
  };
  void start(std::list<Child>::iterator child, Async<> work);
  void finished(std::list<Child>::iterator child, std::exception_ptr failure);

  asio::any_io_executor executor_;
  OnFailure on_failure_;
  std::list<Child> children_;
  Signal emptied_;
  bool cancelled_ = false;
};

}  // namespace vigie
