// SPDX-License-Identifier: Apache-2.0
#include "people/passwords.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <regex>

#include "async/task_group.hpp"
#include "async/testing.hpp"
#include "people/passwords_fake.hpp"
#include "people/secrets.hpp"

namespace vigie::people {
namespace {

// The context outlives the pool that answers to it.
struct Bench {
  asio::io_context io;
  Passwords passwords;

  explicit Bench(PasswordCost cost = quick_cost) : passwords{cost} {}
  std::string hash(std::string password) {
    return testing::run(io, passwords.hash(std::move(password))).value();
  }
  bool verify(std::string password, std::string stored) {
    return testing::run(io, passwords.verify(std::move(password), std::move(stored))).value();
  }
};

TEST(Passwords, AreStoredAsArgon2idAtTheRequiredCost) {
  Bench bench{PasswordCost{}};

  const auto stored = bench.hash("cheval agrafe pile");

  EXPECT_TRUE(std::regex_match(
      stored,
      std::regex{R"(\$argon2id\$v=19\$m=65536,t=3,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43})"}))
      << stored;
  EXPECT_TRUE(bench.verify("cheval agrafe pile", stored));
  EXPECT_FALSE(bench.passwords.needs_rehash(stored));
}

TEST(Passwords, AreNotTakenForOneAnother) {
  Bench bench;
  const auto stored = bench.hash("Éric et la lune");

  EXPECT_TRUE(bench.verify("Éric et la lune", stored));
  EXPECT_FALSE(bench.verify("éric et la lune", stored));
  EXPECT_FALSE(bench.verify("Éric et la lune ", stored));
  EXPECT_FALSE(bench.verify("", stored));
}

TEST(Passwords, AreNotCutAnywhere) {
  Bench bench;
  const std::string with_nul{"before\0after", 12};
  const auto stored = bench.hash(with_nul);
  const std::string long_one(512, 'x');
  const auto long_stored = bench.hash(long_one + "a");

  EXPECT_TRUE(bench.verify(with_nul, stored));
  EXPECT_FALSE(bench.verify("before", stored));
  EXPECT_FALSE(bench.verify(long_one + "b", long_stored));
}

TEST(Passwords, HaveAFreshSaltEachTime) {
  Bench bench;
  EXPECT_NE(bench.hash("the same words"), bench.hash("the same words"));
}

TEST(Passwords, CostAHashEvenWhenNothingIsStored) {
  Bench bench;
  for (const std::string& stored : {std::string{}, std::string{"nonsense"}, std::string(200, 'x'),
                                    "$argon2id$" + std::string(200, 'x')}) {
    const auto before = bench.passwords.computed();
    EXPECT_FALSE(bench.verify("anything", stored));
    EXPECT_EQ(bench.passwords.computed(), before + 1);
  }
}

TEST(Passwords, TakeAsLongForAnUnknownNameAsForAWrongPassword) {
  Bench bench{PasswordCost{.memory_bytes = 8 * 1024 * 1024, .passes = 2}};
  const auto stored = bench.hash("cheval agrafe pile");
  const auto time = [&](const std::string& against) {
    SystemClock clock;
    const auto start = clock.steady();
    for (int i = 0; i < 5; ++i) {
      EXPECT_FALSE(bench.verify("another password", against));
    }
    return to_seconds(clock.steady() - start);
  };

  const auto known = time(stored);
  const auto unknown = time("");

  // Wide, for a busy machine; without the work the ratio would be a thousand.
  EXPECT_LT(unknown / known, 4);
  EXPECT_LT(known / unknown, 4);
}

TEST(Passwords, AreRehashedWhenTheCostChanges) {
  Bench old;
  Bench current{PasswordCost{.memory_bytes = 16384, .passes = 2}};
  const auto stored = old.hash("cheval agrafe pile");

  EXPECT_FALSE(old.passwords.needs_rehash(stored));
  EXPECT_TRUE(current.passwords.needs_rehash(stored));
  EXPECT_TRUE(current.verify("cheval agrafe pile", stored)) << "an old hash still opens";
}

Async<> hash_and_count(Passwords& passwords, int& hashed, int& refused) {
  const auto result = co_await passwords.hash("cheval agrafe pile");
  if (result) {
    ++hashed;
  } else if (result.error().code == Errc::rate_limited && result.error().retry_after.count() > 0) {
    ++refused;
  }
}

TEST(Passwords, RefuseBeyondTheirQueueAndRecover) {
  Bench bench;
  int hashed = 0;
  int refused = 0;
  TaskGroup group{bench.io.get_executor(), [](const std::string& name, const std::exception_ptr&) {
                    ADD_FAILURE() << name;
                  }};

  // They all start, and find the queue as long as it is, before the first result is taken.
  for (int i = 0; i < 40; ++i) {
    group.spawn("hash", hash_and_count(bench.passwords, hashed, refused));
  }
  testing::run(bench.io, group.join());

  EXPECT_EQ(hashed, 34);
  EXPECT_EQ(refused, 6);
  EXPECT_FALSE(bench.passwords.is_full());
  EXPECT_FALSE(bench.hash("once more, then").empty());
}

TEST(Passwords, AreFullWhenEnoughPeopleMayComeToAskForOne) {
  Bench bench;
  std::deque<Passwords::Turn> turns;
  for (std::size_t i = 0; i < Passwords::at_once + Passwords::queue; ++i) {
    EXPECT_FALSE(bench.passwords.is_full()) << i;
    turns.emplace_back(bench.passwords);
  }

  EXPECT_TRUE(bench.passwords.is_full());
  EXPECT_FALSE(bench.hash("who has a turn is let through").empty());
  turns.pop_back();
  EXPECT_FALSE(bench.passwords.is_full());
}

TEST(Sha256, IsThatOfTheStandard) {
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace vigie::people
