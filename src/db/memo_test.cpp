// SPDX-License-Identifier: Apache-2.0
#include "db/memo.hpp"

#include <gtest/gtest.h>

namespace vigie::db {
namespace {

// Holds nothing but its version.
class Versioned final : public Database {
 public:
  std::optional<std::int64_t> number = 1;

  Async<Result<>> write(Work) override { co_return Result<>{}; }
  Async<Result<>> read(Work) override { co_return Result<>{}; }
  Result<> write_now(const Work&) override { return {}; }
  Result<> read_now(const Work&) override { return {}; }
  std::optional<std::int64_t> version() override { return number; }
  std::string_view engine() const override { return "none"; }
};

class MemoOfNumbers : public ::testing::Test {
 protected:
  // As who asks does: the value when it is known, else nothing.
  std::optional<int> ask(std::string_view key) {
    memo.look();
    const auto* found = memo.find(key);
    return found == nullptr ? std::nullopt : std::optional{*found};
  }

  Versioned database;
  Memo<int> memo{database, 2};
};

TEST_F(MemoOfNumbers, AnswersAgainWhatItWasGiven) {
  memo.keep(memo.look(), "a", 7);

  EXPECT_EQ(ask("a"), 7);
  EXPECT_EQ(ask("b"), std::nullopt);
}

TEST_F(MemoOfNumbers, ForgetsEverythingWhenAnythingWasCommitted) {
  memo.keep(memo.look(), "a", 7);

  database.number = 2;

  EXPECT_EQ(ask("a"), std::nullopt);
}

TEST_F(MemoOfNumbers, TakesNothingThatWasReadBeforeAChangeSomebodySaw) {
  const auto seen = memo.look();
  database.number = 2;
  memo.look();  // somebody else, meanwhile

  memo.keep(seen, "a", 7);

  EXPECT_EQ(ask("a"), std::nullopt);
}

TEST_F(MemoOfNumbers, ForgetsWhatWasReadBeforeAChangeNobodyHadSeen) {
  const auto seen = memo.look();
  database.number = 2;

  memo.keep(seen, "a", 7);

  EXPECT_EQ(ask("a"), std::nullopt);
}

TEST_F(MemoOfNumbers, RemembersNothingWhereThereIsNoVersion) {
  database.number = std::nullopt;

  memo.keep(memo.look(), "a", 7);

  EXPECT_EQ(ask("a"), std::nullopt);
}

TEST_F(MemoOfNumbers, ForgetsWhenTheVersionCannotBeHadForAMoment) {
  memo.keep(memo.look(), "a", 7);

  database.number = std::nullopt;
  EXPECT_EQ(ask("a"), std::nullopt);
  database.number = 1;

  EXPECT_EQ(ask("a"), std::nullopt);
}

TEST_F(MemoOfNumbers, HoldsNoMoreThanItMay) {
  memo.keep(memo.look(), "a", 1);
  memo.keep(memo.look(), "b", 2);
  memo.keep(memo.look(), "c", 3);

  EXPECT_EQ(ask("c"), 3);
  EXPECT_EQ(ask("a"), std::nullopt);
}

}  // namespace
}  // namespace vigie::db
