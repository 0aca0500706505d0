// Late::kLast: who cannot be in time any more waits for all who can.
#include <gtest/gtest.h>

#include "engine/scheduler.h"
#include "engine/testing/scheduler_test.h"
#include "engine/testing/watching_policy.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

// The fast model takes 10 ms.
class LateLast : public SchedulerTest {
 protected:
  ScheduledRequest request(std::uint64_t id, Duration sla) const {
    auto last = SchedulerTest::request(id, sla);
    last.terms.late = Late::kLast;
    return last;
  }
  void admit(std::uint64_t id, Duration sla) {
    ASSERT_TRUE(scheduler_.admit(request(id, sla), kNow));
  }

  Scheduler scheduler_{{.workers = 1, .max_queue = 4}};
};

TEST_F(LateLast, StartsWhenNobodyIsLeftWhoCanBeInTime) {
  admit(1, 9ms);
  admit(2, 100ms);
  admit(3, -5ms);
  admit(4, 10ms);
  EXPECT_EQ(run_all(scheduler_), (std::vector<std::uint64_t>{4, 2, 3, 1}))
      << "just enough is enough";
  EXPECT_EQ(scheduler_.waiting() + scheduler_.running(), 0U);
}

TEST_F(LateLast, IsAnsweredByItsPolicyAllTheSame) {
  admit(1, 9ms);
  const Start start = next_start(scheduler_, kNow, profiles_);
  EXPECT_EQ(start.reason, Reason::kFastestFallback);
  EXPECT_EQ(start.model, ModelId{0});
  EXPECT_EQ(start.budget.soft, 9ms);
}

TEST_F(LateLast, OthersMayInsistOnTheirTurn) {
  admit(1, 9ms);
  ASSERT_TRUE(scheduler_.admit(SchedulerTest::request(2, 8ms), kNow));
  admit(3, 1s);
  auto deviceless = request(4, 7ms);
  deviceless.terms.late = Late::kDevice;
  ASSERT_TRUE(scheduler_.admit(std::move(deviceless), kNow));
  EXPECT_EQ(run_all(scheduler_), (std::vector<std::uint64_t>{2, 3, 4, 1}))
      << "the second is answered in its turn; the fourth has no network of its own";
}

// Four may wait behind: the first two, the fourth and the fifth.
class FullLateLast : public LateLast {
 protected:
  FullLateLast() {
    std::uint64_t id = 0;
    for (int round = 0; round < 2; ++round) {
      for (int i = 0; i < 2; ++i) {
        ++id;
        admit(id, id * 1ms);
      }
      admit(++id, 1s);
      EXPECT_EQ(next_start(scheduler_, kNow, profiles_).request, RequestId{id});
      scheduler_.finished(RequestId{id}, std::nullopt, kNow);
    }
    EXPECT_EQ(scheduler_.waiting(), 4U);
  }
};

TEST_F(FullLateLast, GivesUpWhoHasBeenLateForLongest) {
  admit(7, 6ms);
  const GivenUp ended = next_end(scheduler_, kNow, profiles_);
  EXPECT_EQ(ended.request, RequestId{1});
  EXPECT_EQ(ended.why, ErrorCode::kTooLate);
  EXPECT_TRUE(ended.queue_full);
  EXPECT_EQ(ended.budget.soft, 1ms);
  EXPECT_EQ(ended.fastest, 10ms);
  EXPECT_EQ(run_all(scheduler_), (std::vector<std::uint64_t>{2, 4, 5, 7}));
}

TEST_F(FullLateLast, GivesUpTheLowestPriorityFirst) {
  auto lower = request(7, 6ms);
  lower.terms.priority = 2;
  ASSERT_TRUE(scheduler_.admit(std::move(lower), kNow));
  const GivenUp ended = next_end(scheduler_, kNow, profiles_);
  EXPECT_EQ(ended.request, RequestId{7});
  EXPECT_TRUE(ended.queue_full);
  EXPECT_EQ(run_all(scheduler_), (std::vector<std::uint64_t>{1, 2, 4, 5}));
}

