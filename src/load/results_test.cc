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

TEST(LoadResults, ARowTellsWhatBecameOfARequest) {
  const PlannedRequest planned{
      .send_at = 2s, .picture = 0, .network = {.input = 30ms, .output = 20ms}};
  const ShapedOutcome outcome{.body = "", .latency = 90ms, .late = 1500us};
  const Result<ClassifyAnswer> answer = ClassifyAnswer{.model = "small",
                                                       .reason = "fixed",
                                                       .probability = 1,
                                                       .input = 31ms,
                                                       .decode = 1ms,
                                                       .queued = 2ms,
                                                       .infer = 5ms,
                                                       .server = 8ms};
  EXPECT_EQ(load_rows_header(),
            "policy,sla_ms,request,sent_ms,input_ms,output_ms,outcome,model,accuracy,total_ms,"
            "infer_ms,picture,reason,probability,t_input_ms,decode_ms,queue_ms,server_ms,"
            "budget_ms,sender_late_ms,error\n");
  EXPECT_EQ(load_row("ontime", 100ms,
                     {.planned = planned,
                      .number = 7,
                      .picture = "a.jpg",
                      .outcome = outcome,
                      .answer = answer,
                      .judged = {.answered = true, .correct = true}}),
            "ontime,100,7,2000,30,20,in_time,small,1,90,5,a.jpg,fixed,1,31,1,2,8,,1.5,\n");
  const Result<ClassifyAnswer> none = fail(ErrorCode::kTimeout, "no answer, at all");
  EXPECT_EQ(load_row("ontime", 80ms,
                     {.planned = planned,
                      .number = 8,
                      .picture = "b.jpg",
                      .outcome = outcome,
                      .answer = none,
                      .judged = {.timed_out = true}}),
            "ontime,80,8,2000,30,20,none,,,90,,b.jpg,,,,,,,,1.5,\"no answer, at all\"\n");
}

}  // namespace
}  // namespace cnnselect
