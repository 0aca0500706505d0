// API keys' limits on the wire. Who is let in at all: tests/program_security_test.cc.
#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "access/key_ring.h"
#include "api/operations.h"
#include "rpc/testing/grpc_client.h"

namespace cnnselect::rpc {
namespace {

using testing::HasSubstr;

class GrpcKeysTest : public GrpcServerTest {
 protected:
  ~GrpcKeysTest() override { server_.reset(); }  // before the keys, which it uses

  void start_with(ApiKey key) {
    key.name = "app";
    key.digest = sha256_of("secret");
    ring_ = std::make_unique<KeyRing>(std::vector{std::move(key)});
    start({.keys = ring_.get()});
  }
  static void prepare(grpc::ClientContext& context) {
    bound(context);
    context.AddMetadata("x-api-key", "secret");
  }

  std::unique_ptr<KeyRing> ring_;
};

TEST_F(GrpcKeysTest, WhoHasItsAnswerMayAskAgainAtOnce) {
  start_with({.concurrent = 1});
  for (int i = 0; i < 300; ++i) {
    const auto answered = infer(request_for("emoji"), nullptr, {{"x-api-key", "secret"}});
    ASSERT_TRUE(answered.ok()) << i << ": " << answered.error_message();
    grpc::ClientContext context;
    prepare(context);
    inference::ServerMetadataResponse metadata;
    const auto told = stub_->ServerMetadata(&context, {}, &metadata);
    ASSERT_TRUE(told.ok()) << i << ": " << told.error_message();
  }
  EXPECT_EQ(api_.last_infer().arrival.key, "app");
  grpc::ClientContext context;
  prepare(context);
  const auto stream = stub_->ModelStreamInfer(&context);
  inference::ModelStreamInferResponse response;
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE(stream->Write(request_for("emoji")));
    ASSERT_TRUE(stream->Read(&response));
    ASSERT_EQ(response.error_message(), "") << i;
  }
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(GrpcKeysTest, AStreamCostsWhatItsRequestsCost) {
  start_with({.per_second = 0.001, .burst = 1});
  grpc::ClientContext context;
  prepare(context);
  const auto stream = stub_->ModelStreamInfer(&context);
  inference::ModelStreamInferResponse response;
  stream->Write(request_for("emoji"));
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.error_message(), "");
  stream->Write(request_for("emoji"));
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_THAT(response.error_message(), HasSubstr("may send"));
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

/// The first operation that a call stands for: a message that says nothing changes nothing.
const OperationFacts* operation_of(std::string_view rpc) {
  const auto found = std::ranges::find(kOperations, rpc, &OperationFacts::rpc);
  return found == kOperations.end() ? nullptr : &*found;
}

TEST_F(GrpcKeysTest, EveryCallOfTheTableIsOneOfTheService) {
  const auto& service = *inference::ModelInferRequest::descriptor()->file()->service(0);
  for (const OperationFacts& facts : kOperations) {
    if (facts.rpc.empty()) continue;
    EXPECT_NE(service.FindMethodByName(std::string(facts.rpc)), nullptr) << facts.rpc;
  }
  for (int i = 0; i < service.method_count(); ++i) {
    EXPECT_NE(operation_of(service.method(i)->name()), nullptr) << service.method(i)->name();
  }
}

TEST_F(GrpcKeysTest, EveryOperationNeedsTheKeyOfTheTable) {
  start_with({});
  const grpc::Slice nothing;
  const grpc::ByteBuffer empty(&nothing, 1);
  const auto code = [&](std::string_view rpc, const char* key) {
    grpc::ClientContext context;
    bound(context);
    context.AddMetadata("x-api-key", key);
    grpc::ByteBuffer answer;
    std::promise<grpc::Status> status;
    grpc::GenericStub(channel_).UnaryCall(
        &context, "/inference.GRPCInferenceService/" + std::string(rpc), {}, &empty, &answer,
        [&status](grpc::Status end) { status.set_value(std::move(end)); });
    return status.get_future().get().error_code();
  };
  for (const OperationFacts& facts : kOperations) {
    if (facts.rpc.empty() || operation_of(facts.rpc) != &facts) continue;
    const auto stranger = code(facts.rpc, "wrong");
    EXPECT_EQ(stranger == grpc::StatusCode::UNAUTHENTICATED, facts.access.has_value()) << facts.rpc;
    const auto caller = code(facts.rpc, "secret");
    EXPECT_NE(caller, grpc::StatusCode::UNAUTHENTICATED) << facts.rpc;
    EXPECT_EQ(caller == grpc::StatusCode::PERMISSION_DENIED, facts.access == Access::kAdmin)
        << facts.rpc;
  }
}

}  // namespace
}  // namespace cnnselect::rpc
