// SPDX-License-Identifier: Apache-2.0
#include "platform/paced_source.hpp"

#include "platform/host_rig.hpp"
#include "platform/live_source_fake.hpp"

namespace vigie::platform {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Two hosts, as TikTok has; every question leaves a line.
class TwoHosts final : public LiveSource {
 public:
  std::vector<std::string> asked;
  Observation seen = FakeSource::saying(Evidence::not_live, "status_4");
  Result<StreamAddress> address = make_error(Errc::unavailable, "the test gave none");
  Result<StreamAddress> address_by_room = make_error(Errc::unavailable, "the test gave none");

  std::string_view platform() const override { return "tiktok"; }
  std::string_view host_of(Question question) const override {
    const bool is_about_rooms = question == Question::probe_rooms ||
                                question == Question::probe_room ||
                                question == Question::resolve_by_room;
    return is_about_rooms ? "webcast" : "www";
  }
  std::size_t rooms_at_once() const override { return 50; }
  bool is_stream_host(std::string_view host) const override { return host == "cdn"; }
  Async<Observation> probe(std::string username) override {
    asked.push_back("probe " + username);
    co_return seen;
  }
  Async<Observation> look_up(std::string username) override {
    asked.push_back("look_up " + username);
    co_return seen;
  }
  Async<Observation> probe_room(std::string room) override {
    asked.push_back("probe_room " + room);
    co_return seen;
  }
  Async<RoomsAnswer> probe_rooms(std::vector<std::string> rooms) override {
    asked.push_back("probe_rooms " + std::to_string(rooms.size()));
    RoomsAnswer answer;
    answer.blocked = seen.blocked;
    answer.treatment = seen.treatment;
    answer.reason = seen.reason;
    co_return answer;
  }
  Async<Result<StreamAddress>> resolve(std::string username, std::string) override {
    asked.push_back("resolve " + username);
    co_return address;
  }
  Async<Result<StreamAddress>> resolve_by_room(std::string room) override {
    asked.push_back("resolve_by_room " + room);
    co_return address_by_room;
  }
};

template <class T>
Async<> discard(Async<T> work) {
  co_await std::move(work);
}

class PacedSource : public ::testing::Test {
 protected:
  ~PacedSource() override { rig.stop(); }

  template <class T>
  void ask(Async<T> work) {
    rig.tasks.spawn("question", discard(std::move(work)));
    testing::settle(rig.io);
  }
  std::vector<std::string> take_asked() { return std::exchange(source.asked, {}); }
  using Names = std::vector<std::string>;

