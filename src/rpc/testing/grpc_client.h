// A real gRPC server on the loopback interface, with a service that returns what it is given, and a
// client made of the generated stubs.
#pragma once

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "api/testing/fake_inference_api.h"
#include "base/clock.h"
#include "proto/open_inference.grpc.pb.h"
#include "rpc/grpc_server.h"

namespace cnnselect::rpc {

inline constexpr auto kPatience = std::chrono::seconds(10);

/// Polls until `done` or patience ends.
inline bool soon(const std::function<bool()>& done) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (!done()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

inline inference::ModelInferRequest request_for(const std::string& model,
                                                const std::string& id = "",
                                                std::vector<float> values = {1.5F, -2.0F}) {
  inference::ModelInferRequest request;
  request.set_model_name(model);
  request.set_id(id);
  auto& input = *request.add_inputs();
  input.set_name("x");
  input.set_datatype("FP32");
  input.add_shape(static_cast<std::int64_t>(values.size()));
  std::string raw(values.size() * sizeof(float), '\0');
  std::memcpy(raw.data(), values.data(), raw.size());
  request.add_raw_input_contents(raw);
  return request;
}

class GrpcServerTest : public ::testing::Test {
 protected:
  GrpcServerTest() {
    api_.set_state({"cnnselect", "0.1.0", {"parameters"}, true, true, {"emoji"}});
    api_.add_model({.name = "emoji",
                    .versions = {"1"},
                    .platform = "cnnselect_family",
                    .inputs = {{"x", "FP32", {-1, 2}}},
                    .outputs = {{"y", "FP32", {-1, 3}}},
                    .ready = true,
                    .max_batch = 64});
    api_.add_model({.name = "cold", .versions = {"1"}, .ready = false});
    start({.max_message_bytes = 1 << 20});
  }

  void start(const GrpcServerOptions& options) {
    auto server = GrpcServer::start(options, api_, clock_);
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
    channel_ = grpc::CreateChannel(address(), grpc::InsecureChannelCredentials());
    stub_ = inference::GRPCInferenceService::NewStub(channel_);
  }

  std::string address() const { return "127.0.0.1:" + std::to_string(server_->port()); }

  /// Ends every test's wait, whatever happens.
  static void bound(grpc::ClientContext& context) {
    context.set_deadline(std::chrono::system_clock::now() + kPatience);
  }

  grpc::Status infer(const inference::ModelInferRequest& request,
                     inference::ModelInferResponse* response = nullptr,
                     const std::vector<std::pair<std::string, std::string>>& metadata = {}) {
    grpc::ClientContext context;
    bound(context);
    for (const auto& [key, value] : metadata) context.AddMetadata(key, value);
    inference::ModelInferResponse ignored;
    const auto status =
        stub_->ModelInfer(&context, request, response == nullptr ? &ignored : response);
    headers_.clear();
    for (const auto& [key, value] : context.GetServerInitialMetadata()) {
      headers_[std::string(key.data(), key.size())] = std::string(value.data(), value.size());
    }
    trailers_.clear();
    for (const auto& [key, value] : context.GetServerTrailingMetadata()) {
      trailers_[std::string(key.data(), key.size())] = std::string(value.data(), value.size());
    }
    return status;
  }

  RealClock clock_;
  FakeInferenceApi api_;
  std::unique_ptr<GrpcServer> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<inference::GRPCInferenceService::Stub> stub_;
  std::map<std::string, std::string> headers_;
  std::map<std::string, std::string> trailers_;
};

}  // namespace cnnselect::rpc
