// SPDX-License-Identifier: Apache-2.0
// Real parts that tell when nothing is under way, so that a clock turned by hand may be turned on;
// and an HTTP client whose deadline keeps to that clock.
#pragma once
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <memory>
#include <string>
#include <utility>

#include "async/clock.hpp"
#include "db/database.hpp"
#include "http/client.hpp"

namespace vigie::soak {

// How many of something are under way.
class Busy {
 public:
  explicit Busy(int& count) : count_{count} { ++count_; }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;
  ~Busy() { --count_; }

 private:
  int& count_;
};

class CountedDatabase final : public db::Database {
 public:
  explicit CountedDatabase(db::Database& inner) : inner_{inner} {}
  int busy = 0;

  Async<Result<>> write(Work work) override {
    const Busy under_way{busy};
    co_return co_await inner_.write(std::move(work));
  }
  Async<Result<>> read(Work work) override {
    const Busy under_way{busy};
    co_return co_await inner_.read(std::move(work));
  }
  Result<> write_now(const Work& work) override { return inner_.write_now(work); }
  Result<> read_now(const Work& work) override { return inner_.read_now(work); }
  std::optional<std::int64_t> version() override { return inner_.version(); }
  std::string_view engine() const override { return inner_.engine(); }

 private:
  db::Database& inner_;
};

// Somebody who may follow accounts.
inline Result<> add_person(db::Database& database, const std::string& name) {
  const auto work = [&name](db::Transaction& tx) -> Result<> {
    const auto done = tx.execute(
        "INSERT INTO person (id, username, username_folded, password_hash, role, created_at) "
        "VALUES ($1, $1, $1, 'x', 'user', 0)",
        {name});
    return done ? Result<>{} : done.error();
  };
  return database.write_now(work);
}

class TimedClient final : public http::Client {
 public:
  TimedClient(std::unique_ptr<http::Client> inner, Clock& clock)
      : inner_{std::move(inner)}, clock_{clock} {}
  int busy = 0;
  int sent = 0;

  Async<Result<http::Response>> send(http::ClientRequest request) override {
    using namespace asio::experimental::
        awaitable_operators;  // NOLINT(google-build-using-namespace)
    const Busy under_way{busy};
    ++sent;
    const Span deadline = request.timeout;
    auto answer = inner_->send(std::move(request));
    auto patience = clock_.sleep(deadline);
    auto first = co_await (std::move(answer) || std::move(patience));
    if (first.index() == 0) {
      co_return std::get<0>(std::move(first));
    }
    co_return make_error(Errc::timeout, "no whole answer in time");
  }
  Async<Result<std::unique_ptr<http::ResponseStream>>> open(http::ClientRequest request) override {
    return inner_->open(std::move(request));
  }

 private:
  std::unique_ptr<http::Client> inner_;
  Clock& clock_;
};

}  // namespace vigie::soak
