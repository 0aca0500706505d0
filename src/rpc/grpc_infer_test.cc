// ModelInfer and ModelStreamInfer on the wire: tensors, hints, limits, cancellation, streams.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <thread>

#include "oip/testing/shared_object.h"
#include "rpc/stream_reactor.h"
#include "rpc/testing/grpc_client.h"

namespace cnnselect::rpc {
namespace {

using namespace std::chrono_literals;
using inference::GRPCInferenceService;
using testing::HasSubstr;

using GrpcInferTest = GrpcServerTest;

TEST_F(GrpcInferTest, TensorsComeAndGoInSharedMemory) {
  const SharedObject object(std::string(16, 'a'));
  SharedMemory memory(1 << 20);
  auto server = GrpcServer::start({.memory = &memory}, api_, clock_).value();
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

TEST_F(GrpcInferTest, SharedMemoryIsOfferedOnlyWhereItIsAllowed) {
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

TEST_F(GrpcInferTest, ATensorGoesInAndComesOutRaw) {
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

TEST_F(GrpcInferTest, MetadataAndDeadlineAreHints) {
  ASSERT_TRUE(infer(request_for("emoji"), nullptr,
                    {{"x-cnnselect-network-class", "lte"}, {"x-cnnselect-rtt-ms", "20"}})
                  .ok());
  RequestHints hints = api_.last_infer().hints;
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

TEST_F(GrpcInferTest, MistakesAreNamed) {
  const auto unknown = infer(request_for("nope"));
  EXPECT_EQ(unknown.error_code(), grpc::StatusCode::NOT_FOUND);
  const auto hint = infer(request_for("emoji"), nullptr, {{"x-cnnselect-slo-ms", "1"}});
  EXPECT_EQ(hint.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(hint.error_message(), HasSubstr("header x-cnnselect-slo-ms: no such hint"));
  auto no_inputs = request_for("emoji");
  no_inputs.clear_inputs();
  EXPECT_THAT(infer(no_inputs).error_message(), HasSubstr("has no inputs"));
  no_inputs.set_model_name("nope");
  EXPECT_EQ(infer(no_inputs).error_code(), grpc::StatusCode::NOT_FOUND) << "that is told first";
  EXPECT_EQ(infer(request_for("nope"), nullptr, {{"x-cnnselect-slo-ms", "1"}}).error_code(),
            grpc::StatusCode::NOT_FOUND);
}

TEST_F(GrpcInferTest, AMessageOverTheLimitIsRefused) {
  const auto large = request_for("emoji", "", std::vector<float>(400'000));
  const auto plain = infer(large);
  EXPECT_EQ(plain.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << plain.error_message();
  EXPECT_THAT(plain.error_message(), HasSubstr("1048576"));
  EXPECT_TRUE(infer(request_for("emoji", "", std::vector<float>(200'000))).ok());
}

TEST_F(GrpcInferTest, ACompressedMessageIsRefusedUnread) {
  grpc::ClientContext context;
  bound(context);
  context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  inference::ModelInferResponse response;
  const auto large = request_for("emoji", "", std::vector<float>(400'000));
  const auto refused = stub_->ModelInfer(&context, large, &response);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::UNIMPLEMENTED) << "not for its size";
  EXPECT_THAT(refused.error_message(), HasSubstr("gzip"));
}

TEST_F(GrpcInferTest, ACancelledCallTakesItsRequestBack) {
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

TEST_F(GrpcInferTest, ACallWhoseDeadlinePassesTakesItsRequestBack) {
  ASSERT_TRUE(
      infer(request_for("emoji")).ok());  // connects: that may take longer than the deadline
  api_.hold();
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + 50ms);
  inference::ModelInferResponse response;
  EXPECT_EQ(stub_->ModelInfer(&context, request_for("emoji"), &response).error_code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_TRUE(soon([&] { return api_.cancelled() == 1; }));
}

TEST_F(GrpcInferTest, AStreamAnswersInOrderAndOutlivesErrors) {
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
    EXPECT_TRUE(response.infer_response().parameters().at("triton_final_response").bool_param());
    EXPECT_EQ(response.error_message(),
              i % 10 == 4 ? "Request for unknown model: 'nope' is not found" : "");
  }
  EXPECT_FALSE(stream->Read(&response));
  writer.join();
  EXPECT_TRUE(stream->Finish().ok());
}

// As Triton does for models that give one answer each: no empty one follows.
TEST_F(GrpcInferTest, AStreamSaysWithEachAnswerThatItIsTheFinalOne) {
  grpc::ClientContext context;
  bound(context);
  const auto stream = stub_->ModelStreamInfer(&context);
  auto request = request_for("emoji", "a");
  auto& wish = (*request.mutable_parameters())["triton_enable_empty_final_response"];
  wish.set_bool_param(true);
  stream->Write(request);
  wish.set_string_param("yes");
  stream->Write(request);
  request.set_model_name("nope");
  stream->Write(request);
  stream->WritesDone();
  for (const char* const error :
       {"", "parameters: triton_enable_empty_final_response is a string; want a bool_param",
        "Request for unknown model: 'nope' is not found"}) {
    inference::ModelStreamInferResponse response;
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_EQ(response.error_message(), error);
    EXPECT_EQ(response.infer_response().id(), "a");
    EXPECT_TRUE(response.infer_response().parameters().at("triton_final_response").bool_param());
  }
  inference::ModelStreamInferResponse response;
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(GrpcInferTest, AStreamReadsNoMoreThanItMayHoldAndGivesAllBackWhenItsClientGoes) {
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

TEST_F(GrpcInferTest, AStreamWithAWrongHintEndsWithTheReason) {
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

TEST_F(GrpcInferTest, ATracedRequestIsToldWhichSpanIsOurs) {
  TraceSampling traces({.fraction = 0});
  start({.traces = &traces});
  const std::string trace = "00-0af7651916cd43dd8448eb211c80319c-";
  const std::vector<std::pair<std::string, std::string>> sampled = {
      {"traceparent", trace + "b7ad6b7169203331-01"}, {"tracestate", "a=1"}};
  EXPECT_TRUE(infer(request_for("emoji"), nullptr, sampled).ok());
  const auto& seen = api_.last_infer().trace;
  ASSERT_TRUE(seen);
  EXPECT_TRUE(seen->sampled);
  EXPECT_EQ(seen->state, "a=1");
  EXPECT_EQ(to_hex(seen->parent->bytes), "b7ad6b7169203331");
  EXPECT_EQ(headers_["traceparent"], trace + to_hex(seen->span.bytes) + "-01");
  EXPECT_EQ(seen->transport->status(nullptr), 0);
  const Error late{ErrorCode::kTooLate, "late"};
  EXPECT_EQ(seen->transport->status(&late), grpc::StatusCode::DEADLINE_EXCEEDED);

  EXPECT_FALSE(infer(request_for("nope"), nullptr, sampled).ok());
  EXPECT_THAT(headers_["traceparent"], ::testing::StartsWith(trace)) << "an error's answer too";
  EXPECT_TRUE(infer(request_for("emoji")).ok());
  EXPECT_FALSE(api_.last_infer().trace);
  EXPECT_EQ(headers_.count("traceparent"), 0U);
}

}  // namespace
}  // namespace cnnselect::rpc
