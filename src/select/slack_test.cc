#include <gtest/gtest.h>

#include "cnnselect/candidates.h"
#include "select/registry.h"
#include "select/testing/table5.h"

namespace cnnselect {
namespace {

TEST(Percentile95, IsOfTheTimesOrElseOfTheNormal) {
  Candidate model = candidate(0.5, 100, 10);
  EXPECT_NEAR(percentile_95(model) / 1e6, 116.45, 0.01);
  std::vector<Duration> times;
  for (int ms = 1; ms <= 100; ++ms) times.push_back(from_ms(ms));
  model.times = times;
  EXPECT_EQ(percentile_95(model), 95e6);
  model.times = std::span(times).first(1);
  EXPECT_EQ(percentile_95(model), 1e6);
}

struct SlackCase {
  double soft_ms;
  std::uint32_t chosen;
  Reason reason;
};

// 10 +- 1, 40 +- 4 and 100 +- 10 ms: 95th percentiles 11.6, 46.6 and 116.4 ms.
const std::vector<Candidate> kSlackModels = {candidate(0.5, 10, 1, 0), candidate(0.7, 40, 4, 1),
                                             candidate(0.9, 100, 10, 2)};

TEST(SlackGreedy, TakesTheMostAccurateWhose95thPercentileFits) {
  const auto policy = make_selector("slack-greedy").value();
  for (const auto& [soft_ms, chosen, reason] :
       {SlackCase{117, 2, Reason::kBaseOnly}, SlackCase{116, 1, Reason::kBaseOnly},
        SlackCase{46, 0, Reason::kBaseOnly}, SlackCase{11, 0, Reason::kFastestFallback},
        SlackCase{-5, 0, Reason::kFastestFallback}}) {
    const auto decision = decide(*policy, kSlackModels, budget_ms(soft_ms, soft_ms));
    EXPECT_EQ(decision.selection.chosen, chosen) << soft_ms;
    EXPECT_EQ(decision.selection.reason, reason) << soft_ms;
  }
}

// Ten buckets of 9 ms from 10 to 100: the models are in the first, the fourth (37..46) and the
// tenth.
TEST(Slackfit, TakesTheHighestBucketThatFits) {
  const auto policy = make_selector("slackfit").value();
  for (const auto& [soft_ms, chosen, reason] :
       {SlackCase{101, 2, Reason::kBaseOnly}, SlackCase{99, 1, Reason::kBaseOnly},
        SlackCase{47, 1, Reason::kBaseOnly}, SlackCase{45, 0, Reason::kBaseOnly},
        SlackCase{18, 0, Reason::kFastestFallback}}) {
    const auto decision = decide(*policy, kSlackModels, budget_ms(soft_ms, soft_ms));
    EXPECT_EQ(decision.selection.chosen, chosen) << soft_ms;
    EXPECT_EQ(decision.selection.reason, reason) << soft_ms;
  }
}

TEST(Slackfit, WithinABucketTheMostAccurate) {
  const std::vector<Candidate> models = {candidate(0.6, 12, 0, 0), candidate(0.5, 10, 0, 1),
                                         candidate(0.9, 100, 0, 2)};
  EXPECT_EQ(decide(*make_selector("slackfit").value(), models, budget_ms(50, 50)).selection.chosen,
            0U);
}

TEST(Slackfit, ModelsOfOneTimeAreOneBucket) {
  const std::vector<Candidate> models = {candidate(0.5, 10, 0, 0), candidate(0.6, 10, 0, 1)};
  EXPECT_EQ(decide(*make_selector("slackfit").value(), models, budget_ms(50, 50)).selection.chosen,
            1U);
}

}  // namespace
}  // namespace cnnselect
