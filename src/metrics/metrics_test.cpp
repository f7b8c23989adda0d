// SPDX-License-Identifier: Apache-2.0
#include "metrics/metrics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <thread>

namespace vigie::metrics {
namespace {

TEST(Registry, GivesTheSameObjectForTheSameNameAndLabels) {
  Registry registry;

  auto& first = registry.counter("vigie_x_total", "X.", {{"a", "1"}, {"b", "2"}});

  EXPECT_EQ(&first, &registry.counter("vigie_x_total", "X.", {{"b", "2"}, {"a", "1"}}));
  EXPECT_NE(&first, &registry.counter("vigie_x_total", "X.", {{"a", "1"}}));
  EXPECT_NE(&first, &registry.counter("vigie_x_total", "X."));
}

TEST(Registry, RefusesWhatCanOnlyBeABug) {
  Registry registry;
  registry.counter("vigie_x_total", "X.");
  registry.histogram("vigie_x_seconds", "X.", {}, {1, 2});

  EXPECT_THROW(registry.gauge("vigie_x_total", "X."), std::logic_error);
  EXPECT_THROW(registry.counter("vigie x", "X."), std::logic_error);
  EXPECT_THROW(registry.counter("9vigie", "X."), std::logic_error);
  EXPECT_THROW(registry.counter("vigie_y", "X.", {{"le", "1"}}), std::logic_error);
  EXPECT_THROW(registry.counter("vigie_y", "X.", {{"", "1"}}), std::logic_error);
  EXPECT_THROW(registry.histogram("vigie_x_seconds", "X.", {}, {1, 3}), std::logic_error);
  EXPECT_THROW(registry.histogram("vigie_y_seconds", "X.", {}, {2, 1}), std::logic_error);
  EXPECT_NO_THROW(registry.histogram("vigie_x_seconds", "X."));
}

TEST(Registry, RendersPrometheusText) {
  Registry registry;
  registry.counter("vigie_b_total", "Second\\of\ntwo.", {{"route", "a\"b\\c\nd"}}).add(2);
  registry.gauge("vigie_a_depth", "First.").set(-0.5);

  EXPECT_EQ(registry.render(),
            "# HELP vigie_a_depth First.\n"
            "# TYPE vigie_a_depth gauge\n"
            "vigie_a_depth -0.5\n"
            "# HELP vigie_b_total Second\\\\of\\ntwo.\n"
            "# TYPE vigie_b_total counter\n"
            "vigie_b_total{route=\"a\\\"b\\\\c\\nd\"} 2\n");
}

TEST(Registry, RendersAHistogramCumulatively) {
  Registry registry;
  auto& histogram = registry.histogram("vigie_x_seconds", "X.", {{"k", "v"}}, {0.5, 1});

  histogram.observe(0.5);
  histogram.observe(0.75);
  histogram.observe(9);

  EXPECT_EQ(registry.render(),
            "# HELP vigie_x_seconds X.\n"
            "# TYPE vigie_x_seconds histogram\n"
            "vigie_x_seconds_bucket{k=\"v\",le=\"0.5\"} 1\n"
            "vigie_x_seconds_bucket{k=\"v\",le=\"1\"} 2\n"
            "vigie_x_seconds_bucket{k=\"v\",le=\"+Inf\"} 3\n"
            "vigie_x_seconds_sum{k=\"v\"} 10.25\n"
            "vigie_x_seconds_count{k=\"v\"} 3\n");
}

TEST(Registry, SpellsNumbersThatAreNone) {
  Registry registry;
  registry.gauge("vigie_a", "A.").set(std::numeric_limits<double>::quiet_NaN());
  registry.gauge("vigie_b", "B.").set(-std::numeric_limits<double>::infinity());

  const auto text = registry.render();

  EXPECT_NE(text.find("vigie_a NaN\n"), std::string::npos);
  EXPECT_NE(text.find("vigie_b -Inf\n"), std::string::npos);
}

TEST(Counter, NeverGoesDown) {
  Counter counter;
  counter.add(2);
  counter.add(-5);
  counter.add(std::nan(""));
  EXPECT_EQ(counter.value(), 2);
}

TEST(Histogram, EstimatesQuantilesWithinTheirBucket) {
  Histogram histogram{{1, 2, 4}};
  EXPECT_EQ(histogram.quantile(0.5), 0);

  for (int i = 0; i < 10; ++i) {
    histogram.observe(1.5);
  }
  for (int i = 0; i < 10; ++i) {
    histogram.observe(3);
  }

  EXPECT_DOUBLE_EQ(histogram.quantile(0.25), 1.5);
  EXPECT_DOUBLE_EQ(histogram.quantile(0.5), 2);
  EXPECT_DOUBLE_EQ(histogram.quantile(0.75), 3);
  EXPECT_DOUBLE_EQ(histogram.quantile(1), 4);
  EXPECT_DOUBLE_EQ(histogram.quantile(7), 4);
}

TEST(Histogram, AnswersItsLastBoundForWhatLiesBeyond) {
  Histogram histogram{{1, 2}};
  histogram.observe(1000);
  histogram.observe(std::nan(""));

  EXPECT_EQ(histogram.count(), 1U);
  EXPECT_EQ(histogram.quantile(0.99), 2);
}

TEST(Registry, CountsEveryUpdateOfManyThreads) {
  Registry registry;

  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&registry] {
        for (int i = 0; i < 1000; ++i) {
          registry.counter("vigie_x_total", "X.").add();
          registry.gauge("vigie_x_depth", "X.").add(i % 2 == 0 ? 1 : -1);
          registry.histogram("vigie_x_seconds", "X.").observe(0.1);
        }
      });
    }
    static_cast<void>(registry.render());
  }

  EXPECT_EQ(registry.counter("vigie_x_total", "X.").value(), 4000);
  EXPECT_EQ(registry.gauge("vigie_x_depth", "X.").value(), 0);
  EXPECT_EQ(registry.histogram("vigie_x_seconds", "X.").count(), 4000U);
}

}  // namespace
}  // namespace vigie::metrics
