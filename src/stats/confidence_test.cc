#include "stats/confidence.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <cstdint>
#include <limits>

namespace cnnselect {
namespace {

RunningMoments moments_of(std::initializer_list<double> samples) {
  RunningMoments moments;
  for (const double sample : samples) moments.add(sample);
  return moments;
}

// Student's t at 97.5 %, from the printed tables: 12.706 (1 degree), 2.776 (4), 1.984 (100).
TEST(HalfWidth, UsesStudentsTable) {
  EXPECT_NEAR(half_width_95(moments_of({0, 2})), 12.706 * std::sqrt(2) / std::sqrt(2), 1e-3);
  EXPECT_NEAR(half_width_95(moments_of({1, 2, 3, 4, 5})), 2.776 * std::sqrt(2.5) / std::sqrt(5),
              1e-3);
  RunningMoments many;
  for (int i = 0; i < 101; ++i) many.add(i % 2);
  EXPECT_NEAR(half_width_95(many), 1.984 * many.deviation() / std::sqrt(101), 1e-4);
}

TEST(HalfWidth, IsInfiniteBelowTwoSamplesAndZeroWithoutSpread) {
  EXPECT_EQ(half_width_95({}), std::numeric_limits<double>::infinity());
  EXPECT_EQ(half_width_95(moments_of({3})), std::numeric_limits<double>::infinity());
  EXPECT_EQ(half_width_95(moments_of({3, 3, 3})), 0);
}

TEST(StandardError, OfAProportion) {
  EXPECT_NEAR(standard_error(50, 100), 0.05, 1e-12);
  EXPECT_NEAR(standard_error(1600, 2000), 0.008944, 1e-6);
  EXPECT_EQ(standard_error(7, 7), 0);
  EXPECT_EQ(standard_error(0, 7), 0);
  EXPECT_EQ(standard_error(0, 0), 0);
}

// The hand's values: z = 1.96, center (p + z^2/2n) / (1 + z^2/n).
TEST(Wilson, AgreesWithTheHand) {
  const Interval half = wilson_95(5, 10);
  EXPECT_NEAR(half.low, 0.2366, 1e-4);
  EXPECT_NEAR(half.high, 0.7634, 1e-4);
  const Interval none = wilson_95(0, 10);
  EXPECT_EQ(none.low, 0);
  EXPECT_NEAR(none.high, 0.2775, 1e-4);
  const Interval all = wilson_95(10, 10);
  EXPECT_NEAR(all.low, 0.7225, 1e-4);
  EXPECT_EQ(all.high, 1);
  const Interval unknown = wilson_95(0, 0);
  EXPECT_EQ(unknown.low, 0);
  EXPECT_EQ(unknown.high, 1);
}

TEST(Wilson, HoldsTheProportionWithinTheUnitIntervalAndMirrors) {
  EXPECT_TRUE(rc::check([](std::uint16_t one, std::uint16_t two) {
    const std::size_t of = std::max({one, two, std::uint16_t{1}});
    const std::size_t hits = std::min(one, two);
    const double p = static_cast<double>(hits) / static_cast<double>(of);
    const Interval interval = wilson_95(hits, of);
    RC_ASSERT(0 <= interval.low && interval.low <= p + 1e-12);
    RC_ASSERT(p - 1e-12 <= interval.high && interval.high <= 1);
    const Interval mirrored = wilson_95(of - hits, of);
    RC_ASSERT(std::abs(mirrored.low - (1 - interval.high)) < 1e-9);
  }));
}

}  // namespace
}  // namespace cnnselect
