// SPDX-License-Identifier: Apache-2.0
// The chain of the audit on both engines: what is done to it afterwards is found, and nobody forks
// it.
#include "audit/audit.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "support/databases.hpp"

namespace vigie::audit {
namespace {

using namespace std::chrono_literals;

class Audit : public vigie::testing::OnEachDatabase {
 protected:
  void SetUp() override {
    OnEachDatabase::SetUp();
    if (!IsSkipped()) {
      trail = std::make_unique<Trail>(db(), clock);
    }
  }

  void decide(int times) {
    for (int i = 0; i < times; ++i) {
      json::object detail{{"verdict", "lawful"}};
      Deed deed{kind::alert_decided, "alert", fmt::format("A{}", i), std::move(detail)};
      const auto done = run(trail->record({"P", "r1", Via::session}, std::move(deed)));
      ASSERT_TRUE(done) << done.error().what;
      clock.advance(1s);
    }
  }

  Verdict verdict(const std::optional<Head>& kept = {}) {
    Verdict answer;
    const auto done = db().read_now([&](db::Transaction& transaction) -> Result<> {
      auto walked = verify(transaction, kept);
      if (!walked) {
        return walked.error();
      }
      answer = std::move(*walked);
      return {};
    });
    EXPECT_TRUE(done) << done.error().what;
    return answer;
  }

  // As somebody would who owns the database.
  void take_the_guard_away() {
    if (is_postgres()) {
      execute("DROP TRIGGER audit_line_is_for_good ON audit_line", {});
      return;
    }
    execute("DROP TRIGGER audit_line_stays", {});
    execute("DROP TRIGGER audit_line_is_as_it_is", {});
  }

  std::int64_t broken_at(const std::optional<Head>& kept = {}) {
    const auto found = verdict(kept);
    return found.broken ? found.broken->number : 0;
  }

  std::unique_ptr<Trail> trail;
};
INSTANTIATE_TEST_SUITE_P(Engines, Audit, vigie::testing::each_database(),
                         vigie::testing::engine_name);

TEST_P(Audit, OfNothingIsWhole) {
  const auto found = verdict();
  EXPECT_EQ(found.lines, 0);
  EXPECT_FALSE(found.broken);
}

TEST_P(Audit, ThatNobodyTouchedIsWhole) {
  const auto done = db().write_now([&](db::Transaction& transaction) -> Result<> {
    for (int i = 0; i < 2500; ++i) {  // more than is read at once
      const Deed deed{kind::live_heard, "live", fmt::format("L{}", i), {}};
      if (auto written = append(transaction, By{"P", "", Via::session}, deed, clock.now());
          !written) {
        return written;
      }
    }
    return {};
  });
  ASSERT_TRUE(done);
  const auto found = verdict();
  EXPECT_EQ(found.lines, 2500);
  EXPECT_EQ(found.head.lines, 2500);
  EXPECT_FALSE(found.broken) << found.broken->why;
}

TEST_P(Audit, IsNotChangedByAccident) {
  decide(3);
  for (const auto* sql : {"UPDATE audit_line SET person_id = 'Q' WHERE number = 2",
                          "DELETE FROM audit_line WHERE number = 3"}) {
    const auto done = db().write_now([&](db::Transaction& transaction) -> Result<> {
      const auto changed = transaction.execute(sql, {});
      return changed ? Result<>{} : changed.error();
    });
    ASSERT_FALSE(done) << sql;
    EXPECT_EQ(done.error().code, Errc::conflict);
  }
  EXPECT_EQ(broken_at(), 0);
}

TEST_P(Audit, FindsOneChangedByteInEveryColumn) {
  decide(5);
  take_the_guard_away();
  struct Forgery {
    const char* change;
    const char* undo;
  };
  for (const auto& [change, undo] : std::initializer_list<Forgery>{
           {"UPDATE audit_line SET at = at + 1 WHERE number = 3",
            "UPDATE audit_line SET at = at - 1 WHERE number = 3"},
           {"UPDATE audit_line SET kind = 'alert.undone' WHERE number = 3",
            "UPDATE audit_line SET kind = 'alert.decided' WHERE number = 3"},
           {"UPDATE audit_line SET via = 'token' WHERE number = 3",
            "UPDATE audit_line SET via = 'session' WHERE number = 3"},
           {"UPDATE audit_line SET person_id = 'Q' WHERE number = 3",
            "UPDATE audit_line SET person_id = 'P' WHERE number = 3"},
           {"UPDATE audit_line SET thing = 'Alert' WHERE number = 3",
            "UPDATE audit_line SET thing = 'alert' WHERE number = 3"},
           {"UPDATE audit_line SET thing_id = 'A3' WHERE number = 3",
            "UPDATE audit_line SET thing_id = 'A2' WHERE number = 3"},
           {"UPDATE audit_line SET request_id = 'r2' WHERE number = 3",
            "UPDATE audit_line SET request_id = 'r1' WHERE number = 3"},
           {"UPDATE audit_line SET detail = '{\"verdict\":\"lawfuL\"}' WHERE number = 3",
            "UPDATE audit_line SET detail = '{\"verdict\":\"lawful\"}' WHERE number = 3"}}) {
    execute(change, {});
    EXPECT_EQ(broken_at(), 3) << change;
    execute(undo, {});
    EXPECT_EQ(broken_at(), 0) << undo;
  }
  execute("UPDATE audit_line SET sha256 = '0' WHERE number = 3", {});
  EXPECT_EQ(broken_at(), 3);
}

TEST_P(Audit, FindsALineThatWasTakenOutOfTheMiddle) {
  decide(5);
  take_the_guard_away();
  execute("DELETE FROM audit_line WHERE number = 3", {});
  EXPECT_EQ(broken_at(), 3);

  // Numbered anew, the next one does not follow from what is before it.
  execute("UPDATE audit_line SET number = 3 WHERE number = 4", {});
  execute("UPDATE audit_line SET number = 4 WHERE number = 5", {});
  EXPECT_EQ(broken_at(), 3);
  EXPECT_EQ(verdict().lines, 4);
}

TEST_P(Audit, FindsTwoLinesThatChangedPlaces) {
  decide(5);
  take_the_guard_away();
  execute("UPDATE audit_line SET number = 99 WHERE number = 2", {});
  execute("UPDATE audit_line SET number = 2 WHERE number = 4", {});
  execute("UPDATE audit_line SET number = 4 WHERE number = 99", {});
  EXPECT_EQ(broken_at(), 2);
}

TEST_P(Audit, FindsLinesTakenOffTheEndByItsHead) {
  decide(5);
  take_the_guard_away();
  execute("DELETE FROM audit_line WHERE number >= 4", {});
  const auto found = verdict();
  ASSERT_TRUE(found.broken);
  EXPECT_EQ(found.broken->number, 4);
  EXPECT_EQ(found.broken->why, "the head counts 5 lines");
}

TEST_P(Audit, FindsAnEndThatWasTakenOffWithItsHeadOnlyByAHeadKeptElsewhere) {
  decide(5);
  const auto kept = run(trail->head()).value();
  take_the_guard_away();
  execute("DELETE FROM audit_line WHERE number >= 4", {});
  execute(R"(UPDATE audit_head SET lines = 3,
               sha256 = (SELECT sha256 FROM audit_line WHERE number = 3))",
          {});

