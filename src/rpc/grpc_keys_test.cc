// API keys' limits on the wire. Who is let in at all: tests/program_security_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "access/key_ring.h"
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

}  // namespace
}  // namespace cnnselect::rpc
