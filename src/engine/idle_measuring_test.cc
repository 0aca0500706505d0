#include "engine/idle_measuring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

using End = IdleMeasuring::End;

constexpr TimePoint kStart{std::chrono::hours(1)};
constexpr Duration kPeriod = 60s;
const Presence kNobody{.requests = 0, .since = kStart - 1h};

/// Warmed up at kStart.
MeasuredModel model(Duration expected, bool doubtful = false) {
  return {.measurable = true, .doubtful = doubtful, .latest = kStart, .expected = expected};
}

/// The driver without threads: models that take `truth`, and whose profile believes what it is
/// told.
class Machine {
 public:
  Machine(std::vector<MeasuredModel> models, std::vector<Duration> truth)
      : models_(std::move(models)), truth_(std::move(truth)), measuring_(models_.size(), kPeriod) {}

  /// Looks once; true: a run was made, and ended as `end`.
  bool look(End end = End::kUndisturbed) {
    const auto next = measuring_.next(models_, presence_, now_);
    if (!next.model) {
      EXPECT_GT(next.again, now_);
      now_ = next.again;
      return false;
    }
    MeasuredModel& model = models_[next.model->value];
    EXPECT_TRUE(model.measurable);
    EXPECT_EQ(presence_.requests, 0U);
    const Duration took = truth_[next.model->value];
    now_ += took;
    busy_ += took;
    runs_.push_back(next.model->value);
    const auto times = measuring_.ended(*next.model, model, end, took, now_);
    if (!times.empty()) {
      model.latest = now_;
      model.expected = times.back();
      model.doubtful = false;
      believed_.push_back(times.size());
    }
    return true;
  }
  /// Looks until `when`, as the driver would; every run ends as `end`.
  void go_on_until(TimePoint when, End end = End::kUndisturbed) {
    while (now_ < when) look(end);
  }

  std::vector<MeasuredModel> models_;
  std::vector<Duration> truth_;
  IdleMeasuring measuring_;
  Presence presence_ = kNobody;
  TimePoint now_ = kStart;
  Duration busy_{};
  std::vector<std::uint32_t> runs_;    // models, in order
  std::vector<std::size_t> believed_;  // how many times at once
};

TEST(IdleMeasuring, RunsWhatNobodyHasRunForAPeriod) {
  Machine machine({model(18ms)}, {18ms});
  machine.go_on_until(kStart + kPeriod - 1ms);
  EXPECT_THAT(machine.runs_, IsEmpty());
  machine.models_[0].latest += 10s;  // a request
  machine.go_on_until(kStart + kPeriod + 9s);
  EXPECT_THAT(machine.runs_, IsEmpty());
  machine.go_on_until(kStart + kPeriod + 11s);
  EXPECT_THAT(machine.runs_, SizeIs(1)) << "which agrees with what is believed";
}

TEST(IdleMeasuring, WhatIsConfirmedIsAskedMoreAndMoreSeldom) {
  Machine machine({model(18ms)}, {18ms});
  machine.go_on_until(kStart + (kPeriod * (1 + 2 + 4)) + 1s);
  EXPECT_THAT(machine.runs_, SizeIs(3));
  machine.go_on_until(kStart + (kPeriod * (1 + 2 + 4 + 8 + 8 + 8)) + 2s);
  EXPECT_THAT(machine.runs_, SizeIs(6)) << "but at least every eighth period";
  machine.models_[0].latest = machine.now_;  // a request may have changed what is believed
  machine.go_on_until(machine.now_ + kPeriod + 2s);
  EXPECT_THAT(machine.runs_, SizeIs(7));
}

TEST(IdleMeasuring, ASurpriseIsFollowedByAsManyRunsAsTheLearnerBelieves) {
  Machine machine({model(211ms)}, {18ms});
  machine.go_on_until(kStart + kPeriod + 5s);
  EXPECT_THAT(machine.runs_, SizeIs(6));
  EXPECT_THAT(machine.believed_, ElementsAre(6)) << "all together";
  machine.go_on_until(kStart + (kPeriod * 2) + 10s);
  EXPECT_THAT(machine.runs_, SizeIs(7)) << "as expected now, and so only one";
}

TEST(IdleMeasuring, ADoubtIsMeasuredAtOnceTheQuickestFirst) {
  Machine machine({model(18ms), model(211ms, true), model(30ms, true)}, {18ms, 18ms, 2ms});
  machine.go_on_until(kStart + 5s);
  ASSERT_THAT(machine.runs_, SizeIs(12));
  EXPECT_THAT(std::vector(machine.runs_.begin(), machine.runs_.begin() + 6), Each(2U));
  EXPECT_THAT(std::vector(machine.runs_.begin() + 6, machine.runs_.end()), Each(1U));
  EXPECT_THAT(machine.believed_, ElementsAre(6, 6)) << "also where a run agrees";
}