TEST_F(FullLateLast, SparesWhoInsistedOnItsAnswer) {
  // Its own policy has let others go first, late or not.
  class Modest final : public Selector {
   public:
    std::string_view name() const override { return "modest"; }
    bool puts_behind() const override { return true; }
    Selection select(const SelectionInput&, Rng&, std::span<double> probability) const override {
      probability[0] = 1;
      return {.others_first = true};
    }
  };
  const Modest modest;
  EXPECT_EQ(scheduler_.cancel(RequestId{1}), CancelAction::kRemoved);
  auto insists = SchedulerTest::request(7, -5ms);
  insists.terms.policy = &modest;
  ASSERT_TRUE(scheduler_.admit(std::move(insists), kNow));
  admit(8, 1s);
  ASSERT_EQ(next_start(scheduler_, kNow, profiles_).request, RequestId{8});
  scheduler_.finished(RequestId{8}, std::nullopt, kNow);
  admit(9, 6ms);
  EXPECT_EQ(next_end(scheduler_, kNow, profiles_).request, RequestId{9})
      << "nobody gives way to it";
  EXPECT_EQ(run_all(scheduler_), (std::vector<std::uint64_t>{7, 2, 4, 5}));
}

TEST_F(FullLateLast, WhoIsGivenUpIsNoDemandEither) {
  const WatchingPolicy policy;
  for (std::uint64_t id = 7; id < 20; ++id) {
    admit(id, 6ms);
    EXPECT_TRUE(next_end(scheduler_, kNow, profiles_).queue_full) << id;
  }
  auto in_time = request(20, 1s);
  in_time.terms.policy = &policy;
  ASSERT_TRUE(scheduler_.admit(std::move(in_time), kNow));
  ASSERT_EQ(next_start(scheduler_, kNow, profiles_).request, RequestId{20});
  // Within the first half second arrivals count as of half a second.
  EXPECT_NEAR(policy.load.arrivals_per_second, 6, 0.9) << "three of twenty, not 40 a second";
}

TEST_F(LateLast, DoesNotOverruleAPolicyThatSaysItselfWhoIsLate) {
  class Hopeful final : public Selector {
   public:
    explicit Hopeful(bool knows) : knows_(knows) {}
    std::string_view name() const override { return "hopeful"; }
    bool puts_behind() const override { return knows_; }
    Selection select(const SelectionInput&, Rng&, std::span<double> probability) const override {
      probability[0] = 1;
      return {.reason = Reason::kBaseOnly};
    }

   private:
    bool knows_;
  };
  const Hopeful informed(true);
  const Hopeful blind(false);
  for (const Hopeful* const policy : {&blind, &informed}) {
    auto late = request(policy == &blind ? 1 : 2, 9ms);
    late.terms.policy = policy;
    ASSERT_TRUE(scheduler_.admit(std::move(late), kNow));
  }
  admit(3, 1s);
  EXPECT_EQ(run_all(scheduler_), (std::vector<std::uint64_t>{2, 3, 1}));
}

TEST_F(LateLast, IsNoDemand) {
  const WatchingPolicy policy;
  for (const std::uint64_t id : {1, 2, 3}) admit(id, 1ms);
  auto in_time = request(4, 1s);
  in_time.terms.policy = &policy;
  ASSERT_TRUE(scheduler_.admit(std::move(in_time), kNow));
  ASSERT_TRUE(scheduler_.next(kNow, profiles_));
  // Within the first half second arrivals count as of half a second.
  EXPECT_NEAR(policy.load.arrivals_per_second, 2, 0.3) << "one of four, not 8 a second";
  EXPECT_EQ(policy.load.waiting, 0U) << "those behind hinder nobody";
}

}  // namespace
}  // namespace cnnselect