  EXPECT_EQ(broken_at(), 0) << "the chain alone cannot know";
  EXPECT_EQ(broken_at(kept), 4);

  decide(5);  // and grown again over the place
  EXPECT_EQ(broken_at(), 0);
  EXPECT_EQ(broken_at(kept), 5);
}

TEST_P(Audit, AgreesWithAHeadKeptElsewhereFromEarlierOn) {
  decide(3);
  const auto kept = run(trail->head()).value();
  decide(3);
  EXPECT_EQ(broken_at(kept), 0);
}

TEST_P(Audit, FindsAnEndThatWasRewritten) {
  decide(5);
  execute("UPDATE audit_head SET sha256 = $1", {std::string(64, '0')});
  EXPECT_EQ(broken_at(), 5);
}

TEST_P(Audit, IsWrittenOrNotTogetherWithTheDeed) {
  decide(1);
  const auto done = db().write_now([&](db::Transaction& transaction) -> Result<> {
    const Deed deed{kind::person_role, "person", "P", {}};
    if (auto written = append(transaction, By{"Q", "r", Via::session}, deed, clock.now());
        !written) {
      return written;
    }
    return make_error(Errc::conflict, "the deed itself failed");
  });
  EXPECT_FALSE(done);
  EXPECT_EQ(verdict().lines, 1);
  EXPECT_EQ(broken_at(), 0);
}

TEST_P(Audit, IsNotForkedByTwoProcessesThatAppendAtOnce) {
  constexpr int times = 60;
  const auto other = open_again();
  const auto append_often = [&](db::Database& database, const char* who) {
    for (int i = 0; i < times; ++i) {
      const auto done = database.write_now([&](db::Transaction& transaction) {
        return append(transaction, By{who, "", Via::session},
                      Deed{kind::live_heard, "live", "L", {}}, from_micros(1));
      });
      EXPECT_TRUE(done) << done.error().what;
    }
  };
  std::thread beside{[&] { append_often(*other, "Q"); }};
  append_often(db(), "P");
  beside.join();

  const auto found = verdict();
  EXPECT_EQ(found.lines, 2 * times);
  EXPECT_FALSE(found.broken) << found.broken->why;
}

TEST_P(Audit, IsReadByKindPersonAndPeriodNewestFirst) {
  decide(3);
  const auto later = clock.now();
  Deed role{kind::person_role, "person", "P", {}};
  ASSERT_TRUE(run(trail->record({"Q", "", Via::command}, std::move(role))));

  const auto numbers = [&](const Filter& filter) {
    std::vector<std::int64_t> found;
    for (const auto& listed : run(trail->list(filter, 10, "")).value().items) {
      found.push_back(listed.line.number);
    }
    return found;
  };
  using Numbers = std::vector<std::int64_t>;
  EXPECT_EQ(numbers({}), (Numbers{4, 3, 2, 1}));
  EXPECT_EQ(numbers({.kind = "person.role", .person_id = {}, .from = {}, .to = {}}), Numbers{4});
  EXPECT_EQ(numbers({.kind = {}, .person_id = "P", .from = {}, .to = {}}), (Numbers{4, 3, 2, 1}))
      << "what P did, and what was done to P";
  EXPECT_EQ(numbers({.kind = {}, .person_id = "Q", .from = {}, .to = {}}), Numbers{4});
  EXPECT_EQ(numbers({.kind = {}, .person_id = {}, .from = later, .to = {}}), Numbers{4});
  EXPECT_EQ(numbers({.kind = {}, .person_id = {}, .from = {}, .to = later}), (Numbers{3, 2, 1}));
  EXPECT_EQ(numbers({.kind = "person.role", .person_id = "P", .from = {}, .to = {}}), Numbers{4});
  EXPECT_EQ(numbers({.kind = "alert.decided", .person_id = "Q", .from = {}, .to = {}}), Numbers{});
  EXPECT_EQ(numbers({.kind = "alert.decided", .person_id = {}, .from = later, .to = {}}),
            Numbers{});
  EXPECT_EQ(numbers({.kind = {}, .person_id = "P", .from = {}, .to = later}), (Numbers{3, 2, 1}));
}

TEST_P(Audit, IsReadInPages) {
  decide(5);
  const auto first = run(trail->list({}, 2, "")).value();
  ASSERT_EQ(first.items.size(), 2U);
  EXPECT_EQ(first.next_cursor, "4");
  const auto last = run(trail->list({}, 3, first.next_cursor)).value();
  ASSERT_EQ(last.items.size(), 3U);
  EXPECT_EQ(last.items.back().line.number, 1);
  EXPECT_EQ(last.next_cursor, "");

  for (const auto& filter : {Filter{.kind = "alert.decided", .person_id = {}, .from = {}, .to = {}},
                             Filter{.kind = {}, .person_id = "P", .from = {}, .to = {}}}) {
    const auto page = run(trail->list(filter, 2, first.next_cursor)).value();
    ASSERT_EQ(page.items.size(), 2U);
    EXPECT_EQ(page.items.front().line.number, 3);
    EXPECT_EQ(page.next_cursor, "2");
  }
}

TEST_P(Audit, RefusesAnUnknownKindAWrongCursorAndAnEmptyPeriod) {
  EXPECT_EQ(run(trail->list({.kind = "nothing", .person_id = {}, .from = {}, .to = {}}, 5, ""))
                .error()
                .code,
            Errc::invalid);
  EXPECT_EQ(run(trail->list({}, 5, "x")).error().code, Errc::invalid);
  EXPECT_EQ(
      run(trail->list({.kind = {}, .person_id = {}, .from = clock.now(), .to = clock.now()}, 5, ""))
          .error()
          .code,
      Errc::invalid);
}

TEST_P(Audit, TellsASoundHeardInManyPartsOnce) {
  const auto hear = [&](const char* live) {
    Deed deed{kind::live_heard, "live", live, {}};
    EXPECT_TRUE(run(trail->record_once({"P", "", Via::session}, std::move(deed))));
  };
  hear("L");
  hear("L");
  clock.advance(Trail::once_in - 1s);
  hear("L");
  EXPECT_EQ(verdict().lines, 1);

  hear("M");
  EXPECT_EQ(verdict().lines, 2);
  clock.advance(2s);
  hear("L");
  EXPECT_EQ(verdict().lines, 3);
}

TEST_P(Audit, TellsAConfigurationOnlyWhenItIsAnother) {
  for (const auto* hash : {"a", "a", "b", "b", "a"}) {
    ASSERT_TRUE(run(trail->record_configuration(hash, "1.0")));
  }
  EXPECT_EQ(verdict().lines, 3);
}

}  // namespace
}  // namespace vigie::audit
