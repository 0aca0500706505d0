// The driver of idle measuring, looked at by hand: no thread of its own, no time that passes by
// itself.
#include "engine/idle_measurer.h"

#include <gtest/gtest.h>

#include <future>
#include <map>
#include <thread>

#include "engine/testing/timed_world.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

/// A start beside others who take nine tenths of the processor.
class AfterABadStart : public testing::Test {
 protected:
  AfterABadStart() : world_({{"small", 0.5, 2ms}, {"large", 0.9, 18ms}}) {
    for (const auto& [name, time] :
         std::map<const char*, Duration>{{"small", 2ms}, {"large", 18ms}}) {
      TimedModel model = timed_model(time, {0.F, 1.F});
      model.time = [this, time](Rng&) {
        off_ += time * (neighbours_ - 1);
        return time * neighbours_;
      };
      world_.backend().add(TimedWorld::file(name), std::move(model));
    }
  }

  void start(
      std::function<std::optional<RememberedProfile>(ModelId, const ModelFile&)> remembered = {}) {
    models_ = std::make_unique<ModelManager>(
        world_.catalog(), world_.backend(), world_.clock(),
        ModelManager::Options{.threads = 1,
                              .off_processor = [this] { return off_; },
                              .remembered = std::move(remembered)});
    ASSERT_TRUE(models_->load_all());
    neighbours_ = 1;
    measurer_ = std::make_unique<IdleMeasurer>(*models_, 2, world_.clock(), 60s);
    measurer_->allow(true);
  }

  /// As the measurer's thread would, for this time.
  void go_on(Duration time) {
    const TimePoint until = world_.clock().now() + time;
    while (world_.clock().now() < until) world_.clock().sleep_until(measurer_->measure());
  }

  double mean_ms(ModelId id) const { return to_ms(models_->profile(id).hot.mean); }

  TimedWorld world_;
  int neighbours_ = 10;  // processes that want the processor, this one included
  Duration off_{};
  const ModelId small_{0};
  const ModelId large_{1};
  std::unique_ptr<ModelManager> models_;
  std::unique_ptr<IdleMeasurer> measurer_;
};

TEST_F(AfterABadStart, WarmUpCountsTheTimeWithAProcessorAndIsInDoubt) {
  start();
  EXPECT_NEAR(mean_ms(large_), 18, 0.1) << "not 180";
  EXPECT_TRUE(models_->standing(large_).doubtful);
}

TEST_F(AfterABadStart, TheFirstIdleSecondsEndTheDoubt) {
  start();
  go_on(5s);
  EXPECT_FALSE(models_->standing(large_).doubtful);
  EXPECT_FALSE(models_->standing(small_).doubtful);
  EXPECT_NEAR(mean_ms(large_), 18, 0.1);
  EXPECT_EQ(measurer_->counts(large_).undisturbed, 6U);
  EXPECT_EQ(models_->candidate(large_, world_.clock().now(), {}).profiled, 18ms);
}

TEST_F(AfterABadStart, WhatAStoreKnowsWins) {
  start([](ModelId id, const ModelFile&) {
    const Duration time = id == ModelId{1} ? 25ms : 3ms;
    return RememberedProfile{.times = std::vector<Duration>(64, time), .samples = 1'000};
  });
  EXPECT_NEAR(mean_ms(large_), 25, 0.3);
  EXPECT_EQ(models_->profile(large_).hot.samples, 1'000U) << "nothing new to be stored";
  go_on(5s);
  EXPECT_NEAR(mean_ms(large_), 18, 0.3) << "six runs that nobody disturbed are believed";
}

TEST_F(AfterABadStart, NothingIsMeasuredWhileARequestIsThere) {
  start();
  const int before = world_.backend().runs(TimedWorld::file("large"));
  {
    const IdleMeasurer::Visit request(*measurer_);
    go_on(5s);
    EXPECT_EQ(world_.backend().runs(TimedWorld::file("large")), before);
  }
  go_on(5s);
  EXPECT_GT(world_.backend().runs(TimedWorld::file("large")), before);
}

TEST_F(AfterABadStart, ARequestStopsTheRunUnderWay) {
  start();
  go_on(2s);  // the small one is settled
  const auto large = TimedWorld::file("large");
  const auto counts = measurer_->counts(large_);
  world_.backend().block(large);
  std::jthread measuring([&] {
    while (measurer_->counts(large_).stopped == counts.stopped) go_on(100ms);
  });
  world_.backend().wait_until_running(large, 1);
  const IdleMeasurer::Visit request(*measurer_);  // while the run is blocked: only a stop ends it
  measuring.join();
  EXPECT_EQ(measurer_->counts(large_).undisturbed, counts.undisturbed);
  world_.backend().release(large);
}

TEST_F(AfterABadStart, ARunBesideOthersTeachesNothing) {
  start();
  neighbours_ = 10;
  go_on(10s);
  EXPECT_TRUE(models_->standing(large_).doubtful);
  EXPECT_GT(measurer_->counts(large_).disturbed, 0U);
  EXPECT_EQ(measurer_->counts(large_).undisturbed, 0U);
  EXPECT_NEAR(mean_ms(large_), 18, 0.1);
}

TEST_F(AfterABadStart, AWithdrawnModelIsNotMeasured) {
  start();
  models_->withdraw(large_);
  const int before = world_.backend().runs(TimedWorld::file("large"));
  go_on(5s);
  EXPECT_EQ(world_.backend().runs(TimedWorld::file("large")), before);
}

TEST_F(AfterABadStart, OnlyWhatIsInMemoryIsMeasured) {
  std::uint64_t bytes = 0;
  models_ = std::make_unique<ModelManager>(
      world_.catalog(), world_.backend(), world_.clock(),
      ModelManager::Options{.threads = 1,
                            .off_processor = [this] { return off_; },
                            .memory = 100,
                            .process_bytes = [&] { return bytes += 100; }});
  ASSERT_TRUE(models_->load_all());
  neighbours_ = 1;
  measurer_ = std::make_unique<IdleMeasurer>(*models_, 2, world_.clock(), 60s);
  measurer_->allow(true);
  ASSERT_FALSE(models_->loaded(large_));
  const int loads = world_.backend().loads(TimedWorld::file("large"));
  go_on(5s);
  EXPECT_GT(measurer_->counts(small_).undisturbed, 0U);
  EXPECT_EQ(measurer_->counts(large_).undisturbed, 0U);
  EXPECT_EQ(world_.backend().loads(TimedWorld::file("large")), loads);
}

TEST_F(AfterABadStart, ASlowdownThatNoWarmUpSawIsFoundToHavePassed) {
  neighbours_ = 1;
  start();
  for (int i = 0; i < 40; ++i) models_->record(large_, 200ms);
  go_on(50s);
  EXPECT_GT(mean_ms(large_), 100) << "not yet";
  go_on(20s);
  EXPECT_NEAR(mean_ms(large_), 18, 0.3) << "nobody has run it for a minute";
}

TEST_F(AfterABadStart, NothingIsMeasuredBeforeItIsAllowed) {
  start();
  measurer_->allow(false);
  const int before = world_.backend().runs(TimedWorld::file("small"));
  (void)measurer_->measure();
  EXPECT_EQ(world_.backend().runs(TimedWorld::file("small")), before);
}

TEST_F(AfterABadStart, ItsOwnThreadEndsWithIt) {
  start();
  measurer_->start();
  measurer_.reset();
}

}  // namespace
}  // namespace cnnselect
