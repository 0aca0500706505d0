#include "cnnselect/candidates.h"

#include <gtest/gtest.h>

#include <vector>

#include "select/testing/table5.h"

namespace cnnselect {
namespace {

TEST(Candidates, FastestPrefersAccuracyAmongEqualMeans) {
  EXPECT_EQ(fastest(std::vector{candidate(0.5, 10, 1), candidate(0.6, 10, 1)}), 1U);
  EXPECT_EQ(fastest(std::vector{candidate(0.9, 11, 1), candidate(0.1, 10, 9)}), 1U);
  EXPECT_EQ(fastest(std::vector{candidate(0.5, 10, 1), candidate(0.5, 10, 1)}), 0U);
}

TEST(Candidates, MostAccuratePrefersTheSmallerMeanAmongEquals) {
  const std::vector models{candidate(0.7, 20, 1), candidate(0.7, 10, 1), candidate(0.6, 1, 1)};
  EXPECT_EQ(most_accurate(models, [](const Candidate&) { return true; }), 1U);
  EXPECT_EQ(most_accurate(models, [](const Candidate&) { return false; }), std::nullopt);
}

// The hull of (10, 0.5), (20, 0.7), (40, 0.8): the models at 15 and 30 ms lie below it.
TEST(Candidates, TheHullIsWalkedByTheSteepestEdge) {
  const std::vector models{candidate(0.8, 40, 1), candidate(0.5, 10, 1), candidate(0.7, 20, 1),
                           candidate(0.55, 15, 1), candidate(0.74, 30, 1)};
  const auto first = next_on_hull(models, 1, kAnyModel);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->to, 2U);
  EXPECT_NEAR(first->slope, 0.2 / 10e6, 1e-18);
  EXPECT_EQ(next_on_hull(models, 2, kAnyModel)->to, 0U);
  EXPECT_FALSE(next_on_hull(models, 0, kAnyModel)) << "nothing is more accurate";
  const auto quick = [](const Candidate& model) { return model.mean < from_ms(35); };
  EXPECT_EQ(next_on_hull(models, 2, quick)->to, 4U);
}

TEST(Candidates, OfOneSlopeTheNearest) {
  const std::vector models{candidate(0.5, 10, 1), candidate(0.75, 30, 1), candidate(0.625, 20, 1)};
  EXPECT_EQ(next_on_hull(models, 0, kAnyModel)->to, 2U);
}

TEST(Candidates, NormalTimesAreBelowTheirMeanInOneCaseOfTwo) {
  EXPECT_DOUBLE_EQ(normal_at_most(50, 50, 10), 0.5);
  EXPECT_NEAR(normal_at_most(60, 50, 10), 0.841345, 1e-6);
  EXPECT_NEAR(normal_at_most(30, 50, 10), 0.022750, 1e-6);
  EXPECT_EQ(normal_at_most(50, 50, 0), 1) << "without a deviation it is known";
  EXPECT_EQ(normal_at_most(49.9, 50, 0), 0);
}

TEST(Candidates, FittingIsStrict) {
  const Candidate model = candidate(0.5, 10, 2);
  EXPECT_FALSE(fits(model, real(from_ms(12))));
  EXPECT_TRUE(fits(model, real(from_ms(12.001))));
  EXPECT_TRUE(fits(model, real(kForever)));
  EXPECT_FALSE(fits(model, real(Duration::min())));
}

TEST(Draw, TurnsWeightsIntoProbabilities) {
  Rng rng(1);
  std::vector<double> weight{1, 0, 3};
  const Selection selection = draw(0, rng, weight);
  EXPECT_EQ(weight, (std::vector{0.25, 0.0, 0.75}));
  EXPECT_NE(selection.chosen, 1U);
  EXPECT_EQ(selection.reason, Reason::kExplored);
}

TEST(Draw, FollowsTheProbabilitiesInTheLongRun) {
  Rng rng(11);
  int third = 0;
  for (int i = 0; i < 10'000; ++i) {
    std::vector<double> weight{1, 0, 3};
    if (draw(0, rng, weight).chosen == 2) ++third;
  }
  EXPECT_NEAR(third / 10'000.0, 0.75, 0.02);
}

TEST(Draw, OneWeightIsNoDraw) {
  Rng rng(1);
  std::vector<double> weight{0, 2};
  const Selection selection = draw(1, rng, weight);
  EXPECT_EQ(selection.chosen, 1U);
  EXPECT_EQ(selection.reason, Reason::kBaseOnly);
  EXPECT_EQ(weight, (std::vector{0.0, 1.0}));
}

TEST(Draw, OneWeightBesidesTheBaseIsExploration) {
  Rng rng(1);
  std::vector<double> weight{0, 2};
  const Selection selection = draw(0, rng, weight);
  EXPECT_EQ(selection.chosen, 1U);
  EXPECT_EQ(selection.base, 0U);
  EXPECT_EQ(selection.reason, Reason::kExplored) << "what was chosen is not the base";
}

TEST(Draw, WithoutABaseModelTheChosenOneIsReported) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Rng rng(seed);
    std::vector<double> weight{1, 0, 3};
    const Selection selection = draw_without_base(1, rng, weight);
    EXPECT_EQ(selection.base, selection.chosen);
    EXPECT_EQ(selection.reason, Reason::kExplored);
  }
  Rng rng(1);
  std::vector<double> weight{0, 2};
  EXPECT_EQ(draw_without_base(0, rng, weight).reason, Reason::kBaseOnly) << "no draw among one";
}

