#include "sim/summary.h"

#include <gtest/gtest.h>

#include "sim/testing/small_world.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

TEST(SimulationSummary, CountsAsTheMeasuresAreDefined) {
  const ModelSet models = three_models();  // 0.5, 0.7, 0.9
  const auto summary = summarise_simulation(
      models,
      {{.model = 0, .total = 80ms}, {.model = 2, .total = 100ms}, {.model = 2, .total = 101ms}, {}},
      100ms);
  EXPECT_EQ(summary.requests, 4U);
  EXPECT_DOUBLE_EQ(summary.attainment, 0.5) << "a refused request keeps no SLA";
  EXPECT_DOUBLE_EQ(summary.effective_accuracy, (0.5 + 0.9) / 4);
  EXPECT_DOUBLE_EQ(summary.mean_accuracy, (0.5 + 0.9 + 0.9) / 3) << "of the answered";
  EXPECT_NEAR(to_ms(summary.mean), 281.0 / 3, 1e-3);
  EXPECT_EQ(summary.p50, 100ms);
  EXPECT_EQ(summary.p99, 101ms);
  EXPECT_DOUBLE_EQ(summary.shares[2], 2.0 / 3);
  EXPECT_GT(summary.attainment_half, 0);
  EXPECT_GT(summary.effective_half, 0);
}

TEST(SimulationSummary, WhenNobodyIsAnsweredAllIsZero) {
  const auto summary = summarise_simulation(three_models(), {{}, {}}, 100ms);
  EXPECT_EQ(summary.requests, 2U);
  EXPECT_EQ(summary.attainment, 0);
  EXPECT_EQ(summary.effective_accuracy, 0);
  EXPECT_EQ(summary.p99, 0ms);
}

}  // namespace
}  // namespace cnnselect