  HostRig rig;
  HostQueues queues{*rig.ledger, PaceLimits{}, rig.clock, rig.random, rig.metrics};
  std::unique_ptr<TwoHosts> owned = std::make_unique<TwoHosts>();
  TwoHosts& source = *owned;
  std::unique_ptr<LiveSource> paced = create_paced(std::move(owned), queues);
};

TEST_F(PacedSource, PacesEveryQuestionOfAHostInOneQueue) {
  ask(paced->probe("a"));
  ask(paced->look_up("b"));
  ask(paced->resolve("c", "1"));
  EXPECT_EQ(take_asked(), Names{"probe a"});

  rig.pass(milliseconds{1150});
  EXPECT_EQ(take_asked(), Names{"resolve c"}) << "a capture waits for it";
  rig.pass(milliseconds{1150});
  EXPECT_EQ(take_asked(), Names{"look_up b"});
}

TEST_F(PacedSource, GivesEachHostABudgetOfItsOwn) {
  ask(paced->probe("a"));
  ask(paced->probe_rooms({"1", "2"}));
  ask(paced->probe_rooms({"3"}));
  ask(paced->probe_room("4"));
  EXPECT_EQ(take_asked(), (Names{"probe a", "probe_rooms 2"}));

  rig.pass(milliseconds{1150});
  EXPECT_EQ(take_asked(), Names{"probe_rooms 1"});
  rig.pass(milliseconds{1150});
  EXPECT_EQ(take_asked(), Names{"probe_room 4"});
}

TEST_F(PacedSource, MayLimitAHostOtherwise) {
  HostQueues own{*rig.ledger, PaceLimits{}, rig.clock, rig.random, rig.metrics};
  own.limit("webcast", PaceLimits{.requests_per_second = 5});

  EXPECT_DOUBLE_EQ(testing::run(rig.io, own.of("webcast").status()).allowed_per_s, 5);
  EXPECT_DOUBLE_EQ(testing::run(rig.io, own.of("www").status()).allowed_per_s, 1);
}

TEST_F(PacedSource, LetsSomebodyWhoWaitsGoFirst) {
  for (const auto* name : {"a", "b", "c"}) {
    ask(paced->probe(name));
  }
  ask(paced->probe_now("now"));

  rig.pass(milliseconds{1150});

  EXPECT_EQ(take_asked(), (Names{"probe a", "probe now"}));
}

TEST_F(PacedSource, AsksTheSecondSourceOfAnAddressAtItsOwnHost) {
  source.address = make_error(Errc::corrupt, "on air without an address");
  source.address_by_room = StreamAddress{.url = "https://cdn/x.flv"};
  rig.pass(seconds{1});

  const auto address = testing::run(rig.io, paced->resolve("a", "7"));

  ASSERT_TRUE(address);
  EXPECT_EQ(address->url, "https://cdn/x.flv");
  EXPECT_EQ(take_asked(), (Names{"resolve a", "resolve_by_room 7"}));
  ask(paced->probe_rooms({"7"}));
  EXPECT_EQ(take_asked(), Names{}) << "the second source's request counts at its host";
}

TEST_F(PacedSource, AnswersForARefusingHostWithoutAskingIt) {
  source.seen = FakeSource::saying(Evidence::unknown, "captcha");
  source.seen.blocked = true;
  testing::run(rig.io, paced->probe("a"));
  take_asked();

  const auto seen = testing::run(rig.io, paced->probe("b"));
  const auto address = testing::run(rig.io, paced->resolve("b", "1"));

  EXPECT_EQ(take_asked(), Names{});
  EXPECT_EQ(seen.evidence, Evidence::unknown);
  EXPECT_EQ(seen.reason, "captcha");
  EXPECT_TRUE(seen.blocked);
  EXPECT_GE(seen.retry_after, seconds{29});
  ASSERT_FALSE(address);
  EXPECT_EQ(address.error().code, Errc::rate_limited);
  EXPECT_GE(address.error().retry_after, seconds{29});
  ask(paced->probe_rooms({"1"}));
  EXPECT_EQ(take_asked(), Names{"probe_rooms 1"}) << "the other host refused nothing";
  const auto rooms = testing::run(rig.io, paced->probe_rooms({"1"}));
  EXPECT_TRUE(rooms.blocked);
  EXPECT_TRUE(rooms.alive.empty());
}

TEST_F(PacedSource, TellsARefusedAddressFromOneThatIsNotThere) {
  source.address = make_error(Errc::not_found, "over");
  testing::run(rig.io, paced->resolve("a", "1"));
  EXPECT_EQ(testing::run(rig.io, queues.status()).at(1).reason, "");

  rig.pass(seconds{2});
  source.address = Error{Errc::rate_limited, "429", seconds{40}};
  testing::run(rig.io, paced->resolve("a", "1"));
  const auto status = testing::run(rig.io, queues.status()).at(1);
  EXPECT_EQ(status.host, "www");
  EXPECT_EQ(status.reason, "http_429");
  EXPECT_DOUBLE_EQ(status.allowed_per_s, 0.5);
}

TEST_F(PacedSource, ShowsItsHostsBeforeTheyAreAsked) {
  const auto all = testing::run(rig.io, queues.status());

  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].host, "webcast");
  EXPECT_EQ(all[1].host, "www");
}

TEST_F(PacedSource, PassesOnWhatNeedsNoRequest) {
  EXPECT_EQ(paced->platform(), "tiktok");
  EXPECT_EQ(paced->rooms_at_once(), 50U);
  EXPECT_TRUE(paced->is_stream_host("cdn"));
  EXPECT_EQ(paced->host_of(Question::probe), "www");
}

}  // namespace
}  // namespace vigie::platform
