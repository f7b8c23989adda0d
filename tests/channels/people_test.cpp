// SPDX-License-Identifier: Apache-2.0
// Digests, quiet hours and silences: who is told when, on both engines.
#include "channels/world.hpp"

namespace vigie::notify {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class Told : public Channeled {
 protected:
  void SetUp() override {
    Channeled::SetUp();
    if (!IsSkipped()) {
      script("UPDATE person SET email = NULL WHERE id = 'ada'");                     // anna alone
      clock.jump_wall(parse_rfc3339("2026-11-23T14:20:00Z").value() - clock.now());  // a Monday
    }
  }

  void prefer(PreferenceChange change) {
    const auto done = run(preferences->change("anna", std::move(change)));
    ASSERT_TRUE(done) << done.error().what;
  }

  PreferenceChange with_pace(MailPace pace) {
    PreferenceChange change;
    change.mail = pace;
    return change;
  }

  PreferenceChange quiet(std::string_view hours_text, std::string_view zone) {
    PreferenceChange change;
    change.quiet_hours = parse_quiet_hours(parse_json(hours_text).value()).value();
    change.time_zone = TimeZone::parse(zone).value();
    return change;
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, Told, vigie::testing::each_database(),
                         vigie::testing::engine_name);

TEST_P(Told, GathersAnHourInOneMail) {
  prefer(with_pace(MailPace::hourly));
  say_hate();
  clock.advance(minutes{10});
  say_hate("M");

  EXPECT_EQ(deliver(Channel::mail), 0);
  clock.advance(minutes{30});
  EXPECT_EQ(deliver(Channel::mail), 1);

  EXPECT_EQ(mailer.mails.at(0).subject.text(), "Vigie : 2 alertes, jusqu’à élevée");
  say_hate();
  EXPECT_EQ(deliver(Channel::mail), 0);
  clock.advance(hours{1});
  EXPECT_EQ(deliver(Channel::mail), 1);
  EXPECT_NE(mailer.mails.at(0).id, mailer.mails.at(1).id);
}

TEST_P(Told, WritesInTheMorningOfTheirTimeZoneWhatIsDaily) {
  auto change = with_pace(MailPace::daily);
  change.time_zone = TimeZone::parse("America/Martinique").value();  // UTC-4
  prefer(std::move(change));
  say_hate();

  const auto waiting = messages(MessageState::waiting);
  ASSERT_EQ(waiting.size(), 1U);
  EXPECT_EQ(to_rfc3339(waiting[0].due_at), "2026-11-24T12:00:00.000Z");
}

TEST_P(Told, GathersAQuarterOfAnHourWhoeverWishesNothingElse) {
  clock.advance(minutes{2});  // 14:22
  say_hate();
  clock.advance(minutes{7});
  say_hate("M");

  EXPECT_EQ(deliver(Channel::mail), 0);
  clock.advance(minutes{1});
  EXPECT_EQ(deliver(Channel::mail), 1);

  EXPECT_EQ(mailer.mails.at(0).subject.text(), "Vigie : 2 alertes, jusqu’à élevée");
}

TEST_P(Told, TellsOfWhatIsCriticalOnceNobodyHasTakenIt) {
  say_hate("L", true);
  clock.advance(time_to_take - seconds{1});
  EXPECT_EQ(deliver(Channel::mail), 0);
  clock.advance(seconds{1});
  EXPECT_EQ(deliver(Channel::mail), 1);
  EXPECT_EQ(deliver(Channel::mail), 0);
}

TEST_P(Told, DoesNotTellOfWhatIsCriticalAndTaken) {
  say_hate("L", true);
  const auto until = to_micros(clock.now() + minutes{30});
  execute("UPDATE alert SET state = 'claimed', claimed_by = 'ada', claimed_until = $1", {until});
  clock.advance(time_to_take);

  EXPECT_EQ(deliver(Channel::mail), 0);
  EXPECT_TRUE(messages(MessageState::waiting).empty());

  say_hate("M", true);  // a claim that is over by then is none
  const auto soon = to_micros(clock.now() + minutes{1});
  execute(
      "UPDATE alert SET state = 'claimed', claimed_by = 'ada', claimed_until = $1 WHERE live_id = "
      "'M'",
      {soon});
  clock.advance(time_to_take);
  EXPECT_EQ(deliver(Channel::mail), 1);
}

TEST_P(Told, TellsWhatIsCriticalWhateverThePaceAndNothingWhenOff) {
  prefer(with_pace(MailPace::daily));
  say_hate("L", true);
  clock.advance(time_to_take);
  EXPECT_EQ(deliver(Channel::mail), 1);
  EXPECT_EQ(mailer.mails.at(0).subject.text(), "Vigie : 1 alerte critique");

  prefer(with_pace(MailPace::off));
  say_hate("M", true);
  clock.advance(time_to_take);
  EXPECT_EQ(deliver(Channel::mail), 0);
  EXPECT_TRUE(messages(MessageState::waiting).empty());
}

TEST_P(Told, LeavesPeopleInPeaceInTheirQuietHours) {
  // 14:20 UTC is 15:20 in Paris and Casablanca.
  prefer(quiet(R"([{"weekday":1,"from":"15:00","to":"18:00"}])", "Europe/Paris"));
  say_hate();
  EXPECT_EQ(deliver(Channel::mail), 0);
  EXPECT_EQ(to_rfc3339(messages(MessageState::waiting).at(0).due_at), "2026-11-23T17:00:00.000Z");

  say_hate("M", true);  // critical passes unless the person says otherwise
  clock.advance(time_to_take);
  EXPECT_EQ(deliver(Channel::mail), 1);
  PreferenceChange change;
  change.critical_passes = false;
  prefer(std::move(change));
  say_hate("M", true);
  EXPECT_EQ(deliver(Channel::mail), 0);

  clock.advance(hours{3});
  EXPECT_EQ(deliver(Channel::mail), 1);
  EXPECT_EQ(mailer.mails.at(1).subject.text(), "Vigie : 2 alertes, jusqu’à critique");
}

TEST_P(Told, KeepsSilentAboutAnAccountButStillLists) {
  Sight anna{.person_id = "anna", .all_accounts = false};
  const auto silence = run(silences->create(
      anna, {.account_id = "A", .live_id = "", .length = SilenceLength::quarter_hour}));
  ASSERT_TRUE(silence) << silence.error().what;
  say_hate();

  EXPECT_EQ(deliver(Channel::mail), 0);
  alert::Notifications notifications{db(), clock};
  EXPECT_EQ(run(notifications.list("anna", 10, "")).value().items.size(), 1U);
  EXPECT_EQ(run(silences->list("anna")).value().size(), 1U);

  clock.advance(minutes{15});
  EXPECT_TRUE(run(silences->list("anna")).value().empty());
  say_hate();
  wait_for_digest();
  EXPECT_EQ(deliver(Channel::mail), 1);
}

TEST_P(Told, EndsASilenceWithItsLiveOrAfterADay) {
  Sight anna{.person_id = "anna", .all_accounts = false};
  ASSERT_TRUE(run(silences->create(
      anna, {.account_id = "", .live_id = "L", .length = SilenceLength::end_of_live})));
  say_hate("L");
  EXPECT_EQ(deliver(Channel::mail), 0);
  say_hate("M");  // another live
  wait_for_digest();
  EXPECT_EQ(deliver(Channel::mail), 1);

  script("UPDATE live SET ended_at = 5, state = 'ended' WHERE id = 'L'");
  EXPECT_TRUE(run(silences->list("anna")).value().empty());
  say_hate("L");
  wait_for_digest();
  EXPECT_EQ(deliver(Channel::mail), 1);

  ASSERT_TRUE(run(silences->create(
      anna, {.account_id = "", .live_id = "M", .length = SilenceLength::end_of_live})));
  clock.advance(hours{24} + seconds{1});
  EXPECT_TRUE(run(silences->list("anna")).value().empty());
}

TEST_P(Told, EndsTomorrowAtEightWherePeopleAre) {
  prefer(quiet("[]", "Indian/Reunion"));  // UTC+4: it is 18:20
  Sight anna{.person_id = "anna", .all_accounts = false};

  const auto silence = run(
      silences->create(anna, {.account_id = "", .live_id = "", .length = SilenceLength::tomorrow}));

  EXPECT_EQ(to_rfc3339(silence.value().ends_at), "2026-11-24T04:00:00.000Z");
}

TEST_P(Told, RefusesSilencesOfWhatIsNotOnes) {
  Sight ben{.person_id = "ben", .all_accounts = false};
  Sight anna{.person_id = "anna", .all_accounts = false};
  const NewSilence of_account{.account_id = "A", .live_id = "", .length = SilenceLength::hour};
  const NewSilence of_nothing{
      .account_id = "", .live_id = "", .length = SilenceLength::end_of_live};
  const NewSilence of_both{.account_id = "A", .live_id = "L", .length = SilenceLength::hour};

  EXPECT_EQ(run(silences->create(ben, of_account)).error().code, Errc::not_found);
  EXPECT_EQ(run(silences->create(anna, of_nothing)).error().code, Errc::invalid);
  EXPECT_EQ(run(silences->create(anna, of_both)).error().code, Errc::invalid);
  const auto silence = run(silences->create(anna, of_account)).value();
  EXPECT_EQ(run(silences->remove("ben", silence.id)).error().code, Errc::not_found);
  EXPECT_TRUE(run(silences->remove("anna", silence.id)));
}

TEST_P(Told, RemembersWhatPeopleWish) {
  const auto before = run(preferences->get("anna")).value();
  EXPECT_EQ(before.mail, MailPace::immediate);
  EXPECT_TRUE(before.critical_passes);
  prefer(quiet(R"([{"weekday":7,"from":"22:00","to":"07:30"}])", "Africa/Casablanca"));

  const auto after = run(preferences->get("anna")).value();

  EXPECT_EQ(after.time_zone.name(), "Africa/Casablanca");
  EXPECT_EQ(json::serialize(to_json(after.quiet_hours)),
            R"([{"weekday":7,"from":"22:00","to":"07:30"}])");
  EXPECT_EQ(after.mail, MailPace::immediate);
}

}  // namespace
}  // namespace vigie::notify
