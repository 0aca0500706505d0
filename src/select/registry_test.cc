#include "select/registry.h"

#include <gtest/gtest.h>

namespace cnnselect {
namespace {

TEST(PolicyRegistry, EveryNameMakesThePolicyOfThatName) {
  for (const auto name : selector_names()) {
    const auto policy = make_selector(name);
    ASSERT_TRUE(policy.has_value()) << name;
    EXPECT_EQ((*policy)->name(), name);
  }
}

TEST(PolicyRegistry, TheDefaultIsOntimeAndComesFirst) {
  EXPECT_EQ(kDefaultPolicy, "ontime");
  EXPECT_EQ(selector_names().front(), kDefaultPolicy);
}

TEST(PolicyRegistry, AnUnknownNameIsToldWhatThereIs) {
  const auto policy = make_selector("greedy");
  ASSERT_FALSE(policy.has_value());
  EXPECT_EQ(policy.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(
      policy.error().message,
      "unknown policy 'greedy'; allowed: ontime, cnnselect, cnnselect-printed, "
      "cnnselect-frontier, cnnselect-auto, budget-greedy, static-greedy, slack-greedy, slackfit, "
      "mdinference, infaas, model-switching, alert, proteus, ramsis, exploration, "
      "uniform-eligible, weighted-eligible, fastest, most-accurate, random");
}

}  // namespace
}  // namespace cnnselect
