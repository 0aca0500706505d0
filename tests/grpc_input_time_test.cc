// As input_time_test.cc, for calls of gRPC's own client. It decides itself when to read, and its
// server what goes into a segment.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "budget/network_estimate.h"
#include "rpc/testing/grpc_client.h"
#include "tests/delay_line.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using test::DelayLine;

class Caller {
 public:
  Caller(DelayLine& line, const Clock& clock) : line_(line), clock_(clock) {
    api_.add_model({.name = "emoji",
                    .versions = {"1"},
                    .inputs = {{"x", "FP32", {-1}}},
                    .outputs = {{"y", "FP32", {-1}}},
                    .ready = true});
    const std::string address = DelayLine::kAddresses[DelayLine::kServer];
    // The library's threads belong to the host on which it is used first.
    line.on(DelayLine::kClient, [&] { grpc_init(); });
    line.on(DelayLine::kServer, [&] {
      server_ = rpc::GrpcServer::start({.door = {.address = address}}, api_, clock_).value();
    });
    line.on(DelayLine::kClient, [&] {
      stub_ = inference::GRPCInferenceService::NewStub(grpc::CreateChannel(
          address + ":" + std::to_string(server_->port()), grpc::InsecureChannelCredentials()));
    });
  }
  ~Caller() { grpc_shutdown(); }

  double error_of_call(std::size_t values) {
    const auto request = rpc::request_for("emoji", "", std::vector<float>(values, 1.5F));
    inference::ModelInferResponse response;
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + 10s);
    line_.watch_departure();
    const auto status = stub_->ModelInfer(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    const Arrival arrival = api_.last_infer().arrival;
    const auto seen = estimate_network({.first_byte = arrival.first_byte,
                                        .last_byte = arrival.last_byte,
                                        .connection_rtt = arrival.rtt});
    return to_ms(seen.input - (arrival.last_byte - line_.departure()));
  }

 private:
  DelayLine& line_;
  const Clock& clock_;
  FakeInferenceApi api_;
  std::unique_ptr<rpc::GrpcServer> server_;
  std::unique_ptr<inference::GRPCInferenceService::Stub> stub_;
};

TEST(IntegrationGrpcInputTime, IsTheTruth) {
  for (const Duration round_trip : {1ms, 20ms, 100ms}) {
    auto line = DelayLine::open(round_trip / 2);
    if (!line) GTEST_SKIP() << line.error().message;
    test::be_hasty();
    RealClock clock;
    Caller caller(**line, clock);
    // The library connects on the thread of a call.
    (*line)->on(DelayLine::kClient, [&] {
      caller.error_of_call(75);  // and makes the connection
      for (const std::size_t values : {75, 27'500}) {
        std::vector<double> errors;
        for (int i = 0; i < 9; ++i) {
          clock.sleep_until(clock.now() + 30ms);
          errors.push_back(caller.error_of_call(values));
        }
        std::ranges::nth_element(errors, errors.begin() + 4);
        EXPECT_NEAR(errors[4], 0, test::kToleranceMs)
            << "round trip " << to_ms(round_trip) << " ms, " << values << " values";
      }
    });
  }
}

}  // namespace
}  // namespace cnnselect
