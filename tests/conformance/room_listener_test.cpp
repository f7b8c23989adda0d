// SPDX-License-Identifier: Apache-2.0
// Listening to lives, on both engines: what becomes of what a socket tells, and when the next one
// is opened.
#include "watch/room_listener.hpp"

#include "conformance/watch_store.hpp"

namespace vigie::watch {
namespace {

using platform::Farewell;
using platform::LiveEvent;
using platform::LiveEventKind;
using platform::Parting;

// Rooms that say what a test tells them to.
class FakeSocket final : public platform::LiveSocket {
 public:
  explicit FakeSocket(const asio::any_io_executor& executor) : executor_{executor} {}

  std::string_view platform() const override { return "tiktok"; }
  std::int64_t budget_left() const override { return 7; }
  Async<Farewell> listen(std::string room,
                         std::function<void(const LiveEvent&)> on_event) override {
    asked.push_back(room);
    if (refusal) {
      co_return *refusal;
    }
    Signal closed{executor_};
    rooms[room] = Room{std::move(on_event), &closed, {}};
    struct Leaving {
      FakeSocket& socket;
      std::string room;
      ~Leaving() { socket.rooms.erase(room); }
    };
    const Leaving leaving{*this, room};
    rooms[room].on_event(LiveEvent{});
    co_await closed.wait();
    co_return rooms[room].farewell;
  }

  void tell(const std::string& room, LiveEventKind kind, std::int64_t number = 1) {
    rooms.at(room).on_event(LiveEvent{kind, number});
  }
  void close(const std::string& room, Farewell farewell) {
    rooms.at(room).farewell = std::move(farewell);
    rooms.at(room).closed->ring();
  }

  struct Room {
    std::function<void(const LiveEvent&)> on_event;
    Signal* closed = nullptr;
    Farewell farewell;
  };
  std::map<std::string, Room> rooms;
  std::vector<std::string> asked;
  std::optional<Farewell> refusal;

 private:
  asio::any_io_executor executor_;
};

class Listening : public WatchStore {
 protected:
  void begin() {
    listener = std::make_unique<RoomListener>(io.get_executor(), rooms(), *accounts, socket, *bus,
                                              clock, random, quiet.log, metrics, options);
    tasks.spawn("listener", listener->run());
  }
  OpenRooms& rooms() {
    open_rooms.emplace(db());
    return *open_rooms;
  }

  void TearDown() override {
    tasks.cancel();
    run(tasks.join());
    listener.reset();
  }

  template <class Predicate>
  bool run_until(Predicate is_true) {
    const auto end = SystemClock{}.steady() + seconds{10};
    while (!is_true()) {
      if (SystemClock{}.steady() > end) {
        return false;
      }
      io.restart();
      io.run_one_for(std::chrono::milliseconds{20});
    }
    return true;
  }
  // Until nothing is left but waiting for the clock.
  void settle() {
    run_until([&] { return clock.sleepers() > 0; });
    for (int i = 0; i < 20; ++i) {
      io.restart();
      io.run_one_for(std::chrono::milliseconds{5});
    }
  }

  std::string go_live(const std::string& name, const std::string& room,
                      std::int64_t now_watching = 10) {
    const auto id = follow("anna", name);
    record(id, on_air(room, now_watching));
    return id;
  }
  Live live_in(const std::string& room) {
    for (const auto& live : run(lives->list(mod, {}, 50, "")).value().items) {
      if (live.room == room) {
        return live;
      }
    }
    ADD_FAILURE() << "no live in room " << room;
    return {};
  }
  bool is_listening_to(const std::string& room) { return socket.rooms.contains(room); }

