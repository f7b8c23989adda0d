// SPDX-License-Identifier: Apache-2.0
#include "db/session.hpp"

#include <cmath>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>

#include "async/worker_pool.hpp"
#include "base/text.hpp"

namespace vigie::db {
namespace {

constexpr int max_attempts = 6;  // the first and five more

// Both engines refuse the same values: PostgreSQL takes no NUL in text and only UTF-8, SQLite makes
// NULL of a NaN.
Result<> check(std::initializer_list<Value> parameters) {
  std::size_t index = 0;
  for (const auto& parameter : parameters) {
    ++index;
    if (const auto* text = std::get_if<std::string>(&parameter.storage())) {
      if (text->find('\0') != std::string::npos || !is_valid_utf8(*text)) {
        return make_error(Errc::invalid, "the text of ${} holds a NUL or is not UTF-8", index);
      }
    } else if (const auto* real = std::get_if<double>(&parameter.storage())) {
      if (!std::isfinite(*real)) {
        return make_error(Errc::invalid, "the number of ${} is not finite", index);
      }
    }
  }
  return {};
}

// Remembers the first failure and answers it from then on.
class GuardedTransaction final : public Transaction {
 public:
  explicit GuardedTransaction(Session& session) : session_{session} {}

  Result<Rows> query(std::string_view sql, std::initializer_list<Value> parameters) override {
    return guarded<Rows>(
        [&] { return session_.query(sql, {parameters.begin(), parameters.size()}); }, parameters);
  }
  Result<std::int64_t> execute(std::string_view sql,
                               std::initializer_list<Value> parameters) override {
    return guarded<std::int64_t>(
        [&] { return session_.execute(sql, {parameters.begin(), parameters.size()}); }, parameters);
  }
  Result<> script(std::string_view sql) override {
    return guarded<void>([&] { return session_.script(sql); }, {});
  }
  Result<Time> now() override {
    return guarded<Time>([&] { return session_.now(); }, {});
  }

  const std::optional<Error>& failure() const { return failure_; }

 private:
  template <class T, class Call>
  Result<T> guarded(Call call, std::initializer_list<Value> parameters) {
    if (failure_) {
      return *failure_;
    }
    if (auto checked = check(parameters); !checked) {
      failure_ = checked.error();
      return *failure_;
    }
    Result<T> answer = call();
    if (!answer) {
      failure_ = answer.error();
    }
    return answer;
  }

  Session& session_;
  std::optional<Error> failure_;
};

class Rollback {
 public:
  explicit Rollback(Session& session) : session_{&session} {}
  Rollback(const Rollback&) = delete;
  Rollback& operator=(const Rollback&) = delete;
  ~Rollback() {
    if (session_ != nullptr) {
      session_->rollback();
    }
  }
  void dismiss() { session_ = nullptr; }

 private:
  Session* session_;
};

Result<> run_once(Session& session, Access access, const Database::Work& work) {
  Rollback rollback{session};
  if (auto begun = session.begin(access); !begun) {
    return begun;
  }
  GuardedTransaction transaction{session};
  auto done = work(transaction);
  if (!done) {
    return done;
  }
  if (transaction.failure()) {
    return *transaction.failure();
  }
  auto committed = session.commit();
  if (committed) {
    rollback.dismiss();
  }
  return committed;
}

Result<> run_until_settled(Session& session, Access access, const Database::Work& work) {
  for (int attempt = 1;; ++attempt) {
    auto done = run_once(session, access, work);
    if (done || attempt == max_attempts || !session.is_worth_another_try()) {
      return done;
    }
  }
}

// Sessions waiting for a thread.
class SessionPool {
 public:
  void add(std::unique_ptr<Session> session) {
    free_.push_back(session.get());
    all_.push_back(std::move(session));
  }

  // Asked to stop before its turn has come, work does not run.
  Result<> run(Access access, const Database::Work& work, const std::stop_token& stop = {}) {
    const Lease lease{*this};
    if (stop.stop_requested()) {
      return make_error(Errc::unavailable, "cancelled before the transaction began");
    }
    return run_until_settled(lease.session, access, work);
  }

 private:
  struct Lease {
    explicit Lease(SessionPool& from) : pool{from}, session{from.take()} {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() { pool.give_back(session); }
    SessionPool& pool;
    Session& session;
  };

  Session& take() {
    std::unique_lock lock{mutex_};
    freed_.wait(lock, [this] { return !free_.empty(); });
    Session* session = free_.back();
    free_.pop_back();
    return *session;
  }

  void give_back(Session& session) {
    {
      const std::scoped_lock lock{mutex_};
      free_.push_back(&session);
    }
    freed_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<Session>> all_;
  std::vector<Session*> free_;
};

class PooledDatabase final : public Database {
 public:
  PooledDatabase(std::string_view engine, std::unique_ptr<Session> writer,
                 std::vector<std::unique_ptr<Session>> readers, VersionOf version)
      : engine_{engine},
        version_{std::move(version)},
        writer_threads_{"db-write", 1},
        reader_threads_{"db-read", readers.size()} {
    writer_.add(std::move(writer));
    for (auto& reader : readers) {
      readers_.add(std::move(reader));
    }
  }

  Async<Result<>> write(Work work) override {
    return run(writer_threads_, writer_, Access::write, std::move(work));
  }
  Async<Result<>> read(Work work) override {
    return run(reader_threads_, readers_, Access::read, std::move(work));
  }
  Result<> write_now(const Work& work) override { return writer_.run(Access::write, work); }
  Result<> read_now(const Work& work) override { return readers_.run(Access::read, work); }
  std::optional<std::int64_t> version() override { return version_(); }
  std::string_view engine() const override { return engine_; }

 private:
  static Async<Result<>> run(WorkerPool& threads, SessionPool& sessions, Access access, Work work) {
    std::function<Result<>(std::stop_token)> job = [&](const std::stop_token& stop) {
      return sessions.run(access, work, stop);
    };
    co_return co_await threads.run(std::move(job));
  }

  std::string_view engine_;
  VersionOf version_;
  SessionPool writer_;
  SessionPool readers_;
  WorkerPool writer_threads_;  // last: their jobs end before the sessions go
  WorkerPool reader_threads_;
};

}  // namespace

std::unique_ptr<Database> make_database(std::string_view engine, std::unique_ptr<Session> writer,
                                        std::vector<std::unique_ptr<Session>> readers,
                                        VersionOf version) {
  return std::make_unique<PooledDatabase>(engine, std::move(writer), std::move(readers),
                                          std::move(version));
}

}  // namespace vigie::db
