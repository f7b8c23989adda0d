// SPDX-License-Identifier: Apache-2.0
// Persons, sign-in, sessions and tokens on both engines.
#include "async/task_group.hpp"
#include "base/text.hpp"
#include "log/log_fake.hpp"
#include "people/passwords_fake.hpp"
#include "people/people.hpp"
#include "people/tokens.hpp"
#include "support/databases.hpp"

namespace vigie::people {
namespace {

using namespace std::chrono_literals;

constexpr auto good_password = "cheval agrafe pile";

class PeopleStore : public testing::OnEachDatabase {
 protected:
  void SetUp() override {
    testing::OnEachDatabase::SetUp();
    if (IsSkipped()) {
      return;
    }
    sessions = std::make_unique<Sessions>(db(), clock, random);
    tokens = std::make_unique<Tokens>(db(), clock, ids, random);
    passwords = std::make_unique<Passwords>(quick_cost);
    people = std::make_unique<People>(db(), clock, ids, *passwords, *sessions, kept.log, metrics);
  }
  void TearDown() override {
    people.reset();
    passwords.reset();
    testing::OnEachDatabase::TearDown();
  }

  Person create(std::string username, Role role = Role::user) {
    NewPerson wanted;
    wanted.username = std::move(username);
    wanted.password = good_password;
    wanted.role = role;
    return run(people->create(std::move(wanted))).value();
  }
  Result<NewSession> sign_in(std::string username, std::string password,
                             std::string ip = "192.0.2.1") {
    return run(
        people->sign_in(std::move(username), std::move(password), {std::move(ip), "a browser"}));
  }
  Errc refusal(std::string username, std::string password, std::string ip = "192.0.2.1") {
    const auto session = sign_in(std::move(username), std::move(password), std::move(ip));
    EXPECT_TRUE(session.has_error());
    return session.has_error() ? session.error().code : Errc::corrupt;
  }
  bool is_signed_in(const std::string& token) { return run(sessions->find(token)).has_value(); }

  // The first column of the first row.
  std::string look(std::string_view sql) {
    std::string value;
    const auto read = db().read_now([&](db::Transaction& transaction) -> Result<> {
      const auto rows = transaction.query(sql, {});
      if (!rows) {
        return rows.error();
      }
      value = rows->empty() ? std::string{} : rows->front().text(0);
      return {};
    });
    EXPECT_TRUE(read.has_value());
    return value;
  }
  std::int64_t count(std::string_view table) {
    std::int64_t number = -1;
    const auto sql = fmt::format("SELECT COUNT(*) FROM {}", table);
    const auto read = db().read_now([&](db::Transaction& transaction) -> Result<> {
      const auto rows = transaction.query(sql, {});
      if (!rows) {
        return rows.error();
      }
      number = rows->front().integer(0);
      return {};
    });
    EXPECT_TRUE(read.has_value());
    return number;
  }

