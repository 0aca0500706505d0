#include "engine/model_manager.h"

#include <gtest/gtest.h>

#include "engine/testing/timed_world.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

TEST(ModelManager, LoadsEveryModelAndSeedsItsProfile) {
  // One thread: on the simulated clock, models that load at once would see each other's time.
  TimedWorld world({{"small", 0.5, 2ms}, {"large", 0.9, 40ms}});
  ModelManager models(world.catalog(), world.backend(), world.clock(),
                      {.warm_up_runs = 10, .threads = 1});
  ASSERT_FALSE(models.loaded(ModelId{0}));
  ASSERT_TRUE(models.load_all());
  EXPECT_TRUE(models.loaded(ModelId{0}));
  const Profile profile = models.profile(ModelId{1});
  EXPECT_EQ(profile.hot.samples, 10U) << "the first run is not among them";
  EXPECT_NEAR(to_ms(profile.hot.mean), 40, 0.001);
  EXPECT_EQ(profile.cold_start, Duration(40ms)) << "load (no time here) and first run";
  EXPECT_DOUBLE_EQ(profile.top1, 0.9);
  EXPECT_EQ(world.backend().runs(TimedWorld::file("large")), 11);
}

TEST(ModelManager, LearnsFromEveryRecordedExecution) {
  TimedWorld world({{"small", 0.5, 2ms}});
  ASSERT_TRUE(world.models().load_all());
  for (int i = 0; i < 300; ++i) world.models().record(ModelId{0}, 8ms);
  const Candidate candidate = world.models().candidate(ModelId{0});
  EXPECT_NEAR(to_ms(candidate.mean), 8, 0.3);
  EXPECT_DOUBLE_EQ(candidate.accuracy, 0.5);
}

TEST(ModelManager, NamesTheModelThatDoesNotLoad) {
  TimedWorld world({{"small", 0.5, 2ms}, {"large", 0.9, 40ms}});
  world.backend().set_load_error(TimedWorld::file("large"),
                                 Error{ErrorCode::kInvalidArgument, "cut off"});
  const Status loaded = world.models().load_all();
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(loaded.error().message, "model 'large': /models/large.onnx: cut off");
}

TEST(ModelManager, NamesTheModelWhoseFirstRunFails) {
  TimedWorld world({{"small", 0.5, 2ms}});
  world.backend().set_run_error(TimedWorld::file("small"),
                                Error{ErrorCode::kInternal, "no memory"});
  const Status loaded = world.models().load_all();
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().message, "model 'small': first run: no memory");
}

TEST(ModelManager, RefusesANetworkThatIsNotTheOneDescribed) {
  TimedWorld world({{"small", 0.5, 2ms}});
  ModelManager models(
      world.catalog(), world.backend(), world.clock(),
      {.check = [](const FamilyMember&, std::size_t labels, const LoadedModel&) -> Status {
        return fail(ErrorCode::kInvalidArgument, fmt::format("{} labels do not fit", labels));
      }});
  const Status loaded = models.load_all();
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().message, "model 'small': 2 labels do not fit");
}

TEST(ModelManager, HandsOutNoPinOnWhatIsNotLoaded) {
  TimedWorld world({{"small", 0.5, 2ms}});
  const auto handle = world.models().acquire(ModelId{0});
  ASSERT_FALSE(handle.has_value());
  EXPECT_EQ(handle.error(),
            (Error{ErrorCode::kUnavailable, "model 'small' is not at ready state"}));
}

}  // namespace
}  // namespace cnnselect
