#include "sim/device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "select/registry.h"
#include "sim/bounds.h"
#include "sim/simulate.h"
#include "sim/summary.h"
#include "sim/testing/small_world.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

const SimulatedModel kDevice{.name = "device", .accuracy = 0.4, .mean = 100ms, .deviation = 0ms};

ServerSide server(Duration total, double accuracy = 0.8) {
  return {.model = 2, .accuracy = accuracy, .total = total};
}
const ServerSide kDeclined{.total = 50ms};

TEST(Device, RunsOnlyWhenTheServerDeclinesWithoutDuplication) {
  const auto late = with_device(server(300ms), kDevice, 100ms, Duplication::kOff, 200ms);
  EXPECT_EQ(late.model, 2U);
  EXPECT_FALSE(late.device_ran);
  const auto declined = with_device(kDeclined, kDevice, 100ms, Duplication::kOff, 200ms);
  EXPECT_TRUE(declined.on_device);
  EXPECT_EQ(declined.total, 150ms) << "it begins when it is told to";
  EXPECT_EQ(declined.accuracy, 0.4);
}

TEST(Device, DuplicatedAlwaysTheMoreAccurateAnswerInTimeCounts) {
  const auto both = with_device(server(180ms), kDevice, 100ms, Duplication::kAlways, 200ms);
  EXPECT_EQ(both.model, 2U);
  EXPECT_EQ(both.total, 180ms) << "worth waiting for";
  EXPECT_TRUE(both.device_ran);
  const auto weak = with_device(server(180ms, 0.3), kDevice, 100ms, Duplication::kAlways, 200ms);
  EXPECT_TRUE(weak.on_device);
  const auto late = with_device(server(201ms), kDevice, 100ms, Duplication::kAlways, 200ms);
  EXPECT_TRUE(late.on_device);
  EXPECT_FALSE(late.model);
  EXPECT_EQ(late.total, 100ms);
}

TEST(Device, WhenBothAreLateTheSoonerCounts) {
  const auto device = with_device(server(400ms), kDevice, 300ms, Duplication::kAlways, 200ms);
  EXPECT_TRUE(device.on_device);
  EXPECT_EQ(device.total, 300ms);
  const auto answer = with_device(server(250ms), kDevice, 300ms, Duplication::kAlways, 200ms);
  EXPECT_EQ(answer.model, 2U);
}

TEST(Device, LateDuplicationStartsAtTheLastMomentAndOnlyIfNothingCame) {
  const auto came = with_device(server(99ms), kDevice, 100ms, Duplication::kLate, 200ms);
  EXPECT_FALSE(came.device_ran) << "it would start 100 ms before the SLA ends";
  const auto missing = with_device(server(500ms), kDevice, 100ms, Duplication::kLate, 200ms);
  EXPECT_TRUE(missing.on_device);
  EXPECT_EQ(missing.total, 200ms);
  const auto declined = with_device(kDeclined, kDevice, 100ms, Duplication::kLate, 200ms);
  EXPECT_EQ(declined.total, 150ms) << "sooner when the server says so";
  const SimulatedModel unsteady{
      .name = "device", .accuracy = 0.4, .mean = 100ms, .deviation = 10ms};
  const auto early = with_device(server(500ms), unsteady, 100ms, Duplication::kLate, 200ms);
  EXPECT_NEAR(to_ms(early.total), 200 - 23.26, 0.01) << "99 of 100 runs must make it";
}

TEST(Device, IsReadFromThreeNumbers) {
  const auto device = parse_device("139, 15,0.414").value();
  EXPECT_EQ(device.mean, 139ms);
  EXPECT_EQ(device.deviation, 15ms);
  EXPECT_DOUBLE_EQ(device.accuracy, 0.414);
  for (const char* wrong :
       {"", "139", "139,15", "0,15,0.4", "139,-1,0.4", "139,15,1.1", "a,b,c", "nan,1,0.5"}) {
    const auto refused = parse_device(wrong);
    ASSERT_FALSE(refused) << wrong;
    EXPECT_THAT(refused.error().message,
                testing::AllOf(testing::HasSubstr(wrong), testing::HasSubstr("MEAN,STD,TOP1")));
  }
  EXPECT_EQ(parse_duplication("late"), Duplication::kLate);
  EXPECT_EQ(parse_duplication("never").error().message, "'never'; allowed: off, always, late");
}

