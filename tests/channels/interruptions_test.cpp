// SPDX-License-Identifier: Apache-2.0
// Which notifications may interrupt a person at their page, on both engines.
#include "notify/interruptions.hpp"

#include "channels/world.hpp"

namespace vigie::notify {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class Interrupted : public Channeled {
 protected:
  // Whether anna's newest notification interrupts.
  std::optional<bool> interrupts() {
    std::optional<bool> found;
    const auto done = db().read_now([&](db::Transaction& transaction) -> Result<> {
      auto events = db::events_after(transaction, 0, 1000).value();
      std::erase_if(events, [](const Event& event) {
        return event.type != event_type::notification || event.person_id != "anna";
      });
      const auto marked = mark_interruptions(transaction, events, clock.now());
      if (marked && !events.empty()) {
        found = get_bool(parse_json(events.back().data).value(), "interrupts");
      }
      return marked;
    });
    EXPECT_TRUE(done) << done.error().what;
    return found;
  }

  void prefer_quiet(bool critical_passes) {
    clock.jump_wall(parse_rfc3339("2026-11-23T14:20:00Z").value() - clock.now());  // a Monday
    PreferenceChange change;
    change.time_zone = TimeZone::parse("Europe/Paris").value();
    change.quiet_hours =
        parse_quiet_hours(parse_json(R"([{"weekday":1,"from":"15:00","to":"18:00"}])").value())
            .value();
    change.critical_passes = critical_passes;
    ASSERT_TRUE(run(preferences->change("anna", std::move(change))));
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, Interrupted, vigie::testing::each_database(),
                         vigie::testing::engine_name);

TEST_P(Interrupted, ByAlertsThatAreMoreThanModerateAndFresh) {
  say_hate();
  EXPECT_EQ(interrupts(), true);

  clock.advance(interrupts_within + seconds{1});
  EXPECT_EQ(interrupts(), false) << "a page that comes back is not flooded";
}

TEST_P(Interrupted, ByNothingThatIsSilenced) {
  Sight anna{.person_id = "anna", .all_accounts = false};
  ASSERT_TRUE(run(silences->create(
      anna, {.account_id = "A", .live_id = "", .length = SilenceLength::quarter_hour})));
  say_hate("L", true);
  EXPECT_EQ(interrupts(), false) << "a silence is one's own word: it holds for all";

  clock.advance(minutes{15});
  say_hate("M", true);
  EXPECT_EQ(interrupts(), true);
}

TEST_P(Interrupted, InQuietHoursByWhatIsCriticalOnly) {
  prefer_quiet(true);
  say_hate();
  EXPECT_EQ(interrupts(), false);
  say_hate("M", true);
  EXPECT_EQ(interrupts(), true);

  prefer_quiet(false);
  say_hate("M", true);
  EXPECT_EQ(interrupts(), false);
}

TEST_P(Interrupted, ByTheLivesOfFavouritesOnly) {
  const auto tell = [this] {
    const auto done = db().write_now([&](db::Transaction& transaction) -> Result<> {
      Event event;
      event.type = event_type::notification;
      event.at = clock.now();
      event.live_id = "L";
      event.person_id = "anna";
      event.data = R"({"id":"n","kind":"live.started","live_id":"L","severity":null})";
      const auto told = db::append_event(transaction, event);
      return told ? Result<>{} : Result<>{told.error()};
    });
    ASSERT_TRUE(done);
  };
  tell();
  EXPECT_EQ(interrupts(), false);

  script("UPDATE follow SET priority = 1 WHERE person_id = 'anna'");
  tell();
  EXPECT_EQ(interrupts(), true);
}

}  // namespace
}  // namespace vigie::notify