  log::KeptLog kept;
  metrics::Registry metrics;
  std::unique_ptr<Sessions> sessions;
  std::unique_ptr<Tokens> tokens;
  std::unique_ptr<Passwords> passwords;
  std::unique_ptr<People> people;
};

INSTANTIATE_TEST_SUITE_P(Engines, PeopleStore, testing::each_database());

TEST_P(PeopleStore, HasNobodyAtFirst) {
  EXPECT_TRUE(run(people->list()).value().empty());
  EXPECT_EQ(run(people->find("01ARZ3NDEKTSV4RRFFQ69G5FAV")).error().code, Errc::not_found);
  EXPECT_EQ(run(people->find_by_username("admin")).error().code, Errc::not_found);
}

TEST_P(PeopleStore, FindsWhoWasCreated) {
  NewPerson wanted{"Claire.D", "Claire@Example.org", good_password, Role::moderator, "en"};
  const auto created = run(people->create(wanted)).value();
  create("ada");

  const auto found = run(people->find(created.id)).value();
  EXPECT_EQ(found.username, "Claire.D");
  EXPECT_EQ(found.email, "Claire@Example.org");
  EXPECT_EQ(found.role, Role::moderator);
  EXPECT_EQ(found.language, "en");
  EXPECT_FALSE(found.disabled);
  EXPECT_EQ(run(people->find_by_username("CLAIRE.d")).value().id, created.id);
  const auto everybody = run(people->list()).value();
  ASSERT_EQ(everybody.size(), 2U);
  EXPECT_EQ(everybody[0].username, "ada");
  EXPECT_EQ(everybody[0].email, "");
}

TEST_P(PeopleStore, KeepsNoPasswordAndNoToken) {
  create("ada");
  const auto session = sign_in("ada", good_password).value();

  EXPECT_TRUE(look("SELECT password_hash FROM person").starts_with("$argon2id$"));
  const auto stored = look("SELECT token_sha256 FROM session");
  EXPECT_EQ(stored.size(), 64U);
  EXPECT_NE(stored, session.token);
  EXPECT_EQ(session.token.size(), 64U);
  EXPECT_EQ(session.csrf_token.size(), 64U);
  EXPECT_FALSE(kept.says(session.token));
  EXPECT_FALSE(kept.says("ada"));
}

TEST_P(PeopleStore, RefusesANameOrAnAddressThatIsTakenInAnyCase) {
  ASSERT_TRUE(run(people->create({"ada", "ada@example.org", good_password})).has_value());

  const auto same_name = run(people->create({"ADA", "", good_password}));
  const auto same_email = run(people->create({"bob", "Ada@EXAMPLE.org", good_password}));

  EXPECT_EQ(same_name.error().code, Errc::conflict);
  EXPECT_EQ(same_name.error().what, "username: already taken");
  EXPECT_EQ(same_email.error().code, Errc::conflict);
  EXPECT_EQ(same_email.error().what, "email: already taken");
  EXPECT_TRUE(run(people->create({"bob", "", good_password})).has_value());
  EXPECT_TRUE(run(people->create({"eve", "", good_password})).has_value())
      << "two without an address";
}

TEST_P(PeopleStore, RefusesBadFieldsWithoutHashing) {
  const auto refused = run(people->create({"a b", "x", "short"}));

  EXPECT_EQ(refused.error().code, Errc::invalid);
  EXPECT_NE(refused.error().what.find("username: "), std::string::npos);
  EXPECT_NE(refused.error().what.find("email: "), std::string::npos);
  EXPECT_NE(refused.error().what.find("password: "), std::string::npos);
  EXPECT_EQ(passwords->computed(), 0U);
  EXPECT_EQ(count("person"), 0);
}

TEST_P(PeopleStore, SignsInWithTheRightPasswordWhateverTheCaseOfTheName) {
  const auto ada = create("Ada");

  const auto session = sign_in(" aDa ", good_password).value();

  EXPECT_EQ(session.person.id, ada.id);
  const auto found = run(sessions->find(session.token)).value();
  EXPECT_EQ(found.person.username, "Ada");
  EXPECT_EQ(found.csrf_token, session.csrf_token);
}

TEST_P(PeopleStore, GivesANewTokenAtEachSignIn) {
  create("ada");
  const auto first = sign_in("ada", good_password).value();
  const auto second = sign_in("ada", good_password).value();

  EXPECT_NE(first.token, second.token);
  EXPECT_NE(first.csrf_token, second.csrf_token);
  EXPECT_TRUE(is_signed_in(first.token));
  EXPECT_TRUE(is_signed_in(second.token));
}

TEST_P(PeopleStore, AnswersTheSameForAWrongPasswordAnUnknownNameAndADisabledPerson) {
  create("ada");
  const auto gone = create("gone");
  ASSERT_TRUE(run(people->disable(gone.id)).has_value());

  const auto attempt = [&](const std::string& name, const std::string& password) {
    const auto before = passwords->computed();
    const auto refused = sign_in(name, password);
    EXPECT_EQ(passwords->computed(), before + 1) << name;
    return std::pair{refused.error().code, refused.error().what};
  };
  const auto wrong = attempt("ada", "not the password");

  EXPECT_EQ(wrong.first, Errc::denied);
  EXPECT_EQ(attempt("nobody", good_password), wrong);
  EXPECT_EQ(attempt("gone", good_password), wrong);
  EXPECT_EQ(attempt("", ""), wrong);
  EXPECT_EQ(attempt(std::string("a\0da", 4), good_password), wrong);
  EXPECT_EQ(attempt("\xFF\xFE ' OR 1=1 --", good_password), wrong);
  EXPECT_EQ(attempt(std::string(100'000, 'a'), std::string(100'000, 'b')), wrong);
  EXPECT_EQ(count("session"), 0);
}

TEST_P(PeopleStore, ThrottlesANameWhetherItExistsOrNot) {
  create("ada");
  int address = 0;
  for (const std::string name : {"ada", "nobody"}) {
    for (int i = 0; i < 5; ++i) {
      EXPECT_EQ(refusal(name, "wrong", fmt::format("192.0.2.{}", ++address)), Errc::denied)
          << name << i;
    }
    const auto refused = sign_in(name, good_password, fmt::format("192.0.2.{}", ++address));
    EXPECT_EQ(refused.error().code, Errc::rate_limited);
    EXPECT_EQ(refused.error().retry_after, 30s);
  }

  clock.advance(29s);
  EXPECT_EQ(refusal("ADA", good_password), Errc::rate_limited);
  clock.advance(1s);
  EXPECT_TRUE(sign_in("ada", good_password).has_value()) << "a throttle is no lock";
}

TEST_P(PeopleStore, DoesNotHashForAThrottledTry) {
  create("ada");
  for (int i = 0; i < 5; ++i) {
    refusal("ada", "wrong");
  }
  const auto before = passwords->computed();
  refusal("ada", "wrong");
  EXPECT_EQ(passwords->computed(), before);
}

TEST_P(PeopleStore, ThrottlesAnAddressOverAllNames) {
  create("ada");
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(refusal(fmt::format("name{}", i), "wrong", "2001:db8:1:2::1"), Errc::denied) << i;
  }

