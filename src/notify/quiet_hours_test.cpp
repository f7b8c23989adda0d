// SPDX-License-Identifier: Apache-2.0
#include "notify/quiet_hours.hpp"

#include <gtest/gtest.h>

#include "notify/preferences.hpp"

namespace vigie::notify {
namespace {

using std::chrono::hours;

Time at(std::string_view text) {
  return parse_rfc3339(text).value();
}

QuietHours quiet(std::string_view text) {
  return parse_quiet_hours(parse_json(text).value()).value();
}

TEST(QuietHours, LastPastMidnightUntilTheMorning) {
  const auto paris = TimeZone::parse("Europe/Paris").value();
  const auto nights = quiet(R"([{"weekday":1,"from":"22:00","to":"07:00"}])");  // Mondays

  // 23 November 2026 is a Monday; Paris is at UTC+1.
  EXPECT_FALSE(quiet_until(nights, paris, at("2026-11-23T20:59:59Z")));
  EXPECT_EQ(quiet_until(nights, paris, at("2026-11-23T21:00:00Z")), at("2026-11-24T06:00:00Z"));
  EXPECT_EQ(quiet_until(nights, paris, at("2026-11-24T05:59:59Z")), at("2026-11-24T06:00:00Z"));
  EXPECT_FALSE(quiet_until(nights, paris, at("2026-11-24T06:00:00Z")));
  EXPECT_FALSE(quiet_until(nights, paris, at("2026-11-24T22:00:00Z")));  // a Tuesday
}

TEST(QuietHours, JoinStretchesThatTouchAndAlwaysEnd) {
  const auto utc = TimeZone::parse("UTC").value();
  const auto weekend = quiet(
      R"([{"weekday":6,"from":"00:00","to":"00:00"},{"weekday":7,"from":"00:00","to":"00:00"}])");
  EXPECT_EQ(quiet_until(weekend, utc, at("2026-11-21T12:00:00Z")), at("2026-11-23T00:00:00Z"));

  QuietHours always;
  for (unsigned day = 1; day <= 7; ++day) {
    always.push_back({.weekday = day, .from = hours{0}, .to = hours{0}});
  }
  const auto now = at("2026-11-21T12:00:00Z");
  const auto end = quiet_until(always, utc, now);
  ASSERT_TRUE(end);
  EXPECT_LE(*end - now, hours{7 * 24});
}

TEST(QuietHours, FollowTheClocksOfTheirPlace) {
  const auto paris = TimeZone::parse("Europe/Paris").value();
  // Clocks go forward on 29 March 2026 at 02:00 and back on 25 October at 03:00.
  EXPECT_EQ(paris.at(paris.local(at("2026-03-28T12:00:00Z")).day, hours{8}),
            at("2026-03-28T07:00:00Z"));
  EXPECT_EQ(paris.at(paris.local(at("2026-03-29T12:00:00Z")).day, hours{8}),
            at("2026-03-29T06:00:00Z"));
  const auto skipped = paris.at(paris.local(at("2026-03-29T12:00:00Z")).day,
                                std::chrono::minutes{150});  // 02:30 does not exist
  EXPECT_EQ(skipped, at("2026-03-29T01:00:00Z"));
  const auto twice = paris.at(paris.local(at("2026-10-25T12:00:00Z")).day,
                              std::chrono::minutes{150});  // 02:30 comes twice
  EXPECT_EQ(twice, at("2026-10-25T00:30:00Z"));
}

TEST(QuietHours, RefuseWhatIsNoHour) {
  for (const auto* const text :
       {R"({})", R"([{"weekday":0,"from":"22:00","to":"07:00"}])",
        R"([{"weekday":8,"from":"22:00","to":"07:00"}])",
        R"([{"weekday":1,"from":"24:00","to":"07:00"}])",
        R"([{"weekday":1,"from":"22:60","to":"07:00"}])",
        R"([{"weekday":1,"from":"22h00","to":"07:00"}])", R"([{"weekday":1,"from":"22:00"}])",
        R"([1])", R"([{"weekday":1,"from":"-1:00","to":"07:00"}])"}) {
    EXPECT_FALSE(parse_quiet_hours(parse_json(text).value())) << text;
  }
  json::array many(22, json::object{{"weekday", 1}, {"from", "01:00"}, {"to", "02:00"}});
  EXPECT_FALSE(parse_quiet_hours(many));
}

TEST(TimeZone, IsOneThatExists) {
  for (const auto* const name : {"Africa/Casablanca", "Europe/Paris", "UTC", "Indian/Reunion"}) {
    EXPECT_TRUE(TimeZone::parse(name)) << name;
  }
  for (const auto* const name :
       {"", "Paris", "Europe/Nowhere", "GMT+25:00", "../etc/passwd", "é", "Europe/Paris\n"}) {
    EXPECT_FALSE(TimeZone::parse(name)) << name;
  }
}

TEST(MailDue, WaitsForTheDigestThenForTheEndOfQuiet) {
  Preference preference;
  preference.time_zone = TimeZone::parse("UTC").value();
  const auto now = at("2026-11-23T20:30:00Z");
  EXPECT_EQ(mail_due(preference, Severity::high, now)->at, at("2026-11-23T20:45:00Z"));
  EXPECT_EQ(mail_due(preference, Severity::moderate, now)->at, at("2026-11-24T08:00:00Z"));
  EXPECT_FALSE(mail_due(preference, Severity::low, now));

  preference.mail = MailPace::hourly;
  EXPECT_EQ(mail_due(preference, Severity::high, now)->at, at("2026-11-23T21:00:00Z"));
  preference.quiet_hours = quiet(R"([{"weekday":1,"from":"20:00","to":"06:00"}])");
  EXPECT_EQ(mail_due(preference, Severity::high, now)->at, at("2026-11-24T06:00:00Z"));
  EXPECT_EQ(mail_due(preference, Severity::critical, now)->at, now + time_to_take);
  preference.critical_passes = false;
  EXPECT_EQ(mail_due(preference, Severity::critical, now)->at, at("2026-11-24T06:00:00Z"));
}

TEST(MailDue, IsCalledOffOnlyForWhatIsCriticalAndNotHeldBack) {
  Preference preference;
  preference.time_zone = TimeZone::parse("UTC").value();
  const auto now = at("2026-11-23T20:30:00Z");
  EXPECT_TRUE(mail_due(preference, Severity::critical, now)->unless_taken);
  EXPECT_FALSE(mail_due(preference, Severity::high, now)->unless_taken);

  preference.critical_passes = false;
  preference.quiet_hours = quiet(R"([{"weekday":1,"from":"20:00","to":"06:00"}])");
  EXPECT_FALSE(mail_due(preference, Severity::critical, now)->unless_taken);
}

}  // namespace
}  // namespace vigie::notify
