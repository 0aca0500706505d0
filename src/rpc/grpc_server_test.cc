// A real gRPC server on the loopback interface, with a service that returns what it is given, and a
// client made of the generated stubs.
#include "rpc/grpc_server.h"

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstring>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "net/testing/fake_inference_api.h"
#include "net/testing/shared_object.h"
#include "rpc/open_inference.grpc.pb.h"
#include "rpc/stream_reactor.h"

namespace cnnselect::rpc {
namespace {

using namespace std::chrono_literals;
using inference::GRPCInferenceService;
using net::testing::FakeInferenceApi;
using testing::HasSubstr;

constexpr auto kPatience = 10s;

/// Polls until `done` or patience ends.
bool soon(const std::function<bool()>& done) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (!done()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

inference::ModelInferRequest request_for(const std::string& model, const std::string& id = "",
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

class GrpcServerTest : public testing::Test {
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
    stub_ = GRPCInferenceService::NewStub(channel_);
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
  std::unique_ptr<GRPCInferenceService::Stub> stub_;
  std::map<std::string, std::string> trailers_;
};

TEST_F(GrpcServerTest, ServerQuestionsAreAnswered) {
  {
    grpc::ClientContext context;
    inference::ServerLiveResponse live;
    ASSERT_TRUE(stub_->ServerLive(&context, {}, &live).ok());
    EXPECT_TRUE(live.live());
  }
  {
    grpc::ClientContext context;
    inference::ServerReadyResponse ready;
    ASSERT_TRUE(stub_->ServerReady(&context, {}, &ready).ok());
    EXPECT_TRUE(ready.ready());
  }
  grpc::ClientContext context;
  inference::ServerMetadataResponse metadata;
  ASSERT_TRUE(stub_->ServerMetadata(&context, {}, &metadata).ok());
  EXPECT_EQ(metadata.name(), "cnnselect");
  EXPECT_EQ(metadata.extensions(0), "parameters");
}

TEST_F(GrpcServerTest, ModelQuestionsAreAnswered) {
  const auto ready = [this](const std::string& name, const std::string& version = "") {
    grpc::ClientContext context;
    inference::ModelReadyRequest request;
    request.set_name(name);
    request.set_version(version);
    inference::ModelReadyResponse response;
    const auto status = stub_->ModelReady(&context, request, &response);
    return status.ok() ? std::string(response.ready() ? "yes" : "no") : status.error_message();
  };
  EXPECT_EQ(ready("emoji"), "yes");
  EXPECT_EQ(ready("cold"), "no");
  EXPECT_EQ(ready("nope"), "no") << "an unknown model is not ready, which is no error";
  EXPECT_THAT(ready("emoji", "one"), HasSubstr("versions are whole numbers"));

  grpc::ClientContext context;
  inference::ModelMetadataRequest request;
  request.set_name("emoji");
  inference::ModelMetadataResponse metadata;
  ASSERT_TRUE(stub_->ModelMetadata(&context, request, &metadata).ok());
  EXPECT_EQ(metadata.platform(), "cnnselect_family");
  EXPECT_EQ(metadata.inputs(0).shape(0), -1);

  grpc::ClientContext again;
  inference::ModelConfigRequest which;
  which.set_name("emoji");
  inference::ModelConfigResponse config;
  ASSERT_TRUE(stub_->ModelConfig(&again, which, &config).ok());
  EXPECT_EQ(config.config().max_batch_size(), 64);
  EXPECT_EQ(config.config().output(0).dims(0), 3);
}

TEST_F(GrpcServerTest, WhatThereIsNotIsNamed) {
  grpc::ClientContext context;
  inference::ModelMetadataRequest request;
  request.set_name("nope");
  inference::ModelMetadataResponse metadata;
  const auto status = stub_->ModelMetadata(&context, request, &metadata);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(status.error_message(), "Request for unknown model: 'nope' is not found");

  grpc::ClientContext again;
  inference::ModelStatisticsRequest which;
  which.set_name("nope");
  inference::ModelStatisticsResponse statistics;
  EXPECT_EQ(stub_->ModelStatistics(&again, which, &statistics).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(GrpcServerTest, TheIndexMayBeThatOfTheReadyOnes) {
  for (const bool only_ready : {false, true}) {
    grpc::ClientContext context;
    inference::RepositoryIndexRequest request;
    request.set_ready(only_ready);
    inference::RepositoryIndexResponse index;
    ASSERT_TRUE(stub_->RepositoryIndex(&context, request, &index).ok());
    EXPECT_EQ(index.models_size(), only_ready ? 1 : 2);
  }
}

TEST_F(GrpcServerTest, ModelsAreLoadedAndUnloadedByName) {
  const auto load = [this](const std::string& repository, const std::string& model,
                           const std::string& parameter = "") {
    grpc::ClientContext context;
    bound(context);
    inference::RepositoryModelLoadRequest request;
    request.set_repository_name(repository);
    request.set_model_name(model);
    if (!parameter.empty()) (*request.mutable_parameters())[parameter].set_string_param("x");
    inference::RepositoryModelLoadResponse response;
    return stub_->RepositoryModelLoad(&context, request, &response).error_code();
  };
  const auto is_ready = [this] { return api_.model("cold", "").value().ready; };
  EXPECT_EQ(load("", "nope"), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(load("", "cold", "config"), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_FALSE(is_ready());
  EXPECT_EQ(load("", "cold"), grpc::StatusCode::OK);
  EXPECT_TRUE(is_ready());

  grpc::ClientContext context;
  bound(context);
  inference::RepositoryModelUnloadRequest request;
  request.set_model_name("cold");
  inference::RepositoryModelUnloadResponse response;
  EXPECT_TRUE(stub_->RepositoryModelUnload(&context, request, &response).ok());
  EXPECT_FALSE(is_ready());
  EXPECT_EQ(load("cold", ""), grpc::StatusCode::OK) << "a dialect has the name in field 1";
  EXPECT_TRUE(is_ready());
}

TEST_F(GrpcServerTest, TensorsComeAndGoInSharedMemory) {
  const net::testing::SharedObject object(std::string(16, 'a'));
  net::SharedMemory memory(1 << 20);
  auto server = GrpcServer::start({}, api_, clock_, &memory).value();
  const auto stub = GRPCInferenceService::NewStub(grpc::CreateChannel(
      "127.0.0.1:" + std::to_string(server->port()), grpc::InsecureChannelCredentials()));
  {
    grpc::ClientContext context;
    inference::SystemSharedMemoryRegisterRequest region;
    region.set_name("r");
    region.set_key(object.key());
    region.set_byte_size(16);
    inference::SystemSharedMemoryRegisterResponse response;
    ASSERT_TRUE(stub->SystemSharedMemoryRegister(&context, region, &response).ok());
  }
  {
    grpc::ClientContext context;
    inference::SystemSharedMemoryStatusResponse status;
    ASSERT_TRUE(stub->SystemSharedMemoryStatus(&context, {}, &status).ok());
    EXPECT_EQ(status.regions().at("r").key(), object.key());
    EXPECT_EQ(status.regions().at("r").byte_size(), 16U);
  }
  inference::ModelInferRequest request;
  request.set_model_name("emoji");
  auto& input = *request.add_inputs();
  input.set_name("x");
  input.set_datatype("UINT8");
  input.add_shape(4);
  (*input.mutable_parameters())["shared_memory_region"].set_string_param("r");
  (*input.mutable_parameters())["shared_memory_byte_size"].set_int64_param(4);
  auto& output = *request.add_outputs();
  output.set_name("x");
  (*output.mutable_parameters())["shared_memory_region"].set_string_param("r");
  (*output.mutable_parameters())["shared_memory_offset"].set_int64_param(8);
  (*output.mutable_parameters())["shared_memory_byte_size"].set_int64_param(8);
  grpc::ClientContext context;
  bound(context);
  inference::ModelInferResponse response;
  const auto status = stub->ModelInfer(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.outputs(0).parameters().at("shared_memory_byte_size").int64_param(), 4);
  EXPECT_EQ(response.raw_output_contents(0), "");

  grpc::ClientContext stream_context;
  bound(stream_context);
  const auto stream = stub->ModelStreamInfer(&stream_context);
  stream->Write(request);
  stream->WritesDone();
  inference::ModelStreamInferResponse streamed;
  ASSERT_TRUE(stream->Read(&streamed));
  EXPECT_EQ(streamed.error_message(), "");
  EXPECT_TRUE(streamed.infer_response().outputs(0).parameters().contains("shared_memory_region"));
  EXPECT_FALSE(stream->Read(&streamed));
  EXPECT_TRUE(stream->Finish().ok());

  {
    grpc::ClientContext last;
    inference::SystemSharedMemoryUnregisterResponse done;
    ASSERT_TRUE(stub->SystemSharedMemoryUnregister(&last, {}, &done).ok());
  }
  EXPECT_TRUE(memory.regions("").value().empty());
}

TEST_F(GrpcServerTest, TheLogIsReadByAllAndChangedWhereThatIsAllowed) {
  const LogSettings before = log_settings();
  const auto ask = [this](const std::string& key, bool value, grpc::StatusCode expected) {
    grpc::ClientContext context;
    inference::LogSettingsRequest request;
    if (!key.empty()) (*request.mutable_settings())[key].set_bool_param(value);
    inference::LogSettingsResponse response;
    EXPECT_EQ(stub_->LogSettings(&context, request, &response).error_code(), expected) << key;
    return response;
  };
  EXPECT_EQ(ask("", false, grpc::StatusCode::OK).settings().at("log_format").string_param(),
            "default");
  ask("log_info", false, grpc::StatusCode::UNAVAILABLE);
  api_.allow_log_changes();
  const auto changed = ask("log_info", false, grpc::StatusCode::OK);
  EXPECT_FALSE(changed.settings().at("log_info").bool_param());
  EXPECT_EQ(changed.settings().at("log_verbose_level").uint32_param(), before.verbose);
  ask("log_verbose_level", true, grpc::StatusCode::INVALID_ARGUMENT);
  ask("log_file", true, grpc::StatusCode::INVALID_ARGUMENT);
  set_log_settings(before);
}

TEST_F(GrpcServerTest, SharedMemoryIsOfferedOnlyWhereItIsAllowed) {
  grpc::ClientContext context;
  inference::SystemSharedMemoryStatusResponse status;
  EXPECT_EQ(stub_->SystemSharedMemoryStatus(&context, {}, &status).error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
  auto request = request_for("emoji");
  request.clear_raw_input_contents();
  auto& parameters = *request.mutable_inputs(0)->mutable_parameters();
  parameters["shared_memory_region"].set_string_param("r");
  parameters["shared_memory_byte_size"].set_int64_param(8);
  EXPECT_EQ(infer(request).error_code(), grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(GrpcServerTest, ATensorGoesInAndComesOutRaw) {
  inference::ModelInferResponse response;
  const auto request = request_for("emoji", "7");
  const auto status = infer(request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.id(), "7");
  EXPECT_EQ(response.outputs(0).datatype(), "FP32");
  EXPECT_EQ(response.raw_output_contents(0), request.raw_input_contents(0));
  EXPECT_FALSE(response.outputs(0).has_contents());

  // To typed contents as well.
  auto typed = request;
  typed.clear_raw_input_contents();
  typed.mutable_inputs(0)->mutable_contents()->add_fp32_contents(1.5F);
  typed.mutable_inputs(0)->mutable_contents()->add_fp32_contents(-2.0F);
  ASSERT_TRUE(infer(typed, &response).ok());
  EXPECT_EQ(response.raw_output_contents(0), request.raw_input_contents(0));
}

TEST_F(GrpcServerTest, MetadataAndDeadlineAreHints) {
  ASSERT_TRUE(infer(request_for("emoji"), nullptr,
                    {{"x-cnnselect-network-class", "lte"}, {"x-cnnselect-rtt-ms", "20"}})
                  .ok());
  net::RequestHints hints = api_.last_infer().hints;
  EXPECT_EQ(hints.network_class, "lte");
  EXPECT_EQ(hints.rtt, 20ms);
  ASSERT_TRUE(hints.sla) << "the call's deadline is its SLA";
  EXPECT_LE(*hints.sla, kPatience + 200ms) << "which gRPC rounds up on its way";
  EXPECT_GT(*hints.sla, kPatience / 2);
  EXPECT_GE(api_.last_infer().arrival.last_byte, api_.last_infer().arrival.first_byte);

  ASSERT_TRUE(infer(request_for("emoji"), nullptr, {{"x-cnnselect-sla-ms", "300"}}).ok());
  EXPECT_EQ(api_.last_infer().hints.sla, 300ms) << "what is said wins over the deadline";

  grpc::ClientContext unbounded;
  inference::ModelInferResponse response;
  ASSERT_TRUE(stub_->ModelInfer(&unbounded, request_for("emoji"), &response).ok());
  EXPECT_FALSE(api_.last_infer().hints.sla);
}

TEST_F(GrpcServerTest, MistakesAreNamed) {
  const auto unknown = infer(request_for("nope"));
  EXPECT_EQ(unknown.error_code(), grpc::StatusCode::NOT_FOUND);
  const auto hint = infer(request_for("emoji"), nullptr, {{"x-cnnselect-slo-ms", "1"}});
  EXPECT_EQ(hint.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(hint.error_message(), HasSubstr("header x-cnnselect-slo-ms: no such hint"));
  auto no_inputs = request_for("emoji");
  no_inputs.clear_inputs();
  EXPECT_THAT(infer(no_inputs).error_message(), HasSubstr("has no inputs"));
}

/// Sends raw bytes as a message to a method.
grpc::Status send_bytes(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                        const std::string& bytes) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  const grpc::Slice slice(bytes);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer response;
  std::promise<grpc::Status> done;
  stub.UnaryCall(&context, method, grpc::StubOptions(), &request, &response,
                 [&](grpc::Status status) { done.set_value(std::move(status)); });
  return done.get_future().get();
}

TEST_F(GrpcServerTest, BytesThatAreNoMessageAreRefused) {
  const auto status =
      send_bytes(channel_, "/inference.GRPCInferenceService/ModelInfer", "\xff\xff\xff");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(), "the message is not a ModelInferRequest");
  EXPECT_TRUE(infer(request_for("emoji")).ok()) << "and the server goes on";
}

TEST_F(GrpcServerTest, MethodsThatThereAreNotAreUnimplemented) {
  for (const char* method : {"/inference.GRPCInferenceService/CudaSharedMemoryStatus",
                             "/inference.GRPCInferenceService/Nope", "/other.Service/ModelInfer"}) {
    EXPECT_EQ(send_bytes(channel_, method, "").error_code(), grpc::StatusCode::UNIMPLEMENTED)
        << method;
  }
}

TEST_F(GrpcServerTest, AMessageOverTheLimitIsRefusedAlsoWhenItIsSmallOnTheWire) {
  const auto large = request_for("emoji", "", std::vector<float>(400'000));
  const auto plain = infer(large);
  EXPECT_EQ(plain.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << plain.error_message();
  EXPECT_THAT(plain.error_message(), HasSubstr("1048576"));

  grpc::ClientContext context;
  bound(context);
  context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  inference::ModelInferResponse response;
  const auto bomb = stub_->ModelInfer(&context, large, &response);
  EXPECT_EQ(bomb.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << bomb.error_message();
  EXPECT_TRUE(infer(request_for("emoji", "", std::vector<float>(200'000))).ok());
}

TEST_F(GrpcServerTest, ACompressedMessageIsRead) {
  grpc::ClientContext context;
  bound(context);
  context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  inference::ModelInferResponse response;
  const auto request = request_for("emoji", "", std::vector<float>(10'000, 3.0F));
  ASSERT_TRUE(stub_->ModelInfer(&context, request, &response).ok());
  EXPECT_EQ(response.raw_output_contents(0), request.raw_input_contents(0));
}

TEST_F(GrpcServerTest, ACancelledCallTakesItsRequestBack) {
  api_.hold();
  grpc::ClientContext context;
  auto status = std::async(std::launch::async, [&] {
    inference::ModelInferResponse response;
    return stub_->ModelInfer(&context, request_for("emoji"), &response);
  });
  ASSERT_TRUE(soon([&] { return api_.held() == 1; }));
  context.TryCancel();
  EXPECT_EQ(status.get().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_TRUE(soon([&] { return api_.cancelled() == 1; }));
}

TEST_F(GrpcServerTest, ACallWhoseDeadlinePassesTakesItsRequestBack) {
  api_.hold();
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + 50ms);
  inference::ModelInferResponse response;
  EXPECT_EQ(stub_->ModelInfer(&context, request_for("emoji"), &response).error_code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_TRUE(soon([&] { return api_.cancelled() == 1; }));
}

TEST_F(GrpcServerTest, AStreamAnswersInOrderAndOutlivesErrors) {
  grpc::ClientContext context;
  bound(context);
  const auto stream = stub_->ModelStreamInfer(&context);
  constexpr int kRequests = 3 * static_cast<int>(kMaxUnansweredInStream);
  std::thread writer([&] {
    for (int i = 0; i < kRequests; ++i) {
      stream->Write(request_for(i % 10 == 4 ? "nope" : "emoji", std::to_string(i)));
    }
    stream->WritesDone();
  });
  inference::ModelStreamInferResponse response;
  for (int i = 0; i < kRequests; ++i) {
    EXPECT_TRUE(stream->Read(&response)) << i;
    EXPECT_EQ(response.infer_response().id(), std::to_string(i));
    EXPECT_EQ(response.error_message(),
              i % 10 == 4 ? "Request for unknown model: 'nope' is not found" : "");
  }
  EXPECT_FALSE(stream->Read(&response));
  writer.join();
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(GrpcServerTest, AStreamReadsNoMoreThanItMayHoldAndGivesAllBackWhenItsClientGoes) {
  api_.hold();
  {
    grpc::ClientContext context;
    const auto stream = stub_->ModelStreamInfer(&context);
    for (std::size_t i = 0; i < kMaxUnansweredInStream + 8; ++i) {
      ASSERT_TRUE(stream->Write(request_for("emoji", std::to_string(i))));
    }
    ASSERT_TRUE(soon([&] { return api_.held() == kMaxUnansweredInStream; }));
    std::this_thread::sleep_for(20ms);
    EXPECT_EQ(api_.held(), kMaxUnansweredInStream);
    context.TryCancel();
    EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  EXPECT_TRUE(soon([&] { return api_.cancelled() >= static_cast<int>(kMaxUnansweredInStream); }));
}

TEST_F(GrpcServerTest, AStreamWithAWrongHintEndsWithTheReason) {
  grpc::ClientContext context;
  bound(context);
  context.AddMetadata("x-cnnselect-sla-ms", "soon");
  const auto stream = stub_->ModelStreamInfer(&context);
  inference::ModelStreamInferResponse response;
  EXPECT_FALSE(stream->Read(&response));
  const auto status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("sla_ms is 'soon'"));
}

TEST_F(GrpcServerTest, ShuttingDownAnswersWhatIsUnderWay) {
  api_.hold();
  auto status = std::async(std::launch::async, [&] { return infer(request_for("emoji")); });
  ASSERT_TRUE(soon([&] { return api_.held() == 1; }));
  auto closed =
      std::async(std::launch::async, [&] { return server_->shut_down(clock_.now() + kPatience); });
  std::this_thread::sleep_for(20ms);
  api_.answer_held();
  EXPECT_TRUE(status.get().ok());
  EXPECT_TRUE(closed.get());
  EXPECT_EQ(infer(request_for("emoji")).error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(GrpcServerTest, ShuttingDownDoesNotWaitForIdleClients) {
  ASSERT_TRUE(infer(request_for("emoji")).ok());  // and from here on nobody reads this connection
  const auto before = clock_.now();
  EXPECT_TRUE(server_->shut_down(before + kPatience));
  EXPECT_LT(clock_.now() - before, kPatience / 4);
}

TEST_F(GrpcServerTest, ShuttingDownAnswersWhatAStreamHasAskedAndEndsTheStream) {
  api_.hold();
  grpc::ClientContext context;
  bound(context);
  const auto stream = stub_->ModelStreamInfer(&context);
  ASSERT_TRUE(stream->Write(request_for("emoji", "asked")));
  ASSERT_TRUE(soon([&] { return api_.held() == 1; }));
  auto closed =
      std::async(std::launch::async, [&] { return server_->shut_down(clock_.now() + kPatience); });
  std::this_thread::sleep_for(20ms);
  ASSERT_TRUE(stream->Write(request_for("emoji", "too late")));
  std::this_thread::sleep_for(20ms);
  api_.answer_held();
  inference::ModelStreamInferResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.infer_response().id(), "asked");
  EXPECT_EQ(response.error_message(), "");
  if (stream->Read(&response)) {  // unless the end came first
    EXPECT_EQ(response.error_message(), "the server is stopping");
  }
  EXPECT_TRUE(closed.get());
  EXPECT_FALSE(stream->Finish().ok());
}

TEST_F(GrpcServerTest, ShuttingDownCancelsWhatTakesTooLong) {
  api_.hold();
  auto status = std::async(std::launch::async, [&] { return infer(request_for("emoji")); });
  ASSERT_TRUE(soon([&] { return api_.held() == 1; }));
  EXPECT_FALSE(server_->shut_down(clock_.now() + 20ms));
  EXPECT_FALSE(status.get().ok());
  EXPECT_EQ(api_.cancelled(), 1);
}

TEST_F(GrpcServerTest, APortInUseIsNamed) {
  const auto second = GrpcServer::start({.port = server_->port()}, api_, clock_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(second.error().message, HasSubstr("cannot listen on " + address()));
}

/// A message of one field of bytes, which is what health and reflection speak in their simplest.
std::string ask(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                const std::string& bytes) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  const grpc::Slice slice(bytes);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer response;
  std::promise<grpc::Status> done;
  stub.UnaryCall(&context, method, grpc::StubOptions(), &request, &response,
                 [&](grpc::Status status) { done.set_value(std::move(status)); });
  const auto status = done.get_future().get();
  if (!status.ok()) return status.error_message();
  grpc::Slice answer;
  EXPECT_TRUE(response.DumpToSingleSlice(&answer).ok());
  return {reinterpret_cast<const char*>(answer.begin()), answer.size()};
}

TEST_F(GrpcServerTest, HealthIsWhatTheServerWasTold) {
  const std::string method = "/grpc.health.v1.Health/Check";
  const std::string serving = "\x08\x01";
  const std::string not_serving = "\x08\x02";
  const std::string name = "inference.GRPCInferenceService";
  const std::string service = std::string("\x0a") + static_cast<char>(name.size()) + name;
  EXPECT_EQ(ask(channel_, method, ""), not_serving);
  server_->set_serving(true);
  EXPECT_EQ(ask(channel_, method, ""), serving);
  EXPECT_EQ(ask(channel_, method, service), serving);
  server_->set_serving(false);
  EXPECT_EQ(ask(channel_, method, service), not_serving);
}

TEST_F(GrpcServerTest, ReflectionListsTheServices) {
  // ServerReflectionRequest.list_services = ""; a stream, of which one message is enough here.
  const std::string services =
      ask(channel_, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
          std::string("\x3a\x00", 2));
  EXPECT_THAT(services, HasSubstr("inference.GRPCInferenceService"));
  EXPECT_THAT(services, HasSubstr("grpc.health.v1.Health"));
}

}  // namespace
}  // namespace cnnselect::rpc
