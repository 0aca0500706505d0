// The Open Inference Protocol over gRPC as a client meets it: generated stubs to a server with the
// embedded family, and the same requests over HTTP beside it.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstring>

#include "base/testing/read_file.h"
#include "proto/open_inference.grpc.pb.h"
#include "rpc/grpc_server.h"
#include "tests/live_server.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using inference::GRPCInferenceService;
using testing::HasSubstr;

class GrpcLive : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ = std::make_unique<test::LiveServer>(test::kZoo / "repository");
    grpc_ = rpc::GrpcServer::start({}, server_->service(), server_->clock()).value();
    stub_ = GRPCInferenceService::NewStub(grpc::CreateChannel(
        "127.0.0.1:" + std::to_string(grpc_->port()), grpc::InsecureChannelCredentials()));
  }
  static void TearDownTestSuite() {
    stub_.reset();
    grpc_.reset();
    server_.reset();
  }

  static inference::ModelInferRequest request(const std::string& model, const std::string& type,
                                              const std::vector<std::int64_t>& shape,
                                              std::string raw) {
    inference::ModelInferRequest request;
    request.set_model_name(model);
    auto& input = *request.add_inputs();
    input.set_name("input");
    input.set_datatype(type);
    input.mutable_shape()->Assign(shape.begin(), shape.end());
    request.add_raw_input_contents(std::move(raw));
    return request;
  }

  static grpc::Status infer(const inference::ModelInferRequest& request,
                            inference::ModelInferResponse& response,
                            std::chrono::milliseconds deadline = 60s) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + deadline);
    return stub_->ModelInfer(&context, request, &response);
  }

  static inline std::unique_ptr<test::LiveServer> server_;
  static inline std::unique_ptr<rpc::GrpcServer> grpc_;
  static inline std::unique_ptr<GRPCInferenceService::Stub> stub_;
};

std::vector<float> ramp(std::size_t size) {
  std::vector<float> values(size);
  for (std::size_t i = 0; i < size; ++i) values[i] = static_cast<float>(i % 97) / 48.5F - 1.0F;
  return values;
}

std::string raw(const std::vector<float>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

TEST_F(GrpcLive, ATensorHasTheSameLogitsOverBothProtocols) {
  const auto values = ramp(std::size_t{2} * 3 * 32 * 32);
  inference::ModelInferResponse response;
  const auto status =
      infer(request("mobilenet_025_32", "FP32", {2, 3, 32, 32}, raw(values)), response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.outputs(0).shape_size(), 2);
  EXPECT_EQ(response.outputs(0).shape(1), 100);

  boost::json::array data(values.begin(), values.end());
  const boost::json::value body = {
      {"inputs",
       {{{"name", "input"}, {"datatype", "FP32"}, {"shape", {2, 3, 32, 32}}, {"data", data}}}}};
  const auto over_http =
      server_->post("/v2/models/mobilenet_025_32/infer", boost::json::serialize(body));
  ASSERT_TRUE(over_http) << over_http.error().message;
  const auto logits = boost::json::value_to<std::vector<float>>(
      boost::json::parse(*over_http).at("outputs").at(0).at("data"));
  EXPECT_EQ(raw(logits), response.raw_output_contents(0));
}

TEST_F(GrpcLive, APhotoIsNamedByItsClass) {
  const std::string photo = read_file(test::kZoo / "pictures" / "phone" / "horse_face_12.0mp.jpg");
  const auto size = static_cast<std::uint32_t>(photo.size());
  std::string element(reinterpret_cast<const char*>(&size), sizeof(size));
  auto wanted = request("emoji", "BYTES", {1}, element + photo);
  auto& output = *wanted.add_outputs();
  output.set_name("logits");
  (*output.mutable_parameters())["classification"].set_int64_param(1);
  inference::ModelInferResponse response;
  const auto status = infer(wanted, response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.outputs(0).datatype(), "BYTES");
  EXPECT_THAT(response.raw_output_contents(0), HasSubstr("horse face"));
}

TEST_F(GrpcLive, TheDeadlineIsTheSla) {
  inference::ModelInferResponse response;
  const auto tensor = request("emoji", "FP32", {1, 3, 96, 96}, raw(ramp(3 * 96 * 96)));
  ASSERT_TRUE(infer(tensor, response, 5s).ok());
  const auto& said = response.parameters();
  EXPECT_NEAR(said.at("sla_ms").double_param(), 5000, 250) << "what is left of it at the server";
  EXPECT_TRUE(said.at("in_time").bool_param());
  EXPECT_THAT(said.at("model").string_param(), testing::EndsWith("_96"));
}

// There are two workers, so most of a batch waits, and longer than a microsecond.
TEST_F(GrpcLive, ATimeoutEndsWaitingAndAPriorityIsOneOfTheServers) {
  auto batch = request("mobilenet_025_32", "FP32", {64, 3, 32, 32},
                       raw(ramp(std::size_t{64} * 3 * 32 * 32)));
  auto& parameters = *batch.mutable_parameters();
  parameters["priority"].set_uint64_param(3);
  parameters["timeout"].set_int64_param(1);
  inference::ModelInferResponse response;
  const auto expired = infer(batch, response);
  EXPECT_EQ(expired.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(expired.error_message(), HasSubstr("Request timeout expired"));
  parameters["timeout"].set_int64_param(60'000'000);
  EXPECT_TRUE(infer(batch, response).ok());
  parameters["priority"].set_int64_param(4);
  const auto beyond = infer(batch, response);
  EXPECT_EQ(beyond.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(beyond.error_message(), HasSubstr("priority is 4; allowed: 1"));
}

TEST_F(GrpcLive, WhatTheModelDoesNotTakeIsNamed) {
  inference::ModelInferResponse response;
  const auto shape =
      infer(request("emoji", "FP32", {1, 3, 33, 33}, raw(ramp(3 * 33 * 33))), response);
  EXPECT_EQ(shape.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(shape.error_message(), HasSubstr("[1,3,33,33]"));
  const auto unknown = infer(request("nope", "FP32", {1}, raw({1})), response);
  EXPECT_EQ(unknown.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(unknown.error_message(), HasSubstr("Request for unknown model: 'nope'"));
}

TEST_F(GrpcLive, StatisticsCountBothProtocols) {
  const auto count = [] {
    grpc::ClientContext context;
    inference::ModelStatisticsRequest which;
    which.set_name("resnet_32_64");
    inference::ModelStatisticsResponse statistics;
    EXPECT_TRUE(stub_->ModelStatistics(&context, which, &statistics).ok());
    return statistics.model_stats(0).inference_stats().success().count();
  };
  const auto before = count();
  inference::ModelInferResponse response;
  ASSERT_TRUE(
      infer(request("resnet_32_64", "FP32", {1, 3, 64, 64}, raw(ramp(3 * 64 * 64))), response)
          .ok());
  EXPECT_EQ(count(), before + 1);
}

}  // namespace
}  // namespace cnnselect
