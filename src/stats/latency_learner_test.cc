#include "stats/latency_learner.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <numbers>

#include "cnnselect/rng.h"
#include "stats/running_moments.h"

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

TEST(LatencyLearner, AnIdleHourChangesNothingButTheAge) {
  LatencyLearner one;
  LatencyLearner other;
  for (int i = 0; i < 100; ++i) {
    const TimePoint now = kStart + i * 10ms;
    one.record(Duration(1000 + i), now);
    other.record(Duration(1000 + i), i < 50 ? now : now + 1h);
  }
  EXPECT_EQ(one.summary().mean, other.summary().mean);
  EXPECT_EQ(one.summary().deviation, other.summary().deviation);
  EXPECT_EQ(one.summary().p99, other.summary().p99);
  EXPECT_EQ(one.summary().weight, other.summary().weight);
  EXPECT_EQ(*other.summary().latest - *one.summary().latest, 1h);
}

TEST(LatencyLearner, AWildOutlierMovesMeanAndDeviationByLittle) {
  LatencyLearner learner;
  Rng rng(2);
  record(learner, rng, 1000, 20, 2);
  const LatencySummary before = learner.summary();
  learner.record(20s, kStart);
  const LatencySummary& after = learner.summary();
  EXPECT_NEAR(to_ms(after.mean), to_ms(before.mean), 0.1);
  EXPECT_NEAR(to_ms(after.deviation), to_ms(before.deviation), 0.4);
  record(learner, rng, 200, 20, 2);
  EXPECT_NEAR(to_ms(learner.summary().mean), 20, 0.5);
  EXPECT_NEAR(to_ms(learner.summary().deviation), 2, 0.5);
}

TEST(LatencyLearner, AWildOutlierAmongTheFirstSamplesDoesNoHarmWhereverItStands) {
  for (int outlier = 0; outlier < 10; ++outlier) {
    LatencyLearner learner;
    Rng rng(3);
    for (int i = 0; i < 10; ++i) {
      learner.record(i == outlier ? Duration(2s) : draw(rng, 20, 1), kStart);
    }
    EXPECT_LT(to_ms(learner.summary().mean), 22) << "outlier at " << outlier;
    EXPECT_LT(to_ms(learner.summary().deviation), 6) << "outlier at " << outlier;
  }
}

TEST(LatencyLearner, QuantilesCountOutliersTruly) {
  LatencyLearner learner;
  for (int i = 0; i < 2000; ++i) learner.record(i % 40 == 0 ? Duration(500ms) : 20ms, kStart);
  EXPECT_NEAR(to_ms(learner.summary().p95), 20, 0.7) << "2.5 % of the samples are slow";
  EXPECT_NEAR(to_ms(learner.summary().p99), 500, 16);
}

TEST(LatencyLearner, ASlowModeOfOneInTenCountsInFull) {
  LatencyLearner learner;
  RunningMoments means;
  RunningMoments deviations;
  Rng rng(4);
  for (int i = 0; i < 20'000; ++i) {
    learner.record(rng.uniform() < 0.1 ? Duration(100ms) : 20ms, kStart);
    if (i < 1000) continue;
    means.add(to_ms(learner.summary().mean));
    deviations.add(to_ms(learner.summary().deviation));
  }
  EXPECT_NEAR(means.mean(), 28, 1);         // 0.9 * 20 + 0.1 * 100
  EXPECT_NEAR(deviations.mean(), 24, 1.5);  // sqrt(0.09) * 80
}

// A change of speed by a factor, either way.
class LatencyLearnerShift : public testing::TestWithParam<double> {};

TEST_P(LatencyLearnerShift, IsFollowedWithinFiftySamplesButNotAtTheFirst) {
  LatencyLearner learner;
  Rng rng(5);
  record(learner, rng, 1000, 20, 2);
  const double factor = GetParam();
  record(learner, rng, 5, 20 * factor, 2 * factor);
  EXPECT_NEAR(to_ms(learner.summary().mean), 20, 2);
  record(learner, rng, 45, 20 * factor, 2 * factor);
  EXPECT_NEAR(to_ms(learner.summary().mean), 20 * factor, 1.2 * factor);
  EXPECT_NEAR(to_ms(learner.summary().deviation), 2 * factor, 1 * factor);
  EXPECT_NEAR(to_ms(learner.summary().p50), 20 * factor, 1.5 * factor);
  EXPECT_EQ(learner.summary().samples, 1050U);
  EXPECT_LT(learner.summary().weight, 60);
}

INSTANTIATE_TEST_SUITE_P(Factors, LatencyLearnerShift, testing::Values(0.25, 0.5, 1.5, 2.0, 10.0));

TEST(LatencyLearner, AnOutlierWithinAChangeDoesNotHideOrSpoilIt) {
  LatencyLearner learner;
  Rng rng(6);
  record(learner, rng, 500, 20, 2);
  record(learner, rng, 15, 40, 4);
  learner.record(30s, kStart);
  record(learner, rng, 20, 40, 4);
  EXPECT_NEAR(to_ms(learner.summary().mean), 40, 3);
  EXPECT_LT(to_ms(learner.summary().deviation), 12);
}

TEST(LatencyLearner, AShortBurstIsNotTakenForAChange) {
  LatencyLearner learner;
  Rng rng(7);
  record(learner, rng, 1000, 20, 2);
  record(learner, rng, 5, 60, 5);
  EXPECT_LT(to_ms(learner.summary().mean), 23);
  EXPECT_GT(learner.summary().weight, 190);
}

