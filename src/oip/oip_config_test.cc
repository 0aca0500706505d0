#include "oip/oip_config.h"

#include <gtest/gtest.h>

namespace cnnselect {
namespace {

TEST(OipConfig, LeavesTheBatchOutOfTheDimensions) {
  const ModelInfo model{.name = "m",
                        .versions = {"3"},
                        .platform = "onnxruntime_onnx",
                        .inputs = {{"x", "FP32", {-1, 3, 32, 32}}},
                        .outputs = {{"y", "BYTES", {-1, 100}}},
                        .ready = true,
                        .max_batch = 64,
                        .instances = 2,
                        .queue = {.priority_levels = 3,
                                  .default_priority = 2,
                                  .max_waiting = 256,
                                  .timeout = std::chrono::milliseconds(20)}};
  EXPECT_EQ(model_config_json(model),
            R"({"name":"m","platform":"onnxruntime_onnx","backend":"onnxruntime",)"
            R"("version_policy":{"specific":{"versions":["3"]}},"max_batch_size":64,)"
            R"("input":[{"name":"x","data_type":"TYPE_FP32","dims":[3,32,32]}],)"
            R"("output":[{"name":"y","data_type":"TYPE_STRING","dims":[100]}],)"
            R"("instance_group":[{"name":"m","kind":"KIND_CPU","count":2}],)"
            R"("dynamic_batching":{"priority_levels":3,"default_priority_level":2,)"
            R"("default_queue_policy":{"timeout_action":"REJECT",)"
            R"("default_timeout_microseconds":20000,"allow_timeout_override":true,)"
            R"("max_queue_size":256}},)"
            R"("model_transaction_policy":{"decoupled":false},"response_cache":{"enable":false}})");
}

TEST(OipConfig, ATimeoutIsNotShortened) {
  EXPECT_EQ(config_microseconds(Duration(1)), 1U) << "0 would be none";
  EXPECT_EQ(config_microseconds(Duration::zero()), 0U);
}

TEST(OipConfig, ATensorWithoutDimensionsHasNone) {
  EXPECT_TRUE(config_dims({.name = "x", .datatype = "FP32", .shape = {}}).empty());
  EXPECT_TRUE(config_dims({.name = "x", .datatype = "FP32", .shape = {1}}).empty());
}

}  // namespace
}  // namespace cnnselect
