#include <gtest/gtest.h>

#include "select/registry.h"
#include "select/testing/table5.h"

namespace cnnselect {
namespace {

class InfaasTest : public testing::Test {
 protected:
  Selection choose(double soft_ms) const {
    return decide(*make_selector("infaas").value(), models_, budget_ms(soft_ms, soft_ms)).selection;
  }

  // 10, 40 and 100 ms.
  std::vector<Candidate> models_ = {candidate(0.5, 10, 1, 0), candidate(0.7, 40, 4, 1),
                                    candidate(0.9, 100, 10, 2)};
};

TEST_F(InfaasTest, TakesTheLeastBusyOfThoseThatMeetTheLimit) {
  models_[0].running = 2;
  models_[1].running = 1;
  EXPECT_EQ(choose(100).chosen, 2U) << "nobody runs it, and 100 ms are within 100";
  EXPECT_EQ(choose(99).chosen, 1U);
  EXPECT_EQ(choose(39).chosen, 0U);
}

TEST_F(InfaasTest, OfEquallyBusyOnesTheFastest) {
  EXPECT_EQ(choose(500).chosen, 0U);
  models_[0].running = 1;
  EXPECT_EQ(choose(500).chosen, 1U);
}

TEST_F(InfaasTest, LeavesAloneWhoTakesHalfAsLongAgain) {
  models_[0].profiled = from_ms(7);
  EXPECT_EQ(choose(500).chosen, 0U) << "10 ms are 1.43 times 7 ms";
  models_[0].profiled = from_ms(6.6);
  EXPECT_EQ(choose(500).chosen, 1U) << "and 1.52 times 6.6 ms";
}

TEST_F(InfaasTest, TheLimitIsHeldAgainstTheProfile) {
  models_[0].running = 1;
  models_[1].profiled = from_ms(30);
  EXPECT_EQ(choose(35).chosen, 1U) << "40 ms now, but profiled with 30";
}

TEST_F(InfaasTest, WhenNoneIsLeftTheFastest) {
  EXPECT_EQ(choose(9).reason, Reason::kFastestFallback);
  EXPECT_EQ(choose(9).chosen, 0U);
  models_[0].profiled = from_ms(1);
  EXPECT_EQ(choose(20).reason, Reason::kFastestFallback) << "the only one in time is left alone";
  EXPECT_EQ(choose(20).chosen, 0U);
}

}  // namespace
}  // namespace cnnselect
