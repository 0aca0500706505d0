// Requests that end without a run: too late, or after their timeout.
#include <gtest/gtest.h>

#include "engine/scheduler.h"
#include "engine/testing/scheduler_test.h"
#include "engine/testing/watching_policy.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

// The fast model takes 10 ms.
TEST_F(SchedulerTest, ALateRequestIsAnsweredOrGivenUpAsItsServerWishes) {
  const DeviceView device{.accuracy = 0.3, .mean = 40ms};
  const auto reason = [&](Duration left, Late late, std::optional<DeviceView> own = {}) {
    Scheduler scheduler({.workers = 1});
    auto late_one = request(1, left);
    late_one.terms.late = late;
    late_one.terms.device = own;
    EXPECT_TRUE(scheduler.admit(std::move(late_one), kNow));
    const NextStep next = scheduler.next(kNow, profiles_).value();
    const auto* const over = std::get_if<GivenUp>(&next);
    EXPECT_EQ(scheduler.running(), over ? 0U : 1U);
    EXPECT_EQ(scheduler.cancel(RequestId{1}), over ? CancelAction::kNone : CancelAction::kStop);
    return over ? why_given_up(over->why) : to_string(std::get<Start>(next).reason);
  };
  EXPECT_EQ(reason(9ms, Late::kAnswer), "fastest-fallback");
  EXPECT_EQ(reason(9ms, Late::kReject), "too-late");
  EXPECT_EQ(reason(9ms, Late::kDevice), "fastest-fallback") << "it has no device";
  EXPECT_EQ(reason(9ms, Late::kDevice, device), "use-device");
  EXPECT_EQ(reason(9ms, Late::kAnswer, device), "fastest-fallback");
  EXPECT_EQ(reason(10ms, Late::kReject), "fastest-fallback") << "just enough is enough";
  EXPECT_EQ(reason(kForever, Late::kReject), "base-only");
}

TEST_F(SchedulerTest, SaysWhatWasLeftAndWhatItWouldHaveTaken) {
  Scheduler scheduler({.workers = 1});
  auto late_one = request(1, 20ms);
  late_one.terms.late = Late::kReject;
  ASSERT_TRUE(scheduler.admit(std::move(late_one), kNow));
  const GivenUp ended = next_end(scheduler, kNow + 15ms, profiles_);
  EXPECT_EQ(ended.budget.soft, 5ms);
  EXPECT_EQ(ended.fastest, 10ms);
  EXPECT_EQ(ended.queued, 15ms);
}

TEST_F(SchedulerTest, GivesUpThoseWhoWaitTooLongWhileEveryWorkerIsBusy) {
  Scheduler scheduler({.workers = 1});
  EXPECT_EQ(scheduler.gives_up_at(kNow, profiles_), TimePoint::max());
  ASSERT_TRUE(scheduler.admit(request(1, 1s), kNow));
  ASSERT_TRUE(scheduler.next(kNow, profiles_));
  for (const std::uint64_t id : {2, 3, 4}) {
    auto waiting = request(id, id * 20ms);
    waiting.terms.late = id == 4 ? Late::kAnswer : Late::kReject;
    ASSERT_TRUE(scheduler.admit(std::move(waiting), kNow));
  }
  const TimePoint second = scheduler.gives_up_at(kNow, profiles_);
  EXPECT_EQ(second, kNow + 30ms + Duration(1)) << "40 ms less the fast model's 10";
  EXPECT_FALSE(scheduler.give_up(second - Duration(1), profiles_));
  EXPECT_EQ(scheduler.give_up(second, profiles_)->request, RequestId{2});
  EXPECT_FALSE(scheduler.give_up(second, profiles_)) << "the third has 20 ms more";
  EXPECT_EQ(scheduler.give_up(kNow + 1s, profiles_)->request, RequestId{3});
  EXPECT_FALSE(scheduler.give_up(kNow + 1s, profiles_)) << "the fourth is answered, however late";
  EXPECT_EQ(scheduler.waiting(), 1U);
  EXPECT_EQ(scheduler.gives_up_at(kNow, profiles_), TimePoint::max());
}

TEST_F(SchedulerTest, ALateRequestIsGivenUpThoughOneThatIsNotLateHasTheEarlierDeadline) {
  Scheduler scheduler({.workers = 1});
  ASSERT_TRUE(scheduler.admit(request(1, 1s), kNow));
  ASSERT_TRUE(scheduler.next(kNow, profiles_));
  auto in_time = request(2, 60ms);
  in_time.terms.late = Late::kReject;
  auto late = request(3, 70ms);
  late.terms.late = Late::kReject;
  late.candidates = {ModelId{1}};  // takes 50 ms
  ASSERT_TRUE(scheduler.admit(std::move(in_time), kNow));
  ASSERT_TRUE(scheduler.admit(std::move(late), kNow));
  EXPECT_EQ(scheduler.gives_up_at(kNow, profiles_), kNow + 20ms + Duration(1));
  EXPECT_EQ(scheduler.give_up(kNow + 21ms, profiles_)->request, RequestId{3});
  EXPECT_FALSE(scheduler.give_up(kNow + 21ms, profiles_));
}

