// SPDX-License-Identifier: Apache-2.0
// A platform that says what a test tells it to.
#pragma once
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "platform/live_source.hpp"

namespace vigie::platform {

class FakeSource final : public LiveSource {
 public:
  // What each account answers; unknown ("silent") until told.
  std::map<std::string, Observation> answers;
  std::map<std::string, Observation> second_looks;
  std::deque<Result<StreamAddress>> addresses;  // the last one stays
  std::vector<std::string> probed;
  std::vector<std::string> looked_up;
  RoomsAnswer rooms;  // what every batch answers
  std::size_t batch = 0;
  std::map<std::string, Observation> owners;  // by room
  std::vector<std::vector<std::string>> probed_rooms;
  int resolved = 0;

  static Observation saying(Evidence evidence, std::string reason) {
    Observation seen;
    seen.evidence = evidence;
    seen.reason = std::move(reason);
    return seen;
  }
  static Observation on_air(std::string room, Time started_at, std::int64_t viewers = 10,
                            Evidence evidence = Evidence::live) {
    auto seen = saying(evidence, evidence == Evidence::live ? "status_2" : "status_3");
    LiveFacts facts;
    facts.room = std::move(room);
    facts.title = "Direct";
    facts.started_at = started_at;
    facts.viewers = viewers;
    seen.live = std::move(facts);
    return seen;
  }

  std::string_view platform() const override { return "tiktok"; }
  Async<Observation> probe(std::string username) override {
    probed.push_back(username);
    co_return answer_of(answers, username);
  }
  Async<Observation> look_up(std::string username) override {
    looked_up.push_back(username);
    co_return answer_of(second_looks, username);
  }
  std::size_t rooms_at_once() const override { return batch; }
  Async<RoomsAnswer> probe_rooms(std::vector<std::string> asked) override {
    probed_rooms.push_back(std::move(asked));
    co_return rooms;
  }
  Async<Observation> probe_room(std::string room) override { co_return answer_of(owners, room); }
  Async<Result<StreamAddress>> resolve(std::string, std::string) override {
    ++resolved;
    if (addresses.empty()) {
      co_return make_error(Errc::unavailable, "the test gave no address");
    }
    auto address = addresses.front();
    if (addresses.size() > 1) {
      addresses.pop_front();
    }
    co_return address;
  }
  bool is_stream_host(std::string_view host) const override { return host == "127.0.0.1"; }

 private:
  static Observation answer_of(const std::map<std::string, Observation>& from,
                               const std::string& username) {
    const auto found = from.find(username);
    return found == from.end() ? saying(Evidence::unknown, "silent") : found->second;
  }
};

}  // namespace vigie::platform
