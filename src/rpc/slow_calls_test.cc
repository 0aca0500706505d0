#include "rpc/slow_calls.h"

#include <gtest/gtest.h>

namespace cnnselect::rpc {
namespace {

using namespace std::chrono_literals;

class Counted final : public SlowCall {
 public:
  void cut_off() override { ++times; }
  int times = 0;
};

TEST(SlowCalls, OnlyTheOldThatHaveNotArrivedAreCutOff) {
  SlowCalls calls;
  Counted old;
  Counted arrived;
  Counted fresh;
  const auto first = calls.add(old, TimePoint(1s));
  const auto second = calls.add(arrived, TimePoint(1s));
  const auto third = calls.add(fresh, TimePoint(2s));
  EXPECT_TRUE(calls.arrived(second));
  calls.cut_off_before(TimePoint(2s));
  calls.cut_off_before(TimePoint(2s));
  EXPECT_EQ(old.times, 1);
  EXPECT_EQ(arrived.times, 0);
  EXPECT_EQ(fresh.times, 0);
  EXPECT_FALSE(calls.arrived(first)) << "who cuts off ends it";
  EXPECT_TRUE(calls.arrived(third));
}

}  // namespace
}  // namespace cnnselect::rpc
