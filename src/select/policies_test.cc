#include <gtest/gtest.h>

#include "select/registry.h"
#include "select/testing/table5.h"

namespace cnnselect {
namespace {

TEST(BudgetGreedy, TakesTheMostAccurateThatFits) {
  const auto policy = make_selector("budget-greedy").value();
  EXPECT_EQ(decide(*policy, table5(), budget_ms(57, 0)).selection.chosen, kInceptionV3);
  EXPECT_EQ(decide(*policy, table5(), budget_ms(200, 0)).selection.chosen, kNasNetLarge);
  const auto late = decide(*policy, table5(), budget_ms(20, 0));
  EXPECT_EQ(late.selection.chosen, kMobileNet025);
  EXPECT_EQ(late.selection.reason, Reason::kFastestFallback);
}

TEST(Mdinference, ChoosesAsBudgetGreedy) {
  for (int soft = 20; soft < 130; ++soft) {
    EXPECT_EQ(decide(*make_selector("mdinference").value(), table5(), budget_ms(soft, 0))
                  .selection.chosen,
              decide(*make_selector("budget-greedy").value(), table5(), budget_ms(soft, 0))
                  .selection.chosen);
  }
  EXPECT_EQ(make_selector("mdinference").value()->name(), "mdinference");
}

TEST(StaticGreedy, SeesNothingButTheSla) {
  const auto policy = make_selector("static-greedy").value();
  const Budget spent = budget_ms(-100, -100);
  EXPECT_EQ(decide(*policy, table5(), spent, from_ms(200)).selection.chosen, kNasNetLarge)
      << "the network has eaten the budget, and it does not look";
  EXPECT_EQ(decide(*policy, table5(), spent, from_ms(112.61)).selection.chosen, kInceptionV4)
      << "mu < T_sla is strict";
  EXPECT_EQ(decide(*policy, table5(), spent, from_ms(10)).selection.reason,
            Reason::kFastestFallback);
}

TEST(Exploration, DrawsByAccuracyWhateverTheBudget) {
  const std::vector models{candidate(0.2, 10, 1), candidate(0.6, 500, 1)};
  const auto decision = decide(*make_selector("exploration").value(), models, budget_ms(1, 1));
  EXPECT_NEAR(decision.probability[0], 0.25, 1e-12);
  EXPECT_NEAR(decision.probability[1], 0.75, 1e-12);
}

TEST(UniformEligible, DrawsEvenlyAmongWhatFits) {
  const std::vector models{candidate(0.2, 10, 1), candidate(0.6, 20, 1), candidate(0.9, 90, 1)};
  const auto decision =
      decide(*make_selector("uniform-eligible").value(), models, budget_ms(30, 30));
  EXPECT_EQ(decision.probability, (std::vector{0.5, 0.5, 0.0}));
  EXPECT_EQ(
      decide(*make_selector("uniform-eligible").value(), models, budget_ms(5, 5)).selection.reason,
      Reason::kFastestFallback);
}

TEST(WeightedEligible, DrawsByAccuracyAmongWhatFits) {
  const std::vector models{candidate(0.2, 10, 1), candidate(0.6, 20, 1), candidate(0.9, 90, 1)};
  const auto decision =
      decide(*make_selector("weighted-eligible").value(), models, budget_ms(30, 30));
  EXPECT_NEAR(decision.probability[0], 0.25, 1e-12);
  EXPECT_NEAR(decision.probability[1], 0.75, 1e-12);
  EXPECT_DOUBLE_EQ(decision.probability[2], 0.0);
}

TEST(FixedPolicies, IgnoreTheBudget) {
  for (const Budget budget : {budget_ms(-1, -1), budget_ms(50, 40), budget_ms(5000, 5000)}) {
    EXPECT_EQ(decide(*make_selector("fastest").value(), table5(), budget).selection.chosen,
              kMobileNet025);
    EXPECT_EQ(decide(*make_selector("most-accurate").value(), table5(), budget).selection.chosen,
              kNasNetLarge);
    EXPECT_EQ(decide(*make_selector("fastest").value(), table5(), budget).selection.reason,
              Reason::kFixed);
  }
}

TEST(RandomPolicy, GivesEveryModelTheSameChance) {
  const auto decision = decide(*make_selector("random").value(), table5(), budget_ms(0, 0));
  for (const double p : decision.probability) EXPECT_NEAR(p, 1.0 / 11, 1e-12);
}

}  // namespace
}  // namespace cnnselect
