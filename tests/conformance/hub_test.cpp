// SPDX-License-Identifier: Apache-2.0
// The live feed: nobody misses an event and nobody is told one twice, whenever they come.
#include "api/hub.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/json.hpp"
#include "conformance/hub_browser.hpp"
#include "db/event_log.hpp"

namespace vigie::api {
namespace {

class Feed : public WithHub {
 protected:
  // One more event of the account, told as the rooms tell.
  Async<> happen(std::string account) {
    std::function<Result<std::int64_t>(db::Transaction&)> work =
        [account](db::Transaction& transaction) {
          Event event;
          event.type = event_type::live_updated;
          event.account_id = account;
          event.data = "{}";
          return db::append_event(transaction, event);
        };
    const auto id = co_await db::write<std::int64_t>(db(), std::move(work));
    EXPECT_TRUE(id);
    newest = id ? *id : 0;
    bus->publish(topic::events, "");
  }

  Async<> happen_often(std::string account, int times) {
    for (int i = 0; i < times; ++i) {
      co_await happen(account);
    }
  }

  // Runs until ready says so, for a bounded time.
  void until(const std::function<bool()>& ready) {
    const SystemClock real;
    const auto end = real.steady() + std::chrono::seconds{20};
    while (!ready() && real.steady() < end) {
      io.restart();
      io.run_one_for(std::chrono::milliseconds{50});
    }
    EXPECT_TRUE(ready());
  }

  static std::vector<std::int64_t> numbers(std::int64_t from, std::int64_t to) {
    std::vector<std::int64_t> all;
    for (auto i = from; i <= to; ++i) {
      all.push_back(i);
    }
    return all;
  }

