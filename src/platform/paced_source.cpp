// SPDX-License-Identifier: Apache-2.0
#include "platform/paced_source.hpp"

#include <array>
#include <utility>

namespace vigie::platform {
namespace {

// What an attempt to resolve says of the host. Unavailable may be the account's state or the
// network's: no telling.
std::optional<Treatment> treatment_of(const Result<StreamAddress>& address) {
  if (address) {
    return Treatment::served;
  }
  switch (address.error().code) {
    case Errc::rate_limited:
      return address.error().retry_after > std::chrono::seconds{0} ? Treatment::throttled
                                                                   : Treatment::blocked;
    case Errc::timeout:
      return Treatment::failed;
    case Errc::not_found:
    case Errc::denied:
    case Errc::corrupt:
      return Treatment::served;
    case Errc::conflict:
    case Errc::invalid:
    case Errc::unavailable:
      return std::nullopt;
  }
  return std::nullopt;
}

// An error says less of its reason than an observation.
std::string_view reason_of(std::optional<Treatment> treatment) {
  return treatment == Treatment::throttled ? "http_429"
         : treatment == Treatment::failed  ? "timeout"
                                           : "refused";
}

// A source may say only that it was refused.
Treatment treatment_in(bool is_blocked, Treatment treatment) {
  return is_blocked && treatment == Treatment::served ? Treatment::blocked : treatment;
}

// In the place of a host that is left alone.
template <class Answer>
Answer refused(const HostQueue& queue) {
  auto left = queue.refusal();
  Answer answer;
  answer.reason = std::move(left.reason);
  answer.blocked = true;
  answer.treatment = Treatment::blocked;
  answer.retry_after = left.retry_after;
  return answer;
}

class PacedSource final : public LiveSource {
 public:
  PacedSource(std::unique_ptr<LiveSource> source, HostQueues& queues)
      : source_{std::move(source)}, queues_{queues} {
    constexpr std::array questions{Question::probe,       Question::look_up,
                                   Question::probe_rooms, Question::probe_room,
                                   Question::resolve,     Question::resolve_by_room};
    for (const auto question : questions) {
      queue_of(question);  // so that its host shows before it is first asked
    }
  }

  std::string_view platform() const override { return source_->platform(); }
  std::string_view host_of(Question question) const override { return source_->host_of(question); }
  std::size_t rooms_at_once() const override { return source_->rooms_at_once(); }
  bool is_stream_host(std::string_view host) const override {
    return source_->is_stream_host(host);
  }

  Async<Observation> probe(std::string username) override {
    return look(Question::probe, Urgency::scheduled, std::move(username));
  }
  Async<Observation> probe_now(std::string username) override {
    return look(Question::probe, Urgency::urgent, std::move(username));
  }
  Async<Observation> look_up(std::string username) override {
    return look(Question::look_up, Urgency::scheduled, std::move(username));
  }

  Async<Observation> probe_room(std::string room) override {
    return look(Question::probe_room, Urgency::scheduled, std::move(room));
  }

  Async<RoomsAnswer> probe_rooms(std::vector<std::string> rooms) override {
    auto& queue = queue_of(Question::probe_rooms);
    HostQueue::Turn turn{queue, Urgency::scheduled, ""};
    if (!co_await turn.wait()) {
      co_return refused<RoomsAnswer>(queue);
    }
    auto answer = co_await source_->probe_rooms(std::move(rooms));
    co_await turn.end(treatment_in(answer.blocked, answer.treatment), answer.reason,
                      answer.retry_after);
    co_return answer;
  }

  Async<Result<StreamAddress>> resolve(std::string username, std::string room) override {
    auto address = co_await find_address(Question::resolve, std::move(username), room);
    if (address || address.error().code != Errc::corrupt) {
      co_return address;
    }
    co_return co_await find_address(Question::resolve_by_room, "", std::move(room));
  }

  Async<Result<StreamAddress>> resolve_by_room(std::string room) override {
    return find_address(Question::resolve_by_room, "", std::move(room));
  }

 private:
  HostQueue& queue_of(Question question) { return queues_.of(source_->host_of(question)); }

  Async<Observation> put(Question question, std::string subject) {
    if (question == Question::look_up) {
      return source_->look_up(std::move(subject));
    }
    if (question == Question::probe_room) {
      return source_->probe_room(std::move(subject));
    }
    return source_->probe(std::move(subject));
  }

  Async<Observation> look(Question question, Urgency urgency, std::string subject) {
    auto& queue = queue_of(question);
    HostQueue::Turn turn{queue, urgency, subject};
    if (!co_await turn.wait()) {
      co_return refused<Observation>(queue);
    }
    auto seen = co_await put(question, std::move(subject));
    co_await turn.end(treatment_in(seen.blocked, seen.treatment), seen.reason, seen.retry_after);
    co_return seen;
  }

  // A capture waits for it: urgent.
  Async<Result<StreamAddress>> find_address(Question question, std::string username,
                                            std::string room) {
    auto& queue = queue_of(question);
    HostQueue::Turn turn{queue, Urgency::urgent, username};
    if (!co_await turn.wait()) {
      const auto left = queue.refusal();
      auto error = make_error(Errc::rate_limited, "the platform refuses us ({})", left.reason);
      error.retry_after = left.retry_after;
      co_return error;
    }
    auto asking = question == Question::resolve
                      ? source_->resolve(std::move(username), std::move(room))
                      : source_->resolve_by_room(std::move(room));
    auto address = co_await std::move(asking);
    const Span retry_after = address ? Span{0} : Span{address.error().retry_after};
    const auto treatment = treatment_of(address);
    std::string reason{reason_of(treatment)};
    co_await turn.end(treatment, std::move(reason), retry_after);
    co_return address;
  }

  std::unique_ptr<LiveSource> source_;
  HostQueues& queues_;
};

}  // namespace

std::unique_ptr<LiveSource> create_paced(std::unique_ptr<LiveSource> source, HostQueues& queues) {
  return std::make_unique<PacedSource>(std::move(source), queues);
}

}  // namespace vigie::platform
