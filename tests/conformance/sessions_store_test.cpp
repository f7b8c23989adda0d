// SPDX-License-Identifier: Apache-2.0
// Sessions, changes that end them, and tokens, on both engines.
#include "conformance/people_store.hpp"

namespace vigie::people {
namespace {

using namespace std::chrono_literals;

class SessionStore : public PeopleStore {};

INSTANTIATE_TEST_SUITE_P(Engines, SessionStore, testing::each_database());

TEST_P(SessionStore, EndsASessionAtSignOut) {
  create("ada");
  const auto one = sign_in("ada", good_password).value();
  const auto two = sign_in("ada", good_password).value();

  ASSERT_TRUE(run(sessions->end(one.token)).has_value());
  ASSERT_TRUE(run(sessions->end(one.token)).has_value()) << "twice is fine";

  EXPECT_EQ(run(sessions->find(one.token)).error().code, Errc::not_found);
  EXPECT_TRUE(is_signed_in(two.token));
}

TEST_P(SessionStore, SignsOutEverywhereButNobodyElse) {
  const auto ada = create("ada");
  create("bob");
  const auto one = sign_in("ada", good_password).value();
  const auto two = sign_in("ada", good_password).value();
  const auto other = sign_in("bob", good_password).value();

  ASSERT_TRUE(run(sessions->end_all(ada.id)).has_value());

  EXPECT_FALSE(is_signed_in(one.token));
  EXPECT_FALSE(is_signed_in(two.token));
  EXPECT_TRUE(is_signed_in(other.token));
}

// A session that was looked up a moment ago is remembered: not beyond what anybody changes.
TEST_P(SessionStore, LetsNobodyInWhoWasShutOutByAnotherProcess) {
  const auto ada = create("ada", Role::admin);
  create("bob", Role::admin);
  const auto session = sign_in("ada", good_password).value();
  const auto token = run(tokens->create(ada.id, Scope::read)).value();
  ASSERT_TRUE(is_signed_in(session.token));
  ASSERT_TRUE(is_signed_in(session.token)) << "remembered where the engine can tell";
  ASSERT_TRUE(run(tokens->find(token.token)).has_value());
  const auto other = open_again();

  const auto disabled = other->write_now([&](db::Transaction& transaction) -> Result<> {
    const auto done =
        transaction.execute("UPDATE person SET disabled_at = 1 WHERE id = $1", {ada.id});
    return done ? Result<>{} : done.error();
  });
  ASSERT_TRUE(disabled.has_value());

  EXPECT_FALSE(is_signed_in(session.token));
  EXPECT_FALSE(run(tokens->find(token.token)).has_value());
}

TEST_P(SessionStore, KnowsAPersonsNewRoleAtOnce) {
  const auto ada = create("ada");
  const auto session = sign_in("ada", good_password).value();
  ASSERT_EQ(run(sessions->find(session.token))->person.role, Role::user);

  execute("UPDATE person SET role = 'moderator' WHERE id = $1", {ada.id});

  EXPECT_EQ(run(sessions->find(session.token))->person.role, Role::moderator);
}

TEST_P(SessionStore, KnowsNoSessionByAnythingButItsToken) {
  create("ada");
  const auto session = sign_in("ada", good_password).value();
  const auto stored = look("SELECT token_sha256 FROM session");

  for (const auto& wrong :
       {std::string{}, stored, session.csrf_token, session.token + "0", std::string(100'000, 'a'),
        std::string("\0", 1), std::string{"' OR 1=1 --"}}) {
    EXPECT_EQ(run(sessions->find(wrong)).error().code, Errc::not_found);
  }
}

TEST_P(SessionStore, EndsASessionThatIsIdleForTwelveHours) {
  create("ada");
  const auto session = sign_in("ada", good_password).value();

  for (int i = 0; i < 3; ++i) {
    clock.advance(11h);
    ASSERT_TRUE(is_signed_in(session.token)) << "each use counts";
  }
  clock.advance(12h);

  EXPECT_FALSE(is_signed_in(session.token));
}

TEST_P(SessionStore, EndsASessionAfterFourteenDaysOfUse) {
  create("ada");
  const auto session = sign_in("ada", good_password).value();

  for (int hours = 6; hours < 14 * 24; hours += 6) {
    clock.advance(6h);
    ASSERT_TRUE(is_signed_in(session.token)) << hours;
  }
  clock.advance(6h);

  EXPECT_FALSE(is_signed_in(session.token));
}

TEST_P(SessionStore, WritesThatASessionWasUsedAtMostOnceAMinute) {
  create("ada");
  const auto session = sign_in("ada", good_password).value();
  const auto seen = "SELECT CAST(seen_at AS TEXT) FROM session";
  const auto first = look(seen);

  clock.advance(59s);
  ASSERT_TRUE(is_signed_in(session.token));
  EXPECT_EQ(look(seen), first);

  clock.advance(1s);
  ASSERT_TRUE(is_signed_in(session.token));
  EXPECT_EQ(look(seen), fmt::format("{}", to_micros(clock.now())));
}

TEST_P(SessionStore, DisablingEndsSessionsAndTokensAndEnablingLetsInAgain) {
  const auto ada = create("ada");
  const auto session = sign_in("ada", good_password).value();
  const auto token = run(tokens->create(ada.id, Scope::write)).value();

  ASSERT_TRUE(run(people->disable(ada.id)).has_value());
  EXPECT_FALSE(is_signed_in(session.token));
  EXPECT_EQ(run(tokens->find(token.token)).error().code, Errc::not_found);
  EXPECT_TRUE(run(people->find(ada.id)).value().disabled);
  EXPECT_EQ(refusal("ada", good_password), Errc::denied);

  ASSERT_TRUE(run(people->enable(ada.id)).has_value());
  EXPECT_FALSE(is_signed_in(session.token)) << "an old cookie stays dead";
  EXPECT_TRUE(sign_in("ada", good_password).has_value());
}

TEST_P(SessionStore, AnotherRoleOrPasswordEndsSessions) {
  const auto ada = create("ada");

  const auto before_role = sign_in("ada", good_password).value();
  ASSERT_TRUE(run(people->set_role(ada.id, Role::admin)).has_value());
  EXPECT_FALSE(is_signed_in(before_role.token));

  const auto before_password = sign_in("ada", good_password).value();
  EXPECT_EQ(before_password.person.role, Role::admin);
  ASSERT_TRUE(run(people->reset_password(ada.id, "un autre cheval bleu")).has_value());
  EXPECT_FALSE(is_signed_in(before_password.token));
  EXPECT_EQ(refusal("ada", good_password), Errc::denied);
  EXPECT_TRUE(sign_in("ada", "un autre cheval bleu").has_value());
}

TEST_P(SessionStore, ChecksANewPasswordAgainstThePerson) {
  const auto ada = create("adalovelace");

  const auto refused = run(people->reset_password(ada.id, "AdaLovelace 1815"));

  EXPECT_EQ(refused.error().code, Errc::invalid);
  EXPECT_TRUE(sign_in("adalovelace", good_password).has_value()) << "the old one still holds";
}

TEST_P(SessionStore, SaysThatNobodyIsThereToChange) {
  const std::string nobody = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
  EXPECT_EQ(run(people->set_role(nobody, Role::admin)).error().code, Errc::not_found);
  EXPECT_EQ(run(people->disable(nobody)).error().code, Errc::not_found);
  EXPECT_EQ(run(people->enable(nobody)).error().code, Errc::not_found);
  EXPECT_EQ(run(people->reset_password(nobody, good_password)).error().code, Errc::not_found);
  EXPECT_EQ(run(tokens->create(nobody, Scope::read)).error().code, Errc::not_found);
}

// Lets something happen in the database between a person's check and their session: right before
// the second write of a sign-in.
class MeanwhileDatabase final : public db::Database {
 public:
  MeanwhileDatabase(db::Database& database, Work meanwhile)
      : database_{database}, meanwhile_{std::move(meanwhile)} {}

  Async<Result<>> write(Work work) override {
    if (++writes_ == 2) {
      EXPECT_TRUE(database_.write_now(meanwhile_).has_value());
    }
    co_return co_await database_.write(std::move(work));
  }
  Async<Result<>> read(Work work) override { return database_.read(std::move(work)); }
  Result<> write_now(const Work& work) override { return database_.write_now(work); }
  Result<> read_now(const Work& work) override { return database_.read_now(work); }
  std::optional<std::int64_t> version() override { return database_.version(); }
  std::string_view engine() const override { return database_.engine(); }

  int writes() const { return writes_; }

 private:
  db::Database& database_;
  Work meanwhile_;
  int writes_ = 0;
};

TEST_P(SessionStore, LetsNobodyInWhoIsDisabledMeanwhile) {
  const auto ada = create("ada");
  MeanwhileDatabase meanwhile{
      db(), [&](db::Transaction& transaction) -> Result<> {
        const auto changed =
            transaction.execute("UPDATE person SET disabled_at = $2 WHERE id = $1", {ada.id, 1});
        return changed ? Result<>{} : changed.error();
      }};
  People entrance{meanwhile, clock, ids, *passwords, *sessions, kept.log, metrics};

  const auto outcome = run(entrance.sign_in("ada", good_password, {"192.0.2.1", ""}));

  EXPECT_EQ(meanwhile.writes(), 2) << "the check, then the session";
  EXPECT_EQ(outcome.error().code, Errc::denied);
  EXPECT_EQ(count("session"), 0);
}

TEST_P(SessionStore, PurgesWhatEndedAndKeepsTheRest) {
  create("ada");
  create("bob");
  sign_in("ada", good_password).value();
  refusal("ada", "wrong");
  clock.advance(13h);
  const auto fresh = sign_in("bob", good_password).value();
  EXPECT_EQ(count("session"), 2);
  EXPECT_GT(count("auth_throttle"), 0);

  ASSERT_TRUE(run(people->purge()).has_value());

  EXPECT_EQ(count("session"), 1);
  EXPECT_TRUE(is_signed_in(fresh.token));
  EXPECT_LE(count("auth_throttle"), 1);
}

TEST_P(SessionStore, CountsOutcomesWithoutNames) {
  create("ada");
  sign_in("ada", good_password).value();
  refusal("ada", "wrong");

  const auto text = metrics.render();

  EXPECT_NE(text.find("vigie_people_sign_ins_total{outcome=\"good\"} 1"), std::string::npos);
  EXPECT_NE(text.find("vigie_people_sign_ins_total{outcome=\"denied\"} 1"), std::string::npos);
  EXPECT_EQ(text.find("ada"), std::string::npos);
}

TEST_P(SessionStore, FindsWhoActsWithAToken) {
  const auto ada = create("ada", Role::auditor);
  const auto reading = run(tokens->create(ada.id, Scope::read)).value();
  const auto writing = run(tokens->create(ada.id, Scope::write)).value();

  EXPECT_TRUE(reading.token.starts_with("vigie_"));
  EXPECT_EQ(reading.token.size(), 6U + 64U);
  EXPECT_EQ(run(tokens->find(reading.token)).value().scope, Scope::read);
  EXPECT_EQ(run(tokens->find(writing.token)).value().scope, Scope::write);
  EXPECT_EQ(run(tokens->find(writing.token)).value().person.id, ada.id);
  EXPECT_EQ(run(tokens->find(writing.token)).value().person.role, Role::auditor);
  EXPECT_EQ(look("SELECT token_sha256 FROM api_token").find("vigie_"), std::string::npos);
}

TEST_P(SessionStore, RevokesATokenForItsOwnerOnly) {
  const auto ada = create("ada");
  const auto bob = create("bob");
  const auto token = run(tokens->create(ada.id, Scope::read)).value();

  EXPECT_EQ(run(tokens->revoke(token.id, bob.id)).error().code, Errc::not_found);
  EXPECT_TRUE(run(tokens->find(token.token)).has_value());
  ASSERT_TRUE(run(tokens->revoke(token.id, ada.id)).has_value());
  EXPECT_EQ(run(tokens->find(token.token)).error().code, Errc::not_found);
  EXPECT_EQ(run(tokens->revoke(token.id, ada.id)).error().code, Errc::not_found);
}

TEST_P(SessionStore, KnowsNoTokenByAnythingElse) {
  const auto ada = create("ada");
  const auto token = run(tokens->create(ada.id, Scope::read)).value();
  const auto session = sign_in("ada", good_password).value();

  for (const auto& wrong :
       {std::string{}, token.id, token.token.substr(6), token.token + "0", to_lower_ascii(token.id),
        "vigie_" + session.token, "vigie_" + look("SELECT token_sha256 FROM api_token")}) {
    EXPECT_EQ(run(tokens->find(wrong)).error().code, Errc::not_found) << wrong;
  }
  EXPECT_EQ(run(sessions->find(token.token)).error().code, Errc::not_found);
}

TEST(Scope, IsReadBackAndRefusesOtherWords) {
  EXPECT_EQ(parse_scope("read").value(), Scope::read);
  EXPECT_EQ(parse_scope(to_string(Scope::write)).value(), Scope::write);
  EXPECT_TRUE(parse_scope("admin").has_error());
}

TEST_P(PeopleStore, LetsAScreenNobodyUsesEnd) {
  create("ada");
  const auto session = sign_in("ada", good_password).value();
  for (int hour = 0; hour < 11; ++hour) {
    clock.advance(1h);
    EXPECT_TRUE(run(sessions->find(session.token, Sessions::Purpose::look)).has_value());
  }
  clock.advance(1h);
  EXPECT_FALSE(run(sessions->find(session.token, Sessions::Purpose::look)).has_value());
}

TEST_P(PeopleStore, ListsAndEndsOnesOwnSessionsOnly) {
  const auto ada = create("ada");
  const auto bob = create("bob");
  const auto here = sign_in("ada", good_password, "192.0.2.1").value();
  clock.advance(1s);
  const auto there = sign_in("ada", good_password, "192.0.2.2").value();
  const auto bobs = sign_in("bob", good_password).value();

  const auto listed = run(sessions->list(ada.id, here.token)).value();
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0].address, "192.0.2.2");
  EXPECT_FALSE(listed[0].is_current);
  EXPECT_TRUE(listed[1].is_current);
  EXPECT_EQ(listed[1].agent, "a browser");
  EXPECT_EQ(run(sessions->end_one(bob.id, listed[0].id)).error().code, Errc::not_found);
  EXPECT_TRUE(run(sessions->end_one(ada.id, listed[0].id)).has_value());
  EXPECT_FALSE(is_signed_in(there.token));
  EXPECT_TRUE(is_signed_in(here.token));

  const auto again = sign_in("ada", good_password).value();
  EXPECT_TRUE(run(sessions->end_others(ada.id, again.token)).has_value());
  EXPECT_FALSE(is_signed_in(here.token));
  EXPECT_TRUE(is_signed_in(again.token));
  EXPECT_TRUE(is_signed_in(bobs.token));
}

TEST_P(PeopleStore, GivesTokensANameAnEndAndALastUse) {
  const auto ada = create("ada");
  const auto made = run(tokens->create(ada.id, Scope::read, "relevé", clock.now() + 24h)).value();
  EXPECT_FALSE(run(tokens->list(ada.id)).value().at(0).last_used_at);

  EXPECT_TRUE(run(tokens->find(made.token)).has_value());
  const auto listed = run(tokens->list(ada.id)).value();
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].name, "relevé");
  EXPECT_EQ(listed[0].last_used_at, clock.now());
  clock.advance(24h);
  EXPECT_EQ(run(tokens->find(made.token)).error().code, Errc::not_found);
  EXPECT_TRUE(run(tokens->list(ada.id)).value().empty());
}

}  // namespace
}  // namespace vigie::people
