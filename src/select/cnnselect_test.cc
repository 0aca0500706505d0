#include <gtest/gtest.h>

#include "select/registry.h"
#include "select/testing/table5.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

// The situation of the paper's Fig. 11: A(m3) > A(m1) > A(m2), m3 is the base, m1 is too far below.
// T_L = 80: d = |80 - 70| + 5 = 15, T_E = [65, 95].
std::vector<Candidate> walkthrough() {
  return {candidate(0.7, 50, 5, 1), candidate(0.6, 85, 4, 2), candidate(0.8, 70, 5, 3)};
}

TEST(Cnnselect, DecidesTheWalkthroughAsWorkedByHand) {
  const auto policy = make_selector("cnnselect").value();
  const auto [selection, probability] = decide(*policy, walkthrough(), budget_ms(100, 80));
  EXPECT_EQ(selection.base, 2U);
  EXPECT_EQ(selection.reason, Reason::kExplored);
  // U(m2) = 0.6 * (100 - 89) / |80 - 85| = 1.32; U(m3) = 0.8 * (100 - 75) / |80 - 70| = 2.
  EXPECT_DOUBLE_EQ(probability[0], 0);
  EXPECT_NEAR(probability[1], 1.32 / 3.32, 1e-12);
  EXPECT_NEAR(probability[2], 2.0 / 3.32, 1e-12);
}

TEST(Cnnselect, AsPrintedTheBaseModelItselfIsLeftOut) {
  const auto policy = make_selector("cnnselect-printed").value();
  // T_E = [70 + 5, 2 * 80 - 70 + 5] = [75, 95]: only m2 is inside.
  const auto [selection, probability] = decide(*policy, walkthrough(), budget_ms(100, 80));
  EXPECT_EQ(selection.base, 2U);
  EXPECT_EQ(selection.chosen, 1U);
  EXPECT_EQ(selection.reason, Reason::kExplored) << "m2 is not the base model";
  EXPECT_EQ(probability, (std::vector{0.0, 1.0, 0.0}));
}

TEST(Cnnselect, AsPrintedFallsBackToTheBaseModelWhenNobodyIsLeft) {
  const auto policy = make_selector("cnnselect-printed").value();
  const auto [selection, probability] =
      decide(*policy, {candidate(0.8, 70, 5)}, budget_ms(100, 80));
  EXPECT_EQ(selection.chosen, 0U);
  EXPECT_EQ(selection.reason, Reason::kBaseOnly);
}

struct Row {
  const char* why;
  Budget budget;
  std::size_t base;
  Reason reason;
};

TEST(Cnnselect, PicksTheBaseModelOfTable5) {
  const Row rows[] = {
      {"no time at all: the fastest, at once", budget_ms(0, 0), kMobileNet025,
       Reason::kFastestFallback},
      {"the deadline has passed", budget_ms(-50, -60), kMobileNet025, Reason::kFastestFallback},
      {"25.73 + 1.22 is not below 26.95: strict", budget_ms(26.95, 26.95), kMobileNet025,
       Reason::kFastestFallback},
      {"a threshold beyond the budget leaves T_L <= 0", budget_ms(60, -1), kMobileNet025,
       Reason::kFastestFallback},
      {"45 ms fit every MobileNet", budget_ms(45, 45), kMobileNet10, Reason::kExplored},
      {"InceptionV3's 56.95 ms just fit", budget_ms(57, 57), kInceptionV3, Reason::kBaseOnly},
      {"InceptionResNetV2 would fit, InceptionV3 is better", budget_ms(83, 83), kInceptionV3,
       Reason::kExplored},
      {"84 ms fit InceptionV4, and nothing else is as near", budget_ms(84, 84), kInceptionV4,
       Reason::kBaseOnly},
      {"a threshold keeps InceptionV4 out: 82.78 - 0.89 is not below T_L", budget_ms(84, 81),
       kInceptionV3, Reason::kExplored},
      {"120 ms fit the largest", budget_ms(120, 120), kNasNetLarge, Reason::kBaseOnly},
  };
  const auto policy = make_selector("cnnselect").value();
  for (const auto& [why, budget, base, reason] : rows) {
    const auto decision = decide(*policy, table5(), budget);
    EXPECT_EQ(decision.selection.base, base) << why;
    EXPECT_EQ(decision.selection.reason, reason) << why;
  }
}

// What is not known of the way back: 30 ms or, once in four times, 60. T_U = 130 takes the 30 off.
// InceptionV4: 82.78 - 0.89 < 130 - 30 - 0.89, a base; NasNet Large: 112.61 - 6.09 is not below
// 130 - 30 - 6.09, though with a threshold of nothing it would be one.
TEST(CnnselectAuto, KeepsTheSpreadOfTheWayBackFree) {
  const std::vector<Duration> way_back = {30ms, 30ms, 30ms, 60ms};
  const auto models = table5();
  const auto policy = make_selector("cnnselect-auto").value();
  EXPECT_TRUE(policy->reads_distributions());
  Rng rng(1);
  std::vector<double> probability(models.size());
  const SelectionInput told{
      .candidates = models, .budget = budget_ms(130, 130), .way_back = way_back, .output = 30ms};
  EXPECT_EQ(policy->select(told, rng, probability).base, kInceptionV4);
  SelectionInput guess = told;
  guess.way_back = {};
  EXPECT_EQ(policy->select(guess, rng, probability).base, kNasNetLarge)
      << "only sigma is kept free";
}

