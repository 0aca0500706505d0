#include "engine/arrival_rate.h"

#include <gtest/gtest.h>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

const TimePoint kBegin{1h};

TEST(ArrivalRate, IsZeroBeforeThereIsAGap) {
  ArrivalRate rate;
  EXPECT_EQ(rate.per_second(kBegin), 0);
  rate.add(kBegin);
  EXPECT_EQ(rate.per_second(kBegin), 0);
}

TEST(ArrivalRate, FindsASteadyRateSoonAndKeepsIt) {
  ArrivalRate rate;
  TimePoint now = kBegin;
  for (int i = 0; i < 3'000; ++i) {
    rate.add(now);
    now += 10ms;
    if (i <= 50) continue;
    EXPECT_NEAR(rate.per_second(now), 100, 5) << i;
  }
}

TEST(ArrivalRate, FollowsAChangeAndFadesInSilence) {
  ArrivalRate rate;
  TimePoint now = kBegin;
  for (int i = 0; i < 100; ++i) rate.add(now += 100ms);
  EXPECT_NEAR(rate.per_second(now), 10, 1);
  for (int i = 0; i < 600; ++i) rate.add(now += 10ms);
  EXPECT_NEAR(rate.per_second(now), 100, 10) << "after three times the memory";
  EXPECT_LT(rate.per_second(now + 20s), 1);
}

TEST(ArrivalRate, ABurstAtOneMomentIsNoInfinity) {
  ArrivalRate rate;
  for (int i = 0; i < 10; ++i) rate.add(kBegin);
  EXPECT_EQ(rate.per_second(kBegin), 0) << "no time has passed to divide by";
  EXPECT_LT(rate.per_second(kBegin + 1s), 20);
}

}  // namespace
}  // namespace cnnselect
