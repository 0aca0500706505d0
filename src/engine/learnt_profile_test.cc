#include "engine/learnt_profile.h"

#include <gtest/gtest.h>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kLater{std::chrono::hours(1)};

std::vector<Duration> ten(Duration time) { return std::vector<Duration>(10, time); }

double mean_ms(const LearntProfile& profile) { return to_ms(profile.learner().summary().mean); }

TEST(LearntProfile, BeginsWithWarmUp) {
  const LearntProfile profile({}, ten(18ms), false, kLater);
  EXPECT_NEAR(mean_ms(profile), 18, 0.01);
  EXPECT_EQ(profile.profiled(), 18ms);
  EXPECT_FALSE(profile.doubtful());
  EXPECT_EQ(profile.learner().summary().samples, 10U);
}

TEST(LearntProfile, WhatAnEarlierRunKnewIsMeasuredAgainstAGoodWarmUp) {
  const LearntProfile profile({.times = ten(18ms), .samples = 500}, ten(40ms), false, kLater);
  EXPECT_NEAR(mean_ms(profile), 40, 0.1) << "the machine has become slower";
}

TEST(LearntProfile, WhatAnEarlierRunKnewIsWorthMoreThanADoubtfulWarmUp) {
  LearntProfile profile({.times = ten(18ms), .samples = 500}, ten(211ms), true, kLater);
  EXPECT_NEAR(mean_ms(profile), 18, 0.1);
  EXPECT_NEAR(to_ms(profile.profiled()), 18, 0.1);
  EXPECT_EQ(profile.learner().summary().samples, 500U);
  EXPECT_TRUE(profile.doubtful()) << "it is to be measured soon";
  profile.measured(std::vector<Duration>(6, Duration(19ms)), kLater + 1s);
  EXPECT_FALSE(profile.doubtful());
  EXPECT_GT(profile.learner().summary().samples, 500U) << "added to what was known";
}

TEST(LearntProfile, AMeasurementTakesTheWholePlaceOfADoubtfulWarmUp) {
  LearntProfile profile({}, ten(211ms), true, kLater);
  profile.measured(std::vector<Duration>(6, Duration(18ms)), kLater + 1s);
  EXPECT_NEAR(mean_ms(profile), 18, 0.01) << "nothing is left of 211";
  EXPECT_EQ(profile.profiled(), 18ms);
  EXPECT_FALSE(profile.doubtful());
}

TEST(LearntProfile, SixRequestsTakeThePlaceOfADoubtfulWarmUpButEndNoDoubt) {
  LearntProfile profile({}, ten(5ms), true, kLater);
  for (int i = 0; i < 5; ++i) profile.record(180ms, 1ms, kLater);
  EXPECT_LT(mean_ms(profile), 100);
  profile.record(180ms, 1ms, kLater);
  EXPECT_NEAR(mean_ms(profile), 180, 1) << "nothing is left of 5";
  EXPECT_EQ(profile.profiled(), 5ms) << "they may have been disturbed too";
  EXPECT_TRUE(profile.doubtful());
  EXPECT_TRUE(profile.measured(std::vector<Duration>(6, Duration(18ms)), kLater + 1s));
  EXPECT_NEAR(mean_ms(profile), 18, 0.1);
  EXPECT_NEAR(to_ms(profile.profiled()), 18, 0.1);
  EXPECT_FALSE(profile.doubtful());
}

TEST(LearntProfile, OnAMachineThatIsNeverQuietRequestsTellWhatIsUsual) {
  LearntProfile profile({}, ten(5ms), true, kLater);
  for (int i = 0; i < 29; ++i) profile.record(18ms, 1ms, kLater);
  EXPECT_EQ(profile.profiled(), 5ms);
  profile.record(18ms, 1ms, kLater);
  EXPECT_NEAR(to_ms(profile.profiled()), 18, 0.1);
}

TEST(LearntProfile, MeasurementsThatChangeNothingAreSamplesAsAnyOther) {
  LearntProfile profile({}, ten(18ms), false, kLater);
  EXPECT_FALSE(profile.measured(std::vector<Duration>{19ms}, kLater + 1s));
  EXPECT_EQ(profile.learner().summary().samples, 11U);
  EXPECT_EQ(profile.learner().summary().latest, kLater + 1s);
  EXPECT_EQ(profile.profiled(), 18ms);
}

TEST(LearntProfile, ALastingChangeThatIsMeasuredIsWhatItIsProfiledWith) {
  LearntProfile profile({}, ten(40ms), false, kLater);
  for (int i = 0; i < 30; ++i) profile.record(40ms, 0ms, kLater);
  EXPECT_TRUE(profile.measured(std::vector<Duration>(6, Duration(18ms)), kLater + 1s));
  EXPECT_NEAR(to_ms(profile.profiled()), 18, 0.1);
}

TEST(LearntProfile, SixMeasurementsNeedNoMoreProof) {
  LearntProfile profile({}, ten(18ms), false, kLater);
  for (int i = 0; i < 40; ++i) profile.record(200ms, 0ms, kLater);
  EXPECT_GT(mean_ms(profile), 100) << "of both: 18 ms are among its quantiles";
  const std::uint64_t changes = profile.changes();
  EXPECT_TRUE(profile.measured(std::vector<Duration>(6, Duration(18ms)), kLater + 1s));
  EXPECT_NEAR(mean_ms(profile), 18, 0.1);
  EXPECT_EQ(profile.changes(), changes + 1);
}

TEST(LearntProfile, KnowsWhatPreparingTakesOfLate) {
  LearntProfile profile({}, ten(18ms), false, kLater);
  EXPECT_EQ(profile.preparing(), 0ms);
  profile.record(20ms, 2ms, kLater);
  EXPECT_EQ(profile.preparing(), 2ms);
  for (int i = 0; i < 200; ++i) profile.record(22ms, 4ms, kLater);
  EXPECT_NEAR(to_ms(profile.preparing()), 4, 0.01);
}

}  // namespace
}  // namespace cnnselect