TEST(IdleMeasuring, NothingRunsWhileARequestIsThereOrHasJustLeft) {
  IdleMeasuring measuring(1, kPeriod);
  const std::vector models = {model(18ms, true)};
  const auto busy = measuring.next(models, {.requests = 1}, kStart);
  EXPECT_FALSE(busy.model);
  EXPECT_LE(busy.again, kStart + 20ms) << "it may leave soon";
  const auto just_left = measuring.next(models, {.requests = 0, .since = kStart}, kStart + 4ms);
  EXPECT_FALSE(just_left.model) << "its client may send the next at once";
  EXPECT_EQ(just_left.again, kStart + 5ms);
  EXPECT_TRUE(measuring.next(models, {.requests = 0, .since = kStart}, kStart + 5ms).model);
}

TEST(IdleMeasuring, ARunThatWasStoppedTeachesNothingAndIsTriedLaterAndLater) {
  Machine machine({model(18ms, true)}, {18ms});
  machine.go_on_until(kStart + 10s, End::kStopped);
  EXPECT_THAT(machine.believed_, IsEmpty());
  // After 0.2, 0.2, 0.4, ... s, the rest after a run counting too, and at most every 6 s.
  EXPECT_LE(machine.runs_.size(), 8U);
  EXPECT_GE(machine.runs_.size(), 5U);
  machine.go_on_until(machine.now_ + 10s);
  EXPECT_THAT(machine.believed_, ElementsAre(6));
}

TEST(IdleMeasuring, RunsBeforeAStoppedOneStillCount) {
  Machine machine({model(211ms, true)}, {18ms});
  while (machine.runs_.size() < 4) machine.look();
  while (machine.runs_.size() < 5) machine.look(End::kStopped);
  machine.go_on_until(kStart + 20s);
  EXPECT_THAT(machine.runs_, SizeIs(7));
  EXPECT_THAT(machine.believed_, ElementsAre(6));
}

TEST(IdleMeasuring, ANewFileMakesWhatTheOldOneToldWorthNothing) {
  Machine machine({model(211ms, true)}, {18ms});
  while (machine.runs_.size() < 4) machine.look();
  machine.models_[0].switches = 1;
  machine.go_on_until(kStart + 20s);
  EXPECT_THAT(machine.runs_, SizeIs(10));
}

TEST(IdleMeasuring, ARequestSettlesASurprise) {
  Machine machine({model(211ms)}, {18ms});
  machine.now_ = kStart + kPeriod;
  ASSERT_TRUE(machine.look());
  machine.models_[0].latest = machine.now_ + 1ms;
  machine.go_on_until(machine.now_ + 10s);
  EXPECT_THAT(machine.runs_, SizeIs(1));
}

TEST(IdleMeasuring, OnABusyMachineTheWaitsGrowUpToAPeriod) {
  Machine machine({model(18ms, true)}, {18ms});
  machine.go_on_until(kStart + 1h, End::kDisturbed);
  EXPECT_LE(machine.runs_.size(), 75U);
  EXPECT_GE(machine.runs_.size(), 60U);
}

TEST(IdleMeasuring, WhatCannotBeMeasuredIsLeftAlone) {
  Machine machine({model(18ms, true), model(18ms, true)}, {18ms, 18ms});
  machine.models_[1].measurable = false;
  machine.go_on_until(kStart + 5s);
  EXPECT_THAT(machine.runs_, Each(0U));
  machine.models_[1].measurable = true;
  machine.go_on_until(kStart + 10s);
  EXPECT_EQ(machine.runs_.back(), 1U) << "once it can be";
}

TEST(IdleMeasuring, AMeasurementWithoutPreparingIsBelievedWithIt) {
  IdleMeasuring measuring(1, kPeriod);
  MeasuredModel one = model(20ms);
  one.preparing = 2ms;
  EXPECT_THAT(measuring.ended(ModelId{0}, one, End::kUndisturbed, 18ms, kStart + kPeriod),
              ElementsAre(Duration(20ms)));
}

RC_GTEST_PROP(IdleMeasuringProperty, TakesATenthOfAProcessorAtMost, ()) {
  const auto times =
      *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(1, 2'000)));
  std::vector<MeasuredModel> models;
  std::vector<Duration> truth;
  for (const int time : times) {
    models.push_back(
        model(std::chrono::milliseconds(*rc::gen::inRange(1, 2'000)), *rc::gen::arbitrary<bool>()));
    truth.emplace_back(std::chrono::milliseconds(time));
  }
  Machine machine(std::move(models), std::move(truth));
  while (machine.now_ < kStart + 5min) {
    machine.look(*rc::gen::element(End::kUndisturbed, End::kDisturbed, End::kStopped));
  }
  const Duration longest = *std::ranges::max_element(machine.truth_);
  RC_ASSERT(machine.busy_ <= ((machine.now_ - kStart) / 10) + longest);
}

}  // namespace
}  // namespace cnnselect
