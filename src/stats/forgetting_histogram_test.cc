#include "stats/forgetting_histogram.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "stats/percentile.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
constexpr double kForgetNothing = std::numeric_limits<double>::infinity();

ForgettingHistogram histogram_of(const std::vector<Duration>& samples, double memory) {
  ForgettingHistogram histogram(memory);
  for (const Duration sample : samples) histogram.add(sample);
  return histogram;
}

/// Durations from 0 to 18 minutes, of every order of magnitude.
std::vector<Duration> durations(const std::vector<std::uint64_t>& draws) {
  std::vector<Duration> samples;
  samples.reserve(draws.size());
  for (const std::uint64_t draw : draws) {
    const unsigned shift = 24 + static_cast<unsigned>(draw % 40);
    samples.emplace_back(static_cast<Duration::rep>(draw >> shift));
  }
  return samples;
}

TEST(ForgettingHistogram, KnowsNothingAtFirstAndAfterClearing) {
  ForgettingHistogram histogram(100);
  EXPECT_EQ(histogram.quantile(0.5), 0ns);
  EXPECT_EQ(histogram.weight(), 0);
  histogram.add(1ms);
  EXPECT_GT(histogram.quantile(0.5), 0ns);
  histogram.clear();
  EXPECT_EQ(histogram.quantile(0.5), 0ns);
  EXPECT_EQ(histogram.weight(), 0);
}

TEST(ForgettingHistogram, ShortDurationsAreToldApartToTheNanosecond) {
  for (int ns = 0; ns < 32; ++ns) {
    const Duration found = histogram_of({Duration(ns)}, 100).quantile(0.5);
    EXPECT_EQ(found, Duration(ns));
  }
}

TEST(ForgettingHistogram, OutOfRangeCountsAsTheNearestEnd) {
  EXPECT_EQ(histogram_of({-5ms}, 100).quantile(0.5), 0ns);
  const Duration longest = histogram_of({Duration::max()}, 100).quantile(1);
  EXPECT_NEAR(to_ms(longest), to_ms(ForgettingHistogram::kLongest), 1);
}

TEST(ForgettingHistogram, QuantilesLieInTheBucketOfTheExactOnes) {
  EXPECT_TRUE(rc::check([](const std::vector<std::uint64_t>& draws, std::uint16_t draw) {
    RC_PRE(!draws.empty());
    const std::vector<Duration> samples = durations(draws);
    const ForgettingHistogram histogram = histogram_of(samples, kForgetNothing);
    const double q = draw / 65535.0;
    const auto exact = static_cast<double>(percentile(samples, q)->count());
    const auto found = static_cast<double>(histogram.quantile(q).count());
    RC_ASSERT(std::abs(found - exact) <= exact / 32 + 1);
  }));
}

TEST(ForgettingHistogram, QuantilesNeverFall) {
  EXPECT_TRUE(rc::check([](const std::vector<std::uint64_t>& draws, std::uint8_t memory) {
    const ForgettingHistogram histogram = histogram_of(durations(draws), 1.5 + memory);
    Duration before{};
    for (int percent = 0; percent <= 100; ++percent) {
      const Duration found = histogram.quantile(percent / 100.0);
      RC_ASSERT(found >= before);
      before = found;
    }
  }));
}

TEST(ForgettingHistogram, ManyQuantilesInOneWalkAreThoseTakenOneByOne) {
  EXPECT_TRUE(rc::check([](const std::vector<std::uint64_t>& draws, std::uint8_t memory) {
    RC_PRE(!draws.empty());
    const ForgettingHistogram histogram = histogram_of(durations(draws), 1.5 + memory);
    std::array<Duration, 8> values{};
    histogram.quantiles(values);
    RC_ASSERT(std::ranges::is_sorted(values));
    for (std::size_t i = 0; i < values.size(); ++i) {
      // A target on the edge of two buckets may fall on either side of it by rounding.
      const double q = (static_cast<double>(i) + 0.5) / 8;
      const Duration least = histogram.quantile(q - 1e-9);
      const Duration most = histogram.quantile(q + 1e-9);
      RC_ASSERT(values[i] >= least - Duration(1));
      RC_ASSERT(values[i] <= most + Duration(1) + most / 1'000'000);
    }
  }));
}

TEST(ForgettingHistogram, HasNoQuantilesWithoutSamples) {
  std::array<Duration, 3> values{1ms, 2ms, 3ms};
  ForgettingHistogram(100).quantiles(values);
  EXPECT_EQ(values, (std::array<Duration, 3>{}));
}

TEST(ForgettingHistogram, TheOrderOfSamplesDoesNotMatterWithoutForgetting) {
  EXPECT_TRUE(rc::check([](std::vector<std::uint64_t> draws) {
    const ForgettingHistogram one = histogram_of(durations(draws), kForgetNothing);
    std::ranges::reverse(draws);
    const ForgettingHistogram other = histogram_of(durations(draws), kForgetNothing);
    for (const double q : {0.01, 0.5, 0.95}) RC_ASSERT(one.quantile(q) == other.quantile(q));
  }));
}

TEST(ForgettingHistogram, ForgetsBySample) {
  ForgettingHistogram histogram(100);
  for (int i = 0; i < 5000; ++i) histogram.add(10ms);
  EXPECT_NEAR(histogram.weight(), 100, 1e-6);
  // After n samples the old ones keep 0.99^n of the weight: half at 69.
  for (int i = 0; i < 60; ++i) histogram.add(20ms);
  EXPECT_NEAR(to_ms(histogram.quantile(0.5)), 10, 0.32);
  for (int i = 0; i < 20; ++i) histogram.add(20ms);
  EXPECT_NEAR(to_ms(histogram.quantile(0.5)), 20, 0.63);
}

TEST(ForgettingHistogram, MillionsOfSamplesDoNotOverflowOrDrift) {
  ForgettingHistogram histogram(2);  // the increment doubles each time: scaled back every 100
  for (int i = 0; i < 100'000; ++i) histogram.add(i % 2 == 0 ? 1ms : 2ms);
  EXPECT_NEAR(histogram.weight(), 2, 1e-9);
  EXPECT_NEAR(to_ms(histogram.quantile(0.3)), 1, 0.04) << "the older third";
  EXPECT_NEAR(to_ms(histogram.quantile(0.4)), 2, 0.07) << "the newer two thirds";
}

}  // namespace
}  // namespace cnnselect
