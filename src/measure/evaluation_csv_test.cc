#include "measure/evaluation_csv.h"

#include <gtest/gtest.h>

#include "model/profile_table.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

TEST(EvaluationCsv, IsAProfileTableWithQuantiles) {
  Evaluation evaluation{
      .pictures = 4,
      .top1 = {.value = 0.5},
      .top5 = {.value = 0.75},
      .hot = {.mean = 2ms, .deviation = 500us, .p50 = 1ms, .p90 = 3ms, .p95 = 4ms, .p99 = 5ms}};
  const TimeSummary cold{
      .mean = 20ms, .deviation = 5ms, .p50 = 10ms, .p90 = 30ms, .p95 = 40ms, .p99 = 50ms};
  const std::vector<EvaluatedModel> models{
      {.name = "small", .evaluation = evaluation, .cold = cold, .bytes = 7},
      {.name = "large", .evaluation = evaluation}};
  const std::string csv = evaluation_csv(models);
  EXPECT_EQ(csv,
            "model,top1,top5,mean_ms,std_ms,p50_ms,p90_ms,p95_ms,p99_ms,cold_mean_ms,cold_std_ms,"
            "cold_p50_ms,cold_p90_ms,cold_p95_ms,cold_p99_ms,bytes\n"
            "small,0.5,0.75,2,0.5,1,3,4,5,20,5,10,30,40,50,7\n"
            "large,0.5,0.75,2,0.5,1,3,4,5,,,,,,,\n");
  const auto rows = parse_profile_table(csv, "table");
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(rows->front().mean, 2ms);
  EXPECT_EQ(rows->front().cold_deviation, 5ms);
  EXPECT_FALSE(rows->back().cold_mean);
}

}  // namespace
}  // namespace cnnselect
