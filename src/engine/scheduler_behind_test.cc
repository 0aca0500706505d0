// Requests that their policy puts behind all others.
#include <gtest/gtest.h>

#include "engine/scheduler.h"
#include "engine/testing/scheduler_test.h"
#include "engine/testing/watching_policy.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

/// Lets others go first when less than 10 ms are left; keeps what it was told of the load.
class Polite final : public Selector {
 public:
  std::string_view name() const override { return "polite"; }
  Selection select(const SelectionInput& input, Rng&,
                   std::span<double> probability) const override {
    load = input.load;
    probability[0] = 1;
    const bool late = input.budget.soft < 10ms;
    return {.reason = late ? Reason::kFastestFallback : Reason::kBaseOnly, .others_first = late};
  }
  mutable LoadView load;
};

class PoliteTest : public SchedulerTest {
 protected:
  ScheduledRequest request(std::uint64_t id, Duration sla) const {
    auto polite = SchedulerTest::request(id, sla);
    polite.terms.policy = &policy_;
    return polite;
  }

  const Polite policy_;
};

TEST_F(PoliteTest, WhoIsPutBehindStartsWhenNobodyElseIsLeft) {
  Scheduler scheduler({.workers = 1});
  for (const auto& [id, sla] : {std::pair(1, 1ms), {2, 100ms}, {3, -5ms}, {4, 50ms}}) {
    ASSERT_TRUE(scheduler.admit(request(static_cast<std::uint64_t>(id), sla), kNow));
  }
  EXPECT_EQ(run_all(scheduler), (std::vector<std::uint64_t>{4, 2, 3, 1}))
      << "the latest first among the late";
  EXPECT_EQ(scheduler.waiting() + scheduler.running(), 0U);
}

TEST_F(PoliteTest, WhoIsPutBehindWaitsForLowerPrioritiesToo) {
  Scheduler scheduler({.workers = 1});
  std::uint64_t id = 0;
  for (const auto& [priority, sla] : {std::pair(2, 1ms), {1, 2ms}, {2, 100ms}, {3, 50ms}}) {
    auto waiting = request(++id, sla);
    waiting.terms.priority = static_cast<std::uint32_t>(priority);
    ASSERT_TRUE(scheduler.admit(std::move(waiting), kNow));
  }
  EXPECT_EQ(run_all(scheduler), (std::vector<std::uint64_t>{3, 4, 2, 1}))
      << "no late answer makes another late; among the late ones the priority counts again";
}

TEST_F(PoliteTest, ATimeoutExpiresBehindTheOthersToo) {
  Scheduler scheduler({.workers = 1});
  auto behind = request(1, 1ms);
  behind.terms.timeout = 30ms;
  ASSERT_TRUE(scheduler.admit(std::move(behind), kNow));
  ASSERT_TRUE(scheduler.admit(request(2, 1s), kNow));
  ASSERT_EQ(next_start(scheduler, kNow, profiles_).request, RequestId{2});
  EXPECT_EQ(scheduler.give_up(kNow + 31ms, profiles_)->why, ErrorCode::kTimedOut);
  EXPECT_EQ(scheduler.waiting(), 0U);
}

TEST_F(PoliteTest, WhoIsPutBehindCanBeCancelledAndTakenOut) {
  Scheduler scheduler({.workers = 1});
  for (const std::uint64_t id : {1, 2, 3}) ASSERT_TRUE(scheduler.admit(request(id, 1ms), kNow));
  ASSERT_TRUE(scheduler.admit(request(4, 1s), kNow));
  ASSERT_TRUE(scheduler.admit(request(5, 2s), kNow));
  ASSERT_EQ(next_start(scheduler, kNow, profiles_).request, RequestId{4});
  EXPECT_EQ(scheduler.waiting(), 4U);
  EXPECT_EQ(scheduler.running(), 1U);
  EXPECT_EQ(scheduler.cancel(RequestId{2}), CancelAction::kRemoved);
  EXPECT_EQ(scheduler.cancel(RequestId{2}), CancelAction::kNone);
  EXPECT_EQ(scheduler.remove_waiting(), (std::vector{RequestId{5}, RequestId{1}, RequestId{3}}));
}

TEST_F(PoliteTest, WhereThereIsNoRoomBehindItStartsAtOnce) {
  Scheduler scheduler({.workers = 1, .max_queue = 2});
  std::vector<std::uint64_t> started;
  for (std::uint64_t id = 1; id <= 6; id += 2) {
    ASSERT_TRUE(scheduler.admit(request(id, 1ms), kNow));
    ASSERT_TRUE(scheduler.admit(request(id + 1, 1s), kNow));
    const Start start = next_start(scheduler, kNow, profiles_);
    started.push_back(start.request.value);
    scheduler.finished(start.request, std::nullopt, kNow);
  }
  EXPECT_EQ(started, (std::vector<std::uint64_t>{2, 4, 5}));
}

TEST_F(PoliteTest, WhatCannotBeInTimeIsNoDemand) {
  Scheduler scheduler({.workers = 1});
  for (const std::uint64_t id : {1, 2, 3}) ASSERT_TRUE(scheduler.admit(request(id, 1ms), kNow));
  ASSERT_TRUE(scheduler.admit(request(4, 1s), kNow));
  ASSERT_TRUE(scheduler.next(kNow, profiles_));
  // Within the first half second arrivals count as of half a second.
  EXPECT_NEAR(policy_.load.arrivals_per_second, 2, 0.3) << "one of four, not 8 a second";
  EXPECT_EQ(policy_.load.waiting, 0U) << "those behind hinder nobody";
}

}  // namespace
}  // namespace cnnselect