TEST(LatencyLearner, ALongerBurstIsBelievedWhileItLastsAndNotMuchLonger) {
  LatencyLearner learner;
  Rng rng(7);
  record(learner, rng, 1000, 20, 2);
  record(learner, rng, 12, 60, 5);
  EXPECT_NEAR(to_ms(learner.summary().mean), 60, 5);
  record(learner, rng, 12, 20, 2);
  EXPECT_NEAR(to_ms(learner.summary().mean), 20, 2);
}

// 1.2 times is within what is usual: it takes more than a handful of samples to tell.
TEST(LatencyLearner, ASmallChangeTakesLonger) {
  LatencyLearner learner;
  Rng rng(9);
  record(learner, rng, 1000, 20, 2);
  record(learner, rng, 12, 24, 2);
  EXPECT_LT(to_ms(learner.summary().mean), 21.5);
  record(learner, rng, 100, 24, 2);
  EXPECT_NEAR(to_ms(learner.summary().mean), 24, 1);
}

TEST(LatencyLearner, NoiseIsNotTakenForAChange) {
  LatencyLearner learner;
  Rng rng(8);
  for (int i = 0; i < 100'000; ++i) {
    learner.record(draw(rng, 20, 6), kStart);
    if (i < 1200) continue;
    ASSERT_GT(learner.summary().weight, 190) << "sample " << i;
  }
}

TEST(LatencyLearner, MemoryIsASetting) {
  LatencyLearner learner(20);
  for (int i = 0; i < 1000; ++i) learner.record(5ms, kStart);
  EXPECT_NEAR(learner.summary().weight, 20, 1e-6);
}

TEST(LatencyLearner, TakesAbsurdTimesWithoutBreaking) {
  LatencyLearner learner;
  for (const Duration took : {Duration::min(), Duration::max(), 0ns, -5ns, Duration(24h)}) {
    for (int i = 0; i < 100; ++i) learner.record(took, kStart);
    EXPECT_GE(learner.summary().mean, 1ns);
    EXPECT_LE(learner.summary().mean, ForgettingHistogram::kLongest);
  }
}

TEST(LatencyLearner, SummariesAreInOrderWhateverTheSamples) {
  EXPECT_TRUE(rc::check([](const std::vector<std::uint32_t>& draws) {
    LatencyLearner learner(25);
    for (std::size_t i = 0; i < draws.size(); ++i) {
      learner.record(Duration(draws[i] >> (draws[i] % 24)), kStart);
      const LatencySummary& summary = learner.summary();
      RC_ASSERT(summary.samples == i + 1);
      RC_ASSERT(summary.mean > Duration::zero());
      RC_ASSERT(summary.deviation >= Duration::zero());
      RC_ASSERT(summary.p50 <= summary.p95);
      RC_ASSERT(summary.p95 <= summary.p99);
      RC_ASSERT(summary.weight >= 1 - 1e-9);
      RC_ASSERT(summary.weight <= std::min(25.0, static_cast<double>(i + 1)) + 1e-6);
    }
  }));
}

TEST(LatencyLearner, DoublingEveryTimeDoublesWhatIsLearnt) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    Rng rng(seed);
    LatencyLearner one;
    LatencyLearner twice;
    for (int i = 0; i < 300; ++i) {
      const Duration took = draw(rng, 10, 3);
      one.record(took, kStart);
      twice.record(2 * took, kStart);
    }
    RC_ASSERT(std::abs(to_ms(2 * one.summary().mean - twice.summary().mean)) < 1e-3);
    RC_ASSERT(std::abs(to_ms(2 * one.summary().deviation - twice.summary().deviation)) < 1e-3);
    RC_ASSERT(std::abs(to_ms(2 * one.summary().p95 - twice.summary().p95)) < 1e-3);
  }));
}

TEST(LatencyLearnerResume, GoesOnWhereAnotherStopped) {
  Rng rng(3);
  LatencyLearner first;
  record(first, rng, 2'000, 8, 2);
  LatencyLearner second;
  second.resume(first.times(), first.summary().samples, TimePoint{2h});
  const auto& before = first.summary();
  const auto& after = second.summary();
  EXPECT_EQ(after.samples, 2'000U);
  EXPECT_EQ(after.latest, TimePoint{2h});
  EXPECT_NEAR(to_ms(after.mean), to_ms(before.mean), 0.03 * to_ms(before.mean));
  EXPECT_NEAR(to_ms(after.deviation), to_ms(before.deviation), 0.15 * to_ms(before.deviation));
  EXPECT_NEAR(to_ms(after.p50), to_ms(before.p50), 0.05 * to_ms(before.p50));
  EXPECT_NEAR(to_ms(after.p95), to_ms(before.p95), 0.08 * to_ms(before.p95));
  EXPECT_EQ(second.changes(), 0U);
}

TEST(LatencyLearnerResume, BelievesANewMachineAsSoonAsEver) {
  LatencyLearner learner;
  learner.resume(std::vector<Duration>(64, 10ms), 5'000, TimePoint{1h});
  for (std::size_t i = 0; i < LatencyLearner::kFar; ++i) learner.record(20ms, TimePoint{2h});
  EXPECT_EQ(learner.summary().mean, 20ms);
  EXPECT_EQ(learner.changes(), 1U);
}

TEST(LatencyLearnerResume, TakesAnyNumberOfTimes) {
  for (const std::size_t count : {1U, 2U, 3U, 8U, 100U, 500U}) {
    LatencyLearner learner;
    learner.resume(std::vector<Duration>(count, 7ms), 1, TimePoint{1h});
    EXPECT_EQ(learner.summary().mean, 7ms) << count;
    EXPECT_GE(learner.summary().samples, count);
  }
  LatencyLearner nothing;
  nothing.resume({}, 5'000, TimePoint{1h});
  EXPECT_EQ(nothing.summary().samples, 0U);
}

}  // namespace
}  // namespace cnnselect
