#include "engine/arrival_rate.h"

#include <gtest/gtest.h>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

const TimePoint kBegin{1h};

TEST(ArrivalRate, IsZeroBeforeTheFirstArrival) { EXPECT_EQ(ArrivalRate().per_second(kBegin), 0); }

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

TEST(ArrivalRate, TheFirstRequestsAreNoFlood) {
  ArrivalRate rate;
  rate.add(kBegin);
  rate.add(kBegin + 1us);
  EXPECT_LT(rate.per_second(kBegin + 1us), 5) << "not two million";
  for (int i = 0; i < 8; ++i) rate.add(kBegin + 1us);
  EXPECT_LT(rate.per_second(kBegin + 1us), 25);
}

}  // namespace
}  // namespace cnnselect
