// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <thread>

#include "async/testing.hpp"
#include "bus/memory/memory_bus.hpp"

namespace vigie {
namespace {

class BusContract : public ::testing::Test {
 protected:
  std::unique_ptr<Subscription> note(std::string topic) {
    return bus->subscribe(std::move(topic),
                          [this](std::string_view text) { heard.emplace_back(text); });
  }

  asio::io_context io;
  std::unique_ptr<Bus> bus = create_memory_bus(io.get_executor());
  std::vector<std::string> heard;
};

TEST_F(BusContract, TellsEverySubscriberOfTheTopicAndNoOther) {
  const auto first = note("events");
  const auto second = note("events");
  const auto other = note("accounts");

  bus->publish(topic::events, "7");
  testing::settle(io);

  EXPECT_EQ(heard, (std::vector<std::string>{"7", "7"}));
}

TEST_F(BusContract, NeverCallsInsidePublish) {
  const auto subscription = note("events");

  bus->publish(topic::events, "7");

  EXPECT_TRUE(heard.empty());
  testing::settle(io);
  EXPECT_EQ(heard.size(), 1U);
}

TEST_F(BusContract, KeepsTheOrderOfOnePublisher) {
  const auto subscription = note("events");

  bus->publish(topic::events, "1");
  bus->publish(topic::events, "2");
  bus->publish(topic::events, "3");
  testing::settle(io);

  EXPECT_EQ(heard, (std::vector<std::string>{"1", "2", "3"}));
}

TEST_F(BusContract, SaysNothingAfterUnsubscribingWithHintsUnderWay) {
  auto subscription = note("events");
  bus->publish(topic::events, "7");

  subscription.reset();
  testing::settle(io);

  EXPECT_TRUE(heard.empty());
}

TEST_F(BusContract, LetsAListenerUnsubscribeItselfAndOthers) {
  std::unique_ptr<Subscription> self;
  std::unique_ptr<Subscription> next;
  self = bus->subscribe("events", [&](std::string_view text) {
    heard.emplace_back(text);
    next.reset();
    self.reset();
    heard.emplace_back("still here");
  });
  next = note("events");

  bus->publish(topic::events, "1");
  bus->publish(topic::events, "2");
  testing::settle(io);

  EXPECT_EQ(heard, (std::vector<std::string>{"1", "still here"}));
}

TEST_F(BusContract, LetsAListenerPublishAndSubscribe) {
  std::vector<std::unique_ptr<Subscription>> more;
  const auto subscription = bus->subscribe("events", [&](std::string_view text) {
    heard.emplace_back(text);
    if (text == "1") {
      more.push_back(note("events"));
      bus->publish(topic::events, "2");
    }
  });

  bus->publish(topic::events, "1");
  testing::settle(io);

  EXPECT_EQ(heard, (std::vector<std::string>{"1", "2", "2"}));
}

TEST_F(BusContract, TakesHintsFromAnyThread) {
  constexpr int each = 200;
  const auto subscription = note("events");
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([this] {
        for (int n = 0; n < each; ++n) {
          bus->publish(topic::events, "x");
        }
      });
    }
  }

  testing::settle(io);

  EXPECT_EQ(heard.size(), 4U * each);
}

TEST_F(BusContract, MayEndBeforeItsSubscriptions) {
  const auto subscription = note("events");
  bus->publish(topic::events, "7");

  bus.reset();
  testing::settle(io);

  EXPECT_EQ(heard.size(), 1U);
}

}  // namespace
}  // namespace vigie
