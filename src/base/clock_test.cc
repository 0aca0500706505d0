#include "base/clock.h"

#include <gtest/gtest.h>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

TEST(SimulatedClock, OnlyMovesWhenTold) {
  SimulatedClock clock;
  const TimePoint start = clock.now();
  EXPECT_EQ(clock.now(), start);
  clock.advance(5ms);
  EXPECT_EQ(clock.now(), start + 5ms);
}

TEST(SimulatedClock, SleepingMovesTimeForwardButNeverBack) {
  SimulatedClock clock;
  const TimePoint start = clock.now();
  clock.sleep_until(start + 1s);
  EXPECT_EQ(clock.now(), start + 1s);
  clock.sleep_until(start);
  EXPECT_EQ(clock.now(), start + 1s);
}

TEST(SimulatedClock, LeavesRoomForTimePointsInThePast) {
  const SimulatedClock clock;
  EXPECT_GE(clock.now() - 1h, TimePoint{});
}

TEST(RealClock, SleepingUntilThePastReturnsAtOnce) {
  RealClock clock;
  const TimePoint before = clock.now();
  clock.sleep_until(before - 1h);
  EXPECT_GE(clock.now(), before);
}

}  // namespace
}  // namespace cnnselect
