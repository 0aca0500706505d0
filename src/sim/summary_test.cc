#include "sim/summary.h"

#include <gtest/gtest.h>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

TEST(SimulationSummary, CountsAsTheMeasuresAreDefined) {
  const auto summary =
      summarise_simulation(3,
                           {{.model = 0, .accuracy = 0.5, .total = 80ms},
                            {.model = 2, .accuracy = 0.9, .total = 100ms},
                            {.model = 2, .accuracy = 0.9, .total = 101ms, .cold = true},
                            {}},
                           100ms);
  EXPECT_EQ(summary.requests, 4U);
  EXPECT_DOUBLE_EQ(summary.attainment, 0.5) << "a refused request keeps no SLA";
  EXPECT_DOUBLE_EQ(summary.effective_accuracy, (0.5 + 0.9) / 4);
  EXPECT_DOUBLE_EQ(summary.mean_accuracy, (0.5 + 0.9 + 0.9) / 3) << "of the answered";
  EXPECT_NEAR(to_ms(*summary.mean), 281.0 / 3, 1e-3);
  EXPECT_EQ(summary.p25, 80ms);
  EXPECT_EQ(summary.p50, 100ms);
  EXPECT_EQ(summary.p75, 101ms);
  EXPECT_EQ(summary.p99, 101ms);
  EXPECT_DOUBLE_EQ(summary.shares[2], 2.0 / 3);
  EXPECT_EQ(summary.device_share, 0);
  EXPECT_DOUBLE_EQ(summary.cold, 0.25);
  EXPECT_GT(summary.attainment_half, 0);
  EXPECT_GT(summary.effective_half, 0);
}

TEST(SimulationSummary, TheDevicesOwnAnswersCountToo) {
  const auto summary = summarise_simulation(
      1,
      {{.on_device = true, .accuracy = 0.4, .device_ran = true, .total = 90ms},
       {.on_device = true, .accuracy = 0.4, .device_ran = true, .total = 101ms},
       {.model = 0, .accuracy = 0.8, .device_ran = true, .total = 70ms},
       {.model = 0, .accuracy = 0.8, .total = 60ms}},
      100ms);
  EXPECT_DOUBLE_EQ(summary.attainment, 0.75);
  EXPECT_DOUBLE_EQ(summary.effective_accuracy, (0.4 + 0.8 + 0.8) / 4);
  EXPECT_DOUBLE_EQ(summary.device_share, 0.5) << "whose answer counted";
  EXPECT_DOUBLE_EQ(summary.device_ran, 0.75) << "what it cost the phones";
  EXPECT_DOUBLE_EQ(summary.shares[0], 0.5);
}

TEST(SimulationSummary, WhenNobodyIsAnsweredNothingIsInTime) {
  const auto summary = summarise_simulation(3, {{}, {}}, 100ms);
  EXPECT_EQ(summary.requests, 2U);
  EXPECT_EQ(summary.attainment, 0);
  EXPECT_EQ(summary.effective_accuracy, 0);
  EXPECT_EQ(summary.p99, std::nullopt) << "no answer took no time";
}

}  // namespace
}  // namespace cnnselect
