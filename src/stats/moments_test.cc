// RunningMoments and ForgettingMoments: the same numbers when nothing is forgotten.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>

#include "stats/forgetting_moments.h"
#include "stats/running_moments.h"

namespace cnnselect {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(RunningMoments, AreZeroBeforeThereIsASample) {
  const RunningMoments none;
  EXPECT_EQ(none.count(), 0U);
  EXPECT_EQ(none.mean(), 0);
  EXPECT_EQ(none.deviation(), 0);
  EXPECT_EQ(none.smallest(), kInfinity);
  EXPECT_EQ(none.largest(), -kInfinity);
}

TEST(RunningMoments, AgreeWithTheHand) {
  RunningMoments moments;
  moments.add(2);
  EXPECT_EQ(moments.mean(), 2);
  EXPECT_EQ(moments.deviation(), 0) << "one sample has no spread";
  for (const double sample : {4, 4, 4, 5, 5, 7, 9}) moments.add(sample);
  EXPECT_EQ(moments.count(), 8U);
  EXPECT_DOUBLE_EQ(moments.mean(), 5);
  EXPECT_DOUBLE_EQ(moments.deviation(), std::sqrt(32.0 / 7));
  EXPECT_EQ(moments.smallest(), 2);
  EXPECT_EQ(moments.largest(), 9);
}

TEST(RunningMoments, KeepASmallSpreadUponALargeMean) {
  RunningMoments moments;
  for (const double sample : {4, 7, 13, 16}) moments.add(1e12 + sample);
  EXPECT_DOUBLE_EQ(moments.mean(), 1e12 + 10);
  EXPECT_DOUBLE_EQ(moments.deviation(), std::sqrt(30));
}

TEST(ForgettingMoments, WeighOlderSamplesLess) {
  ForgettingMoments moments(2);  // each sample weighs half of the next: 1/4, 1/2, 1
  for (const double sample : {8, 4, 1}) moments.add(sample);
  EXPECT_DOUBLE_EQ(moments.weight(), 1.75);
  EXPECT_DOUBLE_EQ(moments.mean(), (8 * 0.25 + 4 * 0.5 + 1) / 1.75);
  // Squared distances from 20/7 and the weights' own correction, by hand:
  const double mean = 20.0 / 7;
  const double squares =
      0.25 * (8 - mean) * (8 - mean) + 0.5 * (4 - mean) * (4 - mean) + (1 - mean) * (1 - mean);
  const double freedom = 1.75 - (1.0 / 16 + 1.0 / 4 + 1) / 1.75;
  EXPECT_NEAR(moments.deviation(), std::sqrt(squares / freedom), 1e-12);
  moments.clear();
  EXPECT_EQ(moments.weight(), 0);
  EXPECT_EQ(moments.mean(), 0);
}

TEST(ForgettingMoments, TheirWeightTendsToTheMemory) {
  ForgettingMoments moments(50);
  for (int i = 0; i < 2000; ++i) moments.add(3);
  EXPECT_NEAR(moments.weight(), 50, 1e-9);
  EXPECT_DOUBLE_EQ(moments.mean(), 3);
  EXPECT_NEAR(moments.deviation(), 0, 1e-9);
}

TEST(ForgettingMoments, WithoutForgettingAreTheOrdinaryOnes) {
  EXPECT_TRUE(rc::check([](const std::vector<std::int16_t>& samples) {
    RunningMoments running;
    ForgettingMoments forgetting(kInfinity);
    for (const std::int16_t sample : samples) {
      running.add(sample);
      forgetting.add(sample);
    }
    RC_ASSERT(std::abs(running.mean() - forgetting.mean()) < 1e-6);
    RC_ASSERT(std::abs(running.deviation() - forgetting.deviation()) < 1e-6);
  }));
}

}  // namespace
}  // namespace cnnselect
