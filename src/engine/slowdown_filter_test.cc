#include "engine/slowdown_filter.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

TEST(SlowdownFilter, BeginsAsProfiled) {
  const SlowdownFilter filter;
  EXPECT_EQ(filter.mean(), 1);
  EXPECT_DOUBLE_EQ(filter.deviation(), std::sqrt(0.1));
}

// By hand: Q = 0.1, variance 0.5 x 0.1 + 0.1 = 0.15, gain 0.15 / 0.151, mean 1 + gain x 1. Then the
// surprise of 0.99338 makes Q = 0.03 + 0.7 x 0.98680 = 0.72076.
TEST(SlowdownFilter, FollowsTheEquations) {
  SlowdownFilter filter;
  filter.add(20ms, 10ms);
  EXPECT_NEAR(filter.mean(), 1.993377, 1e-6);
  EXPECT_NEAR(filter.deviation(), std::sqrt(0.15), 1e-12);
  filter.add(20ms, 10ms);
  EXPECT_NEAR(filter.mean(), 1.999991, 1e-6);
  EXPECT_NEAR(filter.deviation(), std::sqrt(0.72076 + 0.00662 * 0.15), 1e-4);
}

TEST(SlowdownFilter, ComesBackFromASurprise) {
  SlowdownFilter filter;
  filter.add(100ms, 10ms);
  filter.add(10ms, 10ms);
  EXPECT_GT(filter.deviation(), 5) << "it does not know what to expect";
  for (int i = 0; i < 10; ++i) filter.add(10ms, 10ms);
  EXPECT_NEAR(filter.mean(), 1, 1e-3);
  EXPECT_NEAR(filter.deviation(), std::sqrt(0.1), 2e-3);
}

TEST(SlowdownFilterProperty, StaysBetweenWhatItSawAndNeverBecomesCertain) {
  EXPECT_TRUE(rc::check([] {
    SlowdownFilter filter;
    double low = 1;
    double high = 1;
    const auto count = *rc::gen::inRange(1, 100);
    for (int i = 0; i < count; ++i) {
      const Duration took(*rc::gen::inRange<std::int64_t>(0, 10'000'000'000));
      const Duration profiled(*rc::gen::inRange<std::int64_t>(1, 10'000'000'000));
      const double ratio =
          static_cast<double>(took.count()) / static_cast<double>(profiled.count());
      low = std::min(low, ratio);
      high = std::max(high, ratio);
      filter.add(took, profiled);
      RC_ASSERT(filter.mean() >= low * (1 - 1e-9) && filter.mean() <= high * (1 + 1e-9));
      RC_ASSERT(std::isfinite(filter.deviation()));
      RC_ASSERT(filter.deviation() >= std::sqrt(0.1) - 1e-12);
    }
  }));
}

}  // namespace
}  // namespace cnnselect
