// What the documentation says of the policies.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/testing/read_file.h"
#include "select/registry.h"

namespace cnnselect {
namespace {

using testing::HasSubstr;

std::string project_file(const std::string& name) {
  return read_file(std::string(CNNSELECT_SOURCE_DIR) + "/" + name);
}

std::string row_of(const PolicyKind& kind, const PolicyParameter& parameter) {
  const std::string usual = std::isnan(parameter.usual) ? "" : fmt::format("{}", parameter.usual);
  return fmt::format("| `{}` | `{}` | {} | {} | {}{} to {}{}{} |\n", kind.name, parameter.name,
                     parameter.meaning, usual, parameter.whole ? "whole, " : "", parameter.least,
                     parameter.most, parameter.unit.empty() ? "" : " ", parameter.unit);
}

TEST(PolicyDocs, ListEveryPolicyAndParameter) {
  const std::string page = project_file("docs/policies.md");
  const PolicyRegistry registry;
  for (const PolicyKind* kind : registry.kinds()) {
    EXPECT_THAT(page, HasSubstr(fmt::format("\n| `{}` | ", kind->name)));
    for (const PolicyParameter& parameter : kind->parameters) {
      const std::string row = row_of(*kind, parameter);
      EXPECT_TRUE(page.contains(row)) << row;
    }
  }
}

TEST(PolicyDocs, ShowTheExamplesAsTheyAre) {
  const std::string page = project_file("docs/write-a-policy.md");
  for (const std::string file : {"policy/half_budget.cc", "policy/plugin.cc",
                                 "policy/CMakeLists.txt", "python/own_policy.py"}) {
    EXPECT_TRUE(page.contains("\n" + project_file("examples/" + file) + "```\n")) << file;
  }
}

}  // namespace
}  // namespace cnnselect
