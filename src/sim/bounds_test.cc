#include "sim/bounds.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "select/registry.h"
#include "sim/simulate.h"
#include "sim/summary.h"
#include "sim/testing/every_schedule.h"
#include "sim/testing/small_world.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

TEST(ClairvoyantBound, TakesTheBestThatMakesIt) {
  const ModelSet models =
      ModelSet::from_profiles({row("small", 0.5, 10, 0), row("large", 0.9, 100, 0)}, "t").value();
  const Workload workload = workload_of(models, "constant(30)", 20, 10);
  EXPECT_DOUBLE_EQ(clairvoyant_bound(models, workload, 200ms), 0.9);
  EXPECT_DOUBLE_EQ(clairvoyant_bound(models, workload, 159ms), 0.5);
  EXPECT_DOUBLE_EQ(clairvoyant_bound(models, workload, 60ms), 0);
}

TEST(ClairvoyantBound, IsZeroWithoutRequestsAndWithoutANetwork) {
  const ModelSet models = three_models();
  const Workload none(models, Network::parse("constant(1)", 1).value(),
                      Arrivals::parse("poisson", 10).value(), {.requests = 0});
  EXPECT_EQ(clairvoyant_bound(models, none, 100ms), 0);
  EXPECT_EQ(capacity_bound(models, none, 100ms, 1), 0);
  const Workload slow = workload_of(models, "constant(500)", 10, 20);
  EXPECT_EQ(clairvoyant_bound(models, slow, 100ms), 0) << "the way here alone takes longer";
  EXPECT_EQ(capacity_bound(models, slow, 100ms, 1), 0);
}

// One worker, requests 20 ms apart, 100 ms each for the large model: it can serve one in five, and
// the small one (10 ms) all. The price lets the bound mix them.
TEST(CapacityBound, LiesBetweenTheSmallAndTheLargeModel) {
  const ModelSet models =
      ModelSet::from_profiles({row("small", 0.5, 10, 0), row("large", 0.9, 100, 0)}, "t").value();
  const Workload workload(models, Network::parse("constant(1)", 1).value(),
                          Arrivals::parse("uniform", 50).value(), {.requests = 1'000});
  const double bound = capacity_bound(models, workload, 500ms, 1);
  // 20 ms a request: a share x of large ones takes 10 + 90 x, so x = 1/9, and 0.5 + 0.4 / 9.
  EXPECT_NEAR(bound, 0.5 + 0.4 / 9, 0.01);
  EXPECT_NEAR(capacity_bound(models, workload, 500ms, 5), 0.9, 0.01) << "five can do it all";
}

TEST(BoundProperty, NoScheduleBeatsTheCapacityBound) {
  EXPECT_TRUE(rc::check([] {
    const ModelSet models =
        ModelSet::from_profiles({row("small", 0.5, 10, 2), row("large", 0.9, 60, 10)}, "t").value();
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    const auto rate = *rc::gen::element(5.0, 20.0, 100.0, 1000.0);
    const auto workers = *rc::gen::inRange(1, 3);
    const Duration sla = std::chrono::milliseconds(*rc::gen::inRange(20, 200));
    const Workload workload = workload_of(models, "normal(20,10)", rate, 4, seed, 0.3);
    const double bound = capacity_bound(models, workload, sla, workers);
    RC_ASSERT(best_by_trying(models, workload, sla, workers) <= bound + 1e-9);
    RC_ASSERT(bound <= clairvoyant_bound(models, workload, sla) + 1e-9);
    RC_ASSERT(bound <= capacity_bound(models, workload, sla, workers + 1) + 1e-9);
  }));
}

TEST(BoundProperty, NoPolicyBeatsItsBound) {
  EXPECT_TRUE(rc::check([] {
    const ModelSet models = three_models();
    const auto name = *rc::gen::elementOf(
        std::vector<std::string_view>(selector_names().begin(), selector_names().end()));
    const auto policy = make_selector(name).value();
    const auto workers = *rc::gen::inRange(0, 4);  // 0: no limit
    SimulationSetting setting{.sla = std::chrono::milliseconds(*rc::gen::inRange(20, 400)),
                              .threshold = 10ms};
    if (workers > 0) setting.workers = workers;
    const Workload workload =
        workload_of(models, "gamma(40,30)", 60, 200, *rc::gen::arbitrary<std::uint64_t>(), 0.3);
    const double bound = workers > 0 ? capacity_bound(models, workload, setting.sla, workers)
                                     : clairvoyant_bound(models, workload, setting.sla);
    const auto outcomes = simulate(models, workload, *policy, setting);
    RC_ASSERT(summarise_simulation(models.size(), outcomes, setting.sla).effective_accuracy <=
              bound + 1e-9);
  }));
}

}  // namespace
}  // namespace cnnselect
