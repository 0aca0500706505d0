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
  EXPECT_EQ(set.find("fastest").value().selector->name(), "fastest");
  EXPECT_EQ(set.find("cnnselect").error(),
            (Error{ErrorCode::kInvalidArgument,
                   "policy 'cnnselect' is not offered; allowed: fastest, ontime"}));
}

TEST(PolicySet, OffersAPolicyByItsExactTextOnly) {
  const std::vector<std::string> texts = {"slack-greedy:quantile=0.99", "slack-greedy"};
  const auto set = PolicySet::create(texts).value();
  EXPECT_EQ(set.find(texts[0]).value().text, texts[0]);
  EXPECT_NE(set.find(texts[0]).value().selector, set.find(texts[1]).value().selector);
  for (const std::string text : {"slack-greedy:quantile=0.990", "slack-greedy:quantile=0.5"}) {
    EXPECT_EQ(
        set.find(text).error().message,
        "policy '" + text + "' is not offered; allowed: slack-greedy, slack-greedy:quantile=0.99");
  }
  const std::vector<std::string> wrong = {"slack-greedy:quantile=2"};
  EXPECT_THAT(PolicySet::create(wrong).error().message, HasSubstr("quantile is '2'; allowed"));
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
