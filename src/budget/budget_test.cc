#include "budget/budget.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdint>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

const TimePoint kReceived{1h};

RequestTiming timing(Duration sla) {
  return {.sla = sla, .elapsed = 20ms, .input = 50ms, .output = 30ms, .received = kReceived};
}

TEST(Budget, IsWhatNetworkAndWaitingLeaveOfTheSla) {
  const Budget budget = budget_at(timing(300ms), 10ms, kReceived + 25ms);
  EXPECT_EQ(budget.soft, 175ms) << "300 - 20 elapsed - 50 there - 30 back - 25 waited";
  EXPECT_EQ(budget.hard, 165ms) << "T_L = T_U - threshold";
}

TEST(Budget, TurnsNegativeWhenTheDeadlineHasPassed) {
  EXPECT_EQ(budget_at(timing(100ms), 0ms, kReceived + 40ms).soft, -40ms);
}

TEST(Budget, DeadlineLeavesTheWayBack) { EXPECT_EQ(deadline(timing(300ms)), kReceived + 200ms); }

TEST(Budget, WithoutAnSlaThereIsNoLimit) {
  EXPECT_EQ(deadline(timing(kForever)), TimePoint::max());
  const Budget budget = budget_at(timing(kForever), 10ms, kReceived + 1h);
  EXPECT_EQ(budget.soft, kForever);
  EXPECT_EQ(budget.hard, kForever);
}

// Any durations a client or a clock can come up with, the extremes included.
Duration any_duration() {
  return *rc::gen::oneOf(
      rc::gen::map(rc::gen::arbitrary<std::int64_t>(), [](auto n) { return Duration(n); }),
      rc::gen::element(Duration::min(), Duration::max(), Duration::zero()));
}

RequestTiming any_timing() {
  return {.sla = any_duration(),
          .elapsed = any_duration(),
          .input = any_duration(),
          .output = any_duration(),
          .received = TimePoint(any_duration())};
}

TEST(BudgetProperty, WaitingNeverAddsTime) {
  EXPECT_TRUE(rc::check([] {
    const RequestTiming any = any_timing();
    const TimePoint one(any_duration());
    const TimePoint two(any_duration());
    const auto early = budget_at(any, 0ms, std::min(one, two));
    const auto late = budget_at(any, 0ms, std::max(one, two));
    RC_ASSERT(late.soft <= early.soft);
  }));
}

TEST(BudgetProperty, APromiseOfMoreTimeNeverLeavesLess) {
  EXPECT_TRUE(rc::check([] {
    RequestTiming any = any_timing();
    const Duration other = any_duration();
    const TimePoint now(any_duration());
    const Duration shorter = std::min(any.sla, other);
    const Duration longer = std::max(any.sla, other);
    any.sla = shorter;
    const auto less = budget_at(any, 0ms, now);
    any.sla = longer;
    RC_ASSERT(less.soft <= budget_at(any, 0ms, now).soft);
  }));
}

TEST(BudgetProperty, BudgetsAreWhatIsLeftUntilTheDeadline) {
  EXPECT_TRUE(rc::check([] {
    RequestTiming any = any_timing();
    if (any.sla == kForever) any.sla = Duration::zero();
    const auto threshold = Duration(*rc::gen::inRange<std::int64_t>(0, INT64_MAX));
    const TimePoint now(any_duration());
    // Wider than any sum of two durations, so that clamping it is what saturation has to give.
    using Wide = __int128;
    const auto clamped = [](Wide ns) {
      return Duration(static_cast<Duration::rep>(std::clamp<Wide>(ns, INT64_MIN, INT64_MAX)));
    };
    const Budget budget = budget_at(any, threshold, now);
    const auto until = deadline(any).time_since_epoch().count();
    RC_ASSERT(budget.soft == clamped(Wide{until} - now.time_since_epoch().count()));
    RC_ASSERT(budget.hard == clamped(Wide{budget.soft.count()} - threshold.count()));
  }));
}

TEST(BudgetProperty, TheHardLimitIsNeverAboveTheSoftOne) {
  EXPECT_TRUE(rc::check([] {
    const auto threshold = Duration(*rc::gen::inRange<std::int64_t>(0, INT64_MAX));
    const Budget budget = budget_at(any_timing(), threshold, TimePoint(any_duration()));
    RC_ASSERT(budget.hard <= budget.soft);
  }));
}

}  // namespace
}  // namespace cnnselect
