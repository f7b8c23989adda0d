// SPDX-License-Identifier: Apache-2.0
// The live feed with browsers at the ends of its sockets, for tests on each engine.
#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/hub.hpp"
#include "async/signal.hpp"
#include "async/task_group.hpp"
#include "base/json.hpp"
#include "bus/memory/memory_bus.hpp"
#include "http/server.hpp"
#include "log/log_fake.hpp"
#include "support/databases.hpp"

namespace vigie::api {

// Reads at once, until its queue is said to be full.
class Browser final : public http::WebSocket {
 public:
  explicit Browser(const asio::any_io_executor& executor) : end_{executor} {}

  Async<Result<std::string>> receive() override {
    while (closed_with == 0) {
      co_await end_.wait();
    }
    co_return make_error(Errc::unavailable, "gone");
  }
  bool send(std::string message) override {
    if (is_slow) {
      return false;
    }
    const auto value = parse_json(message).value();
    types.push_back(get_string(value, "type").value());
    ids.push_back(get_integer(value, "id").value_or(0));
    return true;
  }
  void close(std::uint16_t code, std::string_view) override {
    closed_with = code;
    end_.ring();
  }

  std::vector<std::int64_t> ids;
  std::vector<std::string> types;
  std::uint16_t closed_with = 0;
  bool is_slow = false;

 private:
  Signal end_;
};

// The hub's way to the database, where a test may hold a read back.
class HeldDatabase final : public db::Database {
 public:
  HeldDatabase(db::Database& inner, const asio::any_io_executor& executor)
      : inner_{inner}, released_{executor} {}

  // Before it begins, or with its answer in hand.
  void hold_next_read() { held_ = Held::read; }
  void hold_next_answer() { held_ = Held::answer; }
  bool is_holding() const { return is_holding_; }
  void release() { released_.ring(); }

  Async<Result<>> write(Work work) override { return inner_.write(std::move(work)); }
  Async<Result<>> read(Work work) override {
    const auto held = std::exchange(held_, Held::nothing);
    if (held == Held::read) {
      co_await hold();
    }
    auto done = co_await inner_.read(std::move(work));
    if (held == Held::answer) {
      co_await hold();
    }
    ++reads_;
    co_return done;
  }
  int reads() const { return reads_; }  // that ended
  Result<> write_now(const Work& work) override { return inner_.write_now(work); }
  Result<> read_now(const Work& work) override { return inner_.read_now(work); }
  std::optional<std::int64_t> version() override { return inner_.version(); }
  std::string_view engine() const override { return inner_.engine(); }

 private:
  enum class Held : std::uint8_t { nothing, read, answer };

  Async<> hold() {
    is_holding_ = true;
    co_await released_.wait();
    is_holding_ = false;
  }

  db::Database& inner_;
  Signal released_;
  Held held_ = Held::nothing;
  bool is_holding_ = false;
  int reads_ = 0;
};

// A hub that runs; the people P and Q, the accounts A and B; P follows A.
class WithHub : public vigie::testing::OnEachDatabase {
 protected:
  void SetUp() override {
    OnEachDatabase::SetUp();
    if (IsSkipped()) {
      return;
    }
    for (const auto* person : {"P", "Q"}) {
      add_person(person);
    }
    for (const auto* account : {"A", "B"}) {
      add_account(account);
    }
    execute("INSERT INTO follow (person_id, account_id, created_at) VALUES ('P', 'A', 0)", {});
    bus = create_memory_bus(io.get_executor());
    held = std::make_unique<HeldDatabase>(db(), io.get_executor());
    hub = std::make_unique<Hub>(io.get_executor(), *held, *bus, clock, quiet.log, registry);
    tasks = std::make_unique<TaskGroup>(io.get_executor(),
                                        [](const std::string& name, const std::exception_ptr&) {
                                          ADD_FAILURE() << name << " failed";
                                        });
    tasks->spawn("hub", hub->run());
  }

  void TearDown() override {
    if (tasks) {
      run(finish());
    }
  }
  Async<> finish() {  // on the I/O thread, where cancelling belongs
    tasks->cancel();
    co_await tasks->join();
  }

  Listener listener(std::optional<std::int64_t> after = std::nullopt, const char* person = "P") {
    Listener one;
    one.person.id = person;
    one.person.role = Role::user;
    one.after = after;
    one.position = hub->position();
    one.is_still_valid = [this] { return valid(); };
    return one;
  }
  Async<bool> valid() { co_return is_session_valid; }

  Browser& join(Listener who) {
    browsers.push_back(std::make_unique<Browser>(io.get_executor()));
    tasks->spawn("browser", hub->serve(*browsers.back(), std::move(who)));
    return *browsers.back();
  }

  bool is_session_valid = true;
  std::vector<std::unique_ptr<Browser>> browsers;
  log::QuietLog quiet;
  metrics::Registry registry;
  std::unique_ptr<Bus> bus;
  std::unique_ptr<HeldDatabase> held;
  std::unique_ptr<Hub> hub;
  std::unique_ptr<TaskGroup> tasks;
};

}  // namespace vigie::api
