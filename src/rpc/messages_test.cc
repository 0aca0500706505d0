#include "rpc/messages.h"

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <string>

namespace cnnselect::rpc {
namespace {

using namespace std::chrono_literals;

/// Fields by the names of the .proto, so that a test reads as the protocol does.
std::string json(const google::protobuf::Message& message) {
  std::string text;
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(message, &text, options).ok());
  return text;
}

TEST(RpcMessages, AnAnswersOutputsAreRawInTheirOrder) {
  const InferResponse response{
      .model = "m",
      .version = "1",
      .id = "7",
      .parameters = {{"in_time", true}, {"t_infer_ms", 1.5}, {"model", std::string("small")}},
      .outputs = {
          {.name = "a", .datatype = "UINT8", .shape = {2}, .bytes = {std::byte{1}, std::byte{2}}},
          {.name = "b", .datatype = "UINT8", .shape = {1}, .bytes = {std::byte{3}}}}};
  const auto message = infer_message(response);
  EXPECT_EQ(message.model_name(), "m");
  EXPECT_EQ(message.model_version(), "1");
  EXPECT_EQ(message.id(), "7");
  EXPECT_TRUE(message.parameters().at("in_time").bool_param());
  EXPECT_EQ(message.parameters().at("t_infer_ms").double_param(), 1.5);
  EXPECT_EQ(message.parameters().at("model").string_param(), "small");
  EXPECT_EQ(json(message.outputs(0)), R"({"name":"a","datatype":"UINT8","shape":["2"]})");
  EXPECT_EQ(message.outputs(1).name(), "b");
  ASSERT_EQ(message.raw_output_contents_size(), 2);
  EXPECT_EQ(message.raw_output_contents(0), "\1\2");
  EXPECT_EQ(message.raw_output_contents(1), "\3");
}

const ModelInfo kModel{
    .name = "m",
    .versions = {"3"},
    .platform = "onnxruntime_onnx",
    .inputs = {{"x", "BYTES", {-1, 3, 8}}},
    .outputs = {{"y", "FP32", {-1, 100}}},
    .ready = true,
    .max_batch = 64,
    .instances = 2,
    .queue = {.priority_levels = 3, .default_priority = 2, .max_waiting = 256, .timeout = 20ms}};

TEST(RpcMessages, MetadataHasShapesWithTheBatchAndNoFieldSix) {
  EXPECT_EQ(json(metadata_message(kModel)),
            R"({"name":"m","versions":["3"],"platform":"onnxruntime_onnx",)"
            R"("inputs":[{"name":"x","datatype":"BYTES","shape":["-1","3","8"]}],)"
            R"("outputs":[{"name":"y","datatype":"FP32","shape":["-1","100"]}]})");
  // Field 6 would be 0x32 where a field begins; reflection knows no such field at all.
  EXPECT_EQ(inference::ModelMetadataResponse::descriptor()->FindFieldByNumber(6), nullptr);
}

TEST(RpcMessages, ConfigurationsLeaveTheBatchOut) {
  EXPECT_EQ(json(config_message(kModel)),
            R"({"config":{"name":"m","platform":"onnxruntime_onnx",)"
            R"("version_policy":{"specific":{"versions":["3"]}},"max_batch_size":64,)"
            R"("input":[{"name":"x","data_type":"TYPE_STRING","dims":["3","8"]}],)"
            R"("output":[{"name":"y","data_type":"TYPE_FP32","dims":["100"]}],)"
            R"("instance_group":[{"name":"m","count":2,"kind":"KIND_CPU"}],)"
            R"("dynamic_batching":{"priority_levels":"3","default_priority_level":"2",)"
            R"("default_queue_policy":{"default_timeout_microseconds":"20000",)"
            R"("allow_timeout_override":true,"max_queue_size":256}},)"
            R"("backend":"onnxruntime","model_transaction_policy":{},"response_cache":{}}})");
}

TEST(RpcMessages, StatisticsHaveTheReferencesFields) {
  const ModelStatistics ran{.name = "m",
                            .version = "3",
                            .last_inference_unix_ms = 1'700'000'000'123,
                            .success = {2, 30ms},
                            .fail = {1, 1us},
                            .queue = {2, 4us},
                            .prepare = {2, 6us},
                            .infer = {2, 20ms},
                            .output = {2, 0ns}};
  const auto message = statistics_message(std::vector{ran, ModelStatistics{.name = "idle"}});
  EXPECT_EQ(json(message.model_stats(0)),
            R"({"name":"m","version":"3","last_inference":"1700000000123",)"
            R"("inference_count":"2","execution_count":"2","inference_stats":{)"
            R"("success":{"count":"2","ns":"30000000"},"fail":{"count":"1","ns":"1000"},)"
            R"("queue":{"count":"2","ns":"4000"},"compute_input":{"count":"2","ns":"6000"},)"
            R"("compute_infer":{"count":"2","ns":"20000000"},"compute_output":{"count":"2"},)"
            R"("cache_hit":{},"cache_miss":{}},"batch_stats":[{"batch_size":"1",)"
            R"("compute_input":{"count":"2","ns":"6000"},)"
            R"("compute_infer":{"count":"2","ns":"20000000"},"compute_output":{"count":"2"}}]})");
  EXPECT_EQ(message.model_stats(1).batch_stats_size(), 0);
}

TEST(RpcMessages, ServerAndIndex) {
  EXPECT_EQ(json(server_message({.name = "s", .version = "1.2", .extensions = {"a", "b"}})),
            R"({"name":"s","version":"1.2","extensions":["a","b"]})");
  const std::vector<RepositoryEntry> entries = {
      {.name = "m", .version = "1", .state = ModelState::kReady, .reason = ""},
      {.name = "n", .version = "2", .state = ModelState::kUnavailable, .reason = "unloaded"}};
  EXPECT_EQ(json(index_message(entries)),
            R"({"models":[{"name":"m","version":"1","state":"READY"},)"
            R"({"name":"n","version":"2","state":"UNAVAILABLE","reason":"unloaded"}]})");
}

}  // namespace
}  // namespace cnnselect::rpc
