#include "engine/scheduler.h"

#include <gtest/gtest.h>

#include "engine/testing/scheduler_test.h"
#include "engine/testing/watching_policy.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

TEST_F(SchedulerTest, StartsTheMostUrgentFirst) {
  Scheduler scheduler({.workers = 1});
  ASSERT_TRUE(scheduler.admit(request(1, 500ms), kNow));
  ASSERT_TRUE(scheduler.admit(request(2, 100ms), kNow));
  EXPECT_EQ(next_start(scheduler, kNow, profiles_).request, RequestId{2});
}

TEST_F(SchedulerTest, AColdStartIsPartOfTheCostAndTheWishIsKnown) {
  Candidate small = candidate(0.6, 10, 1, 0);
  Candidate large = candidate(0.8, 50, 2, 1);
  const auto start = [&](Duration sla) {
    const FixedProfiles profiles({small, large});
    Scheduler scheduler({.workers = 1});
    EXPECT_TRUE(scheduler.admit(request(1, sla), kNow));
    return next_start(scheduler, kNow, profiles);
  };
  EXPECT_EQ(start(100ms).model, ModelId{1});
  EXPECT_EQ(start(100ms).wished, ModelId{1});
  large.cold_start = 200ms;
  EXPECT_EQ(start(100ms).model, ModelId{0});
  EXPECT_EQ(start(100ms).wished, ModelId{1});
  EXPECT_EQ(start(300ms).model, ModelId{1}) << "250 ms are soon enough";
  EXPECT_EQ(start(30ms).wished, ModelId{0});
  large.cold_start = kForever;
  EXPECT_EQ(start(10s).model, ModelId{0}) << "cannot be loaded now";
  EXPECT_EQ(start(10s).wished, ModelId{1});
  small.cold_start = kForever;
  EXPECT_EQ(start(10s).model, ModelId{1}) << "nothing can: as if everything could";
}

TEST_F(SchedulerTest, WhoReadsDistributionsSeesTheColdStartInThem) {
  const std::vector<Duration> times = {40ms, 50ms, 60ms};
  Candidate cold = candidate(0.8, 50, 2, 0);
  cold.times = times;
  cold.cold_start = 100ms;
  const FixedProfiles profiles({cold});
  const WatchingPolicy watching;
  Scheduler scheduler({.workers = 1});
  ScheduledRequest waiting = request(1, 1s);
  waiting.candidates = {ModelId{0}};
  waiting.terms.policy = &watching;
  ASSERT_TRUE(scheduler.admit(waiting, kNow));
  ASSERT_TRUE(scheduler.next(kNow, profiles));
  EXPECT_EQ(watching.first.mean, 150ms);
  EXPECT_EQ(watching.times, (std::vector<Duration>{140ms, 150ms, 160ms}));
  EXPECT_EQ(as_loaded(watching.first), 50ms) << "what slowdown is measured against";
}

TEST_F(SchedulerTest, WhoCannotBeThereInTimeIsNoCandidateWhileAnybodyIs) {
  Candidate small = candidate(0.6, 10, 1, 0);
  Candidate large = candidate(0.8, 50, 2, 1);
  large.cold_start = 200ms;
  const WatchingPolicy watching;
  const auto candidates = [&](Duration sla) {
    const FixedProfiles profiles({small, large});
    Scheduler scheduler({.workers = 1});
    ScheduledRequest waiting = request(1, sla);
    waiting.terms.policy = &watching;
    EXPECT_TRUE(scheduler.admit(waiting, kNow));
    EXPECT_TRUE(scheduler.next(kNow, profiles));
    return watching.running.size();
  };
  EXPECT_EQ(candidates(250ms), 2U);
  EXPECT_EQ(candidates(249ms), 1U);
  small.cold_start = 1ms;
  EXPECT_EQ(candidates(249ms), 2U) << "something must be chosen";
}

