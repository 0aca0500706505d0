// The executable measures its models while nobody asks: with the real runtime and the real thread.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <thread>

#include "net/testing/raw_client.h"
#include "tests/program.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

std::string metrics_of(std::uint16_t port) {
  RawClient client(port);
  client.send("GET /metrics HTTP/1.1\r\nHost: t\r\n\r\n");
  return client.read().body;
}

/// Whether the model was run in an idle moment, however that ended.
bool was_measured(const std::string& metrics, const std::string& model) {
  const std::string series =
      "cnnselect_idle_measurements_total{family=\"emoji\",model=\"" + model + "\",end=\"";
  for (const char* end : {"undisturbed", "disturbed"}) {
    if (metrics.contains(series + end + "\"} ") && !metrics.contains(series + end + "\"} 0\n")) {
      return true;
    }
  }
  return false;
}

TEST(ProgramIdle, MeasuresWhatNobodyAsksForAndCountsItAsNoRequest) {
  Serving serving({"serve", "--http", "127.0.0.1:0", "--grpc", "off", "--idle-measure", "200ms"});
  const auto until = std::chrono::steady_clock::now() + kLimit;
  std::string metrics;
  // The quickest and the slowest of the family.
  while (std::chrono::steady_clock::now() < until &&
         !(was_measured(metrics, "mobilenet_025_32") && was_measured(metrics, "resnet_64_192"))) {
    std::this_thread::sleep_for(50ms);
    metrics = metrics_of(serving.port);
  }
  EXPECT_TRUE(was_measured(metrics, "mobilenet_025_32"));
  EXPECT_TRUE(was_measured(metrics, "resnet_64_192"));
  EXPECT_THAT(metrics, Not(HasSubstr("outcome=\"no_sla\"} 1")));
  EXPECT_THAT(metrics, HasSubstr("cnnselect_engine_requests{state=\"running\"} 0"));
  serving.program.signal(SIGTERM);
  EXPECT_EQ(serving.program.wait(kLimit), 0) << serving.program.errors();
}

}  // namespace
}  // namespace cnnselect
