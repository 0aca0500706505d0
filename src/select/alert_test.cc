#include <gtest/gtest.h>

#include "select/registry.h"
#include "select/testing/table5.h"

namespace cnnselect {
namespace {

// As profiled, with a spread of one tenth, and nobody waiting.
constexpr LoadView kCalm{.slowdown_mean = 1, .slowdown_deviation = 0.1};

Selection choose(const std::vector<Candidate>& models, double soft_ms, const LoadView& load) {
  return decide(*make_selector("alert").value(),
                {.candidates = models, .budget = budget_ms(soft_ms, soft_ms), .load = load})
      .selection;
}

// 20 +- 2 and 100 +- 10 ms. With x ms left the slow one scores 0.9 Phi((x - 100) / 10), the fast
// one 0.6: equal at Phi = 2/3, 0.43 deviations above the mean.
const std::vector<Candidate> kAlertModels = {candidate(0.6, 20, 0, 0), candidate(0.9, 100, 0, 1)};

TEST(Alert, WeighsAccuracyByTheChanceOfANormalSlowdown) {
  EXPECT_EQ(choose(kAlertModels, 104.2, kCalm).chosen, 0U);
  EXPECT_EQ(choose(kAlertModels, 104.4, kCalm).chosen, 1U);
}

// At 1.5 times the profile, spread 0.2: 150 +- 20 ms, equal at 158.6.
TEST(Alert, OneSlowdownHoldsForAllModels) {
  const LoadView slow{.slowdown_mean = 1.5, .slowdown_deviation = 0.2};
  EXPECT_EQ(choose(kAlertModels, 158.4, slow).chosen, 0U);
  EXPECT_EQ(choose(kAlertModels, 158.8, slow).chosen, 1U);
}

TEST(Alert, TheSlowdownIsOfTheProfile) {
  std::vector<Candidate> models = kAlertModels;
  models[1].mean = from_ms(200);
  models[1].profiled = from_ms(100);
  EXPECT_EQ(choose(models, 104.4, kCalm).chosen, 1U);
}

// The mean of the models is 60 ms: three who wait for two workers take 90 ms, 135 at 1.5 times.
TEST(Alert, WhoWaitsTakesFromTheTimeLeft) {
  LoadView busy{.waiting = 3, .workers = 2, .slowdown_mean = 1, .slowdown_deviation = 0.1};
  EXPECT_EQ(choose(kAlertModels, 194.2, busy).chosen, 0U);
  EXPECT_EQ(choose(kAlertModels, 194.4, busy).chosen, 1U);
  busy.slowdown_mean = 1.5;
  busy.slowdown_deviation = 0.2;
  EXPECT_EQ(choose(kAlertModels, 293.4, busy).chosen, 0U);
  EXPECT_EQ(choose(kAlertModels, 293.8, busy).chosen, 1U);
  busy.workers = 0;
  EXPECT_EQ(choose(kAlertModels, 158.8, busy).chosen, 1U) << "workers without number: nobody waits";
}

TEST(Alert, WithNoTimeLeftTheFastest) {
  EXPECT_EQ(choose(kAlertModels, 0, kCalm).reason, Reason::kFastestFallback);
  EXPECT_EQ(choose(kAlertModels, -50, kCalm).chosen, 0U);
  EXPECT_EQ(choose(kAlertModels, 10, kCalm).chosen, 0U);
}

TEST(Alert, WithoutALimitTheMostAccurate) {
  EXPECT_EQ(
      decide(*make_selector("alert").value(), kAlertModels, {.soft = kForever, .hard = kForever})
          .selection.chosen,
      1U);
}

TEST(Alert, ASlowdownWithoutSpreadIsAStep) {
  const LoadView exact{.slowdown_mean = 1, .slowdown_deviation = 0};
  EXPECT_EQ(choose(kAlertModels, 100, exact).chosen, 1U);
  EXPECT_EQ(choose(kAlertModels, 99.9, exact).chosen, 0U);
}

}  // namespace
}  // namespace cnnselect
