#include "engine/believed.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

const TimePoint kMoment{1h};

LatencyLearner always(Duration took) {
  LatencyLearner learner;
  for (int i = 0; i < 100; ++i) learner.record(took, kMoment);
  return learner;
}

Candidate loaded_with(Duration profiled) { return {.accuracy = 0.7, .profiled = profiled}; }

TEST(AsBelieved, IsWhatWasLearntRightAfterTheExecution) {
  std::array<Duration, kProfileTimes> space{};
  const Candidate model = as_believed(loaded_with(50ms), always(80ms), kMoment, space);
  EXPECT_EQ(model.mean, 80ms);
  EXPECT_EQ(model.accuracy, 0.7);
  ASSERT_EQ(model.times.data(), space.data());
  EXPECT_NEAR(to_ms(model.times[10]), 80, 2.5);
}

TEST(AsBelieved, SlownessIsHalvedEveryHalfLifeWithoutARun) {
  const LatencyLearner learner = always(90ms);
  std::array<Duration, kProfileTimes> space{};
  const Candidate once =
      as_believed(loaded_with(50ms), learner, kMoment + kSlownessHalfLife, space);
  EXPECT_NEAR(to_ms(once.mean), 70, 0.001) << "40 ms slower, then 20";
  EXPECT_NEAR(to_ms(once.times[10]), 70, 2.5) << "the distribution goes with the mean";
  EXPECT_TRUE(std::ranges::is_sorted(once.times));
  const Candidate twice =
      as_believed(loaded_with(50ms), learner, kMoment + 2 * kSlownessHalfLife, {});
  EXPECT_NEAR(to_ms(twice.mean), 60, 0.001);
  EXPECT_TRUE(twice.times.empty());
  EXPECT_GE(as_believed(loaded_with(50ms), learner, kMoment + 100h, {}).mean, 50ms);
}

TEST(AsBelieved, WhoBecameFasterStaysBelievedSo) {
  const Candidate model = as_believed(loaded_with(50ms), always(30ms), kMoment + 1h, {});
  EXPECT_EQ(model.mean, 30ms);
}

TEST(AsBelieved, WithoutAProfileAtLoadNothingFades) {
  EXPECT_EQ(as_believed(loaded_with(0ms), always(90ms), kMoment + 1h, {}).mean, 90ms);
  EXPECT_EQ(as_believed(loaded_with(50ms), LatencyLearner(), kMoment, {}).mean, 0ms);
}

}  // namespace
}  // namespace cnnselect
