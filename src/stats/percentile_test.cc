#include "stats/percentile.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <chrono>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

TEST(Percentile, IsTheNearestRank) {
  const std::vector<int> five{50, 15, 35, 40, 20};
  struct Row {
    double q;
    int value;
  };
  for (const Row& row : {Row{0, 15},
                         {0.05, 15},
                         {0.2, 15},
                         {0.21, 20},
                         {0.30, 20},
                         {0.40, 20},
                         {0.5, 35},
                         {0.61, 40},
                         {0.99, 50},
                         {1, 50}}) {
    EXPECT_EQ(percentile(five, row.q), row.value) << row.q;
  }
}

TEST(Percentile, IsNotOffByOneWhereTheRankIsWhole) {
  std::vector<int> samples(100);
  for (int i = 0; i < 100; ++i) samples[static_cast<std::size_t>(i)] = i + 1;
  for (int p = 1; p <= 100; ++p) EXPECT_EQ(percentile(samples, p / 100.0), p);
}

TEST(Percentile, OfNoSampleIsNothingAndOfOneIsThatOne) {
  EXPECT_EQ(percentile(std::vector<double>{}, 0.5), std::nullopt);
  EXPECT_EQ(percentile(std::vector<double>{7.5}, 0.01), 7.5);
  EXPECT_EQ(percentile(std::vector{3ms, 1ms, 2ms}, 0.5), 2ms) << "durations too";
}

TEST(AppendEvenly, TakesTheMiddleOfEachShare) {
  const std::vector<int> ten = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  std::vector<int> to = {-1};
  append_evenly(std::span<const int>(ten), 2, to);
  EXPECT_EQ(to, (std::vector{-1, 2, 7}));
  to.clear();
  append_evenly(std::span<const int>(ten).first(2), 4, to);
  EXPECT_EQ(to, (std::vector{0, 0, 1, 1})) << "fewer than asked for";
  append_evenly(std::span<const int>(ten), 0, to);
  EXPECT_EQ(to.size(), 4U);
}

TEST(Percentile, ReachesTheFractionWithTheSmallestSampleThatDoes) {
  EXPECT_TRUE(rc::check([](const std::vector<int>& samples, std::uint16_t draw) {
    RC_PRE(!samples.empty());
    const double q = draw / 65535.0;
    const int found = *percentile(samples, q);
    const double needed = q * static_cast<double>(samples.size()) - 1e-6;
    const auto at_most =
        std::ranges::count_if(samples, [&](int sample) { return sample <= found; });
    const auto below = std::ranges::count_if(samples, [&](int sample) { return sample < found; });
    RC_ASSERT(static_cast<double>(at_most) >= needed);
    RC_ASSERT(below == 0 || static_cast<double>(below) < needed + 2e-6);
  }));
}

}  // namespace
}  // namespace cnnselect
