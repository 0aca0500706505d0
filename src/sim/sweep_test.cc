#include "sim/sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "select/registry.h"
#include "sim/bounds.h"
#include "sim/burst_bound.h"
#include "sim/results.h"
#include "sim/testing/small_world.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

const std::vector<Duration> kSlas = {100ms, 200ms, 300ms};

TEST(Sweep, TheResultDoesNotDependOnTheThreads) {
  const ModelSet models = three_models();
  const Workload workload = workload_of(models, "normal(63,15)", 50, 300);
  const SimulationSetting setting{.threshold = 10ms};
  const std::vector<std::string> policies = {"cnnselect", "random", "oracle"};
  const auto one = run_sweep(models, workload, policies, kSlas, setting, 1).value();
  const auto many = run_sweep(models, workload, policies, kSlas, setting, 4).value();
  EXPECT_EQ(sweep_csv(one, "n"), sweep_csv(many, "n"));
  EXPECT_EQ(usage_csv(one, models), usage_csv(many, models));
}

TEST(Sweep, NorOnTheOtherPoliciesNorTheOrderOfTheModels) {
  const std::vector<ProfileRow> rows = {row("small", 0.5, 10, 1), row("medium", 0.7, 40, 4),
                                        row("large", 0.9, 100, 10)};
  const std::vector<ProfileRow> reversed(rows.rbegin(), rows.rend());
  const ModelSet models = ModelSet::from_profiles(rows, "t").value();
  const ModelSet other = ModelSet::from_profiles(reversed, "t").value();
  const auto alone = run_sweep(models, workload_of(models, "normal(63,15)", 50, 300), {"cnnselect"},
                               {200ms}, {.threshold = 10ms}, 1)
                         .value();
  const auto together = run_sweep(other, workload_of(other, "normal(63,15)", 50, 300),
                                  {"random", "cnnselect"}, kSlas, {.threshold = 10ms}, 2)
                            .value();
  EXPECT_EQ(sweep_csv(alone, "n"), sweep_csv({together[4]}, "n"));
}

// Every policy, with a queue and with everything learnt.
TEST(Sweep, NorDoesAnyPolicysWithAQueue) {
  const std::vector<ProfileRow> rows = {row("small", 0.5, 10, 1), row("medium", 0.7, 40, 4),
                                        row("large", 0.9, 100, 10)};
  const ModelSet models = ModelSet::from_profiles(rows, "t").value();
  const ModelSet other = ModelSet::from_profiles({rows[2], rows[0], rows[1]}, "t").value();
  const std::vector<std::string> all(selector_names().begin(), selector_names().end());
  const SimulationSetting setting{
      .threshold = 10ms,
      .network = {.knowledge = NetworkKnowledge::kLearnt, .one_way_times = {}},
      .profiles = ProfileKnowledge::kLearnt,
      .workers = 2};
  const auto one =
      run_sweep(models, workload_of(models, "normal(30,15)", 60, 200), all, {250ms}, setting, 1);
  const auto many =
      run_sweep(other, workload_of(other, "normal(30,15)", 60, 200), all, {250ms}, setting, 4);
  EXPECT_EQ(sweep_csv(*one, "n"), sweep_csv(*many, "n"));
}

TEST(Sweep, MdinferenceDuplicatesWhateverTheSetting) {
  const ModelSet models = three_models();
  const SimulatedModel device{.name = "device", .accuracy = 0.4, .mean = 50ms};
  const Workload workload(models, Network::parse("normal(60,30)", 1).value(),
                          Arrivals::parse("poisson", 20).value(),
                          {.requests = 300, .device = device});
  const auto points =
      run_sweep(models, workload, {"budget-greedy", "mdinference", "oracle"}, {150ms}, {}, 1)
          .value();
  EXPECT_EQ(points[0].summary.device_ran, 0);
  EXPECT_EQ(points[1].summary.device_ran, 1);
  EXPECT_GT(points[1].summary.effective_accuracy, points[0].summary.effective_accuracy + 0.05);
  EXPECT_EQ(points[1].summary.attainment, 1);
}

TEST(Sweep, SoDoesMdinferenceWithParametersAndItsTextIsKept) {
  const ModelSet models = three_models();
  const SimulatedModel device{.name = "device", .accuracy = 0.4, .mean = 50ms};
  const Workload workload(models, Network::parse("normal(60,30)", 1).value(),
                          Arrivals::parse("poisson", 20).value(),
                          {.requests = 50, .device = device});
  const auto points = run_sweep(models, workload, {"mdinference:sigmas=2"}, {150ms}, {}, 1).value();
  EXPECT_EQ(points[0].summary.device_ran, 1);
  EXPECT_EQ(points[0].policy, "mdinference:sigmas=2");
}

TEST(Sweep, KeepsOutcomesIfAsked) {
  const ModelSet models = three_models();
  const Workload workload = workload_of(models, "normal(63,15)", 50, 30);
  const std::vector<std::string> texts = {"fastest"};
  const auto policies = make_sweep_policies(PolicyRegistry(), texts, {}).value();
  EXPECT_TRUE(run_sweep(models, workload, policies, kSlas, {}, 1)[0].outcomes.empty());
  const auto kept = run_sweep(models, workload, policies, kSlas, {}, 1, SweepDetail::kOutcomes);
  ASSERT_EQ(kept[2].outcomes.size(), 30U);
  EXPECT_EQ(kept[2].outcomes[0].model, 0U);
}

TEST(Sweep, TheOracleIsTheBound) {
  const ModelSet models = three_models();
  const Workload workload = workload_of(models, "gamma(63,40)", 50, 500, 1, 0.3);
  const auto points = run_sweep(models, workload, {"oracle"}, kSlas, {}, 1).value();
  for (const auto& point : points) {
    EXPECT_NEAR(point.summary.effective_accuracy, point.bound, 1e-9);
  }
}

TEST(Sweep, WithWorkersTheBoundIsTheTightest) {
  const ModelSet models = three_models();
  const Workload workload(models, Network::parse("constant(1)", 1).value(),
                          Arrivals::parse("gamma(10)", 50).value(), {.requests = 1'000});
  const auto points = run_sweep(models, workload, {"fastest"}, {200ms}, {.workers = 2}, 1).value();
  EXPECT_LT(points[0].bound, capacity_bound(models, workload, 200ms, 2) - 0.05);
  EXPECT_EQ(points[0].bound, burst_bound(models, workload, 200ms, 2));
}

TEST(Sweep, OfAClosedLoopTheBoundIsTheClairvoyants) {
  const ModelSet models = three_models();
  const Workload workload(models, Network::parse("constant(1)", 1).value(),
                          Arrivals::parse("closed(9)", {}).value(), {.requests = 100});
  const auto points = run_sweep(models, workload, {"fastest"}, {200ms}, {.workers = 1}, 1).value();
  EXPECT_EQ(points[0].bound, clairvoyant_bound(models, workload, 200ms));
}

TEST(Sweep, NamesWhatItCannotRun) {
  const ModelSet models = three_models();
  const Workload workload = workload_of(models, "constant(1)", 50, 10);
  EXPECT_THAT(run_sweep(models, workload, {"best"}, kSlas, {}, 1).error().message,
              HasSubstr("unknown policy 'best'"));
  EXPECT_THAT(run_sweep(models, workload, {"oracle"}, kSlas, {.workers = 2}, 1).error().message,
              HasSubstr("needs --workers unlimited"));
}

}  // namespace
}  // namespace cnnselect