TEST_F(SchedulerTest, StartsNobodyWhileEveryWorkerIsBusy) {
  Scheduler scheduler({.workers = 2});
  for (std::uint64_t id = 1; id <= 3; ++id) ASSERT_TRUE(scheduler.admit(request(id, 1s), kNow));
  const Start first = next_start(scheduler, kNow, profiles_);
  ASSERT_TRUE(scheduler.next(kNow, profiles_));
  EXPECT_FALSE(scheduler.next(kNow, profiles_));
  EXPECT_EQ(scheduler.running(), 2U);
  scheduler.finished(first.request, 10ms, kNow);
  EXPECT_EQ(next_start(scheduler, kNow, profiles_).request, RequestId{3});
}

TEST_F(SchedulerTest, ChoosesTheModelOnlyWhenItStarts) {
  Scheduler scheduler({.workers = 1});
  ASSERT_TRUE(scheduler.admit(request(1, 60ms), kNow));
  const Start at_once = next_start(scheduler, kNow, profiles_);
  EXPECT_EQ(at_once.model, ModelId{1}) << "60 ms fit the slow model";
  scheduler.finished(RequestId{1}, 10ms, kNow);

  ASSERT_TRUE(scheduler.admit(request(2, 60ms), kNow));
  const Start later = next_start(scheduler, kNow + 20ms, profiles_);
  EXPECT_EQ(later.model, ModelId{0}) << "waiting has eaten 20 of the 60 ms";
  EXPECT_EQ(later.budget.soft, 40ms);
  EXPECT_EQ(later.queued, 20ms);
}

TEST_F(SchedulerTest, RunsOnlyCandidates) {
  Scheduler scheduler({.workers = 1});
  auto only_slow = request(1, 1ms);
  only_slow.candidates = {ModelId{1}};
  ASSERT_TRUE(scheduler.admit(std::move(only_slow), kNow));
  const Start start = next_start(scheduler, kNow, profiles_);
  EXPECT_EQ(start.model, ModelId{1});
  EXPECT_EQ(start.reason, Reason::kFastestFallback);
}

TEST_F(SchedulerTest, TellsWhyAndHowLikely) {
  const auto uniform = make_selector("uniform-eligible").value();
  Scheduler scheduler({.workers = 1});
  auto drawn = request(1, 1s);
  drawn.terms.policy = uniform.get();
  ASSERT_TRUE(scheduler.admit(std::move(drawn), kNow));
  const Start start = next_start(scheduler, kNow, profiles_);
  EXPECT_EQ(start.reason, Reason::kExplored);
  EXPECT_DOUBLE_EQ(start.probability, 0.5);
}

TEST_F(SchedulerTest, StartsHigherPrioritiesFirstAndWithinOneTheMostUrgent) {
  struct Waiting {
    Duration sla;
    std::uint32_t priority;
  };
  const struct {
    const char* what;
    std::vector<Waiting> waiting;
    std::vector<std::uint64_t> order;  // of places in `waiting`, from 1
  } cases[] = {
      {"one class: by deadline", {{300ms, 2}, {100ms, 2}, {200ms, 2}}, {2, 3, 1}},
      {"a higher class first, however urgent the others", {{20ms, 2}, {1h, 1}}, {2, 1}},
      {"also one that is in no hurry at all", {{20ms, 3}, {kForever, 2}}, {2, 1}},
      {"by deadline within each", {{9ms, 2}, {500ms, 1}, {1ms, 2}, {400ms, 1}}, {4, 2, 3, 1}},
  };
  for (const auto& [what, waiting, order] : cases) {
    Scheduler scheduler({.workers = 1});
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      auto one = request(i + 1, waiting[i].sla);
      one.terms.priority = waiting[i].priority;
      ASSERT_TRUE(scheduler.admit(std::move(one), kNow));
    }
    std::vector<std::uint64_t> started;
    while (const auto next = scheduler.next(kNow, profiles_)) {
      const RequestId id = std::get<Start>(*next).request;
      started.push_back(id.value);
      scheduler.finished(id, std::nullopt, kNow);
    }
    EXPECT_EQ(started, order) << what;
  }
}

TEST_F(SchedulerTest, AHigherPriorityFindsNoRoomInAFullQueueEither) {
  Scheduler scheduler({.workers = 1, .max_queue = 1});
  auto low = request(1, 1s);
  low.terms.priority = 3;
  ASSERT_TRUE(scheduler.admit(std::move(low), kNow));
  EXPECT_FALSE(scheduler.admit(request(2, 1s), kNow));
}