TEST(Draw, WithoutAnyWeightTheBaseIsChosen) {
  Rng rng(1);
  std::vector<double> weight{0, 0};
  EXPECT_EQ(draw(1, rng, weight).chosen, 1U);
  EXPECT_EQ(weight, (std::vector{0.0, 1.0}));
}

// Who is drawn among, and by what weight.
struct DrawCase {
  const char* what;
  double soft_ms;
  std::vector<double> evenly;       // probabilities, one per model
  std::vector<double> by_accuracy;  // likewise
};

TEST(DrawAmong, OnlyTheEligibleInProportionToTheirWeight) {
  const std::vector<Candidate> models = {candidate(0.2, 10, 0, 0), candidate(0.6, 20, 0, 1),
                                         candidate(0.8, 40, 0, 2)};
  const DrawCase cases[] = {
      {"all fit", 100, {1.0 / 3, 1.0 / 3, 1.0 / 3}, {0.125, 0.375, 0.5}},
      {"two fit", 30, {0.5, 0.5, 0}, {0.25, 0.75, 0}},
      {"one fits", 15, {1, 0, 0}, {1, 0, 0}},
      {"none fits: the fastest", 5, {1, 0, 0}, {1, 0, 0}},
  };
  for (const auto& [what, soft_ms, evenly, by_accuracy] : cases) {
    Rng rng(1);
    std::vector<double> probability(models.size(), -1);
    const auto eligible = fits_within(budget_ms(soft_ms, soft_ms));
    const Selection even = draw_among(models, eligible, kEvenly, rng, probability);
    for (std::size_t i = 0; i < models.size(); ++i) {
      EXPECT_NEAR(probability[i], evenly[i], 1e-12) << what;
    }
    EXPECT_GT(probability[even.chosen], 0) << what;
    draw_among(models, eligible, kByAccuracy, rng, probability);
    for (std::size_t i = 0; i < models.size(); ++i) {
      EXPECT_NEAR(probability[i], by_accuracy[i], 1e-12) << what;
    }
    EXPECT_EQ(even.reason == Reason::kFastestFallback, soft_ms < 10) << what;
  }
}

TEST(DrawAmong, EveryEligibleModelIsDrawnAsOftenAsItsProbabilitySays) {
  const std::vector<Candidate> models = {candidate(0.2, 10, 0, 0), candidate(0.6, 20, 0, 1),
                                         candidate(0.8, 40, 0, 2)};
  Rng rng(3);
  std::vector<double> probability(models.size());
  std::vector<int> drawn(models.size());
  constexpr int kDraws = 20'000;
  for (int i = 0; i < kDraws; ++i) {
    ++drawn[draw_among(models, kAnyModel, kByAccuracy, rng, probability).chosen];
  }
  for (std::size_t i = 0; i < models.size(); ++i) {
    EXPECT_NEAR(static_cast<double>(drawn[i]) / kDraws, probability[i], 0.015) << i;
  }
}

}  // namespace
}  // namespace cnnselect
