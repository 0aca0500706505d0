#include "load/results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::vector<LoadPoint> two_points() {
  return {{.policy = "cnnselect",
           .sla = 100ms,
           .summary = {.requests = 4,
                       .errors = 1,
                       .attainment = 0.5,
                       .accuracy = 0.75,
                       .effective_accuracy = 0.25,
                       .attainment_half = 0.25,
                       .effective_half = 0.125,
                       .mean = 90ms,
                       .p50 = 80ms,
                       .p95 = 120ms,
                       .p99 = 130ms,
                       .late_p99 = 1500us,
                       .usage = {{"small", 1.0}}}},
          {.policy = "a, quoted policy",
           .sla = 200ms,
           .summary = {.requests = 4, .usage = {{"large", 0.5}, {"small", 0.5}}}}};
}

TEST(LoadResults, TheCsvHasAColumnForEveryModelThatAnsweredAnywhere) {
  EXPECT_EQ(load_csv(two_points(), "normal(63,15)"),
            "policy,sla_ms,network,requests,errors,attainment,attainment_half,accuracy,"
            "effective_accuracy,effective_half,mean_ms,p50_ms,p95_ms,p99_ms,sender_late_p99_ms,"
            "share:large,share:small\n"
            "cnnselect,100,\"normal(63,15)\",4,1,0.5,0.25,0.75,0.25,0.125,90,80,120,130,1.5,0,1\n"
            "\"a, quoted policy\",200,\"normal(63,15)\",4,0,0,0,0,0,0,,,,,0,0.5,0.5\n");
}

TEST(LoadResults, TheTableShowsPercentagesAndShares) {
  const std::string table = load_table(two_points());
  EXPECT_THAT(table, HasSubstr("50.0  25.0        75.0         25.0  12.5"));
  EXPECT_THAT(table, HasSubstr("large 50 %, small 50 %"));
}

TEST(LoadResults, OfNothingIsTheHeader) {
  EXPECT_THAT(load_csv({}, "constant(1)"), testing::EndsWith("sender_late_p99_ms\n"));
}

}  // namespace
}  // namespace cnnselect
