#include "load/results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

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

TEST(LoadResults, TheTableShowsPercentagesAndWhoAnsweredMost) {
  const std::string table = load_table(two_points());
  EXPECT_THAT(table, HasSubstr("50.0 +-25        75.0    25.0 +-12"));
  EXPECT_THAT(table, HasSubstr(" 1  100 % small\n"));
}

TEST(LoadResults, TheTableFitsAHundredColumns) {
  auto points = two_points();
  points[0].policy = "static-greedy";
  points[0].summary.errors = 0;
  points[0].summary.attainment = 1;
  points[0].summary.effective_accuracy = 1;
  points[0].summary.usage = {{"a_model_of_a_name_that_is_rather_long", 0.999}};
  points.resize(1);
  std::istringstream lines(load_table(points));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U + 2) << line;
}

TEST(LoadResults, WithoutErrorsThereIsNoColumnOfThem) {
  auto points = two_points();
  points[0].summary.errors = 0;
  EXPECT_THAT(load_table(points), testing::Not(HasSubstr("errors")));
}

TEST(LoadResults, OfNothingIsTheHeader) {
  EXPECT_THAT(load_csv({}, "constant(1)"), testing::EndsWith("sender_late_p99_ms\n"));
}

}  // namespace
}  // namespace cnnselect
