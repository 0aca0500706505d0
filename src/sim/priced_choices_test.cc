#include "sim/priced_choices.h"

#include <gtest/gtest.h>

#include "sim/testing/small_world.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

ModelSet with_a_dominated_one() {
  return ModelSet::from_profiles(
             {row("small", 0.5, 10, 0), row("worse", 0.4, 20, 0), row("large", 0.9, 100, 0)}, "t")
      .value();
}

TEST(PricedChoices, AreOnlyThoseThatCanBeBestAndInTime) {
  const ModelSet models = with_a_dominated_one();
  const Workload workload = workload_of(models, "constant(30)", 20, 2);
  const PricedChoices choices(models, workload, 200ms);
  ASSERT_EQ(choices.requests().size(), 2U);
  const auto offered = choices.of(choices.requests()[1]);
  ASSERT_EQ(offered.size(), 2U);
  EXPECT_EQ(offered[0].accuracy, 0.5);
  EXPECT_EQ(offered[1].seconds, 0.1);
  EXPECT_EQ(choices.requests()[0].arrival, 0);
  EXPECT_NEAR(choices.requests()[0].deadline, 0.140, 1e-12);
  EXPECT_NEAR(choices.span(), choices.requests()[1].arrival + 0.140, 1e-12);
  EXPECT_EQ(PricedChoices(models, workload, 159ms).size(), 2U) << "the large one is too late";
}

TEST(PricedChoices, MustBeMoreAccurateThanTheDevice) {
  const ModelSet models = with_a_dominated_one();
  const SimulatedModel device{.name = "device", .accuracy = 0.6, .mean = 50ms};
  const Workload workload(models, Network::parse("constant(30)", 1).value(),
                          Arrivals::parse("poisson", 20).value(),
                          {.requests = 1, .device = device});
  const PricedChoices choices(models, workload, 200ms);
  EXPECT_EQ(choices.requests()[0].own, 0.6);
  ASSERT_EQ(choices.size(), 1U);
  EXPECT_EQ(choices.of(choices.requests()[0])[0].accuracy, 0.9);
  EXPECT_EQ(PricedChoices(models, workload, 100ms).size(), 0U);
  EXPECT_EQ(PricedChoices(models, workload, 49ms).requests()[0].own, 0);
}

TEST(BestOnePrice, IsZeroWhereThereIsTimeForAll) {
  const ModelSet models = with_a_dominated_one();
  const Workload workload = workload_of(models, "constant(1)", 100, 1'000);
  const PricedChoices choices(models, workload, 200ms);
  EXPECT_EQ(best_one_price(choices, 20).price, 0);
  EXPECT_NEAR(best_one_price(choices, 20).bound, 900, 1e-6);
  // With fewer workers the large model must be worth as much as the small one: .4 for 90 ms.
  EXPECT_NEAR(best_one_price(choices, 5).price, 0.4 / 0.09, 0.01);
}

}  // namespace
}  // namespace cnnselect
