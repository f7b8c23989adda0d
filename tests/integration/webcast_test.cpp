// SPDX-License-Identifier: Apache-2.0
// The real client of the event socket against the simulator's signer and socket, and the rows that
// come of it.
#include "conformance/watch_store.hpp"
#include "http/websocket_client.hpp"
#include "platform/tiktok/webcast_socket.hpp"
#include "sim/sim_testing.hpp"
#include "watch/room_listener.hpp"

namespace vigie {
namespace {

using platform::Farewell;
using platform::LiveEvent;
using platform::LiveEventKind;
using platform::Parting;
using sim::testing::Rig;
using std::chrono::seconds;
using Kind = LiveEventKind;

// A simulator, and the socket that listens to it.
class WebcastRig {
 public:
  explicit WebcastRig(std::int64_t signs_per_day = 1000) {
    platform::tiktok::WebcastOptions options;
    options.sign_url = rig.simulator->url();
    options.signs_per_day = signs_per_day;
    const platform::tiktok::WebcastTools tools{.client = *rig.client,
                                               .sockets = *sockets,
                                               .guard = *rig.guard,
                                               .clock = rig.clock,
                                               .log = rig.log,
                                               .metrics = rig.metrics};
    socket = platform::tiktok::create_webcast(rig.io.get_executor(), tools, std::move(options));
  }

  void set_mode(const std::string& rest) {
    EXPECT_EQ(rig.get("/__sim/mode?" + rest).status, 200) << rest;
  }
  void emit(const std::string& rest) {
    EXPECT_EQ(rig.get("/__sim/emit?user=vigie_live&" + rest).status, 200) << rest;
  }
  std::int64_t stat(const std::string& path) {
    return get_integer(rig.get_json("/__sim/stats"), path).value_or(0);
  }

  template <class Predicate>
  bool run_until(Predicate is_true) {
    const auto end = SystemClock{}.steady() + seconds{10};
    while (!is_true()) {
      if (SystemClock{}.steady() > end) {
        return false;
      }
      rig.io.restart();
      rig.io.run_one_for(std::chrono::milliseconds{20});
    }
    return true;
  }
  // Turns the clock in steps, so that everything in between happens too.
  void pass(seconds time) {
    for (seconds passed{0}; passed < time; ++passed) {
      rig.clock.advance(seconds{1});
      for (int i = 0; i < 20; ++i) {
        vigie::testing::settle(rig.io);
      }
    }
  }