  std::int64_t newest = 0;
};

TEST_P(Feed, TellsEverythingOnceWheneverSomebodyComes) {
  run(happen("A"));
  until([&] { return hub->position() == 1; });
  tasks->spawn("writer", happen_often("A", 120));
  std::vector<std::int64_t> starts;
  for (std::int64_t i = 0; i < 40; ++i) {
    until([&] { return newest >= 1 + i * 3; });
    const bool comes_back = i % 2 == 0;
    const auto after = std::max<std::int64_t>(1, newest - 5);
    auto who = comes_back ? listener(after) : listener();
    starts.push_back(comes_back ? after : who.position);
    join(std::move(who));
  }
  until([&] {
    return newest == 121 && std::ranges::all_of(browsers, [](const auto& browser) {
             return !browser->ids.empty() && browser->ids.back() == 121;
           });
  });

  for (std::size_t i = 0; i < browsers.size(); ++i) {
    EXPECT_EQ(browsers[i]->ids, numbers(starts[i] + 1, 121)) << i;
  }
}

// The feed's own first look began, and ends after somebody's: what happened between is told.
TEST_P(Feed, LosesNothingBetweenTwoFirstLooks) {
  held->hold_next_read();
  until([&] { return held->is_holding(); });
  auto& early = join(listener(0));
  until([&] { return held->reads() == 3; });  // their accounts, where the log ends, and its end
  io.poll();
  run(happen("A"));
  held->release();
  until([&] { return hub->position() == 1; });

  EXPECT_EQ(early.ids, std::vector<std::int64_t>{1});
}

// What somebody follows is read as they come; what they follow a moment later counts too.
TEST_P(Feed, KnowsWhatWasFollowedWhileSomebodyCame) {
  until([&] { return hub->position() == 0; });
  held->hold_next_answer();
  auto& browser = join(listener(0));
  until([&] { return held->is_holding(); });
  execute("INSERT INTO follow (person_id, account_id, created_at) VALUES ('P', 'B', 0)", {});
  const auto reads = held->reads();
  bus->publish(topic::accounts, "");
  until([&] { return held->reads() >= reads + 2; });  // what everybody follows, and the log
  held->release();
  until([&] { return !held->is_holding(); });
  io.poll();
  run(happen("B"));
  until([&] { return !browser.ids.empty(); });

  EXPECT_EQ(browser.ids, std::vector<std::int64_t>{1});
}

TEST_P(Feed, TellsNobodyWhatTheyMayNotSee) {
  auto& ours = join(listener(0));
  auto& theirs = join(listener(0, "Q"));
  run(happen("B"));
  run(happen("A"));
  until([&] { return !ours.ids.empty(); });

  EXPECT_EQ(ours.ids, (std::vector<std::int64_t>{2}));
  EXPECT_TRUE(theirs.ids.empty());
}

TEST_P(Feed, AsksWhoIsTooFarBehindToReadAgain) {
  run(happen_often("A", 520));
  until([&] { return hub->position() == 520; });
  auto& late = join(listener(0));
  auto& foreign = join(listener(100'000));  // of another database
  until([&] {
    return !foreign.types.empty() && !late.types.empty() && late.types.back() == "resync";
  });

  EXPECT_EQ(late.ids.back(), 520);
  EXPECT_EQ(foreign.types, std::vector<std::string>{"resync"});
  run(happen("A"));
  until([&] { return late.ids.back() == 521 && foreign.ids.back() == 521; });
}

TEST_P(Feed, ClosesWhoReadsTooSlowly) {
  run(happen("A"));
  until([&] { return hub->position() == 1; });
  auto& slow = join(listener(1));
  auto& good = join(listener(1));
  run(happen("A"));
  until([&] { return good.ids.size() == 1 && slow.ids.size() == 1; });
  slow.is_slow = true;
  run(happen("A"));
  until([&] { return slow.closed_with != 0; });

  EXPECT_EQ(slow.closed_with, 1013);
  until([&] { return good.ids.size() == 2; });
}

TEST_P(Feed, GivesWhoWasClosedAllTheyMissedOrTellsThemToAskAgain) {
  run(happen("A"));
  until([&] { return hub->position() == 1; });
  auto& slow = join(listener(1));
  run(happen("A"));
  until([&] { return slow.ids.size() == 1; });
  slow.is_slow = true;
  run(happen("A"));
  until([&] { return slow.closed_with == 1013; });
  slow.is_slow = false;  // it reads again, but it is being sent away: nothing more may come
  run(happen_often("A", 40));
  until([&] { return hub->position() == 43; });
  EXPECT_EQ(slow.ids, numbers(2, 2));

  auto& back = join(listener(slow.ids.back()));
  until([&] { return !back.ids.empty() && back.ids.back() == 43; });
  run(happen_often("A", 501));
  until([&] { return hub->position() == 544 && back.ids.back() == 544; });
  auto& back_late = join(listener(slow.ids.back()));
  until([&] { return !back_late.types.empty() && back_late.types.back() == "resync"; });
  run(happen("A"));
  until([&] { return back_late.ids.back() == 545; });

  EXPECT_EQ(back.ids.front(), 3);
  EXPECT_EQ(back.ids, numbers(3, 545)) << "one came not, or twice";
  const auto resync = std::ranges::find(back_late.types, "resync") - back_late.types.begin();
  EXPECT_EQ(back_late.ids.at(static_cast<std::size_t>(resync)), 544);
}

// Talks without end to somebody who listens for the end only.
class Chatterbox final : public http::WebSocket {
 public:
  Async<Result<std::string>> receive() override {
    if (closed_with != 0) {
      co_return make_error(Errc::unavailable, "gone");
    }
    ++said;
    co_return std::string{"x"};
  }
  bool send(std::string) override { return true; }
  void close(std::uint16_t code, std::string_view) override { closed_with = code; }

  int said = 0;
  std::uint16_t closed_with = 0;
};

TEST_P(Feed, ClosesWhoTalksWithoutEnd) {
  Chatterbox chatterbox;

  run(hub->serve(chatterbox, listener()));

  EXPECT_EQ(chatterbox.closed_with, 1008);
  EXPECT_EQ(chatterbox.said, 41);
}

TEST_P(Feed, ClosesTheSocketsOfARevokedSessionAtOnce) {
  auto& browser = join(listener(0));
  auto& program = join(listener(0));
  run(happen("A"));
  until([&] { return browser.ids.size() == 1 && program.ids.size() == 1; });
  is_session_valid = false;
  hub->check_sessions_soon();  // no time passes
  until([&] { return browser.closed_with != 0 && program.closed_with != 0; });

  EXPECT_EQ(browser.closed_with, 1008);
  EXPECT_EQ(program.closed_with, 1008);
}

TEST_P(Feed, ClosesTheSocketsOfASessionThatEndedWithinAMinute) {
  auto& browser = join(listener(0));
  run(happen("A"));
  until([&] { return browser.ids.size() == 1; });
  is_session_valid = false;
  clock.advance(std::chrono::seconds{61});
  until([&] { return browser.closed_with != 0; });

  EXPECT_EQ(browser.closed_with, 1008);
}

INSTANTIATE_TEST_SUITE_P(Engines, Feed, vigie::testing::each_database(),
                         vigie::testing::engine_name);

}  // namespace
}  // namespace vigie::api
