#include "plugin/policy_plugins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/testing/temporary_folder.h"
#include "cnnselect/policy_plugin.h"
#include "select/testing/table5.h"

namespace cnnselect {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string plugin(const std::string& name) {
  return std::string(CNNSELECT_PLUGINS) + "/" + name + ".so";
}

std::string refusal(const std::string& file) {
  PolicyRegistry registry;
  const Status loaded = load_policy_plugin(file, registry);
  return loaded ? "" : loaded.error().message;
}

TEST(PolicyPlugins, BringTheirPoliciesAndOursStay) {
  const std::vector<std::string> files = {plugin("own_policies")};
  const auto registry = load_policy_plugins(files);
  ASSERT_TRUE(registry) << registry.error().message;
  EXPECT_EQ(registry->kinds().size(), selector_names().size() + 2);
  EXPECT_EQ(registry->kinds().front()->name, kDefaultPolicy);
  const auto first = registry->make("first-too").value();
  EXPECT_EQ(decide(*first, table5(), budget_ms(9, 9)).selection.chosen, 0U);
  EXPECT_FALSE(make_selector("first-too")) << "only this registry knows it";
}

TEST(PolicyPlugins, AFileThatCannotBeUsedIsNamedWithItsFault) {
  EXPECT_EQ(refusal("/nowhere/at_all.so"), "/nowhere/at_all.so: no such file");
  const TemporaryFolder folder;
  const std::string text = folder.write("notes.so", std::string(100, 'x')).string();
  EXPECT_THAT(refusal(text), HasSubstr(text + ": cannot be loaded: "));
  EXPECT_THAT(refusal(folder.path().string()), HasSubstr(": cannot be loaded: "));
  EXPECT_EQ(refusal(plugin("no_policies")),
            plugin("no_policies") +
                ": no policies in it: it exports no cnnselect_policy_plugin "
                "(docs/write-a-policy.md)");
  EXPECT_EQ(refusal(plugin("other_version")),
            plugin("other_version") +
                ": built for version 2 of the policy interface; this program has version 1, so "
                "build it again with its headers");
  EXPECT_THAT(refusal(plugin("other_layout")), HasSubstr("whose objects differ"));
  EXPECT_THAT(refusal(plugin("broken_policy")),
              AllOf(HasSubstr(plugin("broken_policy") + ": policy 'hundredth': it chose model 99"),
                    HasSubstr("with base 99 of ")));
  EXPECT_THAT(refusal(plugin("taken_name")),
              HasSubstr(plugin("taken_name") + ": there is a policy 'ontime' already;"));
}

TEST(PolicyPlugins, TheSameFileTwiceHasItsNamesTaken) {
  const std::vector<std::string> files = {plugin("own_policies"), plugin("own_policies")};
  EXPECT_THAT(load_policy_plugins(files).error().message,
              HasSubstr("there is a policy 'first-of-all' already"));
}

TEST(PolicyPlugins, ANameWithoutAFolderIsInTheCurrentOne) {
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(CNNSELECT_PLUGINS);
  EXPECT_EQ(refusal("own_policies.so"), "");
  std::filesystem::current_path(before);
}

// Plugins of a version are loaded by every program of that version, on 64-bit machines.
TEST(PolicyPlugins, ALayoutOfItsOwnTakesAVersionOfItsOwn) {
  EXPECT_EQ(kPolicyAbi, 1U);
  EXPECT_EQ(policy_layout(), 2009813961602783691U)
      << "raise kPolicyAbi, then state its layout here";
}

}  // namespace
}  // namespace cnnselect
