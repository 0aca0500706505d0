#include "engine/arrival_rate.h"

#include <gtest/gtest.h>

#include <cmath>

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

TEST(ArrivalRate, RemembersWhatItWasWhenThePeriodBegan) {
  ArrivalRate rate;
  EXPECT_EQ(rate.at_period_begin(kBegin, 0), 0);
  for (int i = 0; i < 1'000; ++i) rate.add(kBegin + i * 10ms);  // 100 a second for one period
  const TimePoint second = kBegin + 10s;
  EXPECT_EQ(rate.at_period_begin(kBegin + 9'990ms, 7), 7) << "the first period has no past";
  const double planned = rate.per_second(second);
  EXPECT_NEAR(planned, 100, 3);
  EXPECT_EQ(rate.at_period_begin(second, 7), planned);
  for (int i = 0; i < 10'000; ++i) {
    rate.add(second + i * 1ms);
    EXPECT_EQ(rate.at_period_begin(second + i * 1ms, 7), planned) << i;
  }
  EXPECT_NEAR(rate.at_period_begin(second + 10s, 7), 1'000, 50);
}

TEST(ArrivalRate, FadesOverPeriodsInWhichNobodyComes) {
  ArrivalRate rate;
  for (int i = 0; i < 1'000; ++i) rate.add(kBegin + i * 10ms);
  EXPECT_EQ(rate.at_period_begin(kBegin + 25s, 7), rate.per_second(kBegin + 20s));
  rate.add(kBegin + 25s);
  EXPECT_NEAR(rate.at_period_begin(kBegin + 29s, 7), 100 * std::exp(-5), 0.05);
}

}  // namespace
}  // namespace cnnselect
