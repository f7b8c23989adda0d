// SPDX-License-Identifier: Apache-2.0
#include "async/task_group.hpp"

#include <fmt/format.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#include <cstdio>

namespace vigie {
namespace {

bool is_cancellation(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const boost::system::system_error& error) {
    return error.code() == asio::error::operation_aborted;
  } catch (...) {
    return false;
  }
}

}  // namespace

std::string words_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "an exception that says nothing";
  }
}

TaskGroup::TaskGroup(asio::any_io_executor executor, OnFailure on_failure)
    : executor_{std::move(executor)}, on_failure_{std::move(on_failure)}, emptied_{executor_} {}

TaskGroup::~TaskGroup() {
  if (!children_.empty()) {
    fmt::print(stderr, "task group destroyed with {} children, first: {}\n", children_.size(),
               children_.front().name);
    std::terminate();
  }
}

void TaskGroup::spawn(std::string name, Async<> work) {
  const auto child = children_.emplace(children_.end());
  child->name = std::move(name);
  start(child, std::move(work));
}

void TaskGroup::spawn_with_stop(
    std::string name, const std::function<Async<>(asio::cancellation_signal& stop)>& make) {
  const auto child = children_.emplace(children_.end());
  child->name = std::move(name);
  start(child, make(child->stop));
}

void TaskGroup::start(std::list<Child>::iterator child, Async<> work) {
  auto on_end = [this, child](std::exception_ptr failure) { finished(child, std::move(failure)); };
  asio::co_spawn(executor_, std::move(work),
                 asio::bind_cancellation_slot(child->stop.slot(), std::move(on_end)));
  if (cancelled_) {
    child->stop.emit(asio::cancellation_type::terminal);
  }
}

void TaskGroup::cancel() {
  cancelled_ = true;
  for (auto& child : children_) {
    child.stop.emit(asio::cancellation_type::terminal);
  }
}

Async<> TaskGroup::join() {
  while (!children_.empty()) {
    co_await emptied_.wait();
  }
}

void TaskGroup::finished(std::list<Child>::iterator child, std::exception_ptr failure) {
  const auto name = std::move(child->name);
  children_.erase(child);
  if (failure && !is_cancellation(failure)) {
    on_failure_(name, failure);
  }
  if (children_.empty()) {
    emptied_.ring();
  }
}

}  // namespace vigie
