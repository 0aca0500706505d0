#include "sim/model_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/testing/small_world.h"

namespace cnnselect {
namespace {

using testing::HasSubstr;

TEST(ModelSet, IsInTheOrderOfTimeWhateverTheTables) {
  const auto models = ModelSet::from_profiles(
      {row("b", 0.9, 100, 10), row("z", 0.5, 10, 1), row("a", 0.8, 100, 10)}, "t.csv");
  ASSERT_TRUE(models.has_value());
  EXPECT_EQ(models->models()[0].name, "z");
  EXPECT_EQ(models->models()[1].name, "a") << "of equal times by name";
  EXPECT_EQ(models->models()[2].name, "b");
  EXPECT_EQ(models->candidates()[2].model.value, 2U);
  EXPECT_EQ(models->candidates()[2].accuracy, 0.9);
}

TEST(ModelSet, NeedsAccuracyAndTimeOfEveryModel) {
  auto no_accuracy = row("m", 0.5, 10, 1);
  no_accuracy.top1.reset();
  EXPECT_THAT(ModelSet::from_profiles({no_accuracy}, "t.csv").error().message,
              HasSubstr("t.csv: model 'm' has no top1"));
  auto no_time = row("m", 0.5, 10, 1);
  no_time.mean.reset();
  EXPECT_THAT(ModelSet::from_profiles({no_time}, "t.csv").error().message,
              HasSubstr("t.csv: model 'm' has no mean_ms"));
  EXPECT_THAT(ModelSet::from_profiles({}, "t.csv").error().message, HasSubstr("no models"));
}

TEST(ModelSet, NoDeviationIsNone) {
  auto exact = row("m", 0.5, 10, 1);
  exact.deviation.reset();
  EXPECT_EQ(ModelSet::from_profiles({exact}, "t.csv")->models()[0].deviation, Duration::zero());
}

}  // namespace
}  // namespace cnnselect
