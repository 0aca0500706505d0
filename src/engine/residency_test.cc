#include "engine/residency.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <limits>

#include "cnnselect/rng.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using State = Residency::State;

constexpr auto kPlenty = std::numeric_limits<std::uint64_t>::max();
constexpr std::size_t kManyWorkers = 1'000'000;  // a load costs none of them anything
const TimePoint kStart{1h};

ModelCost cost(double accuracy, int mean_ms, std::uint64_t bytes, Duration cold = 1s) {
  return {.family = {},
          .accuracy = accuracy,
          .mean = std::chrono::milliseconds(mean_ms),
          .cold_start = cold,
          .bytes = bytes};
}

const ModelId kSmall{0};
const ModelId kMedium{1};
const ModelId kLarge{2};

std::vector<ModelCost> three() {
  return {cost(0.5, 10, 10), cost(0.7, 40, 40), cost(0.9, 100, 100)};
}

void wish(Residency& residency, ModelId id, int times, TimePoint now = kStart) {
  for (int i = 0; i < times; ++i) residency.wished(id, now);
}

void load_now(Residency& residency, ModelId id, TimePoint now = kStart) {
  ASSERT_TRUE(residency.begin(id, now).has_value());
  residency.loaded(id);
}

TEST(Residency, BeginsWithNothingAndLoadsOnDemand) {
  Residency residency(three(), 1, kPlenty);
  EXPECT_EQ(residency.state(kSmall), State::kAbsent);
  EXPECT_TRUE(residency.on_demand(kSmall));
  const auto load = residency.begin(kSmall, kStart);
  ASSERT_TRUE(load.has_value());
  EXPECT_TRUE(load->evicted.empty());
  EXPECT_EQ(residency.state(kSmall), State::kLoading);
  residency.loaded(kSmall);
  EXPECT_EQ(residency.state(kSmall), State::kLoaded);
  EXPECT_EQ(residency.used(), 10U);
}

TEST(Residency, AFailedLoadLeavesItsRoom) {
  Residency residency({cost(0.9, 100, 100)}, 1, kPlenty);
  const ModelId broken{0};
  ASSERT_TRUE(residency.begin(broken, kStart).has_value());
  residency.failed(broken, kStart);
  EXPECT_EQ(residency.state(broken), State::kAbsent);
  EXPECT_EQ(residency.used(), 0U);
  EXPECT_TRUE(residency.on_demand(broken)) << "who names it is told what is wrong";
  EXPECT_EQ(residency.cold_start(broken, kStart + Residency::kRetry - 1ns), kForever);
  EXPECT_EQ(residency.cold_start(broken, kStart + Residency::kRetry), 1s);
  wish(residency, broken, 10);
  EXPECT_FALSE(residency.begin_best(kStart + Residency::kRetry - 1ns).has_value());
  EXPECT_TRUE(residency.begin_best(kStart + Residency::kRetry + Residency::kPause).has_value());
}

TEST(Residency, TellsWhatIsLeftOfAColdStart) {
  Residency residency(three(), 1, 100);
  EXPECT_EQ(residency.cold_start(kSmall, kStart), 1s);
  (void)residency.begin(kSmall, kStart);
  EXPECT_EQ(residency.cold_start(kSmall, kStart + 400ms), 600ms);
  EXPECT_EQ(residency.cold_start(kSmall, kStart + 2s), 1ns) << "longer than usual";
  residency.loaded(kSmall);
  EXPECT_EQ(residency.cold_start(kSmall, kStart + 2s), 0ns);
  EXPECT_EQ(residency.cold_start(kLarge, kStart + 2s), kForever) << "somebody would have to go";
}

TEST(Residency, WhatIsWishedForIsLoadedInTheBackgroundOneAtATime) {
  Residency residency(three(), kManyWorkers, kPlenty);
  load_now(residency, kSmall);
  EXPECT_FALSE(residency.begin_best(kStart).has_value()) << "nobody wishes for more";
  wish(residency, kLarge, 10);
  // Medium would do better than small for those who wish for large, but large gains more.
  const auto first = residency.begin_best(kStart + Residency::kPause);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->model, kLarge);
  wish(residency, kMedium, 10);
  EXPECT_FALSE(residency.begin_best(kStart + 10s).has_value()) << "one load at a time";
  residency.loaded(kLarge);
  EXPECT_EQ(residency.begin_best(kStart + 10s)->model, kMedium);
}