  ListenOptions options;
  FakeSocket socket{io.get_executor()};
  std::optional<OpenRooms> open_rooms;
  metrics::Registry metrics;
  log::QuietLog quiet;
  std::unique_ptr<RoomListener> listener;
  TaskGroup tasks{io.get_executor(), [](const std::string& name, const std::exception_ptr&) {
                    ADD_FAILURE() << name << " ended by an exception";
                  }};
};

INSTANTIATE_TEST_SUITE_P(Engines, Listening, testing::each_database(), testing::engine_name);

TEST_P(Listening, WritesViewersPausesAndTheEndAsTheyAreTold) {
  go_live("name", "7");
  begin();
  ASSERT_TRUE(run_until([&] { return is_listening_to("7"); }));

  socket.tell("7", LiveEventKind::viewers, 321);
  ASSERT_TRUE(run_until([&] { return live_in("7").viewers == 321; }));
  socket.tell("7", LiveEventKind::paused);
  ASSERT_TRUE(run_until([&] { return live_in("7").state == LiveState::paused; }));
  socket.tell("7", LiveEventKind::resumed);
  ASSERT_TRUE(run_until([&] { return live_in("7").state == LiveState::live; }));
  socket.tell("7", LiveEventKind::ended);
  socket.close("7", Farewell{Parting::over, ""});
  ASSERT_TRUE(run_until([&] { return live_in("7").state == LiveState::ended; }));

  EXPECT_EQ(live_in("7").ended_at, clock.now());
  EXPECT_EQ(live_in("7").title, "Direct");
  EXPECT_EQ(socket.asked.size(), 1U) << "an ended live is not listened to again";
}

TEST_P(Listening, LosesNoPauseThatComesWithTheEnd) {
  go_live("name", "7");
  begin();
  ASSERT_TRUE(run_until([&] { return is_listening_to("7"); }));

  socket.tell("7", LiveEventKind::paused);
  socket.tell("7", LiveEventKind::ended);
  socket.close("7", Farewell{Parting::over, ""});

  ASSERT_TRUE(run_until([&] { return live_in("7").state == LiveState::ended; }));
}

TEST_P(Listening, WritesManyNumbersOfViewersNoMoreOftenThanEveryTenSeconds) {
  go_live("name", "7");
  begin();
  ASSERT_TRUE(run_until([&] { return is_listening_to("7"); }));
  const auto before = count("SELECT COUNT(*) FROM viewer_sample");

  for (int i = 0; i < 40; ++i) {
    socket.tell("7", LiveEventKind::viewers, 100 + i);
    settle();
    clock.advance(seconds{1});
    settle();
  }

  const auto written = count("SELECT COUNT(*) FROM viewer_sample") - before;
  EXPECT_GE(written, 4);
  EXPECT_LE(written, 5);
}

TEST_P(Listening, CountsWhatViewersDoAndKeepsNothingOfIt) {
  go_live("name", "7");
  begin();
  ASSERT_TRUE(run_until([&] { return is_listening_to("7"); }));
  const auto events_before = events().size();

  socket.tell("7", LiveEventKind::chat);
  socket.tell("7", LiveEventKind::chat);
  socket.tell("7", LiveEventKind::like, 15);
  socket.tell("7", LiveEventKind::gift, 3);
  settle();

  const auto counts = listener->counts(live_in("7").id);
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->chat, 2);
  EXPECT_EQ(counts->likes, 15);
  EXPECT_EQ(counts->gifts, 3);
  EXPECT_EQ(events().size(), events_before);
  EXPECT_NE(metrics.render().find("vigie_watch_room_events_total{kind=\"like\"} 15"),
            std::string::npos);
}

// failures.md rows 8 and 9: no error for anybody, and politely later.
TEST_P(Listening, Row8ARefusedRoomIsTriedAgainLaterAndLater) {
  const auto id = go_live("name", "7");
  socket.refusal = Farewell{Parting::refused, "200 DEVICE_BLOCKED"};
  begin();
  ASSERT_TRUE(run_until([&] { return socket.asked.size() == 1; }));

  for (const auto wait : {60, 120, 240}) {
    const auto before = socket.asked.size();
    settle();
    clock.advance(seconds{wait - 1});
    settle();
    EXPECT_EQ(socket.asked.size(), before) << wait;
    clock.advance(seconds{wait / 5 + 2});
    ASSERT_TRUE(run_until([&] { return socket.asked.size() == before + 1; })) << wait;
  }
  EXPECT_EQ(run(accounts->get(id, mod)).value().account.status, AccountStatus::live);
  EXPECT_EQ(listener->last_trouble(), "refused");
}

// failures.md row 6.
TEST_P(Listening, Row6ALimitHoldsForEveryLiveAndItsTimeIsObeyed) {
  go_live("name", "7");
  go_live("other", "8");
  socket.refusal = Farewell{Parting::limited, "429", std::chrono::seconds{3600}};
  begin();
  ASSERT_TRUE(run_until([&] { return !socket.asked.empty(); }));
  settle();
  const auto asked = socket.asked.size();

  clock.advance(seconds{3500});
  settle();
  EXPECT_EQ(socket.asked.size(), asked);
  socket.refusal.reset();
  clock.advance(seconds{120});
  ASSERT_TRUE(run_until([&] { return is_listening_to("7") && is_listening_to("8"); }));

  EXPECT_EQ(listener->last_trouble(), "");
  EXPECT_EQ(listener->sockets_open(), 2U);
}

TEST_P(Listening, Row9ADroppedSocketIsOpenedAgain) {
  go_live("name", "7");
  begin();
  ASSERT_TRUE(run_until([&] { return is_listening_to("7"); }));

  socket.close("7", Farewell{Parting::dropped, "reset"});
  ASSERT_TRUE(run_until([&] { return !is_listening_to("7"); }));
  settle();
  clock.advance(seconds{73});

  ASSERT_TRUE(run_until([&] { return is_listening_to("7"); }));
  EXPECT_EQ(live_in("7").state, LiveState::live);
}

TEST_P(Listening, KeepsToItsNumberAndTakesWhoMattersMost) {
  options.most = 2;
  go_live("small", "1", 5);
  go_live("large", "2", 5000);
  const auto urgent = go_live("urgent", "3", 1);
  FollowEdit edit;
  edit.priority = 2;
  ASSERT_TRUE(run(accounts->edit("anna", urgent, edit)));

  begin();
  ASSERT_TRUE(run_until([&] { return socket.rooms.size() == 2; }));
  settle();

  EXPECT_TRUE(is_listening_to("3"));
  EXPECT_TRUE(is_listening_to("2"));
  EXPECT_FALSE(is_listening_to("1"));
  socket.tell("3", LiveEventKind::ended);
  socket.close("3", Farewell{Parting::over, ""});
  EXPECT_TRUE(run_until([&] {
    clock.advance(seconds{1});
    return is_listening_to("1");
  }));
}

TEST_P(Listening, LeavesALiveThatIsOverOrThatNobodyFollows) {
  const auto first = go_live("name", "7");
  const auto second = go_live("other", "8");
  begin();
  ASSERT_TRUE(run_until([&] { return socket.rooms.size() == 2; }));

  record(first, FakeSource::saying(Evidence::not_live, "status_4"));
  clock.advance(seconds{6});
  record(first, FakeSource::saying(Evidence::not_live, "status_4"));
  ASSERT_TRUE(run(accounts->unfollow("anna", second)));

  EXPECT_TRUE(run_until([&] {
    clock.advance(seconds{1});
    return socket.rooms.empty();
  }));
}

}  // namespace
}  // namespace vigie::watch
