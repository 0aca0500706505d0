#include "stats/latency_learner.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "cnnselect/rng.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

const TimePoint kStart{1h};

// Normal by Box and Muller, redrawn until positive.
Duration draw(Rng& rng, double mean_ms, double deviation_ms) {
  for (;;) {
    const double radius = std::sqrt(-2 * std::log(1 - rng.uniform()));
    const double ms =
        mean_ms + deviation_ms * radius * std::cos(2 * std::numbers::pi * rng.uniform());
    if (ms > 0) return from_ms(ms);
  }
}

void record(LatencyLearner& learner, Rng& rng, int samples, double mean_ms, double deviation_ms) {
  for (int i = 0; i < samples; ++i) learner.record(draw(rng, mean_ms, deviation_ms), kStart);
}

TEST(LatencyLearner, KnowsNothingAtFirst) {
  const LatencyLearner learner;
  const LatencySummary summary = learner.summary();
  EXPECT_EQ(summary.samples, 0U);
  EXPECT_EQ(summary.weight, 0);
  EXPECT_EQ(summary.mean, 0ns);
  EXPECT_EQ(summary.p99, 0ns);
  EXPECT_FALSE(summary.latest);
}

TEST(LatencyLearner, OneSampleIsItsMean) {
  LatencyLearner learner;
  learner.record(7ms, kStart);
  EXPECT_EQ(learner.summary().mean, 7ms);
  EXPECT_EQ(learner.summary().deviation, 0ns);
  EXPECT_NEAR(to_ms(learner.summary().p50), 7, 7.0 / 32);
  EXPECT_EQ(learner.summary().samples, 1U);
  EXPECT_EQ(learner.summary().latest, kStart);
}

TEST(LatencyLearner, LearnsMeanDeviationAndQuantilesOfASteadyModel) {
  LatencyLearner learner;
  Rng rng(1);
  record(learner, rng, 5000, 20, 2);
  const LatencySummary& summary = learner.summary();
  EXPECT_NEAR(to_ms(summary.mean), 20, 0.5);
  EXPECT_NEAR(to_ms(summary.deviation), 2, 0.4);
  EXPECT_NEAR(to_ms(summary.p50), 20, 1);
  EXPECT_NEAR(to_ms(summary.p95), 23.3, 1.2);
  EXPECT_NEAR(to_ms(summary.p99), 24.7, 1.8);
  EXPECT_EQ(summary.samples, 5000U);
  EXPECT_NEAR(summary.weight, 200, 1);
}

}  // namespace
}  // namespace cnnselect
