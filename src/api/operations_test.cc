#include "api/operations.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace cnnselect {
namespace {

TEST(Operations, EachStandsWhereItsNumberSays) {
  for (std::size_t i = 0; i < kOperations.size(); ++i) {
    EXPECT_EQ(static_cast<std::size_t>(kOperations.at(i).operation), i);
  }
  EXPECT_EQ(&facts_of(Operation::kOpenApi), &kOperations.back()) << "none is left out";
}

TEST(Operations, EachIsAskedForInAWayOfItsOwn) {
  std::set<std::string> paths;
  for (const OperationFacts& facts : kOperations) {
    const std::string verb = facts.verb == Verb::kGet ? "GET " : "POST ";
    for (const std::string_view path : facts.paths) {
      if (path.empty()) continue;
      EXPECT_TRUE(path.starts_with('/')) << path;
      EXPECT_TRUE(paths.insert(verb + std::string(path)).second) << path;
    }
    EXPECT_TRUE(!facts.paths.front().empty() || !facts.rpc.empty());
  }
}

// What changes something is nobody's without a key for it, and never a GET.
TEST(Operations, WhatTheListenerMustAllowNeedsAnAdministratorsKey) {
  for (const OperationFacts& facts : kOperations) {
    if (facts.right == Right::kNone) continue;
    EXPECT_EQ(facts.access, Access::kAdmin) << facts.paths.front();
    EXPECT_EQ(facts.verb, Verb::kPost) << facts.paths.front();
  }
}

TEST(Operations, AListenerMayWhatItsRightsSay) {
  EXPECT_TRUE(check_right({}, Right::kNone));
  EXPECT_TRUE(check_right({.models = true}, Right::kModels));
  EXPECT_TRUE(check_right({.settings = true}, Right::kSettings));
  EXPECT_EQ(check_right({.settings = true}, Right::kModels).error(),
            (Error{ErrorCode::kUnavailable,
                   "explicit model load / unload is not allowed: this listener was started without "
                   "--model-control explicit"}));
  EXPECT_EQ(check_right({.models = true}, Right::kSettings).error(),
            (Error{ErrorCode::kUnavailable,
                   "settings cannot be changed: this listener was started without "
                   "--settings-control"}));
}

}  // namespace
}  // namespace cnnselect
