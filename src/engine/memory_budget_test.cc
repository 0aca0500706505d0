#include "engine/memory_budget.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <functional>
#include <latch>
#include <thread>
#include <vector>

#include "base/clock.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

const ModelId kSmallModel{0};
const ModelId kLargeModel{1};

ModelCost model(double accuracy, int mean_ms, std::uint64_t bytes) {
  return {.family = {},
          .accuracy = accuracy,
          .mean = std::chrono::milliseconds(mean_ms),
          .cold_start = 50ms,
          .bytes = bytes};
}

/// Counts what it is asked to do; loads wait while they are held.
class MemoryBudgetTest : public testing::Test {
 protected:
  std::unique_ptr<MemoryBudget> budget(std::uint64_t bytes) {
    return std::make_unique<MemoryBudget>(
        std::vector{model(0.5, 10, 10), model(0.9, 100, 100)},
        MemoryBudget::Options{.bytes = bytes, .workers = 1'000}, clock_,
        MemoryBudget::Actions{.load = [this](ModelId id) -> Status {
                                if (held_) held_->wait();
                                ++loads_[id.value];
                                if (broken_) return fail(ErrorCode::kInternal, "cut off");
                                return {};
                              },
                              .unload = [this](ModelId id) -> std::shared_ptr<LoadedModel> {
                                ++unloads_[id.value];
                                return nullptr;
                              }});
  }
  /// The background works on real time.
  static bool soon(const std::function<bool()>& holds) {
    for (int i = 0; i < 1'000 && !holds(); ++i) std::this_thread::sleep_for(5ms);
    return holds();
  }

  SimulatedClock clock_;
  std::array<std::atomic<int>, 2> loads_{};
  std::array<std::atomic<int>, 2> unloads_{};
  std::atomic<bool> broken_ = false;
  std::unique_ptr<std::latch> held_;
};

TEST_F(MemoryBudgetTest, FillsWithTheFastestThatFit) {
  const auto small = budget(100);
  ASSERT_TRUE(small->fill());
  EXPECT_TRUE(small->loaded(kSmallModel));
  EXPECT_FALSE(small->loaded(kLargeModel));
  EXPECT_EQ(small->counts().used, 10U);
  const auto large = budget(110);
  ASSERT_TRUE(large->fill());
  EXPECT_TRUE(large->loaded(kLargeModel));
}

TEST_F(MemoryBudgetTest, LoadsWhatIsUsedAndKeepsItMeanwhile) {
  const auto memory = budget(100);
  ASSERT_TRUE(memory->use(kLargeModel));
  EXPECT_EQ(loads_[1], 1);
  std::atomic<bool> there = false;
  std::jthread waiting([&] { there = memory->use(kSmallModel).has_value(); });
  std::this_thread::sleep_for(20ms);
  EXPECT_FALSE(there) << "there is no room for both";
  EXPECT_EQ(unloads_[1], 0);
  memory->release(kLargeModel);
  waiting.join();
  EXPECT_TRUE(there);
  EXPECT_EQ(unloads_[1], 1);
  EXPECT_EQ(memory->counts().evictions, 1U);
  EXPECT_EQ(memory->counts().used, 10U);
}

TEST_F(MemoryBudgetTest, ManyWhoWantTheSameModelWaitForOneLoad) {
  held_ = std::make_unique<std::latch>(1);
  const auto memory = budget(200);
  std::vector<std::jthread> users;
  std::atomic<int> served = 0;
  for (int i = 0; i < 8; ++i) {
    users.emplace_back([&] {
      if (memory->use(kLargeModel)) ++served;
      memory->release(kLargeModel);
    });
  }
  std::this_thread::sleep_for(20ms);
  EXPECT_EQ(served, 0);
  EXPECT_GT(memory->cold_start(kLargeModel, clock_.now()), 0ms);
  held_->count_down();
  users.clear();
  EXPECT_EQ(served, 8);
  EXPECT_EQ(loads_[1], 1);
}

TEST_F(MemoryBudgetTest, WhatIsWishedForComesInTheBackground) {
  const auto memory = budget(105);
  ASSERT_TRUE(memory->fill());
  ASSERT_TRUE(memory->use(kSmallModel));
  for (int i = 0; i < 1'000; ++i) memory->wished(kLargeModel);
  clock_.advance(200ms);
  memory->wished(kLargeModel);
  EXPECT_EQ(loads_[1], 0) << "the small one is in use, and there is no room for both";
  EXPECT_EQ(memory->cold_start(kLargeModel, clock_.now()), kForever);
  memory->release(kSmallModel);
  EXPECT_TRUE(soon([&] { return memory->loaded(kLargeModel); }));
  EXPECT_EQ(unloads_[0], 1);
  EXPECT_EQ(memory->cold_start(kLargeModel, clock_.now()), 0ms);
}

TEST_F(MemoryBudgetTest, ALoadThatFailsIsToldAndTakesNoRoom) {
  const auto memory = budget(200);
  broken_ = true;
  EXPECT_EQ(memory->use(kLargeModel).error().message, "cut off");
  EXPECT_EQ(memory->counts().used, 0U);
  EXPECT_FALSE(memory->loaded(kLargeModel));
  EXPECT_FALSE(memory->fill());
  broken_ = false;
  EXPECT_TRUE(memory->use(kLargeModel)) << "mended";
}

TEST_F(MemoryBudgetTest, TheEndWaitsForALoadInTheBackground) {
  held_ = std::make_unique<std::latch>(1);
  auto memory = budget(200);
  for (int i = 0; i < 10; ++i) memory->wished(kLargeModel);
  clock_.advance(200ms);
  memory->wished(kLargeModel);
  ASSERT_TRUE(soon([&] { return memory->counts().used == 100; })) << "the load has begun";
  std::jthread later([this] {
    std::this_thread::sleep_for(20ms);
    held_->count_down();
  });
  memory.reset();
  EXPECT_EQ(loads_[1], 1);
}

// Else uses of the small one that overlap could keep the large one out for ever.
TEST_F(MemoryBudgetTest, WhileSomebodyWaitsForRoomNobodyBeginsToUseWhatIsThere) {
  const auto memory = budget(105);
  ASSERT_TRUE(memory->use(kSmallModel));
  std::atomic<bool> large = false;
  std::jthread waits([&] {
    ASSERT_TRUE(memory->use(kLargeModel));
    large = true;
  });
  std::this_thread::sleep_for(50ms);
  std::atomic<bool> small = false;
  std::jthread comes_later([&] {
    ASSERT_TRUE(memory->use(kSmallModel));
    small = true;
    memory->release(kSmallModel);
  });
  std::this_thread::sleep_for(50ms);
  EXPECT_FALSE(large);
  EXPECT_FALSE(small) << "though it is there";
  memory->release(kSmallModel);
  EXPECT_TRUE(soon([&] { return large.load(); }));
  memory->release(kLargeModel);
  EXPECT_TRUE(soon([&] { return small.load(); }));
}

// Users come and go while wishes move between the models: nobody is left without, nothing is taken
// from under anybody (the sanitizers look on).
TEST_F(MemoryBudgetTest, ManyUsersAtOnce) {
  const auto memory = budget(105);
  {
    std::vector<std::jthread> users;
    for (int user = 0; user < 4; ++user) {
      users.emplace_back([&, user] {
        for (int i = 0; i < 300; ++i) {
          const ModelId id{static_cast<std::uint32_t>((i / 50 + user / 2) % 2)};
          memory->wished(id);
          clock_.advance(1ms);
          ASSERT_TRUE(memory->use(id));
          EXPECT_TRUE(memory->loaded(id));
          memory->release(id);
        }
      });
    }
  }
  EXPECT_LE(memory->counts().used, 105U);
  EXPECT_GT(memory->counts().evictions, 0U);
}

}  // namespace
}  // namespace cnnselect
