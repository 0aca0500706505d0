// What it takes to add a policy to src/select: one file, here examples/policy/half_budget.cc, and
// one line in policies.def. This program is built with exactly that (tests/CMakeLists.txt).
#include <gtest/gtest.h>

#include <algorithm>

#include "select/policy_check.h"
#include "select/registry.h"
#include "select/testing/table5.h"

namespace cnnselect {
namespace {

TEST(OneMorePolicy, IsThereWithItsParameters) {
  EXPECT_EQ(selector_names().back(), "half-budget");
  const auto at = [](std::string_view text) {
    return decide(*make_selector(text).value(), table5(), budget_ms(170, 170)).selection;
  };
  EXPECT_EQ(at("half-budget").chosen, kInceptionV4) << "82.78 < 85";
  EXPECT_EQ(at("half-budget:share=0.45").chosen, kInceptionV3) << "55.75 < 76.5";
  EXPECT_EQ(at("half-budget:share=0.01").reason, Reason::kFastestFallback);
  EXPECT_EQ(make_selector("half-budget:share=2").error().message,
            "policy 'half-budget': share is '2'; allowed: 0.01 to 1");
}

TEST(OneMorePolicy, KeepsTheRules) {
  const PolicyRegistry registry;
  EXPECT_TRUE(check_policy(*registry.kinds().back()));
}

}  // namespace
}  // namespace cnnselect
