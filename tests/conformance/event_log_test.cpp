// SPDX-License-Identifier: Apache-2.0
#include "db/event_log.hpp"

#include <gtest/gtest.h>

#include "support/databases.hpp"

namespace vigie::db {
namespace {

class EventLog : public testing::OnEachDatabase {};
INSTANTIATE_TEST_SUITE_P(Engines, EventLog, testing::each_database());

TEST_P(EventLog, NumbersFromOne) {
  std::int64_t id = 0;

  const auto done = db().write_now([&](Transaction& transaction) -> Result<> {
    auto appended = append_event(transaction, {.type = "live.started", .at = clock.now(), .data = "{}"});
    if (!appended) {
      return appended.error();
    }
    id = *appended;
    return {};
  });

  ASSERT_TRUE(done) << done.error().what;
  EXPECT_EQ(id, 1);
}

}  // namespace
}  // namespace vigie::db
