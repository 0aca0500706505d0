// What the door keeps out and lets in, by real clients over real sockets on loopback.
#include "rpc/door.h"

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <future>
#include <optional>
#include <string>
#include <string_view>

#include "net/testing/certificates.h"
#include "net/testing/raw_client.h"
#include "rpc/testing/grpc_client.h"

namespace cnnselect::rpc {
namespace {

using namespace std::chrono_literals;

const std::string kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A server of its own options, and clients of it.
class DoorTest : public GrpcServerTest {
 protected:
  void open(DoorOptions options) { start({.door = std::move(options)}); }

  void open_with_tls(bool mutual = false) {
    keys_ = TlsKeys::read(files_.files(mutual), TlsFor::kGrpc).value();
    open({.tls = keys_.get()});
  }

  /// The status of one call of a client of its own.
  grpc::StatusCode call(const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
    channel_ = grpc::CreateChannel(address(), credentials);
    stub_ = inference::GRPCInferenceService::NewStub(channel_);
    return infer(request_for("emoji")).error_code();
  }

  std::shared_ptr<grpc::ChannelCredentials> believing(
      const std::optional<Pem>& own = std::nullopt) const {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = files_.authority().certificate();
    if (own) {
      options.pem_cert_chain = own->certificate;
      options.pem_private_key = own->key;
    }
    return grpc::SslCredentials(options);
  }

  TestTls files_;
  std::unique_ptr<TlsKeys> keys_;
};

TEST_F(DoorTest, TheRoundTripOfAConnectionIsKnown) {
  ASSERT_TRUE(infer(request_for("emoji")).ok());
  const auto trip = api_.last_infer().arrival.rtt;
  ASSERT_TRUE(trip.has_value());
  EXPECT_GT(*trip, 0us);
  EXPECT_LT(*trip, 1s);
  EXPECT_THAT(api_.last_infer().arrival.peer, testing::StartsWith("127.0.0.1:"));

  grpc::ClientContext context;
  bound(context);
  const auto stream = stub_->ModelStreamInfer(&context);
  stream->Write(request_for("emoji"));
  stream->WritesDone();
  inference::ModelStreamInferResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_TRUE(api_.last_infer().arrival.rtt.has_value());
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(DoorTest, WhoDoesNotSpeakHttp2IsCutOff) {
  RawClient client(server_->port());
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(client.closed());
}

TEST_F(DoorTest, WhoSaysNothingOrHalfOfItIsCutOff) {
  open({.header_timeout = 50ms});
  for (const std::size_t said : {0U, 1U, 23U}) {
    RawClient client(server_->port());
    client.send(std::string_view(kPreface).substr(0, said));
    EXPECT_TRUE(client.closed()) << said;
  }
}

TEST_F(DoorTest, WhoSpeaksSlowlyIsUnderstood) {
  RawClient client(server_->port());
  for (const char letter : kPreface) client.send({&letter, 1});
  EXPECT_FALSE(client.closed()) << "gRPC says its settings";
}

TEST_F(DoorTest, KeepsToItsBoundAndCountsWhoHasLeft) {
  open({.max_connections = 2});
  {
    RawClient first(server_->port());
    RawClient second(server_->port());
    for (RawClient* each : {&first, &second}) {
      each->send(kPreface);
      EXPECT_FALSE(each->closed());
    }
    EXPECT_TRUE(RawClient(server_->port()).closed()) << "one too many";
  }
  EXPECT_TRUE(soon([&] {
    RawClient next(server_->port());
    next.send(kPreface);
    return !next.closed();
  })) << "there is room again";
}

TEST_F(DoorTest, AMessageThatNeverComesIsCutOff) {
  start({.message_timeout = 100ms});
  grpc::GenericStub stub(channel_);
  grpc::ClientContext context;
  bound(context);
  grpc::CompletionQueue queue;
  const auto call =
      stub.PrepareCall(&context, "/inference.GRPCInferenceService/ModelInfer", &queue);
  void* tag = nullptr;
  bool ok = false;
  grpc::Status status;
  call->StartCall(nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok));
  call->Finish(&status, nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_THAT(status.error_message(), testing::HasSubstr("did not arrive in time"));
  EXPECT_TRUE(infer(request_for("emoji")).ok());
  EXPECT_TRUE(server_->shut_down(clock_.now() + 5s)) << "nothing is left of it";
}

TEST_F(DoorTest, AnswersInsideTls) {
  open_with_tls();
  EXPECT_EQ(call(believing()), grpc::StatusCode::OK);
  EXPECT_TRUE(api_.last_infer().arrival.rtt.has_value());
  EXPECT_EQ(call(grpc::InsecureChannelCredentials()), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(DoorTest, CarriesLargeMessagesInsideTls) {
  if (std::string_view(CNNSELECT_SANITIZE).contains("thread")) {
    GTEST_SKIP()
        << "minutes: ThreadSanitizer looks up each byte that gRPC passes from thread to thread";
  }
  keys_ = TlsKeys::read(files_.files(), TlsFor::kGrpc).value();
  start({.door = {.tls = keys_.get()}, .max_message_bytes = 64U << 20U});
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  channel_ = grpc::CreateCustomChannel(address(), believing(), arguments);
  stub_ = inference::GRPCInferenceService::NewStub(channel_);
  const std::vector<float> values(2'000'000, 0.25F);
  inference::ModelInferResponse response;
  const auto status = infer(request_for("emoji", "", values), &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.raw_output_contents(0).size(), values.size() * sizeof(float));
}

TEST_F(DoorTest, AsksForACertificateWhereItIsWanted) {
  open_with_tls(true);
  EXPECT_EQ(call(believing(files_.authority().issue("client"))), grpc::StatusCode::OK);
  EXPECT_EQ(call(believing()), grpc::StatusCode::UNAVAILABLE);
  const TestAuthority other;
  EXPECT_EQ(call(believing(other.issue("stranger"))), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(DoorTest, AClientInsideTlsThatLeavesIsNoticed) {
  open_with_tls();
  channel_ = grpc::CreateChannel(address(), believing());
  stub_ = inference::GRPCInferenceService::NewStub(channel_);
  api_.hold();
  auto status = std::async(std::launch::async, [&] {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + 200ms);
    inference::ModelInferResponse response;
    return stub_->ModelInfer(&context, request_for("emoji"), &response);
  });
  EXPECT_EQ(status.get().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_TRUE(soon([&] { return api_.cancelled() == 1; }));
}

TEST_F(DoorTest, StopsWhoeverIsConnected) {
  open_with_tls();
  EXPECT_EQ(call(believing()), grpc::StatusCode::OK);
  const RawClient silent(server_->port());
  EXPECT_TRUE(server_->shut_down(clock_.now() + 5s));
}

}  // namespace
}  // namespace cnnselect::rpc