TEST_F(SchedulerTest, WhoRunsOrWentAwayIsNotGivenUp) {
  Scheduler scheduler({.workers = 1});
  for (const std::uint64_t id : {1, 2}) {
    auto rejects_if_late = request(id, 50ms);
    rejects_if_late.terms.late = Late::kReject;
    ASSERT_TRUE(scheduler.admit(std::move(rejects_if_late), kNow));
  }
  ASSERT_TRUE(scheduler.next(kNow, profiles_));
  EXPECT_EQ(scheduler.cancel(RequestId{2}), CancelAction::kRemoved);
  EXPECT_FALSE(scheduler.give_up(kNow + 1h, profiles_));
}

TEST_F(SchedulerTest, WhoWaitsLongerThanItWantsToIsEndedWhileEveryWorkerIsBusy) {
  Scheduler scheduler({.workers = 1});
  ASSERT_TRUE(scheduler.admit(request(1, 1s), kNow));
  ASSERT_TRUE(scheduler.next(kNow, profiles_));
  for (const std::uint64_t id : {2, 3, 4}) {
    auto waiting = request(id, 1h);
    waiting.terms.timeout = id == 4 ? kForever : id * 20ms;
    ASSERT_TRUE(scheduler.admit(std::move(waiting), kNow + 1ms));
  }
  const TimePoint second = scheduler.gives_up_at(kNow, profiles_);
  EXPECT_EQ(second, kNow + 41ms + Duration(1));
  EXPECT_FALSE(scheduler.give_up(second - Duration(1), profiles_)) << "just so long is allowed";
  const auto ended = scheduler.give_up(second, profiles_).value();
  EXPECT_EQ(ended.request, RequestId{2});
  EXPECT_EQ(ended.why, ErrorCode::kTimedOut);
  EXPECT_EQ(ended.queued, 40ms + Duration(1));
  EXPECT_FALSE(scheduler.give_up(second, profiles_));
  EXPECT_EQ(scheduler.cancel(RequestId{2}), CancelAction::kNone);
  EXPECT_EQ(scheduler.give_up(kNow + 1min, profiles_)->request, RequestId{3});
  EXPECT_FALSE(scheduler.give_up(kNow + 1min, profiles_)) << "the fourth has no timeout";
  auto patient = request(5, 1h);
  patient.terms.timeout = kForever - Duration(1);
  ASSERT_TRUE(scheduler.admit(std::move(patient), kNow));
  EXPECT_EQ(scheduler.gives_up_at(kNow, profiles_), TimePoint::max())
      << "nor, in effect, the fifth";
  EXPECT_EQ(scheduler.waiting(), 2U);
}

TEST_F(SchedulerTest, WhoIsGivenUpIsNoDemand) {
  const WatchingPolicy policy;
  Scheduler scheduler({.workers = 1});
  for (std::uint64_t id = 1; id < 10; ++id) {
    auto late = request(id, 1ms);
    late.terms.late = Late::kReject;
    ASSERT_TRUE(scheduler.admit(std::move(late), kNow));
    ASSERT_EQ(next_end(scheduler, kNow, profiles_).why, ErrorCode::kTooLate);
  }
  auto in_time = request(10, 1s);
  in_time.terms.policy = &policy;
  ASSERT_TRUE(scheduler.admit(std::move(in_time), kNow));
  ASSERT_TRUE(scheduler.next(kNow, profiles_));
  // Within the first half second arrivals count as of half a second.
  EXPECT_NEAR(policy.load.arrivals_per_second, 2, 0.3) << "one of ten, not 20 a second";
}

TEST_F(SchedulerTest, TheSoonerOfTimeoutAndTooLateIsWaitedFor) {
  Scheduler scheduler({.workers = 1});
  ASSERT_TRUE(scheduler.admit(request(1, 1s), kNow));
  ASSERT_TRUE(scheduler.next(kNow, profiles_));
  auto late = request(2, 50ms);
  late.terms.late = Late::kReject;
  ASSERT_TRUE(scheduler.admit(std::move(late), kNow));
  auto waiting = request(3, 1h);
  waiting.terms.timeout = 60ms;
  ASSERT_TRUE(scheduler.admit(std::move(waiting), kNow));
  EXPECT_EQ(scheduler.gives_up_at(kNow, profiles_), kNow + 40ms + Duration(1));
  EXPECT_EQ(scheduler.give_up(kNow + 41ms, profiles_)->why, ErrorCode::kTooLate);
  EXPECT_EQ(scheduler.gives_up_at(kNow, profiles_), kNow + 60ms + Duration(1));
}

TEST_F(SchedulerTest, ATimeoutEndsWaitingButNoRun) {
  Scheduler scheduler({.workers = 2});
  for (const std::uint64_t id : {1, 2}) {
    auto hasty = request(id, 1s);
    hasty.terms.timeout = 5ms;
    ASSERT_TRUE(scheduler.admit(std::move(hasty), kNow));
  }
  EXPECT_EQ(next_start(scheduler, kNow + 5ms, profiles_).reason, Reason::kBaseOnly);
  EXPECT_FALSE(scheduler.give_up(kNow + 5ms, profiles_));
  EXPECT_EQ(next_end(scheduler, kNow + 6ms, profiles_).why, ErrorCode::kTimedOut)
      << "met by next()";
  EXPECT_FALSE(scheduler.give_up(kNow + 1h, profiles_)) << "the first runs";
  EXPECT_EQ(scheduler.gives_up_at(kNow, profiles_), TimePoint::max());
  EXPECT_EQ(scheduler.running(), 1U);
}

}  // namespace
}  // namespace cnnselect
