#include "engine/burst_size.h"

#include <gtest/gtest.h>

#include <cmath>

#include "cnnselect/rng.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

const TimePoint kDawn{1h};
constexpr Duration kMemory = 100ms;

Duration random_gap(Rng& rng, double per_second) {
  return from_ms(-1e3 / per_second * std::log1p(-rng.uniform()));
}

TEST(BurstSize, IsNothingBeforeManyCame) {
  BurstSize bursts;
  EXPECT_EQ(bursts.more(kDawn, 50), 0);
  for (int i = 0; i < 10; ++i) bursts.add(kDawn, kMemory);
  EXPECT_EQ(bursts.more(kDawn, 50), 0);
}

/// Of requests that come each alone: how often some more are expected, and how many.
struct FalseAlarms {
  double share = 0;
  double mean = 0;
};

FalseAlarms false_alarms(double rate, std::uint64_t seed) {
  constexpr int kCount = 40'000;
  BurstSize bursts;
  Rng rng(seed);
  TimePoint now = kDawn;
  FalseAlarms alarms;
  for (int i = 0; i < kCount; ++i) {
    bursts.add(now += random_gap(rng, rate), kMemory);
    const double more = bursts.more(now, rate);
    alarms.mean += more / kCount;
    alarms.share += (more > 0 ? 1.0 : 0.0) / kCount;
  }
  return alarms;
}

TEST(BurstSize, IsMostlyNothingWhereEachComesAlone) {
  for (const double rate : {0.1, 1.0, 10.0}) {
    EXPECT_LT(false_alarms(rate, 1).share, 0.1) << rate;
    EXPECT_LT(false_alarms(rate, 1).mean, 0.01) << rate;
  }
}

// What arrivals find is alike when many come within the memory: see the header.
TEST(BurstSize, IsLittleBesideTheUsualWhereManyComeWithinTheMemory) {
  for (const double rate : {50.0, 500.0, 5'000.0}) {
    const double usual = rate * to_seconds(kMemory);
    EXPECT_LT(false_alarms(rate, 1).mean, 0.025 * usual) << rate;
  }
}

/// What is expected right after an arrival, on the average, of bursts whose sizes are geometric:
/// after each arrival another comes at once with a chance of 1 - 1 / mean.
double expected_in_bursts(double mean, double bursts_per_second, std::uint64_t seed) {
  constexpr int kCount = 40'000;
  BurstSize bursts;
  Rng rng(seed);
  TimePoint now = kDawn;
  double sum = 0;
  for (int i = 0; i < kCount; ++i) {
    now += rng.uniform() < 1 - 1 / mean ? 10us : random_gap(rng, bursts_per_second);
    bursts.add(now, kMemory);
    if (i >= kCount / 2) sum += bursts.more(now, mean * bursts_per_second);
  }
  return sum / (kCount / 2);
}

TEST(BurstSize, IsHowManyAreStillToComeOfABurst) {
  for (const double mean : {3.0, 5.0, 10.0, 20.0}) {
    EXPECT_NEAR(expected_in_bursts(mean, 2, 1), mean - 1, 0.3 * (mean - 1)) << mean;
  }
}

TEST(BurstSize, FadesWithoutAnArrival) {
  BurstSize bursts;
  for (int i = 0; i < 100; ++i) {
    for (int j = 0; j < 8; ++j) bursts.add(kDawn + i * 1s, kMemory);
  }
  const TimePoint last = kDawn + 99s;
  const double at_once = bursts.more(last, 8);
  EXPECT_GT(at_once, 1.5);
  EXPECT_NEAR(bursts.more(last + kMemory / 4, 8), at_once * std::exp(-1), 1e-9);
  EXPECT_LT(bursts.more(last + kMemory, 8), 0.02 * at_once);
}

TEST(BurstSize, IsAboveWhatIsUsual) {
  BurstSize bursts;
  for (int i = 0; i < 100; ++i) {
    for (int j = 0; j < 8; ++j) bursts.add(kDawn + i * 1s, kMemory);
  }
  const TimePoint last = kDawn + 99s;
  EXPECT_NEAR(bursts.more(last, 0) - bursts.more(last, 10), 10 * to_seconds(kMemory), 1e-9);
  EXPECT_EQ(bursts.more(last, 1'000), 0);
}

}  // namespace
}  // namespace cnnselect
