#include "budget/way_back.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "cnnselect/rng.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

Duration milliseconds(double ms) { return from_ms(ms); }

std::vector<Duration> estimate(const WayBackLearner& learner, Duration input) {
  std::vector<Duration> values = {1s};
  learner.estimate(input, values);
  return values;
}

TEST(WayBack, KnowsNothingAtFirst) { EXPECT_TRUE(estimate(WayBackLearner{}, 10ms).empty()); }

TEST(WayBack, TheSameDrawBothWaysIsKnownExactly) {
  WayBackLearner learner;
  Rng rng(1);
  for (int i = 0; i < 200; ++i) {
    const Duration way = milliseconds(20 + 100 * rng.uniform());
    learner.add(way, way);
  }
  for (const Duration value : estimate(learner, 63ms)) EXPECT_EQ(value, 63ms);
  for (const Duration value : estimate(learner, 400ms)) EXPECT_EQ(value, 400ms) << "never seen";
}

TEST(WayBack, IndependentWaysGiveASampleOfTheWayBack) {
  WayBackLearner learner;
  Rng rng(2);
  for (int i = 0; i < 1'000; ++i) {
    learner.add(milliseconds(50 + rng.uniform()), milliseconds(100 * rng.uniform()));
  }
  const auto values = estimate(learner, 50'500us);
  ASSERT_EQ(values.size(), WayBackLearner::kNeighbours);
  EXPECT_TRUE(std::ranges::is_sorted(values));
  EXPECT_NEAR(to_ms(values[values.size() / 2]), 50, 20);
  EXPECT_LT(values.front(), 20ms);
  EXPECT_GT(values.back(), 80ms);
}

TEST(WayBack, OldRequestsAreForgotten) {
  WayBackLearner learner;
  for (std::size_t i = 0; i < WayBackLearner::kMemory; ++i) learner.add(10ms, 500ms);
  for (std::size_t i = 0; i < WayBackLearner::kMemory; ++i) learner.add(10ms, 20ms);
  EXPECT_EQ(learner.size(), WayBackLearner::kMemory);
  EXPECT_EQ(estimate(learner, 10ms).back(), 20ms);
}

TEST(WayBackProperty, TheNeighboursAreTheNearest) {
  EXPECT_TRUE(rc::check([] {
    const auto inputs =
        *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 200)));
    WayBackLearner learner;
    // The way back says how far the way here was from 100, once the shift is taken off again.
    for (const int input : inputs) learner.add(Duration(input), Duration(1'000'000));
    const auto values = estimate(learner, Duration(100));
    RC_ASSERT(values.size() == std::min(inputs.size(), WayBackLearner::kNeighbours));
    std::vector<int> distances;
    for (const int input : inputs) distances.push_back(std::abs(input - 100));
    std::ranges::sort(distances);
    std::vector<int> found;
    for (const Duration value : values) {
      found.push_back(static_cast<int>(std::abs(value.count() - 1'000'000)));
    }
    std::ranges::sort(found);
    for (std::size_t i = 0; i < found.size(); ++i) RC_ASSERT(found[i] == distances[i]);
  }));
}

}  // namespace
}  // namespace cnnselect
