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

double share_of(const std::vector<Duration>& values, Duration value) {
  return static_cast<double>(std::ranges::count(values, value)) /
         static_cast<double>(values.size());
}

TEST(WayBack, TheSameDrawBothWaysIsKnownExactly) {
  WayBackLearner learner;
  Rng rng(1);
  for (int i = 0; i < 1'000; ++i) {
    const Duration way = milliseconds(20 + 100 * rng.uniform());
    learner.add(way, way);
  }
  EXPECT_GE(share_of(estimate(learner, 63ms), 63ms), 0.99);
  EXPECT_GE(share_of(estimate(learner, 400ms), 400ms), 0.99) << "never seen";
}

TEST(WayBack, IndependentWaysGiveASampleOfAll) {
  WayBackLearner learner;
  Rng rng(2);
  for (int i = 0; i < 5'000; ++i) {
    learner.add(milliseconds(100 + 100 * rng.uniform()), milliseconds(100 * rng.uniform()));
  }
  EXPECT_GT(learner.trust(WayBackLearner::kAll), 0.8);
  // A way here that nobody had, far from all others: still a sample of the way back.
  const auto values = estimate(learner, 10ms);
  ASSERT_EQ(values.size(), WayBackLearner::kValues);
  EXPECT_TRUE(std::ranges::is_sorted(values));
  EXPECT_NEAR(to_ms(values[values.size() / 2]), 50, 15);
  EXPECT_GT(values.back(), 90ms);
}

TEST(WayBack, SometimesOneDrawBothWaysIsTrustedAsOften) {
  WayBackLearner learner;
  Rng rng(3);
  for (int i = 0; i < 1'500; ++i) {
    const Duration input = milliseconds(100 * rng.uniform());
    learner.add(input, rng.uniform() < 0.3 ? input : milliseconds(100 * rng.uniform()));
  }
  EXPECT_NEAR(share_of(estimate(learner, 25ms), 25ms), 0.3, 0.12);
}

TEST(WayBack, WhereTheWayBackFollowsTheWayHereTheNearestAreTrusted) {
  WayBackLearner learner;
  Rng rng(4);
  for (int i = 0; i < 1'000; ++i) {
    const double here = 20 + 100 * rng.uniform();
    learner.add(milliseconds(here), milliseconds(10 + here / 2));
  }
  EXPECT_GT(learner.trust(WayBackLearner::kNearest), 0.9);
  const auto values = estimate(learner, 60ms);
  EXPECT_NEAR(to_ms(values[values.size() / 2]), 40, 2);
}

TEST(WayBack, TrustIsAWhole) {
  WayBackLearner learner;
  for (int i = 0; i < 50; ++i) learner.add(Duration(i), Duration(1'000'000 * (i % 7)));
  EXPECT_NEAR(learner.trust(WayBackLearner::kNearest) + learner.trust(WayBackLearner::kAll) +
                  learner.trust(WayBackLearner::kSame),
              1, 1e-12);
}

TEST(WayBack, OldRequestsAreForgotten) {
  WayBackLearner learner;
  for (std::size_t i = 0; i < WayBackLearner::kMemory; ++i) learner.add(10ms, 500ms);
  for (std::size_t i = 0; i < WayBackLearner::kMemory; ++i) learner.add(10ms, 20ms);
  EXPECT_EQ(learner.size(), WayBackLearner::kMemory);
  EXPECT_EQ(estimate(learner, 10ms).back(), 20ms);
  EXPECT_LT(learner.trust(WayBackLearner::kSame), 0.01);
}

TEST(WayBackProperty, TheNeighboursAreTheNearest) {
  EXPECT_TRUE(rc::check([] {
    const auto inputs =
        *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 200)));
    WayBackLearner learner;
    // The way back says how far the way here was from 100, once the shift is taken off again.
    for (const int input : inputs) learner.add(Duration(input), Duration(1'000'000));
    std::vector<Duration> values;
    learner.nearest(Duration(100), values);
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