  Rig rig;
  std::unique_ptr<http::WebSocketClient> sockets{
      http::create_websocket_client(rig.io.get_executor(), *rig.guard)};
  std::unique_ptr<platform::LiveSocket> socket;
};

// Somebody listening to one account of the simulator's.
class Listener {
 public:
  explicit Listener(WebcastRig& webcast, const std::string& user = "vigie_live")
      : webcast_{webcast},
        tasks_{webcast.rig.io.get_executor(),
               [](const std::string& name, const std::exception_ptr&) {
                 ADD_FAILURE() << name << " ended by an exception";
               }} {
    tasks_.spawn("listener", listen(webcast.rig.room_of(user)));
  }
  ~Listener() { stop(); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  void stop() {
    tasks_.cancel();
    vigie::testing::run(webcast_.rig.io, tasks_.join());
  }
  bool hears(Kind kind, std::int64_t number = 1) {
    return webcast_.run_until([&] {
      return std::ranges::any_of(events, [&](const LiveEvent& event) {
        return event.kind == kind && event.number == number;
      });
    });
  }
  bool hears_viewers() {
    return webcast_.run_until([&] {
      return std::ranges::any_of(
          events, [](const LiveEvent& event) { return event.kind == Kind::viewers; });
    });
  }
  bool ends() {
    return webcast_.run_until([&] { return farewell.has_value(); });
  }

  std::vector<LiveEvent> events;
  std::optional<Farewell> farewell;

 private:
  Async<> listen(std::string room) {
    std::function<void(const LiveEvent&)> on_event = [this](const LiveEvent& event) {
      events.push_back(event);
    };
    farewell = co_await webcast_.socket->listen(std::move(room), std::move(on_event));
  }

  WebcastRig& webcast_;
  TaskGroup tasks_;
};

TEST(Webcast, TellsWhatHappensAsItHappens) {
  WebcastRig webcast;
  Listener listener{webcast};
  ASSERT_TRUE(listener.hears_viewers());

  webcast.emit("what=viewers&count=4321");
  webcast.emit("what=chat&text=bonjour");
  webcast.emit("what=like&count=15");
  webcast.emit("what=member");
  webcast.emit("what=follow");
  webcast.emit("what=gift");
  webcast.emit("what=pause");
  EXPECT_TRUE(listener.hears(Kind::chat));
  EXPECT_TRUE(listener.hears(Kind::like, 15));
  EXPECT_TRUE(listener.hears(Kind::member));
  EXPECT_TRUE(listener.hears(Kind::follow));
  EXPECT_TRUE(listener.hears(Kind::gift));
  EXPECT_TRUE(listener.hears(Kind::paused));
  webcast.emit("what=unpause");
  EXPECT_TRUE(listener.hears(Kind::resumed));
  webcast.emit("what=end");
  EXPECT_TRUE(listener.hears(Kind::ended));

  ASSERT_TRUE(listener.ends());
  EXPECT_EQ(listener.farewell->how, Parting::over) << listener.farewell->words;
  EXPECT_EQ(listener.events.front().kind, Kind::alive);
}

TEST(Webcast, IsToldOfASuspensionToo) {
  WebcastRig webcast;
  Listener listener{webcast};
  ASSERT_TRUE(listener.hears_viewers());

  webcast.emit("what=suspend");

  EXPECT_TRUE(listener.hears(Kind::suspended));
  ASSERT_TRUE(listener.ends());
  EXPECT_EQ(listener.farewell->how, Parting::over);
}

TEST(Webcast, AcknowledgesEveryFrameAndSendsHeartbeats) {
  WebcastRig webcast;
  Listener listener{webcast};
  ASSERT_TRUE(listener.hears_viewers());
  for (int i = 0; i < 10; ++i) {
    webcast.emit("what=chat");
  }
  webcast.pass(seconds{30});

  ASSERT_TRUE(webcast.run_until([&] {
    return webcast.stat("webcast.acks") >= 11 &&
           webcast.stat("webcast.acks") == webcast.stat("webcast.frames");
  }));
  EXPECT_EQ(webcast.stat("webcast.wrong_acks"), 0);
  EXPECT_EQ(webcast.stat("webcast.entered"), 1);
  EXPECT_GE(webcast.stat("webcast.heartbeats"), 6) << "every 5 s, as the handshake wishes";
  EXPECT_EQ(webcast.stat("webcast.unreadable"), 0);
  EXPECT_FALSE(listener.farewell);
}

// failures.md row 8.
TEST(Webcast, Row8ADeviceBlockedIsAnEndWithItsReason) {
  WebcastRig webcast;
  webcast.set_mode("route=webcast&mode=403");

  Listener listener{webcast};

  ASSERT_TRUE(listener.ends());
  EXPECT_EQ(listener.farewell->how, Parting::refused);
  EXPECT_NE(listener.farewell->words.find("DEVICE_BLOCKED"), std::string::npos);
  EXPECT_TRUE(listener.events.empty());
}

// failures.md row 9.
TEST(Webcast, Row9ASilentSocketIsGivenUpAfterAMinute) {
  WebcastRig webcast;
  Listener listener{webcast};
  ASSERT_TRUE(listener.hears_viewers());

  webcast.set_mode("route=webcast&mode=empty");
  webcast.pass(seconds{55});
  EXPECT_FALSE(listener.farewell);
  webcast.pass(seconds{10});

  ASSERT_TRUE(listener.ends());
  EXPECT_EQ(listener.farewell->how, Parting::silent);
}

// failures.md row 6.
TEST(Webcast, Row6ALimitOfTheSignersIsObeyed) {
  WebcastRig webcast;
  webcast.set_mode("route=signer&mode=429&retry_after=700");

  Listener first{webcast};
  ASSERT_TRUE(first.ends());
  webcast.set_mode("mode=ok&route=signer");
  Listener second{webcast};
  ASSERT_TRUE(second.ends());
  webcast.pass(seconds{701});
  Listener third{webcast};

  EXPECT_EQ(first.farewell->how, Parting::limited);
  EXPECT_EQ(first.farewell->retry_after, seconds{700});
  EXPECT_EQ(second.farewell->how, Parting::limited);
  EXPECT_EQ(second.farewell->retry_after, seconds{700});
  EXPECT_TRUE(third.hears_viewers());
  EXPECT_EQ(webcast.stat("requests.signer.total"), 2) << "nothing was asked meanwhile";
}

TEST(Webcast, Row6NothingIsAskedBeyondOurOwnBudget) {
  WebcastRig webcast{1};
  {
    Listener first{webcast};
    ASSERT_TRUE(first.hears_viewers());
  }

  Listener second{webcast};

  ASSERT_TRUE(second.ends());
  EXPECT_EQ(second.farewell->how, Parting::limited);
  EXPECT_EQ(webcast.socket->budget_left(), 0);
  EXPECT_EQ(webcast.stat("requests.signer.total"), 1);
}

TEST(Webcast, Row6ASignerThatServesNobodyOrTalksNonsenseIsAnEnd) {
  WebcastRig webcast;
  const auto end_in = [&](const std::string& mode) {
    webcast.set_mode("route=signer&mode=" + mode);
    Listener listener{webcast};
    EXPECT_TRUE(listener.ends()) << mode;
    return listener.farewell->how;
  };

  EXPECT_EQ(end_in("500"), Parting::failed);
  EXPECT_EQ(end_in("garbage"), Parting::failed);
  EXPECT_EQ(end_in("empty"), Parting::failed);
  EXPECT_EQ(end_in("reset"), Parting::failed);
  EXPECT_EQ(end_in("403"), Parting::denied);
}

TEST(Webcast, AnOversizeFrameIsLeftOutAndTheConnectionGoesOn) {
  WebcastRig webcast;
  Listener listener{webcast};
  ASSERT_TRUE(listener.hears_viewers());

  webcast.set_mode("route=webcast&mode=huge");
  webcast.emit("what=chat");
  webcast.set_mode("route=webcast&mode=ok");
  webcast.emit("what=follow");

  EXPECT_TRUE(listener.hears(Kind::follow));
  EXPECT_FALSE(listener.farewell);
  EXPECT_TRUE(std::ranges::none_of(
      listener.events, [](const LiveEvent& event) { return event.kind == Kind::chat; }));
}

TEST(Webcast, ProtobufDriftBrokenMessagesAndFramesAreLeftOut) {
  WebcastRig webcast;
  Listener listener{webcast};
  ASSERT_TRUE(listener.hears_viewers());

  webcast.set_mode("route=webcast&mode=garbage");
  webcast.emit("what=chat");
  webcast.set_mode("route=webcast&mode=truncated");
  webcast.emit("what=chat");
  webcast.set_mode("route=webcast&mode=poison");
  webcast.emit("what=follow");

  EXPECT_TRUE(listener.hears(Kind::follow)) << "behind a broken message";
  EXPECT_FALSE(listener.farewell);
}

TEST(Webcast, StopsWhenItIsCancelled) {
  WebcastRig webcast;
  Listener listener{webcast};
  ASSERT_TRUE(listener.hears_viewers());

  listener.stop();

  EXPECT_FALSE(listener.farewell);
  EXPECT_TRUE(webcast.run_until([&] { return webcast.stat("connections.webcast") == 0; }));
}

// Listening with a database behind it.
class WebcastRows : public watch::WatchStore {
 protected:
  void SetUp() override {
    WatchStore::SetUp();
    if (IsSkipped()) {
      return;
    }
    rooms.emplace(db());
    account = follow("anna", "vigie_live");
    record(account, on_air(webcast.rig.room_of("vigie_live"), 10));
    listener = std::make_unique<watch::RoomListener>(
        webcast.rig.io.get_executor(), *rooms, *accounts, *webcast.socket, *bus, webcast.rig.clock,
        random, webcast.rig.log, webcast.rig.metrics);
    tasks.spawn("listener", listener->run());
  }
  void TearDown() override {
    tasks.cancel();
    vigie::testing::run(webcast.rig.io, tasks.join());
    listener.reset();
  }
  bool live_comes_to(LiveState state) {
    return webcast.run_until([&] { return only_live().state == state; });
  }