TEST(Residency, OfTwoLoadsTheOneThatGainsMorePerSecondComesFirst) {
  auto models = three();
  models[2].cold_start = 60s;  // medium gains half as much in a sixtieth of the time
  Residency residency(models, kManyWorkers, kPlenty);
  load_now(residency, kSmall);
  wish(residency, kLarge, 10);
  EXPECT_EQ(residency.begin_best(kStart)->model, kMedium);
}

TEST(Residency, LooksForALoadOnlyNowAndThen) {
  Residency residency(three(), kManyWorkers, kPlenty);
  EXPECT_FALSE(residency.begin_best(kStart).has_value());
  wish(residency, kLarge, 10);
  EXPECT_FALSE(residency.begin_best(kStart + Residency::kPause - 1ns).has_value());
  EXPECT_TRUE(residency.begin_best(kStart + Residency::kPause).has_value());
}

// 0.2 more for one wish in 10 is worth 0.02 a wish. The load takes the one worker away for x of the
// 300 s that count, and with it 0.5 a wish: 12 s are the most that pays.
TEST(Residency, ALoadMustBeWorthTheWorkersTime) {
  for (const auto& [cold, pays] : {std::pair(11'900ms, true), std::pair(12'100ms, false)}) {
    auto models = three();
    models[1].cold_start = cold;
    models.pop_back();
    Residency residency(models, 1, kPlenty);
    load_now(residency, kSmall);
    wish(residency, kSmall, 90);
    wish(residency, kMedium, 10);
    EXPECT_EQ(residency.begin_best(kStart).has_value(), pays) << cold.count();
  }
}

