// SPDX-License-Identifier: Apache-2.0
// Text that may still change: told over the bus to who follows the account, and to nobody else;
// never numbered, never in the log.
#include <gtest/gtest.h>

#include "conformance/hub_browser.hpp"
#include "domain/event.hpp"

namespace vigie::api {
namespace {

class UnfinishedText : public WithHub {
 protected:
  void SetUp() override {
    WithHub::SetUp();
    if (IsSkipped()) {
      return;
    }
    execute("INSERT INTO follow (person_id, account_id, created_at) VALUES ('Q', 'B', 0)", {});
    turn();
  }

  Browser& join(const char* person) {
    auto& browser = WithHub::join(listener(std::nullopt, person));
    turn();
    return browser;
  }

  // Some turns of the database's threads.
  void turn() {
    for (int i = 0; i < 30; ++i) {
      io.restart();
      io.run_one_for(std::chrono::milliseconds{10});
    }
  }
};

TEST_P(UnfinishedText, IsToldToWhoFollowsAndKeptNowhere) {
  auto& follower = join("P");
  auto& other = join("Q");

  bus->publish(topic::interim,
               R"({"account_id":"A","data":{"live_id":"L","start":1,"end":2,"text":"bon"}})");
  bus->publish(topic::interim, R"({"data":{"live_id":"L","text":"of nobody"}})");
  bus->publish(topic::interim, "no JSON");
  turn();

  ASSERT_EQ(follower.types, std::vector<std::string>{std::string{event_type::segment_interim}});
  EXPECT_EQ(follower.ids.front(), 0) << "it has no number";
  EXPECT_TRUE(other.types.empty());
  EXPECT_EQ(number("SELECT COUNT(*) FROM event"), 0);
  EXPECT_EQ(number("SELECT COUNT(*) FROM segment"), 0);

  auto& late = join("P");
  EXPECT_TRUE(late.types.empty()) << "and is not told again";
}

INSTANTIATE_TEST_SUITE_P(Engines, UnfinishedText, vigie::testing::each_database());

}  // namespace
}  // namespace vigie::api
