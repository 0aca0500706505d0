#include <gtest/gtest.h>

#include "select/registry.h"
#include "select/testing/table5.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

// 10, 40 and 100 ms for certain: one worker serves 100, 25 and 10 a second.
const std::vector<Candidate> kSwitchedModels = {candidate(0.5, 10, 0, 0), candidate(0.7, 40, 0, 1),
                                                candidate(0.9, 100, 0, 2)};

Selection choose(double soft_ms, double rate, Duration waited = 0ms, std::size_t workers = 2) {
  const LoadView load{.waiting = 9,
                      .workers = workers,
                      .arrivals_per_second = 1,
                      .period_arrivals_per_second = rate};
  return decide(*make_selector("model-switching").value(), {.candidates = kSwitchedModels,
                                                            .budget = budget_ms(soft_ms, soft_ms),
                                                            .waited = waited,
                                                            .load = load})
      .selection;
}

TEST(ModelSwitching, TwoExecutionsFitWhatTheNetworkLeaves) {
  EXPECT_EQ(choose(200, 0).chosen, 2U);
  EXPECT_EQ(choose(199, 0).chosen, 1U);
  EXPECT_EQ(choose(80, 0).chosen, 1U);
  EXPECT_EQ(choose(79, 0).chosen, 0U);
  EXPECT_EQ(choose(79, 0).reason, Reason::kBaseOnly);
  EXPECT_EQ(choose(19, 0).reason, Reason::kFastestFallback);
}

TEST(ModelSwitching, WaitingChangesNothing) {
  EXPECT_EQ(choose(120, 0, 80ms).chosen, 2U) << "200 ms when it came";
  EXPECT_EQ(choose(-300, 0, 500ms).chosen, 2U);
}

TEST(ModelSwitching, KeepsUpWithThePeriodsArrivalsAndFiveInAHundredMore) {
  EXPECT_EQ(choose(500, 19).chosen, 2U) << "two workers serve 20 a second, 19 and more are 19.95";
  EXPECT_EQ(choose(500, 19.1).chosen, 1U);
  EXPECT_EQ(choose(500, 47.6).chosen, 1U);
  EXPECT_EQ(choose(500, 47.7).chosen, 0U);
  EXPECT_EQ(choose(500, 191).reason, Reason::kFastestFallback) << "nobody keeps up";
  EXPECT_EQ(choose(500, 191, 0ms, 0).chosen, 2U) << "but workers without number do";
}

TEST(ModelSwitching, CountsTheTailAndNotTheMean) {
  const std::vector<Candidate> wild = {candidate(0.5, 10, 0, 0), candidate(0.7, 40, 10, 1)};
  const auto chosen = [&](double soft_ms) {
    return decide(*make_selector("model-switching").value(), wild, budget_ms(soft_ms, 0))
        .selection.chosen;
  };
  EXPECT_EQ(chosen(113), 1U) << "the 95th percentile is 56.4 ms";
  EXPECT_EQ(chosen(112), 0U);
}

}  // namespace
}  // namespace cnnselect