  EXPECT_EQ(refusal("ada", good_password, "2001:db8:1:2:ffff::9"), Errc::rate_limited)
      << "the same /64";
  EXPECT_TRUE(sign_in("ada", good_password, "2001:db8:1:3::1").has_value()) << "another network";
  EXPECT_TRUE(sign_in("ada", good_password, "192.0.2.7").has_value());
}

TEST_P(PeopleStore, DoesNotCountGoodSignInsAsTries) {
  create("ada");
  for (int i = 0; i < 30; ++i) {
    ASSERT_TRUE(sign_in("ada", good_password).has_value()) << i;
  }
}

TEST_P(PeopleStore, RemembersTriesAcrossARestart) {
  create("ada");
  for (int i = 0; i < 5; ++i) {
    refusal("ada", "wrong");
  }

  const auto other_database = open_again();
  Sessions other_sessions{*other_database, clock, random};
  People other{*other_database, clock, ids, *passwords, other_sessions, kept.log, metrics};

  EXPECT_EQ(run(other.sign_in("ada", good_password, {"192.0.2.9", ""})).error().code,
            Errc::rate_limited);
}

TEST_P(PeopleStore, LocksNobodyOutWhenTheClockIsSetBack) {
  create("ada");
  for (int i = 0; i < 5; ++i) {
    refusal("ada", "wrong");
  }
  clock.jump_wall(-24h);

  EXPECT_TRUE(sign_in("ada", good_password).has_value());
}

TEST_P(PeopleStore, RehashesAtSignInWhenTheCostHasChanged) {
  create("ada");
  const auto old_hash = look("SELECT password_hash FROM person");
  Passwords dearer{PasswordCost{.memory_bytes = 16384, .passes = 2}};
  People later{db(), clock, ids, dearer, *sessions, kept.log, metrics};

  EXPECT_EQ(run(later.sign_in("ada", "wrong", {"192.0.2.1", ""})).error().code, Errc::denied);
  EXPECT_EQ(look("SELECT password_hash FROM person"), old_hash);
  ASSERT_TRUE(run(later.sign_in("ada", good_password, {"192.0.2.1", ""})).has_value());

  EXPECT_NE(look("SELECT password_hash FROM person").find("m=16,t=2"), std::string::npos);
  EXPECT_TRUE(run(later.sign_in("ada", good_password, {"192.0.2.1", ""})).has_value());
}

TEST_P(PeopleStore, EndsASessionAtSignOut) {
  create("ada");
  const auto one = sign_in("ada", good_password).value();
  const auto two = sign_in("ada", good_password).value();

  ASSERT_TRUE(run(sessions->end(one.token)).has_value());
  ASSERT_TRUE(run(sessions->end(one.token)).has_value()) << "twice is fine";

  EXPECT_EQ(run(sessions->find(one.token)).error().code, Errc::not_found);
  EXPECT_TRUE(is_signed_in(two.token));
}

TEST_P(PeopleStore, SignsOutEverywhereButNobodyElse) {
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

TEST_P(PeopleStore, KnowsNoSessionByAnythingButItsToken) {
  create("ada");
  const auto session = sign_in("ada", good_password).value();
  const auto stored = look("SELECT token_sha256 FROM session");

  for (const auto& wrong :
       {std::string{}, stored, session.csrf_token, session.token + "0", std::string(100'000, 'a'),
        std::string("\0", 1), std::string{"' OR 1=1 --"}}) {
    EXPECT_EQ(run(sessions->find(wrong)).error().code, Errc::not_found);
  }
}

TEST_P(PeopleStore, EndsASessionThatIsIdleForTwelveHours) {
  create("ada");
  const auto session = sign_in("ada", good_password).value();

  for (int i = 0; i < 3; ++i) {
    clock.advance(11h);
    ASSERT_TRUE(is_signed_in(session.token)) << "each use counts";
  }
  clock.advance(12h);

  EXPECT_FALSE(is_signed_in(session.token));
}

TEST_P(PeopleStore, EndsASessionAfterFourteenDaysOfUse) {
  create("ada");
  const auto session = sign_in("ada", good_password).value();

  for (int hours = 6; hours < 14 * 24; hours += 6) {
    clock.advance(6h);
    ASSERT_TRUE(is_signed_in(session.token)) << hours;
  }
  clock.advance(6h);

  EXPECT_FALSE(is_signed_in(session.token));
}

TEST_P(PeopleStore, WritesThatASessionWasUsedAtMostOnceAMinute) {
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

TEST_P(PeopleStore, DisablingEndsSessionsAndTokensAndEnablingLetsInAgain) {
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

TEST_P(PeopleStore, AnotherRoleOrPasswordEndsSessions) {
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

TEST_P(PeopleStore, ChecksANewPasswordAgainstThePerson) {
  const auto ada = create("adalovelace");

  const auto refused = run(people->reset_password(ada.id, "AdaLovelace 1815"));

  EXPECT_EQ(refused.error().code, Errc::invalid);
  EXPECT_TRUE(sign_in("adalovelace", good_password).has_value()) << "the old one still holds";
}

TEST_P(PeopleStore, SaysThatNobodyIsThereToChange) {
  const std::string nobody = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
  EXPECT_EQ(run(people->set_role(nobody, Role::admin)).error().code, Errc::not_found);
  EXPECT_EQ(run(people->disable(nobody)).error().code, Errc::not_found);
  EXPECT_EQ(run(people->enable(nobody)).error().code, Errc::not_found);
  EXPECT_EQ(run(people->reset_password(nobody, good_password)).error().code, Errc::not_found);
  EXPECT_EQ(run(tokens->create(nobody, Scope::read)).error().code, Errc::not_found);
}

// Disables the person while their password is being checked.
Async<> sign_in_into(People& people, std::optional<Result<NewSession>>& outcome) {
  outcome = co_await people.sign_in("ada", good_password, {"192.0.2.1", ""});
}

TEST_P(PeopleStore, LetsNobodyInWhoIsDisabledMeanwhile) {
  const auto ada = create("ada");
  TaskGroup group{io.get_executor(),
                  [](const std::string&, const std::exception_ptr&) { ADD_FAILURE(); }};
  std::optional<Result<NewSession>> outcome;
  const auto before = passwords->computed();
  group.spawn("sign in", sign_in_into(*people, outcome));
  while (passwords->computed() == before) {
    io.restart();
    io.run_one();
  }

  // The hash is under way and its result cannot be taken before this thread turns the context
  // again.
  const auto disabled = db().write_now([&](db::Transaction& transaction) -> Result<> {
    const auto changed =
        transaction.execute("UPDATE person SET disabled_at = $2 WHERE id = $1", {ada.id, 1});
    return changed ? Result<>{} : changed.error();
  });
  ASSERT_TRUE(disabled.has_value());
  run(group.join());

  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->error().code, Errc::denied);
  EXPECT_EQ(count("session"), 0);
}

TEST_P(PeopleStore, PurgesWhatEndedAndKeepsTheRest) {
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

TEST_P(PeopleStore, CountsOutcomesWithoutNames) {
  create("ada");
  sign_in("ada", good_password).value();
  refusal("ada", "wrong");

  const auto text = metrics.render();

  EXPECT_NE(text.find("vigie_people_sign_ins_total{outcome=\"good\"} 1"), std::string::npos);
  EXPECT_NE(text.find("vigie_people_sign_ins_total{outcome=\"denied\"} 1"), std::string::npos);
  EXPECT_EQ(text.find("ada"), std::string::npos);
}

TEST_P(PeopleStore, FindsWhoActsWithAToken) {
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

TEST_P(PeopleStore, RevokesATokenForItsOwnerOnly) {
  const auto ada = create("ada");
  const auto bob = create("bob");
  const auto token = run(tokens->create(ada.id, Scope::read)).value();

  EXPECT_EQ(run(tokens->revoke(token.id, bob.id)).error().code, Errc::not_found);
  EXPECT_TRUE(run(tokens->find(token.token)).has_value());
  ASSERT_TRUE(run(tokens->revoke(token.id, ada.id)).has_value());
  EXPECT_EQ(run(tokens->find(token.token)).error().code, Errc::not_found);
  EXPECT_EQ(run(tokens->revoke(token.id, ada.id)).error().code, Errc::not_found);
}

TEST_P(PeopleStore, KnowsNoTokenByAnythingElse) {
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

}  // namespace
}  // namespace vigie::people
