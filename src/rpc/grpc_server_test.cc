// The server itself: questions, control, health, reflection, and how it stops.
#include "rpc/grpc_server.h"

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <future>
#include <string>

#include "base/log_settings.h"
#include "rpc/testing/grpc_client.h"

namespace cnnselect::rpc {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

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
  EXPECT_EQ(load("", "cold"), grpc::StatusCode::UNAVAILABLE) << "not allowed here";
  start({.rights = {.models = true}});
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
  start({.rights = {.settings = true}});
  const auto changed = ask("log_info", false, grpc::StatusCode::OK);
  EXPECT_FALSE(changed.settings().at("log_info").bool_param());
  EXPECT_EQ(changed.settings().at("log_verbose_level").uint32_param(), before.verbose);
  ask("log_verbose_level", true, grpc::StatusCode::INVALID_ARGUMENT);
  ask("log_file", true, grpc::StatusCode::INVALID_ARGUMENT);
  set_log_settings(before);
}

TEST_F(GrpcServerTest, TraceSettingsAreReadByAllAndChangedWhereThatIsAllowed) {
  using Values = std::vector<std::string>;
  const auto ask = [this](const std::string& key, const Values& values, grpc::StatusCode expected,
                          const std::string& model = "") {
    grpc::ClientContext context;
    bound(context);
    inference::TraceSettingRequest request;
    request.set_model_name(model);
    if (!key.empty()) {
      (*request.mutable_settings())[key].mutable_value()->Assign(values.begin(), values.end());
    }
    inference::TraceSettingResponse response;
    EXPECT_EQ(stub_->TraceSetting(&context, request, &response).error_code(), expected) << key;
    std::map<std::string, std::string> settings;
    for (const auto& [name, value] : response.settings()) settings[name] = value.value(0);
    return settings;
  };
  ask("", {}, grpc::StatusCode::UNIMPLEMENTED);
  TraceSampling traces({.fraction = 0.5});
  start({.traces = &traces});
  EXPECT_EQ(ask("", {}, grpc::StatusCode::OK)["trace_rate"], "2");
  ask("trace_rate", {"1"}, grpc::StatusCode::UNAVAILABLE);
  start({.rights = {.settings = true}, .traces = &traces});
  ask("trace_level", {"TIMESTAMPS", "TENSORS"}, grpc::StatusCode::INVALID_ARGUMENT);
  ask("trace_file", {"x"}, grpc::StatusCode::INVALID_ARGUMENT);
  ask("", {}, grpc::StatusCode::NOT_FOUND, "nope");
  EXPECT_EQ(ask("trace_level", {"OFF"}, grpc::StatusCode::OK, "emoji")["trace_level"], "OFF");
  auto all = ask("trace_rate", {"10"}, grpc::StatusCode::OK);
  EXPECT_EQ(all["trace_level"], "TIMESTAMPS");
  EXPECT_EQ(all["trace_mode"], "opentelemetry");
  EXPECT_EQ(ask("trace_level", {}, grpc::StatusCode::OK, "emoji")["trace_level"], "TIMESTAMPS");
}

/// Sends raw bytes as a message to a method; `answer` gets those that come back.
grpc::Status send_bytes(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                        const std::string& bytes, std::string* answer = nullptr) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  const grpc::Slice slice(bytes);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer response;
  std::promise<grpc::Status> done;
  stub.UnaryCall(&context, method, grpc::StubOptions(), &request, &response,
                 [&](grpc::Status status) { done.set_value(std::move(status)); });
  auto status = done.get_future().get();
  if (status.ok() && answer != nullptr) {
    grpc::Slice whole;
    EXPECT_TRUE(response.DumpToSingleSlice(&whole).ok());
    answer->assign(reinterpret_cast<const char*>(whole.begin()), whole.size());
  }
  return status;
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
  const auto second = GrpcServer::start({.door = {.port = server_->port()}}, api_, clock_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(second.error().message,
              HasSubstr("cannot listen on 127.0.0.1 port " + std::to_string(server_->port())));
}

/// What comes back, or what is wrong.
std::string ask(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                const std::string& bytes) {
  std::string answer;
  const auto status = send_bytes(channel, method, bytes, &answer);
  return status.ok() ? answer : status.error_message();
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
