#include "select/ramsis_table.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <functional>

#include "cnnselect/rng.h"

namespace cnnselect {
namespace {

constexpr std::size_t kFast = 0;
constexpr std::size_t kMiddle = 1;
constexpr std::size_t kSlow = 2;
const std::vector<RamsisModel> kTableModels = {{0.5, 0.1}, {0.8, 0.3}, {0.9, 0.5}};
constexpr double kHardlyAny = 1e-6;

TEST(RamsisTable, AloneTheMostAccurateThatIsInTime) {
  const RamsisTable table(kTableModels, kHardlyAny);
  EXPECT_EQ(table.choice(1, 1), kSlow);
  EXPECT_EQ(table.choice(1, 0.50), kSlow);
  EXPECT_EQ(table.choice(1, 0.49), kMiddle);
  EXPECT_EQ(table.choice(1, 0.29), kFast);
  EXPECT_EQ(table.choice(1, 0.09), std::nullopt);
  EXPECT_EQ(table.choice(1, -3), std::nullopt);
}

// The head has waited for 0.5, so who is behind it has 0.75 left. After the slow one 0.25 remain,
// enough for the fast one: 0.9 + 0.5. After the middle one 0.45, enough for another: 0.8 + 0.8.
// After the fast one 0.65, enough for the slow one: 0.5 + 0.9.
TEST(RamsisTable, ThinksOfWhoIsBehind) {
  const RamsisTable table(kTableModels, kHardlyAny);
  EXPECT_EQ(table.choice(1, 0.5), kSlow);
  EXPECT_EQ(table.choice(2, 0.5), kMiddle);
  EXPECT_EQ(table.choice(2, 1), kSlow) << "both came just now: time for the slow one twice";
}

// 8 a unit of time: the fast one is busy for 0.8 of it, any other one would be for more than all.
TEST(RamsisTable, UnderLoadTheFasterOnes) {
  const RamsisTable idle(kTableModels, kHardlyAny);
  const RamsisTable busy(kTableModels, 8);
  EXPECT_EQ(idle.choice(1, 1), kSlow);
  EXPECT_EQ(busy.choice(1, 1), kMiddle);
  EXPECT_EQ(busy.choice(6, 0.6), kFast);
  EXPECT_EQ(busy.choice(1'000, 0.6), busy.choice(RamsisTable::kQueued, 0.6));
}

TEST(RamsisTable, TheOrderOfTheModelsAndBeatenOnesChangeNothing) {
  const RamsisTable table(kTableModels, 5);
  const std::vector<RamsisModel> others = {
      {0.9, 0.5}, {0.7, 0.4}, {0.8, 0.3}, {0.5, 0.1}, {0.4, 0.1}};
  const RamsisTable same(others, 5);
  for (std::size_t queued = 1; queued <= RamsisTable::kQueued; ++queued) {
    for (int step = 0; step <= 100; ++step) {
      const auto one = table.choice(queued, step / 100.0);
      const auto other = same.choice(queued, step / 100.0);
      ASSERT_EQ(one.has_value(), other.has_value());
      if (one) {
        ASSERT_EQ(kTableModels[*one].time, others[*other].time) << queued << " " << step;
      }
    }
  }
}

using Rule = std::function<std::optional<std::size_t>(std::size_t queued, double left)>;

/// Mean accuracy per request of one worker in the world that the table is made for: Poisson
/// arrivals, first come first served, certain times.
double accuracy_of(const Rule& rule, const std::vector<RamsisModel>& models, double arrivals) {
  constexpr int kRequests = 20'000;
  Rng rng(1);
  std::deque<double> queue;  // when they came
  double next_arrival = 0;
  double now = 0;
  double sum = 0;
  for (int served = 0; served < kRequests; ++served) {
    if (queue.empty()) now = std::max(now, next_arrival);
    while (next_arrival <= now) {
      queue.push_back(next_arrival);
      next_arrival -= std::log1p(-rng.uniform()) / arrivals;
    }
    const auto model = rule(queue.size(), 1 - (now - queue.front()));
    queue.pop_front();
    sum += model ? models[*model].accuracy : 0;
    now += model ? models[*model].time : models[kFast].time;
  }
  return sum / kRequests;
}

TEST(RamsisTable, BeatsWhatLooksAtTheHeadAloneInTheWorldItIsMadeFor) {
  for (const double arrivals : {2.0, 4.0, 6.0, 8.0}) {
    const RamsisTable table(kTableModels, arrivals);
    const auto largest_that_fits = [](std::size_t, double left) {
      std::optional<std::size_t> best;
      for (std::size_t i = 0; i < kTableModels.size(); ++i) {
        if (kTableModels[i].time <= left) best = i;
      }
      return best;
    };
    const auto planned =
        accuracy_of([&](std::size_t queued, double left) { return table.choice(queued, left); },
                    kTableModels, arrivals);
    const auto greedy = accuracy_of(largest_that_fits, kTableModels, arrivals);
    const auto fast = accuracy_of(
        [](std::size_t, double left) { return left >= 0.1 ? std::optional(kFast) : std::nullopt; },
        kTableModels, arrivals);
    EXPECT_GT(planned, greedy + 0.005) << arrivals;
    EXPECT_GT(planned, fast + 0.005) << arrivals;
  }
}

TEST(RamsisTableProperty, WhatIsChosenIsInTimeAndSomebodyIsWhileTheFastestWouldBe) {
  EXPECT_TRUE(rc::check([] {
    const auto count = *rc::gen::inRange(1, 5);
    std::vector<RamsisModel> models;
    double least = 10;
    for (int i = 0; i < count; ++i) {
      models.push_back({.accuracy = *rc::gen::inRange(0, 101) / 100.0,
                        .time = *rc::gen::inRange(1, 300) / 100.0});
      least = std::min(least, models.back().time);
    }
    const RamsisTable table(models, *rc::gen::inRange(0, 5'000) / 100.0);
    for (std::size_t queued = 1; queued <= RamsisTable::kQueued; ++queued) {
      for (int step = 0; step <= 100; ++step) {
        const double left = step / 100.0;
        const auto model = table.choice(queued, left);
        RC_ASSERT(model.has_value() == (least <= left + 1e-9));
        if (model) RC_ASSERT(models[*model].time <= left + 1e-9);
      }
    }
  }));
}

}  // namespace
}  // namespace cnnselect