TEST_F(SchedulerTest, RefusesWhenTheQueueIsFull) {
  Scheduler scheduler({.workers = 1, .max_queue = 1});
  ASSERT_TRUE(scheduler.admit(request(1, 1s), kNow));
  const Status refused = scheduler.admit(request(2, 1ms), kNow);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), (Error{ErrorCode::kUnavailable, "Exceeds maximum queue size of 1"}));
  ASSERT_TRUE(scheduler.next(kNow, profiles_));
  EXPECT_TRUE(scheduler.admit(request(2, 1ms), kNow)) << "a running request does not wait";
}

TEST_F(SchedulerTest, CancelsInEveryState) {
  Scheduler scheduler({.workers = 1});
  ASSERT_TRUE(scheduler.admit(request(1, 1s), kNow));
  ASSERT_TRUE(scheduler.admit(request(2, 2s), kNow));
  ASSERT_EQ(next_start(scheduler, kNow, profiles_).request, RequestId{1});
  EXPECT_EQ(scheduler.cancel(RequestId{2}), CancelAction::kRemoved);
  EXPECT_EQ(scheduler.cancel(RequestId{2}), CancelAction::kNone) << "removed already";
  EXPECT_EQ(scheduler.cancel(RequestId{1}), CancelAction::kStop);
  EXPECT_EQ(scheduler.running(), 1U) << "it runs until finished() says otherwise";
  scheduler.finished(RequestId{1}, 10ms, kNow);
  EXPECT_EQ(scheduler.cancel(RequestId{1}), CancelAction::kNone);
  EXPECT_FALSE(scheduler.next(kNow, profiles_));
}

TEST_F(SchedulerTest, RemovesEverybodyWhoWaits) {
  Scheduler scheduler({.workers = 1});
  for (std::uint64_t id = 1; id <= 3; ++id) ASSERT_TRUE(scheduler.admit(request(id, 1s), kNow));
  ASSERT_TRUE(scheduler.next(kNow, profiles_));
  EXPECT_EQ(scheduler.remove_waiting(), (std::vector{RequestId{2}, RequestId{3}}));
  EXPECT_EQ(scheduler.waiting(), 0U);
  EXPECT_EQ(scheduler.running(), 1U);
}

TEST_F(SchedulerTest, SameSeedSameDraws) {
  const auto random = make_selector("random").value();
  const auto choices = [&](std::uint64_t seed) {
    Scheduler scheduler({.workers = 1, .max_queue = 100, .seed = seed});
    std::vector<ModelId> chosen;
    for (std::uint64_t id = 1; id <= 40; ++id) {
      auto drawn = request(id, 1s);
      drawn.terms.policy = random.get();
      EXPECT_TRUE(scheduler.admit(std::move(drawn), kNow));
      chosen.push_back(next_start(scheduler, kNow, profiles_).model);
      scheduler.finished(RequestId{id}, 10ms, kNow);
    }
    return chosen;
  };
  EXPECT_EQ(choices(5), choices(5));
  EXPECT_NE(choices(5), choices(6));
}

TEST_F(SchedulerTest, ShowsHowLongTheRequestHasBeenHere) {
  const WatchingPolicy policy;
  Scheduler scheduler({.workers = 1});
  auto watched = request(1, 1s, kNow - 5ms);  // its photo was decoded for 5 ms
  watched.terms.policy = &policy;
  ASSERT_TRUE(scheduler.admit(std::move(watched), kNow));
  ASSERT_TRUE(scheduler.next(kNow + 20ms, profiles_));
  EXPECT_EQ(policy.waited, 25ms);
}

