// SPDX-License-Identifier: Apache-2.0
// The words of lives, on both engines.
#include <gtest/gtest.h>

#include "base/json.hpp"
#include "db/event_log.hpp"
#include "support/databases.hpp"
#include "transcribe/segments.hpp"

namespace vigie::transcribe {
namespace {

class CountingBus final : public Bus {
 public:
  void publish(std::string_view topic, std::string) override {
    hints += topic == topic::events ? 1 : 0;
  }
  std::unique_ptr<Subscription> subscribe(std::string,
                                          std::function<void(std::string_view)>) override {
    return nullptr;
  }
  int hints = 0;
};

Segment words(double start, double end, std::string text) {
  return Segment{.id = {},
                 .live_id = {},
                 .start = from_seconds(start),
                 .end = from_seconds(end),
                 .text = std::move(text),
                 .language = "fr",
                 .confidence = 0.75,
                 .uncertain = false,
                 .engine = "ctranslate2",
                 .model = "base-int8"};
}

class Segments : public testing::OnEachDatabase {
 protected:
  void SetUp() override {
    OnEachDatabase::SetUp();
    const auto made = db().write_now([](db::Transaction& transaction) -> Result<> {
      for (const std::string_view sql :
           {"INSERT INTO account (id, platform, username, url, created_at) "
            "VALUES ('A', 'tiktok', 'marie', '-', 0)",
            "INSERT INTO live (id, account_id, room, state, started_at, detected_at) "
            "VALUES ('L', 'A', '1', 'live', 0, 0)",
            "INSERT INTO live (id, account_id, room, state, started_at, detected_at) "
            "VALUES ('M', 'A', '2', 'live', 0, 0)",
            "INSERT INTO live_lease (live_id, owner, token, expires_at) "
            "VALUES ('L', 'me', 7, 9000000000000000)",
            "INSERT INTO live_lease (live_id, owner, token, expires_at) "
            "VALUES ('M', 'me', 7, 1)"}) {
        if (const auto done = transaction.execute(sql, {}); !done) {
          return done.error();
        }
      }
      return {};
    });
    ASSERT_TRUE(made) << made.error().what;
    store = make_segment_store(db(), bus, ids, clock);
  }

  Result<std::int64_t> append(LiveClaim under, std::vector<Segment> segments) {
    return run(store->append(std::move(under), std::move(segments)));
  }

  template <class T>
  T read(std::function<Result<T>(db::Transaction&)> work) {
    return run(db::read<T>(db(), std::move(work))).value();
  }

  std::vector<Segment> all(std::string_view live_id = "L") {
    return read<std::vector<Segment>>([live_id](db::Transaction& transaction) {
      return segments_after(transaction, live_id, std::nullopt, 100);
    });
  }

  std::vector<Event> events() {
    return read<std::vector<Event>>(
        [](db::Transaction& transaction) { return db::events_after(transaction, 0, 100); });
  }

  const LiveClaim claim{.live_id = "L", .owner = "me", .token = 7};
  CountingBus bus;
  std::unique_ptr<SegmentStore> store;
};
INSTANTIATE_TEST_SUITE_P(Engines, Segments, testing::each_database());

TEST_P(Segments, AreFoundAgainInTheOrderOfTheirStart) {
  ASSERT_EQ(append(claim, {words(5, 8, "après"), words(0.5, 4.25, "l'été")}).value(), 2);

  const auto found = all();

  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].text, "l'été");
  EXPECT_EQ(found[0].live_id, "L");
  EXPECT_FALSE(found[0].id.empty());
  EXPECT_EQ(found[0].start, from_seconds(0.5));
  EXPECT_EQ(found[0].end, from_seconds(4.25));
  EXPECT_EQ(found[0].language, "fr");
  EXPECT_DOUBLE_EQ(found[0].confidence, 0.75);
  EXPECT_FALSE(found[0].uncertain);
  EXPECT_EQ(found[0].engine, "ctranslate2");
  EXPECT_EQ(found[0].model, "base-int8");
  EXPECT_EQ(found[1].text, "après");
}

TEST_P(Segments, AreToldAsEventsOfTheirAccountAndHintedOnce) {
  append(claim, {words(0, 4, "un"), words(4, 8, "deux")}).value();

  const auto told = events();

  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].type, event_type::segment_final);
  EXPECT_EQ(told[0].account_id, "A");
  EXPECT_EQ(told[0].live_id, "L");
  EXPECT_TRUE(told[0].person_id.empty());
  const auto data = parse_json(told[1].data).value();
  EXPECT_EQ(get_string(data, "text"), "deux");
  EXPECT_EQ(get_string(data, "live_id"), "L");
  EXPECT_EQ(get_number(data, "start"), 4.0);
  EXPECT_EQ(get_string(data, "id"), all()[1].id);
  EXPECT_EQ(bus.hints, 1);
}

TEST_P(Segments, ToldTwiceAreKeptOnce) {
  append(claim, {words(0, 4, "un")}).value();

  const auto again = append(claim, {words(0, 4, "un"), words(4, 8, "deux")});

  EXPECT_EQ(again.value(), 1);
  EXPECT_EQ(all().size(), 2U);
  EXPECT_EQ(events().size(), 2U);
}

TEST_P(Segments, OfAnotherOwnerTokenOrTimeAreRefusedAndLeaveNothing) {
  const std::vector<LiveClaim> claims{{.live_id = "L", .owner = "you", .token = 7},
                                      {.live_id = "L", .owner = "me", .token = 6},
                                      {.live_id = "M", .owner = "me", .token = 7},
                                      {.live_id = "N", .owner = "me", .token = 7}};
  for (const auto& refused : claims) {
    const auto written = append(refused, {words(0, 4, "un")});

    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, Errc::conflict);
  }
  EXPECT_TRUE(all("L").empty());
  EXPECT_TRUE(all("M").empty());
  EXPECT_TRUE(events().empty());
  EXPECT_EQ(bus.hints, 0);
}

TEST_P(Segments, AreReadPageByPage) {
  append(claim, {words(0, 1, "a"), words(1, 2, "b"), words(2, 3, "c")}).value();

  const auto page = [this](std::optional<Span> after) {
    return read<std::vector<Segment>>([after](db::Transaction& transaction) {
      return segments_after(transaction, "L", after, 2);
    });
  };
  const auto first = page(std::nullopt);
  const auto second = page(first.back().start);

  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(first[0].text, "a");
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].text, "c");
  EXPECT_TRUE(page(second.back().start).empty());
}

TEST_P(Segments, OfAStretchAreThoseThatOverlapIt) {
  append(claim, {words(0, 10, "a"), words(10, 20, "b"), words(20, 30, "c")}).value();

  const auto found = read<std::vector<Segment>>([](db::Transaction& transaction) {
    return segments_between(transaction, "L", from_seconds(10), from_seconds(20.5));
  });

  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].text, "b");
  EXPECT_EQ(found[1].text, "c");
}

TEST_P(Segments, EndWhereTheLastOneEnds) {
  const auto last_end = [this] {
    return read<std::optional<Span>>(
        [](db::Transaction& transaction) { return last_segment_end(transaction, "L"); });
  };

  EXPECT_EQ(last_end(), std::nullopt);
  append(claim, {words(0, 10, "a"), words(10, 19.5, "b")}).value();

  EXPECT_EQ(last_end(), from_seconds(19.5));
}

}  // namespace
}  // namespace vigie::transcribe
