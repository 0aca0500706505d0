#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "select/registry.h"
#include "select/testing/table5.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

Decision plan(const std::vector<Candidate>& models, double rate, double soft_ms = 10'000,
              std::size_t workers = 1, Duration waited = 0ms) {
  return decide(*make_selector("proteus").value(), {.candidates = models,
                                                    .budget = budget_ms(soft_ms, soft_ms),
                                                    .waited = waited,
                                                    .load = {.waiting = 5,
                                                             .workers = workers,
                                                             .arrivals_per_second = 1,
                                                             .period_arrivals_per_second = rate}});
}

// On the hull but for the one at 30 ms.
const std::vector<Candidate> kProteusModels = {candidate(0.5, 10, 0, 0), candidate(0.7, 20, 0, 1),
                                               candidate(0.71, 30, 0, 2), candidate(0.8, 40, 0, 3)};

// At 40 a second one worker affords 25 ms: a quarter at 40 ms and the rest at 20.
TEST(Proteus, MixesTheHullsNeighboursOfTheAffordableTime) {
  const auto mixed = plan(kProteusModels, 40);
  EXPECT_NEAR(mixed.probability[1], 0.75, 1e-12);
  EXPECT_NEAR(mixed.probability[3], 0.25, 1e-12);
  EXPECT_EQ(mixed.selection.reason, Reason::kExplored);
  const auto two_workers = plan(kProteusModels, 80, 10'000, 2);
  EXPECT_NEAR(two_workers.probability[3], 0.25, 1e-12) << "twice the load, twice the workers";
}

TEST(Proteus, WithTimeForAllTheMostAccurate) {
  EXPECT_EQ(plan(kProteusModels, 25).probability[3], 1);
  EXPECT_EQ(plan(kProteusModels, 0).probability[3], 1);
  EXPECT_EQ(plan(kProteusModels, 1'000, 10'000, 0).probability[3], 1) << "workers without number";
}

TEST(Proteus, WithTooLittleTheFastest) {
  EXPECT_EQ(plan(kProteusModels, 101).selection.reason, Reason::kFastestFallback);
  EXPECT_EQ(plan(kProteusModels, 101).probability[0], 1);
}

TEST(Proteus, OnlyModelsThatTakeHalfTheTimeAtMost) {
  EXPECT_NEAR(plan(kProteusModels, 40, 79).probability[2], 0.5, 1e-12)
      << "without the 40 ms, 25 ms are half 20 and half 30";
  EXPECT_NEAR(plan(kProteusModels, 40, 30, 1, 50ms).probability[3], 0.25, 1e-12)
      << "80 ms when the request came";
  EXPECT_EQ(plan(kProteusModels, 1, 19).selection.reason, Reason::kFastestFallback);
}

// The best of all mixes of two models; no more than two are ever needed.
double best_of_pairs(const std::vector<Candidate>& models, double share_ms) {
  double best = -1;
  for (const auto& one : models) {
    const double low = to_ms(one.mean);
    if (low > share_ms) continue;
    best = std::max(best, one.accuracy);
    for (const auto& other : models) {
      const double high = to_ms(other.mean);
      if (high <= share_ms) continue;
      const double of_other = (share_ms - low) / (high - low);
      best = std::max(best, one.accuracy + of_other * (other.accuracy - one.accuracy));
    }
  }
  return best;
}

TEST(ProteusProperty, NoMixOfTwoIsBetterAndTheWorkersSustainIt) {
  EXPECT_TRUE(rc::check([] {
    const auto count = *rc::gen::inRange<std::uint32_t>(1, 9);
    std::vector<Candidate> models;
    for (std::uint32_t id = 0; id < count; ++id) {
      models.push_back(
          candidate(*rc::gen::inRange(0, 101) / 100.0, *rc::gen::inRange(1, 100), 0, id));
    }
    const double share_ms = *rc::gen::inRange(1, 100);
    const auto decision = plan(models, 1'000 / share_ms);
    const double best = best_of_pairs(models, share_ms);
    if (best < 0) {
      RC_ASSERT(decision.selection.reason == Reason::kFastestFallback);
      return;
    }
    double accuracy = 0;
    double mean_ms = 0;
    for (std::size_t i = 0; i < models.size(); ++i) {
      accuracy += decision.probability[i] * models[i].accuracy;
      mean_ms += decision.probability[i] * to_ms(models[i].mean);
    }
    RC_ASSERT(std::abs(accuracy - best) < 1e-9);
    RC_ASSERT(mean_ms <= share_ms + 1e-9);
  }));
}

}  // namespace
}  // namespace cnnselect
