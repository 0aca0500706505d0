#include "service/policy_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "select/registry.h"

namespace cnnselect {
namespace {

using testing::HasSubstr;

TEST(PolicySet, OffersOnlyWhatWasNamed) {
  const std::vector<std::string> names = {"ontime", "fastest"};
  const auto set = PolicySet::create(names).value();
  EXPECT_EQ(set.find("fastest").value()->name(), "fastest");
  EXPECT_EQ(set.find("cnnselect").error(),
            (Error{ErrorCode::kInvalidArgument,
                   "policy 'cnnselect' is not offered; allowed: fastest, ontime"}));
}

TEST(PolicySet, WhatPlansAheadCannotBeOffered) {
  const std::vector<std::string> names = {"ontime", "ramsis"};
  EXPECT_THAT(PolicySet::create(names).error().message, HasSubstr("'ramsis' computes a plan"));
  const std::vector<std::string> unknown = {"best"};
  EXPECT_THAT(PolicySet::create(unknown).error().message, HasSubstr("unknown policy 'best'"));
}

TEST(PolicySet, TheUsualOnesAreOfferedAndTheDefaultIsAmongThem) {
  const auto set = PolicySet::create(PolicySet::usual());
  ASSERT_TRUE(set);
  EXPECT_TRUE(set->find(kDefaultPolicy));
}

}  // namespace
}  // namespace cnnselect
