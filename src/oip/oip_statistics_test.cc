#include "oip/oip_statistics.h"

#include <gtest/gtest.h>

#include <vector>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

TEST(OipStatistics, HaveTheReferencesFields) {
  const std::vector<ModelStatistics> models = {{.name = "m",
                                                .version = "3",
                                                .last_inference_unix_ms = 1'700'000'000'123,
                                                .success = {2, 30ms},
                                                .fail = {1, 1us},
                                                .queue = {2, 4us},
                                                .prepare = {2, 6us},
                                                .infer = {2, 20ms},
                                                .output = {2, 0ns}}};
  EXPECT_EQ(
      model_statistics_json(models),
      R"({"model_stats":[{"name":"m","version":"3","last_inference":1700000000123,)"
      R"("inference_count":2,"execution_count":2,"inference_stats":{)"
      R"("success":{"count":2,"ns":30000000},"fail":{"count":1,"ns":1000},)"
      R"("queue":{"count":2,"ns":4000},"compute_input":{"count":2,"ns":6000},)"
      R"("compute_infer":{"count":2,"ns":20000000},"compute_output":{"count":2,"ns":0},)"
      R"("cache_hit":{"count":0,"ns":0},"cache_miss":{"count":0,"ns":0}},"response_stats":{},)"
      R"("batch_stats":[{"batch_size":1,"compute_input":{"count":2,"ns":6000},)"
      R"("compute_infer":{"count":2,"ns":20000000},"compute_output":{"count":2,"ns":0}}],)"
      R"("memory_usage":[]}]})");
}

TEST(OipStatistics, AModelThatNeverRanHasNoBatches) {
  const std::vector<ModelStatistics> models = {{.name = "m", .version = "1"}};
  EXPECT_NE(model_statistics_json(models).find(R"("batch_stats":[],"memory_usage":[])"),
            std::string::npos);
  EXPECT_EQ(model_statistics_json({}), R"({"model_stats":[]})");
}

}  // namespace
}  // namespace cnnselect