  WebcastRig webcast;
  std::optional<watch::OpenRooms> rooms;
  std::string account;
  std::unique_ptr<watch::RoomListener> listener;
  TaskGroup tasks{webcast.rig.io.get_executor(),
                  [](const std::string& name, const std::exception_ptr&) {
                    ADD_FAILURE() << name << " ended by an exception";
                  }};
};

INSTANTIATE_TEST_SUITE_P(Engines, WebcastRows, testing::each_database(), testing::engine_name);

TEST_P(WebcastRows, Row10And11PausesAndTheEndAreKnownWithoutAnyLook) {
  webcast.emit("what=viewers&count=4321");
  ASSERT_TRUE(webcast.run_until([&] { return listener->sockets_open() == 1; }));
  webcast.pass(seconds{11});
  EXPECT_TRUE(webcast.run_until([&] { return only_live().viewers == 4321; }));

  webcast.emit("what=pause");
  EXPECT_TRUE(live_comes_to(LiveState::paused));
  webcast.emit("what=unpause");
  EXPECT_TRUE(live_comes_to(LiveState::live));
  webcast.emit("what=end");
  EXPECT_TRUE(live_comes_to(LiveState::ended));

  EXPECT_EQ(run(accounts->get(account, mod)).value().account.status, AccountStatus::active);
  EXPECT_EQ(webcast.stat("requests.api-live.total"), 1) << "the test's own, for the room";
}

}  // namespace
}  // namespace vigie
