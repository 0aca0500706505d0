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
  // Of independent draws the last hundred are a sample of all as well.
  EXPECT_GT(learner.trust(WayBackLearner::kAll) + learner.trust(WayBackLearner::kLately), 0.8);
  EXPECT_GT(learner.trust(WayBackLearner::kAll), learner.trust(WayBackLearner::kLately));
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
  double sum = 0;
  for (std::size_t guess = 0; guess < WayBackLearner::kGuesses; ++guess) {
    sum += learner.trust(static_cast<WayBackLearner::Guess>(guess));
  }
  EXPECT_NEAR(sum, 1, 1e-12);
}

TEST(WayBack, OldRequestsAreForgotten) {
  WayBackLearner learner;
  for (std::size_t i = 0; i < WayBackLearner::kMemory; ++i) learner.add(10ms, 500ms);
  for (std::size_t i = 0; i < WayBackLearner::kMemory; ++i) learner.add(10ms, 20ms);
  EXPECT_EQ(learner.size(), WayBackLearner::kMemory);
  EXPECT_EQ(estimate(learner, 10ms).back(), 20ms);
  EXPECT_LT(learner.trust(WayBackLearner::kSame), 0.01);
}

double share_of_at_least(const std::vector<Duration>& values, Duration least) {
  return static_cast<double>(
             std::ranges::count_if(values, [=](Duration d) { return d >= least; })) /
         static_cast<double>(values.size());
}

// A network that moves by steps, whatever the way here says: what the last steps were is known only
// after `lag` further requests.
WayBackLearner taught_of_steps(int requests, int each, int lag) {
  WayBackLearner learner;
  Rng rng(5);
  std::vector<std::pair<Duration, Duration>> ways;
  double back = 50;
  for (int i = 0; i < requests; ++i) {
    if (i % each == 0) back = 20 + 100 * rng.uniform();
    ways.emplace_back(milliseconds(20 + 100 * rng.uniform()), milliseconds(back + rng.uniform()));
    if (i < lag) continue;
    const auto& [input, output] = ways[static_cast<std::size_t>(i - lag)];
    // It was here just before request i - lag + 1, and is told just before request i + 1.
    learner.add(input, output, {.arrived = TimePoint((i - lag) * 1s), .told = TimePoint(i * 1s)});
  }
  return learner;
}

TEST(WayBack, WhatLastsIsKnownFromTheLatest) {
  const WayBackLearner learner = taught_of_steps(3'000, 100, 1);
  EXPECT_GT(learner.trust(WayBackLearner::kLatest), 0.8);
  EXPECT_LT(learner.trust(WayBackLearner::kLatestMoved), 0.1) << "the way here says nothing";
  std::vector<Duration> room;
  const auto latest = learner.values_of(WayBackLearner::kLatest, 60ms, TimePoint::max(), room);
  EXPECT_EQ(latest.size(), WayBackLearner::kLatestOnes);
  const auto values = estimate(learner, 60ms);
  EXPECT_NEAR(to_ms(values[values.size() / 2]), to_ms(latest[5]), 1);
}

TEST(WayBack, ANetworkThatHasBecomeAnotherOneIsFollowed) {
  WayBackLearner learner;
  Rng rng(6);
  const auto teach = [&](double least, int times) {
    for (int i = 0; i < times; ++i) {
      learner.add(milliseconds(least + 50 * rng.uniform()),
                  milliseconds(least + 50 * rng.uniform()));
    }
  };
  teach(10, 4'000);
  teach(200, 200);
  EXPECT_GE(share_of_at_least(estimate(learner, 225ms), 200ms), 0.7);
}

TEST(WayBack, ALatestThatIsTooOldIsNotTrusted) {
  // What is told is already over: of steps of 20 requests one hears 40 requests later.
  EXPECT_LT(taught_of_steps(3'000, 20, 40).trust(WayBackLearner::kLatest), 0.2);
  EXPECT_GT(taught_of_steps(3'000, 200, 40).trust(WayBackLearner::kLatest), 0.4);
}

TEST(WayBack, AGuessKnowsWhatWasToldByThen) {
  WayBackLearner learner;
  for (int i = 1; i <= 20; ++i) {
    learner.add(milliseconds(10), milliseconds(i), {.arrived = {}, .told = TimePoint(i * 1s)});
  }
  std::vector<Duration> room;
  for (const auto guess :
       {WayBackLearner::kNearest, WayBackLearner::kLatest, WayBackLearner::kLatestMoved}) {
    EXPECT_TRUE(learner.values_of(guess, 10ms, TimePoint(999ms), room).empty());
    EXPECT_EQ(learner.values_of(guess, 10ms, TimePoint(15s), room).back(), 15ms);
    EXPECT_EQ(learner.values_of(guess, 10ms, TimePoint::max(), room).back(), 20ms);
  }
  EXPECT_EQ(learner.values_of(WayBackLearner::kLatest, 10ms, TimePoint(15s), room).front(), 6ms);
}

TEST(WayBackProperty, TheLatelyOnesAreTheLastHundred) {
  EXPECT_TRUE(rc::check([] {
    const auto memory = *rc::gen::inRange<std::size_t>(1, 200);
    WayBackLearner learner(memory, WayBackLearner());
    std::vector<Duration> told;
    const int events = *rc::gen::inRange(1, 300);
    for (int i = 0; i < events; ++i) {
      told.emplace_back((i * 7919) % 1'009);
      learner.add(Duration(5), told.back(), {.arrived = {}, .told = TimePoint(Duration(i))});
    }
    const auto last = std::min({told.size(), memory, WayBackLearner::kLatelyOnes});
    std::vector<Duration> expected(told.end() - static_cast<std::ptrdiff_t>(last), told.end());
    std::ranges::sort(expected);
    std::vector<Duration> room;
    for (const TimePoint known : {TimePoint(Duration(events)), TimePoint::max()}) {
      const auto found = learner.values_of(WayBackLearner::kLately, Duration(5), known, room);
      RC_ASSERT(std::ranges::equal(found, expected));
    }
  }));
}

TEST(WayBackProperty, AnEstimateIsWholeWhateverWasToldWhen) {
  EXPECT_TRUE(rc::check([] {
    WayBackLearner learner(*rc::gen::inRange<std::size_t>(1, 40), WayBackLearner());
    TimePoint now{};
    const int events = *rc::gen::inRange(1, 100);
    std::size_t told = 0;
    for (int i = 0; i < events; ++i) {
      now += Duration(*rc::gen::inRange(0, 3));
      learner.add(Duration(*rc::gen::inRange(0, 50)), Duration(*rc::gen::inRange(0, 50)),
                  {.arrived = now - Duration(*rc::gen::inRange(0, 20)), .told = now});
      ++told;
    }
    const auto values = estimate(learner, Duration(*rc::gen::inRange(0, 100)));
    RC_ASSERT(values.size() == WayBackLearner::kValues);
    RC_ASSERT(std::ranges::is_sorted(values));
    RC_ASSERT(values.front() >= Duration::zero());
    RC_ASSERT(learner.size() <= told);
  }));
}

TEST(WayBackProperty, TheNeighboursAreTheNearest) {
  EXPECT_TRUE(rc::check([] {
    const auto inputs =
        *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 200)));
    WayBackLearner learner;
    // The way back says how far the way here was from 100, once the shift is taken off again.
    for (const int input : inputs) learner.add(Duration(input), Duration(1'000'000));
    std::vector<Duration> room;
    const auto values =
        learner.values_of(WayBackLearner::kNearest, Duration(100), TimePoint::max(), room);
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