TEST(Residency, APlanOfAnotherMomentIsDropped) {
  Residency residency({cost(0.5, 10, 10), cost(0.9, 100, 100)}, 1'000, 110);
  for (int i = 0; i < 1'000; ++i) residency.wished(ModelId{1}, kStart);
  EXPECT_TRUE(residency.is_to_look(kStart));
  EXPECT_FALSE(residency.is_to_look(kStart)) << "once in a while only";
  const Residency copy = residency;
  auto load = copy.best(kStart);
  ASSERT_TRUE(load);
  EXPECT_EQ(load->model, ModelId{1});
  ASSERT_TRUE(residency.begin(ModelId{0}, kStart));
  residency.plan(*load, copy.revision(), kStart);
  EXPECT_FALSE(residency.begin_planned(kStart)) << "the memory is another one by now";
  residency.loaded(ModelId{0});
  residency.plan(*load, residency.revision(), kStart);
  EXPECT_EQ(residency.begin_planned(kStart)->model, ModelId{1});
}

TEST(Residency, WhatIsTooMuchAfterAChangeLeavesUnlessItIsInUse) {
  Residency residency({cost(0.5, 10, 10), cost(0.9, 100, 100)}, 1, 110);
  for (const ModelId id : {ModelId{0}, ModelId{1}}) {
    ASSERT_TRUE(residency.begin(id, kStart));
    residency.loaded(id);
    residency.wished(id, kStart);
    residency.pin(id);
  }
  EXPECT_FALSE(residency.evict_surplus(kStart));
  residency.set_cost(ModelId{0}, cost(0.5, 10, 20));
  EXPECT_EQ(residency.used(), 120U);
  EXPECT_FALSE(residency.evict_surplus(kStart)) << "both are in use";
  residency.unpin(ModelId{1});
  EXPECT_EQ(residency.evict_surplus(kStart), ModelId{1});
  EXPECT_EQ(residency.used(), 20U);
  EXPECT_FALSE(residency.evict_surplus(kStart));
}

TEST(Residency, OldWishesFade) {
  Residency residency(three(), 1, kPlenty);
  load_now(residency, kSmall);
  wish(residency, kLarge, 10, kStart - 12 * Residency::kMemory);
  wish(residency, kSmall, 10);
  EXPECT_FALSE(residency.begin_best(kStart).has_value()) << "ten, twelve memories ago, are nobody";
}

TEST(Residency, TheLeastLossPerByteIsEvicted) {
  Residency residency(
      {cost(0.5, 10, 10), cost(0.7, 40, 40), cost(0.8, 50, 60), cost(0.9, 100, 100)}, kManyWorkers,
      120);
  for (const std::uint32_t id : {0U, 1U, 2U}) load_now(residency, ModelId{id});
  wish(residency, ModelId{0}, 50);
  wish(residency, ModelId{1}, 2);
  wish(residency, ModelId{3}, 100);
  // Nobody wishes for model 2 itself, but it stands in for 3; once 3 is there it is worth nothing.
  const auto load = residency.begin_best(kStart);
  ASSERT_TRUE(load.has_value());
  EXPECT_EQ(load->model, ModelId{3});
  EXPECT_THAT(load->evicted, ElementsAre(ModelId{2}, ModelId{1}));
  EXPECT_EQ(residency.used(), 110U);
  EXPECT_EQ(residency.state(ModelId{2}), State::kAbsent);
}

TEST(Residency, AModelInUseLeavesBeforeTheLoadBegins) {
  Residency residency(three(), kManyWorkers, 110);
  load_now(residency, kSmall);
  load_now(residency, kMedium);
  residency.pin(kMedium);
  residency.pin(kMedium);
  wish(residency, kSmall, 100);
  wish(residency, kLarge, 1'000);
  EXPECT_FALSE(residency.begin_best(kStart).has_value());
  EXPECT_EQ(residency.state(kMedium), State::kLeaving);
  EXPECT_FALSE(residency.on_demand(kMedium)) << "no new request gets it";
  EXPECT_TRUE(residency.on_demand(kSmall));
  EXPECT_EQ(residency.used(), 50U);
  residency.unpin(kMedium);
  EXPECT_FALSE(residency.begin_best(kStart + 1s).has_value());
  residency.unpin(kMedium);
  const auto load = residency.begin_best(kStart + 2s);
  ASSERT_TRUE(load.has_value());
  EXPECT_EQ(load->model, kLarge);
  EXPECT_THAT(load->evicted, ElementsAre(kMedium));
}

/// Medium is in use, and is to leave for large.
Residency while_medium_leaves(std::uint64_t memory) {
  Residency residency(three(), kManyWorkers, memory);
  load_now(residency, kMedium);
  residency.pin(kMedium);
  wish(residency, kLarge, 1'000);
  EXPECT_FALSE(residency.begin_best(kStart).has_value());
  EXPECT_EQ(residency.state(kMedium), State::kLeaving);
  return residency;
}

TEST(Residency, ALoadForARequestEndsThePlanOfAnother) {
  Residency residency = while_medium_leaves(110);
  // The very model that was to come, or any other: what was planned does not hold any more.
  EXPECT_FALSE(residency.begin(kLarge, kStart).has_value()) << "medium is in use";
  EXPECT_EQ(residency.state(kMedium), State::kLoaded);
  residency.unpin(kMedium);
  EXPECT_THAT(residency.begin(kLarge, kStart)->evicted, ElementsAre(kMedium));
  EXPECT_FALSE(residency.begin_best(kStart + 1s).has_value()) << "it is not begun twice";
  EXPECT_EQ(residency.used(), 100U);
}

TEST(Residency, WhoDoesNotLeaveInTimeStays) {
  Residency residency = while_medium_leaves(100);
  EXPECT_TRUE(residency.on_demand(kMedium)) << "it is all there is";
  EXPECT_FALSE(residency.begin_best(kStart + Residency::kPatience).has_value());
  EXPECT_EQ(residency.state(kMedium), State::kLoaded);
}

TEST(Residency, ARequestWaitsForALoadOnlyWhereNobodyMustGo) {
  Residency residency(three(), 1, 100);
  load_now(residency, kSmall);
  EXPECT_TRUE(residency.on_demand(kMedium)) << "50 of 100";
  EXPECT_FALSE(residency.on_demand(kLarge)) << "110 of 100";
  residency.pin(kSmall);
  EXPECT_FALSE(residency.begin(kLarge, kStart).has_value());
  residency.unpin(kSmall);
  EXPECT_THAT(residency.begin(kLarge, kStart)->evicted, ElementsAre(kSmall)) << "somebody insists";
}

TEST(Residency, FamiliesShareTheMemoryButDoNotStandInForEachOther) {
  auto other = cost(0.6, 20, 50);
  other.family = FamilyId{1};
  Residency residency({cost(0.9, 10, 100), other}, kManyWorkers, 120);
  load_now(residency, ModelId{0});
  EXPECT_TRUE(residency.on_demand(ModelId{1})) << "nothing of its family is there";
  wish(residency, ModelId{0}, 10);
  wish(residency, ModelId{1}, 100);
  EXPECT_EQ(residency.begin_best(kStart)->model, ModelId{1}) << "60 are more than 9";
}

// Whatever is wished for, in whatever order: memory is kept, and what is in use stays.
TEST(Residency, KeepsWithinItsMemory) {
  EXPECT_TRUE(rc::check([] {
    std::vector<ModelCost> models;
    const auto count = *rc::gen::inRange<std::size_t>(1, 8);
    for (std::size_t i = 0; i < count; ++i) {
      models.push_back(cost(*rc::gen::inRange(0, 100) / 100.0, *rc::gen::inRange(1, 200),
                            *rc::gen::inRange<std::uint64_t>(0, 50),
                            std::chrono::milliseconds(*rc::gen::inRange(0, 5'000))));
    }
    Residency residency(models, 2, 60);
    std::vector<std::size_t> pins(count);
    TimePoint now = kStart;
    for (int step = 0; step < 60; ++step) {
      now += std::chrono::milliseconds(*rc::gen::inRange(0, 2'000));
      const ModelId id{*rc::gen::inRange<std::uint32_t>(0, static_cast<std::uint32_t>(count))};
      switch (*rc::gen::inRange(0, 5)) {
        case 0:
          wish(residency, id, 50, now);
          break;
        case 1:
          if (residency.state(id) == State::kAbsent) (void)residency.begin(id, now);
          break;
        case 2:
          if (residency.state(id) == State::kLoading) residency.loaded(id);
          break;
        case 3:
          if (residency.state(id) != State::kAbsent && residency.on_demand(id)) {
            residency.pin(id);
            ++pins[id.value];
          }
          break;
        default:
          if (pins[id.value] > 0) {
            residency.unpin(id);
            --pins[id.value];
          }
      }
      (void)residency.begin_best(now);
      std::uint64_t used = 0;
      for (std::uint32_t i = 0; i < count; ++i) {
        const bool absent = residency.state(ModelId{i}) == State::kAbsent;
        if (!absent) used += models[i].bytes;
        RC_ASSERT(!absent || pins[i] == 0);
      }
      RC_ASSERT(residency.used() == used);
      RC_ASSERT(used <= 60U);
    }
  }));
}

// Under steady demand models settle: after a few loads nothing changes places any more.
TEST(Residency, DoesNotThrash) {
  EXPECT_TRUE(rc::check([] {
    std::vector<ModelCost> models;
    std::vector<int> share;
    for (int i = 0; i < 6; ++i) {
      models.push_back(cost(0.5 + 0.08 * i, 10 + 20 * i, *rc::gen::inRange<std::uint64_t>(5, 50),
                            std::chrono::milliseconds(*rc::gen::inRange(1, 3'000))));
      share.push_back(*rc::gen::inRange(0, 5));
    }
    Residency residency(models, 2, 60);
    Rng rng(*rc::gen::inRange<std::uint64_t>(1, 1'000));
    const int total = 1 + share[0] + share[1] + share[2] + share[3] + share[4] + share[5];
    int loads = 0;
    TimePoint now = kStart;
    for (int i = 0; i < 20'000; ++i) {
      now += 50ms;
      auto draw = static_cast<int>(rng.uniform() * total);
      std::uint32_t wished = 0;
      while (wished < 5 && draw >= share[wished]) draw -= share[wished++];
      residency.wished(ModelId{wished}, now);
      if (const auto load = residency.begin_best(now)) {
        residency.loaded(load->model);
        ++loads;
      }
    }
    RC_ASSERT(loads <= 20);
  }));
}

}  // namespace
}  // namespace cnnselect
