// SPDX-License-Identifier: Apache-2.0
#include "analyse/recent_count.hpp"

#include <gtest/gtest.h>

namespace vigie::analyse {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(RecentCount, ForgetsWhatIsAnHourOld) {
  RecentCount count;
  EXPECT_EQ(count.last_hour(hours{5}), 0);
  count.add(hours{5});
  count.add(hours{5} + seconds{59});
  count.add(hours{5} + minutes{30});

  EXPECT_EQ(count.last_hour(hours{5} + minutes{59}), 3);
  EXPECT_EQ(count.last_hour(hours{6}), 1);
  EXPECT_EQ(count.last_hour(hours{6} + minutes{30}), 0);
  count.add(hours{500});
  EXPECT_EQ(count.last_hour(hours{500}), 1);
}

}  // namespace
}  // namespace vigie::analyse
