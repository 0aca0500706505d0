#include "sim/burst_bound.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

#include "base/testing/temporary_folder.h"
#include "select/registry.h"
#include "sim/bounds.h"
#include "sim/simulate.h"
#include "sim/summary.h"
#include "sim/testing/every_schedule.h"
#include "sim/testing/small_world.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

Workload workload_at(const ModelSet& models, const std::string& counts, std::size_t requests,
                     std::uint64_t seed = 1) {
  const TemporaryFolder folder;
  const auto file = folder.write("arrivals.csv", "t_ms,requests\n" + counts);
  return {models,
          Network::parse("constant(1)", 1).value(),
          Arrivals::parse(file.string(), {}).value(),
          {.requests = requests, .seed = seed}};
}

TEST(BurstBound, DoesNotLendAQuietTimeToACrowd) {
  const ModelSet models =
      ModelSet::from_profiles({row("small", 0.5, 10, 0), row("large", 0.9, 100, 0)}, "t").value();
  // Ten at once, one much later: one worker has 0.2 s for the ten.
  const Workload workload = workload_at(models, "0,10\n1,0\n100000,1\n", 11);
  EXPECT_NEAR(capacity_bound(models, workload, 200ms, 1), 0.9, 1e-9);
  // A share x of large ones takes 100 + 90 x * 10 ms of at most 202, and the late one has 0.9.
  const double most = (10 * 0.5 + 0.4 * 102 / 90 + 0.9) / 11;
  EXPECT_NEAR(burst_bound(models, workload, 200ms, 1), most, 0.02);
}

TEST(BurstBound, IsFarBelowOnePriceInAFlashCrowd) {
  const ModelSet models = three_models();
  std::string counts;
  for (int second = 0; second < 600; ++second) {
    const bool crowd = second >= 240 && second < 300;
    counts += std::to_string(second * 1'000) + (crowd ? ",200\n" : ",20\n");
  }
  const Workload workload = workload_at(models, counts, 540 * 20 + 60 * 200);
  const double one_price = capacity_bound(models, workload, 300ms, 4);
  const double bound = burst_bound(models, workload, 300ms, 4);
  // In the crowd 20 ms a request: a third medium, the rest small, of more than half of all.
  EXPECT_NEAR(bound, (540 * 20 * 0.9 + 60 * 200 * (0.5 + 0.2 / 3)) / (540 * 20 + 60 * 200), 0.01);
  EXPECT_GT(one_price, bound + 0.06);
}

TEST(BurstBound, IsThatOfOnePriceWhereLoadIsSteady) {
  const ModelSet models = three_models();
  for (const double rate : {40.0, 100.0, 300.0}) {
    const Workload workload = workload_of(models, "constant(10)", rate, 20'000);
    const double one_price = capacity_bound(models, workload, 1s, 8);
    EXPECT_NEAR(burst_bound(models, workload, 1s, 8), one_price, 0.01) << rate;
  }
}

TEST(BurstBound, IsZeroWithoutRequestsAndWithoutANetwork) {
  const ModelSet models = three_models();
  const Workload none(models, Network::parse("constant(1)", 1).value(),
                      Arrivals::parse("poisson", 10).value(), {.requests = 0});
  EXPECT_EQ(burst_bound(models, none, 100ms, 1), 0);
  const Workload slow = workload_of(models, "constant(500)", 10, 20);
  EXPECT_EQ(burst_bound(models, slow, 100ms, 1), 0) << "the way here alone takes longer";
}

TEST(BurstBound, CountsTheDeviceOfWhoeverTheServerCannotServe) {
  const ModelSet models = three_models();
  const SimulatedModel device{.name = "device", .accuracy = 0.4, .mean = 50ms};
  for (const char* network : {"constant(1)", "constant(400)"}) {
    const Workload workload(models, Network::parse(network, 1).value(),
                            Arrivals::parse("uniform", 10'000).value(),
                            {.requests = 2'000, .device = device});
    EXPECT_NEAR(burst_bound(models, workload, 100ms, 1), 0.4, 0.002) << network;
  }
}

TEST(BurstBoundProperty, NoScheduleBeatsIt) {
  EXPECT_TRUE(rc::check([] {
    const ModelSet models =
        ModelSet::from_profiles({row("small", 0.5, 10, 2), row("large", 0.9, 60, 10)}, "t").value();
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    const auto rate = *rc::gen::element(2.0, 20.0, 100.0, 1000.0);
    const auto workers = *rc::gen::inRange(1, 3);
    const Duration sla = std::chrono::milliseconds(*rc::gen::inRange(20, 200));
    const Workload workload = workload_of(models, "normal(20,10)", rate, 4, seed, 0.3);
    const double bound = burst_bound(models, workload, sla, workers);
    RC_ASSERT(best_by_trying(models, workload, sla, workers) <= bound + 1e-9);
    RC_ASSERT(bound <= capacity_bound(models, workload, sla, workers) + 1e-12);
  }));
}

TEST(BurstBoundProperty, NoPolicyBeatsIt) {
  EXPECT_TRUE(rc::check([] {
    const ModelSet models = three_models();
    const auto name = *rc::gen::elementOf(
        std::vector<std::string_view>(selector_names().begin(), selector_names().end()));
    const auto policy = make_selector(name).value();
    const SimulationSetting setting{.sla = std::chrono::milliseconds(*rc::gen::inRange(20, 400)),
                                    .threshold = 10ms,
                                    .workers = *rc::gen::inRange(1, 6)};
    const auto* law = *rc::gen::element("poisson", "gamma(4)", "gamma(10)");
    const Workload workload(models, Network::parse("gamma(40,30)", 0.3).value(),
                            Arrivals::parse(law, *rc::gen::element(10.0, 60.0, 400.0)).value(),
                            {.requests = 200, .seed = *rc::gen::arbitrary<std::uint64_t>()});
    const double bound = burst_bound(models, workload, setting.sla, *setting.workers);
    const auto outcomes = simulate(models, workload, *policy, setting);
    RC_ASSERT(summarise_simulation(models.size(), outcomes, setting.sla).effective_accuracy <=
              bound + 1e-9);
    RC_ASSERT(bound <= capacity_bound(models, workload, setting.sla, *setting.workers) + 1e-12);
  }));
}

}  // namespace
}  // namespace cnnselect
