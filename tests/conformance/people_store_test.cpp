// SPDX-License-Identifier: Apache-2.0
// Persons and signing in, on both engines.
#include "conformance/people_store.hpp"

#include <thread>

namespace vigie::people {
namespace {

using namespace std::chrono_literals;

INSTANTIATE_TEST_SUITE_P(Engines, PeopleStore, testing::each_database());

TEST_P(PeopleStore, HasNobodyAtFirst) {
  EXPECT_TRUE(run(people->list("", 10, "")).value().items.empty());
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
  const auto everybody = run(people->list("", 10, "")).value().items;
  ASSERT_EQ(everybody.size(), 2U);
  EXPECT_EQ(everybody[0].person.username, "ada");
  EXPECT_EQ(everybody[0].person.email, "");
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

TEST_P(PeopleStore, MakesThoseWhoGoOnWaitLongerUpToAQuarterOfAnHour) {
  create("ada");
  for (int i = 0; i < 5; ++i) {
    refusal("ada", "wrong");
  }
  std::vector<std::int64_t> waits;
  for (int i = 0; i < 8; ++i) {
    const auto refused = sign_in("ada", "wrong", fmt::format("198.51.100.{}", i));
    EXPECT_EQ(refused.error().code, Errc::rate_limited);
    waits.push_back(refused.error().retry_after.count());
    clock.advance(refused.error().retry_after);
    EXPECT_EQ(refusal("ada", "wrong", fmt::format("198.51.100.{}", i)), Errc::denied);
  }
  EXPECT_EQ(waits, (std::vector<std::int64_t>{30, 60, 120, 240, 480, 900, 900, 900}));

  clock.advance(15min);
  EXPECT_TRUE(sign_in("ada", good_password).has_value()) << "never a lock";
  EXPECT_EQ(refusal("ada", "wrong"), Errc::denied) << "and it is forgotten then";
}

TEST_P(PeopleStore, ThrottlesAHundredTriesAlsoAcrossARestart) {
  create("ada");
  const auto other_database = open_again();
  Sessions other_sessions{*other_database, clock, random};
  People other{*other_database, clock, ids, *passwords, other_sessions, kept.log, metrics};
  int checked = 0;
  for (int i = 0; i < 100; ++i) {
    auto& each = i < 50 ? *people : other;
    const auto refused = run(each.sign_in("ada", "wrong", {fmt::format("10.0.{}.1", i), ""}));
    checked += refused.error().code == Errc::denied ? 1 : 0;
  }
  EXPECT_EQ(checked, 5);
  EXPECT_EQ(passwords->computed(), 6U) << "five tries and the one that made the person";
}

TEST_P(PeopleStore, KeepsOneAdministrator) {
  const auto ada = create("ada", Role::admin);
  const auto bob = create("bob", Role::admin);
  ASSERT_TRUE(run(people->disable(bob.id)).has_value());

  EXPECT_EQ(run(people->disable(ada.id)).error().code, Errc::conflict);
  EXPECT_EQ(run(people->set_role(ada.id, Role::user)).error().code, Errc::conflict);
  EXPECT_TRUE(run(people->set_role(ada.id, Role::admin)).has_value());
  ASSERT_TRUE(run(people->enable(bob.id)).has_value());
  EXPECT_TRUE(run(people->disable(ada.id)).has_value());
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

TEST_P(PeopleStore, ChangesRoleAndStateTogetherOrNotAtAll) {
  const auto ada = create("ada", Role::admin);
  PersonEdit both;
  both.role = Role::user;
  both.is_active = false;
  EXPECT_EQ(run(people->edit(ada.id, both)).error().code, Errc::conflict);
  EXPECT_EQ(run(people->find(ada.id)).value().role, Role::admin);
  EXPECT_FALSE(run(people->find(ada.id)).value().disabled);

  create("eve", Role::admin);
  EXPECT_TRUE(run(people->edit(ada.id, both)));
  EXPECT_EQ(run(people->find(ada.id)).value().role, Role::user);
  EXPECT_TRUE(run(people->find(ada.id)).value().disabled);
  EXPECT_EQ(run(people->edit("01NOBODY", both)).error().code, Errc::not_found);
}

TEST_P(PeopleStore, KeepsAnAdministratorWhenTwoProcessesTakeOneAwayAtOnce) {
  const auto other_db = open_again();
  Sessions other_sessions{*other_db, clock, random};
  Passwords other_passwords{quick_cost};
  log::KeptLog other_kept;
  metrics::Registry other_metrics;
  People other{*other_db,      clock,          ids,          other_passwords,
               other_sessions, other_kept.log, other_metrics};
  PersonEdit out;
  out.is_active = false;
  PersonEdit down;
  down.role = Role::moderator;
  for (int i = 0; i < 10; ++i) {
    const auto ada = create(fmt::format("ada{}", i), Role::admin);
    const auto eve = create(fmt::format("eve{}", i), Role::admin);
    bool other_succeeded = false;
    std::thread beside{[&] {
      asio::io_context its_io;
      other_succeeded = testing::run(its_io, other.edit(ada.id, down)).has_value();
    }};
    const bool succeeded = run(people->edit(eve.id, out)).has_value();
    beside.join();

    EXPECT_NE(succeeded, other_succeeded) << i;
    EXPECT_EQ(number("SELECT COUNT(*) FROM person WHERE role = 'admin' AND disabled_at IS NULL"),
              1);
    execute("UPDATE person SET role = 'user'", {});
  }
}

}  // namespace
}  // namespace vigie::people