TEST_F(SchedulerTest, ShowsHowManyExecutionsOfEachModelAreUnderWay) {
  const WatchingPolicy policy;
  Scheduler scheduler({.workers = 8});
  const auto shown = [&](std::uint64_t id, std::vector<ModelId> candidates) {
    auto watched = request(id, 1s);
    watched.candidates = std::move(candidates);
    watched.terms.policy = &policy;
    EXPECT_TRUE(scheduler.admit(std::move(watched), kNow));
    EXPECT_TRUE(scheduler.next(kNow, profiles_));
    return policy.running;
  };
  using Counts = std::vector<std::size_t>;
  EXPECT_EQ(shown(1, {ModelId{1}, ModelId{0}}), (Counts{0, 0}));
  EXPECT_EQ(shown(2, {ModelId{1}, ModelId{0}}), (Counts{1, 0}));
  EXPECT_EQ(shown(3, {ModelId{0}, ModelId{1}}), (Counts{0, 2}));
  scheduler.finished(RequestId{1}, 10ms, kNow);
  scheduler.finished(RequestId{2}, std::nullopt, kNow);
  EXPECT_EQ(shown(4, {ModelId{0}, ModelId{1}}), (Counts{1, 0}));
}

TEST_F(SchedulerTest, LearnsTheSlowdownFromExecutionsThatSucceeded) {
  const WatchingPolicy policy;
  Scheduler scheduler({.workers = 1});
  const auto run = [&](std::uint64_t id, ModelId model, std::optional<Duration> took) {
    auto watched = request(id, 1s);
    watched.candidates = {model};
    watched.terms.policy = &policy;
    EXPECT_TRUE(scheduler.admit(std::move(watched), kNow));
    EXPECT_TRUE(scheduler.next(kNow, profiles_));
    scheduler.finished(RequestId{id}, took, kNow);
  };
  SlowdownFilter expected;
  run(1, ModelId{0}, 20ms);
  EXPECT_EQ(policy.load.slowdown_mean, 1) << "nothing seen yet";
  expected.add(20ms, 10ms);
  run(2, ModelId{1}, std::nullopt);
  EXPECT_EQ(policy.load.slowdown_mean, expected.mean());
  run(3, ModelId{1}, 150ms);
  EXPECT_EQ(policy.load.slowdown_mean, expected.mean()) << "a failure teaches nothing";
  expected.add(150ms, 50ms);
  run(4, ModelId{0}, 10ms);
  EXPECT_EQ(policy.load.slowdown_mean, expected.mean()) << "one ratio for all models";
  EXPECT_EQ(policy.load.slowdown_deviation, expected.deviation());
}

TEST_F(SchedulerTest, WhatRanBeforeItsModelHadAProfileIsNoSlowdown) {
  const WatchingPolicy policy;
  Scheduler scheduler({.workers = 1});
  const auto run = [&](std::uint64_t id, const ModelProfiles& profiles) {
    auto watched = request(id, 1s);
    watched.terms.policy = &policy;
    EXPECT_TRUE(scheduler.admit(std::move(watched), kNow));
    EXPECT_TRUE(scheduler.next(kNow, profiles));
    scheduler.finished(RequestId{id}, 20ms, kNow);
  };
  run(1, FixedProfiles({candidate(0.6, 0, 0, 0), candidate(0.8, 0, 0, 1)}));
  run(2, profiles_);
  EXPECT_EQ(policy.load.slowdown_mean, 1);
}

TEST_F(SchedulerTest, ShowsTheRateAtTheBeginningOfThePeriod) {
  const WatchingPolicy policy;
  Scheduler scheduler({.workers = 1});
  const auto load_at = [&](std::uint64_t id, TimePoint now) {
    auto watched = request(id, 1s, now);
    watched.terms.policy = &policy;
    EXPECT_TRUE(scheduler.admit(std::move(watched), now));
    EXPECT_TRUE(scheduler.next(now, profiles_));
    scheduler.finished(RequestId{id}, 10ms, now);
    return policy.load;
  };
  for (std::uint64_t i = 0; i < 100; ++i) {
    const LoadView first = load_at(i, kNow + i * 100ms);
    EXPECT_EQ(first.period_arrivals_per_second, first.arrivals_per_second);
  }
  for (std::uint64_t i = 0; i < 500; ++i) {
    const LoadView second = load_at(100 + i, kNow + 10s + i * 10ms);
    EXPECT_NEAR(second.period_arrivals_per_second, 10, 1) << i;
    if (i > 400) {
      EXPECT_GT(second.arrivals_per_second, 80) << i;
    }
  }
}

}  // namespace
}  // namespace cnnselect
