#include "sim/workload.h"

#include <gtest/gtest.h>

#include "sim/testing/small_world.h"
#include "stats/running_moments.h"

namespace cnnselect {
namespace {

TEST(Workload, SameSeedSameWorld) {
  const ModelSet models = three_models();
  const Workload one = workload_of(models, "gamma(63,40)", 20, 100, 7, 0.3);
  const Workload two = workload_of(models, "gamma(63,40)", 20, 100, 7, 0.3);
  const Workload other = workload_of(models, "gamma(63,40)", 20, 100, 8, 0.3);
  bool differs = false;
  for (std::size_t i = 0; i < 100; ++i) {
    EXPECT_EQ(one.requests()[i].sent, two.requests()[i].sent);
    EXPECT_EQ(one.requests()[i].network.output, two.requests()[i].network.output);
    EXPECT_EQ(one.execution(i, 2), two.execution(i, 2));
    differs |= one.execution(i, 2) != other.execution(i, 2);
  }
  EXPECT_TRUE(differs);
}

TEST(Workload, MoreModelsMeetTheSameNetwork) {
  const ModelSet one = ModelSet::from_profiles({row("m", 0.5, 10, 1)}, "t").value();
  const Workload few = workload_of(one, "normal(63,15)", 20, 50);
  const Workload many = workload_of(three_models(), "normal(63,15)", 20, 50);
  for (std::size_t i = 0; i < 50; ++i) {
    EXPECT_EQ(few.requests()[i].network.input, many.requests()[i].network.input);
    EXPECT_EQ(few.requests()[i].sent, many.requests()[i].sent);
  }
}

TEST(Workload, ExecutionsHaveTheStatedMomentsAndArePositive) {
  const ModelSet models =
      ModelSet::from_profiles({row("tame", 0.5, 40, 4), row("wild", 0.5, 45, 60)}, "t").value();
  const Workload workload = workload_of(models, "constant(1)", 20, 20'000);
  RunningMoments tame;
  for (std::size_t i = 0; i < 20'000; ++i) {
    tame.add(to_ms(workload.execution(i, 0)));
    ASSERT_GT(workload.execution(i, 1), Duration::zero());
  }
  EXPECT_NEAR(tame.mean(), 40, 0.2);
  EXPECT_NEAR(tame.deviation(), 4, 0.1);
}

}  // namespace
}  // namespace cnnselect
