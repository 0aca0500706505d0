#include "load/summary.h"

#include <gtest/gtest.h>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

TEST(LoadSummary, CountsAsTheMeasuresAreDefined) {
  const std::vector<LoadOutcome> outcomes = {
      {.answered = true, .correct = true, .model = "small", .latency = 80ms},
      {.answered = true, .correct = false, .model = "small", .latency = 100ms},
      {.answered = true, .correct = true, .model = "large", .latency = 130ms, .late = 3ms},
      {.answered = false, .late = 2ms},
  };
  const LoadSummary summary = summarise_load(outcomes, 100ms);
  EXPECT_EQ(summary.requests, 4U);
  EXPECT_EQ(summary.errors, 1U);
  EXPECT_DOUBLE_EQ(summary.attainment, 0.5) << "100 ms keep an SLA of 100 ms; an error keeps none";
  EXPECT_DOUBLE_EQ(summary.accuracy, 2.0 / 3) << "of those answered";
  EXPECT_DOUBLE_EQ(summary.effective_accuracy, 0.25) << "right and in time, of all";
  EXPECT_EQ(summary.p50, 100ms);
  EXPECT_EQ(summary.p99, 130ms);
  EXPECT_EQ(summary.late_p99, 3ms);
  EXPECT_NEAR(to_ms(*summary.mean), 103.333, 0.001);
  EXPECT_DOUBLE_EQ(summary.usage.at("small"), 2.0 / 3);
}

TEST(LoadSummary, WhoTimedOutTookAtLeastThatLong) {
  std::vector<LoadOutcome> outcomes(9, {.answered = true, .latency = 50ms});
  outcomes.push_back({.timed_out = true, .latency = 10s});
  outcomes.push_back({.latency = 1ms});  // refused: no time of an answer
  const LoadSummary summary = summarise_load(outcomes, 100ms);
  EXPECT_EQ(summary.p99, 10s);
  EXPECT_EQ(summary.p50, 50ms);
  EXPECT_EQ(summary.errors, 2U);
}

TEST(LoadSummary, OfNothingIsZeros) {
  const LoadSummary summary = summarise_load({}, 100ms);
  EXPECT_EQ(summary.requests, 0U);
  EXPECT_DOUBLE_EQ(summary.attainment, 0);
  EXPECT_EQ(summary.p99, std::nullopt);
  EXPECT_TRUE(summary.usage.empty());
}

}  // namespace
}  // namespace cnnselect
