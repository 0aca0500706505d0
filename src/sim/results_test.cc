#include "sim/results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/csv.h"
#include "sim/testing/small_world.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::vector<SweepPoint> one_point() {
  return {{.policy = "cnnselect",
           .sla = 100ms,
           .summary = {.requests = 4,
                       .attainment = 0.5,
                       .attainment_half = 0.25,
                       .effective_accuracy = 0.35,
                       .effective_half = 0.125,
                       .mean_accuracy = 0.75,
                       .device_ran = 0.5,
                       .cold = 0.25,
                       .mean = 90ms,
                       .p50 = 80ms,
                       .p95 = 100ms,
                       .p99 = 101ms,
                       .shares = {0.25, 0, 0.75}},
           .bound = 0.7}};
}

TEST(SweepResults, TheCsvHasTheColumnsThatItsHeaderStates) {
  EXPECT_EQ(
      sweep_csv(one_point(), "normal(63,15)"),
      "policy,sla_ms,network,requests,attainment,effective_accuracy,mean_accuracy,mean_ms,"
      "p50_ms,p95_ms,p99_ms,bound,pct_of_bound,attainment_half,effective_half,"
      "device_ran,cold\n"
      "cnnselect,100,\"normal(63,15)\",4,0.5,0.35,0.75,90,80,100,101,0.7,50,0.25,0.125,0.5,0.25\n");
}

TEST(SweepResults, ABoundOfZeroHasNoPercentage) {
  auto points = one_point();
  points[0].bound = 0;
  EXPECT_THAT(sweep_csv(points, "n"), HasSubstr(",101,0,,0.25"));
  EXPECT_THAT(sweep_table(points), HasSubstr("  -  "));
}

TEST(SweepResults, UsageListsEveryModel) {
  EXPECT_EQ(usage_csv(one_point(), three_models()),
            "policy,sla_ms,model,share\n"
            "cnnselect,100,small,0.25\ncnnselect,100,medium,0\ncnnselect,100,large,0.75\n");
}

TEST(SweepResults, UsageListsTheDeviceWhereItAnswered) {
  auto points = one_point();
  points[0].summary.device_share = 0.5;
  EXPECT_THAT(usage_csv(points, three_models()), HasSubstr("cnnselect,100,device,0.5\n"));
}

TEST(SweepResults, ARowTellsWhatBecameOfARequest) {
  const ModelSet models = three_models();
  const Workload workload = workload_of(models, "constant(10)", 50, 3);
  const auto infer = [&](std::size_t request, std::size_t model) {
    return csv_number(to_ms(workload.execution(request, model)));
  };
  const auto sent = [&](std::size_t i) { return csv_number(to_ms(workload.requests()[i].sent)); };
  const std::vector<SimulatedOutcome> outcomes{
      {.model = 0, .accuracy = 0.5, .total = 30ms, .cold = true},
      {.model = 2, .accuracy = 0.9, .device_ran = true, .total = 101ms},
      {.total = kForever}};
  EXPECT_EQ(simulated_rows_header() + simulated_rows("ontime", 100ms, models, workload, outcomes),
            "policy,sla_ms,request,sent_ms,input_ms,output_ms,outcome,model,accuracy,total_ms,"
            "infer_ms,device_ran,cold\n"
            "ontime,100,0," +
                sent(0) + ",10,10,in_time,small,0.5,30," + infer(0, 0) +
                ",0,1\n"
                "ontime,100,1," +
                sent(1) + ",10,10,late,large,0.9,101," + infer(1, 2) +
                ",1,0\n"
                "ontime,100,2," +
                sent(2) + ",10,10,none,,,,,0,0\n");
}

}  // namespace
}  // namespace cnnselect
