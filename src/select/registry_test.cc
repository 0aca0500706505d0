#include "select/registry.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cnnselect/candidates.h"
#include "select/policy_check.h"
#include "select/testing/table5.h"

namespace cnnselect {
namespace {

using testing::StartsWith;

class First final : public Selector {
 public:
  std::string_view name() const override { return "own"; }
  Selection select(const SelectionInput&, Rng&, std::span<double> probability) const override {
    return certainly(0, Reason::kFixed, probability);
  }
};

std::unique_ptr<Selector> make_first(const PolicyValues&) { return std::make_unique<First>(); }

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
  const auto policy = make_selector("slack-gredy:quantile=0.9");
  ASSERT_FALSE(policy.has_value());
  EXPECT_EQ(policy.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(policy.error().message,
            "unknown policy 'slack-gredy'; nearest is 'slack-greedy' of ontime, cnnselect, "
            "cnnselect-printed, cnnselect-frontier, cnnselect-auto, budget-greedy, static-greedy, "
            "slack-greedy, slackfit, mdinference, infaas, model-switching, alert, proteus, ramsis, "
            "exploration, uniform-eligible, weighted-eligible, fastest, most-accurate, random");
}

TEST(PolicyRegistry, OnlyWhatPlansAheadSaysSo) {
  const PolicyRegistry registry;
  EXPECT_TRUE(registry.plans_ahead("ramsis"));
  EXPECT_FALSE(registry.plans_ahead("ontime:price=0"));
  EXPECT_FALSE(registry.plans_ahead("nothing"));
}

TEST(PolicyRegistry, EveryPolicyOfOurOwnKeepsTheRulesForOthers) {
  const PolicyRegistry registry;
  for (const PolicyKind* kind : registry.kinds()) {
    const Status sound = check_policy(*kind);
    EXPECT_TRUE(sound) << sound.error().message;
    EXPECT_FALSE(kind->rule.empty()) << kind->name;
    for (const PolicyParameter& parameter : kind->parameters) {
      EXPECT_FALSE(parameter.meaning.empty()) << kind->name << " " << parameter.name;
    }
  }
}

TEST(PolicyRegistry, EveryPolicyIsMadeAtBothEndsOfEachParameter) {
  int tried = 0;
  const PolicyRegistry registry;
  for (const PolicyKind* kind : registry.kinds()) {
    for (const PolicyParameter& parameter : kind->parameters) {
      for (const double end : {parameter.least, parameter.most}) {
        const auto policy = make_selector(fmt::format("{}:{}={}", kind->name, parameter.name, end));
        ASSERT_TRUE(policy) << policy.error().message;
        const auto [selection, probability] =
            decide(**policy, table5(), budget_ms(100, 90), from_ms(200));
        EXPECT_GT(probability[selection.chosen], 0) << kind->name;
        ++tried;
      }
    }
  }
  EXPECT_GE(tried, 20);
}

TEST(PolicyRegistry, TakesInOthersUnlessTheirNameIsTaken) {
  PolicyRegistry registry;
  constexpr PolicyKind own{.name = "own", .rule = "", .make = make_first};
  ASSERT_TRUE(registry.add(own));
  EXPECT_EQ(registry.make("own").value()->name(), "own");
  EXPECT_EQ(registry.kinds().back()->name, "own");
  EXPECT_THAT(registry.add(own).error().message, StartsWith("there is a policy 'own' already;"));
  EXPECT_FALSE(make_selector("own")) << "other registries do not know it";
}

}  // namespace
}  // namespace cnnselect