class WithDevice : public testing::Test {
 protected:
  Workload workload(const char* network, double rate = 20, std::uint64_t seed = 1) const {
    return {models_,
            Network::parse(network, 0.3).value(),
            Arrivals::parse("poisson", rate).value(),
            {.requests = 300, .device = kDevice, .seed = seed}};
  }
  SimulationSummary run(const Workload& workload, const SimulationSetting& setting,
                        const char* policy = "budget-greedy") const {
    return summarise_simulation(
        models_.size(), simulate(models_, workload, *make_selector(policy).value(), setting),
        setting.sla);
  }

  const ModelSet models_ = three_models();
};

TEST_F(WithDevice, DuplicationAnswersEveryRequestInTime) {
  const Workload far = workload("constant(400)");
  EXPECT_EQ(run(far, {.sla = 200ms}).attainment, 0);
  const auto always = run(far, {.sla = 200ms, .duplication = Duplication::kAlways});
  EXPECT_EQ(always.attainment, 1);
  EXPECT_DOUBLE_EQ(always.effective_accuracy, 0.4);
  EXPECT_EQ(always.device_share, 1);
  EXPECT_EQ(run(far, {.sla = 99ms, .duplication = Duplication::kAlways}).attainment, 0);
}

TEST_F(WithDevice, LateDuplicationGivesTheSameAnswersForFewerRuns) {
  const Workload mixed = workload("normal(58,31)");
  const auto always = run(mixed, {.sla = 250ms, .duplication = Duplication::kAlways});
  const auto late = run(mixed, {.sla = 250ms, .duplication = Duplication::kLate});
  EXPECT_DOUBLE_EQ(late.effective_accuracy, always.effective_accuracy);
  EXPECT_EQ(always.device_ran, 1);
  EXPECT_LT(late.device_ran, 0.9);
  EXPECT_GE(late.device_ran, 1 - run(mixed, {.sla = 250ms}).attainment);
}

// 20 models' worth of work for one worker: who is not worth its time answers himself.
TEST_F(WithDevice, OntimeSendsBackWhatItCannotServe) {
  const Workload crowd = workload("constant(10)", 300);
  const SimulationSetting setting{.sla = 200ms, .workers = 1};
  const auto alone = run(crowd, setting, "fastest");
  const auto told = run(crowd, setting, "ontime");
  EXPECT_GT(told.attainment, 0.95);
  EXPECT_GT(told.device_ran, 0.3);
  EXPECT_GT(told.effective_accuracy, alone.effective_accuracy + 0.1);
}

TEST_F(WithDevice, NoDuplicationBeatsTheBound) {
  EXPECT_TRUE(rc::check([this] {
    const auto duplication =
        *rc::gen::element(Duplication::kOff, Duplication::kAlways, Duplication::kLate);
    const auto workers = *rc::gen::inRange(0, 4);  // 0: no limit
    SimulationSetting setting{.sla = std::chrono::milliseconds(*rc::gen::inRange(20, 400)),
                              .duplication = duplication};
    if (workers > 0) setting.workers = workers;
    const Workload world = workload("gamma(40,30)", 60, *rc::gen::arbitrary<std::uint64_t>());
    const double bound = workers > 0 ? capacity_bound(models_, world, setting.sla, workers)
                                     : clairvoyant_bound(models_, world, setting.sla);
    RC_ASSERT(run(world, setting).effective_accuracy <= bound + 1e-9);
    RC_ASSERT(run(world, setting, "ontime").effective_accuracy <= bound + 1e-9);
  }));
}

TEST_F(WithDevice, TheBoundIsTheDevicesOwnWhereTheServerIsTooFar) {
  EXPECT_NEAR(clairvoyant_bound(models_, workload("constant(400)"), 200ms), 0.4, 1e-12);
  EXPECT_NEAR(capacity_bound(models_, workload("constant(400)"), 200ms, 1), 0.4, 1e-12);
  EXPECT_DOUBLE_EQ(clairvoyant_bound(models_, workload("constant(400)"), 99ms), 0);
}

}  // namespace
}  // namespace cnnselect