TEST(CnnselectAuto, KeepsEachModelsDeviationFree) {
  const auto policy = make_selector("cnnselect-auto").value();
  // T_L is soft - sigma of each: 100 - 12 - 12 < 100 - 12, and the budget's own T_L is not read.
  const std::vector<Candidate> models = {candidate(0.5, 20, 1), candidate(0.9, 87, 12)};
  EXPECT_EQ(decide(*policy, models, budget_ms(100, -1'000)).selection.base, 1U);
  EXPECT_EQ(decide(*policy, models, budget_ms(98, 98)).selection.base, 0U) << "87 + 12 > 98";
}

TEST(Cnnselect, AModelThatOnlyReachesTheHardLimitIsNoBase) {
  const std::vector models{candidate(0.8, 70, 5), candidate(0.5, 20, 1)};
  EXPECT_EQ(decide(*make_selector("cnnselect").value(), models, budget_ms(100, 65)).selection.base,
            1U)
      << "70 - 5 is not below 65: strict";
  EXPECT_EQ(
      decide(*make_selector("cnnselect").value(), models, budget_ms(100, 65.001)).selection.base,
      0U);
}

TEST(Cnnselect, AnInfiniteSoftLimitLeavesAccuracyOverDistance) {
  const auto policy = make_selector("cnnselect").value();
  const Duration hard = from_ms(80);
  const auto [selection, probability] =
      decide(*policy, walkthrough(), {.soft = kForever, .hard = hard});
  EXPECT_EQ(selection.base, 2U);
  // 0.6 / |80 - 85| = 0.12 and 0.8 / |80 - 70| = 0.08.
  EXPECT_NEAR(probability[1], 0.6, 1e-12);
  EXPECT_NEAR(probability[2], 0.4, 1e-12);
  const auto nearly = decide(*policy, walkthrough(), {.soft = kForever - 1ns, .hard = hard});
  EXPECT_NEAR(nearly.probability[1], 0.6, 1e-9) << "the limit of ever larger T_U";
}

TEST(Cnnselect, ConvergesOnTheMostAccurateModelAsTimeGrows) {
  const auto policy = make_selector("cnnselect").value();
  for (const Duration soft : {Duration(2s), Duration(1h), kForever}) {
    const auto decision = decide(*policy, table5(), {.soft = soft, .hard = soft});
    EXPECT_EQ(decision.selection.chosen, kNasNetLarge);
    EXPECT_DOUBLE_EQ(decision.probability[kNasNetLarge], 1.0);
  }
}

TEST(Cnnselect, NeverMakesInceptionResNetV2TheBaseModel) {
  const auto policy = make_selector("cnnselect").value();
  for (double soft = 1; soft < 400; soft += 0.5) {
    EXPECT_NE(decide(*policy, table5(), budget_ms(soft, soft - 5)).selection.base,
              kInceptionResNetV2);
  }
}

TEST(Cnnselect, DrawsADominatedModelOnlyWhenTheyAreKept) {
  // Base InceptionV3, T_E = [54.55, 111.45]: InceptionResNetV2 is slower and worse, and inside.
  const Budget budget = budget_ms(83, 83);
  const auto keeping = decide(*make_selector("cnnselect").value(), table5(), budget);
  EXPECT_GT(keeping.probability[kInceptionResNetV2], 0);
  const auto dropping = decide(*make_selector("cnnselect-frontier").value(), table5(), budget);
  EXPECT_DOUBLE_EQ(dropping.probability[kInceptionResNetV2], 0);
  EXPECT_GT(dropping.probability[kInceptionV3], 0);
}

TEST(Cnnselect, AMeanExactlyAtTheHardLimitGivesAFiniteWeight) {
  const auto [selection, probability] =
      decide(*make_selector("cnnselect").value(), {candidate(0.8, 70, 5), candidate(0.7, 72, 1)},
             budget_ms(100, 70));
  EXPECT_GT(probability[0], 0.99) << "the distance of 0 counts as a microsecond";
  EXPECT_LT(probability[0], 1.0);
}

TEST(Cnnselect, SameSeedSameDraw) {
  const auto policy = make_selector("cnnselect").value();
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto one = decide(*policy, table5(), budget_ms(45, 45), kForever, seed);
    const auto two = decide(*policy, table5(), budget_ms(45, 45), kForever, seed);
    EXPECT_EQ(one.selection.chosen, two.selection.chosen);
  }
}

}  // namespace
}  // namespace cnnselect
