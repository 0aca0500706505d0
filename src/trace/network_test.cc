#include "trace/network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "base/testing/temporary_folder.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

class TraceFile {
 public:
  explicit TraceFile(std::string_view text) : path_(folder_.write("network.csv", text)) {}
  std::string path() const { return path_.string(); }

 private:
  TemporaryFolder folder_;
  std::filesystem::path path_;
};

struct Stated {
  const char* text;
  const char* message;
};

TEST(Network, ALawIsDrawnWhateverTheSize) {
  const auto network = Network::parse("constant(50)", 1).value();
  Rng rng(1);
  const auto [input, output] = network.draw(3s, 1'000'000, 10, rng);
  EXPECT_EQ(input, 50ms);
  EXPECT_EQ(output, 50ms);
}

TEST(Network, ATraceIsFollowedThereAndBack) {
  const TraceFile file("t_ms,rtt_ms,uplink_kbps,downlink_kbps\n0,20,80,800\n1000,20,80,800\n");
  const auto network = Network::parse(file.path(), 1).value();
  Rng rng(1);
  const auto [input, output] = network.draw(0s, 1000, 1000, rng);
  EXPECT_EQ(input, 110ms) << "8000 bits at 80 bits per ms and half of 20 ms";
  EXPECT_EQ(output, 20ms);
}

TEST(Network, OnlyATraceKnowsTheMomentOfADeparture) {
  const TraceFile file("t_ms,rtt_ms,uplink_kbps,downlink_kbps\n0,20,80,800\n1000,40,80,800\n");
  const auto trace = Network::parse(file.path(), 1).value();
  EXPECT_TRUE(trace.recorded());
  EXPECT_EQ(trace.way_back(0s, 1000), 20ms);
  EXPECT_EQ(trace.way_back(1500ms, 1000), 30ms);
  EXPECT_EQ(trace.latest_departure(0s, 500ms, 1000), 480ms);
  const auto law = Network::parse("constant(50)", 1).value();
  EXPECT_FALSE(law.recorded());
  EXPECT_EQ(law.way_back(0s, 1000), std::nullopt);
  EXPECT_EQ(law.latest_departure(0s, 500ms, 1000), std::nullopt);
}

TEST(Network, WhatATraceLacksIsNeverTakenForZero) {
  const TraceFile file("t_ms,rtt_ms,uplink_kbps,downlink_kbps\n0,,,800\n");
  const auto network = Network::parse(file.path(), 1);
  ASSERT_FALSE(network.has_value());
  EXPECT_NE(network.error().message.find("has no rtt_ms, uplink_kbps; state what to take for it"),
            std::string::npos)
      << network.error().message;
  EXPECT_NE(network.error().message.find(".csv:rtt_ms=N,uplink_kbps=N"), std::string::npos)
      << network.error().message;
}

TEST(Network, WhatIsStatedStandsForWhatATraceLacks) {
  const TraceFile file("t_ms,rtt_ms,uplink_kbps,downlink_kbps\n0,,,800\n");
  const auto network = Network::parse(file.path() + ":rtt_ms=20,uplink_kbps=80", 1).value();
  Rng rng(1);
  const auto [input, output] = network.draw(0s, 1000, 1000, rng);
  EXPECT_EQ(input, 110ms);
  EXPECT_EQ(output, 20ms);
  EXPECT_EQ(network.text(), file.path() + ":rtt_ms=20,uplink_kbps=80");
}

TEST(Network, WhatIsStatedMustBeMissingKnownAndANumber) {
  const TraceFile file("t_ms,rtt_ms,uplink_kbps,downlink_kbps\n0,,,800\n");
  for (const auto& [stated, message] : {
           Stated{":rtt_ms=20,uplink_kbps=80,downlink_kbps=1", "downlink_kbps was measured"},
           Stated{":rtt=20", "'rtt=20' behind a trace"},
           Stated{":rtt_ms=x,uplink_kbps=80", "'rtt_ms=x' behind a trace"},
           Stated{":rtt_ms=20,rtt_ms=30", "'rtt_ms=30' behind a trace"},
           Stated{":rtt_ms", "'rtt_ms' behind a trace"},
           Stated{":", "has no rtt_ms"},
           Stated{":rtt_ms=-1,uplink_kbps=80", "rtt_ms is -1; allowed: a number of 0.."},
           Stated{":rtt_ms=nan,uplink_kbps=80", "'rtt_ms=nan' behind a trace"},
       }) {
    const auto network = Network::parse(file.path() + stated, 1);
    ASSERT_FALSE(network.has_value()) << stated;
    EXPECT_NE(network.error().message.find(message), std::string::npos) << network.error().message;
  }
}

TEST(Network, ALawHasQuantilesATraceHasNone) {
  const auto times = Network::parse("normal(100,10)", 0.3)->one_way_times(100);
  ASSERT_EQ(times.size(), 100U);
  EXPECT_TRUE(std::ranges::is_sorted(times));
  EXPECT_NEAR(to_ms(times[50]), 100, 0.7);
  EXPECT_NEAR(to_ms(times[84]), 110, 1) << "one sigma above";
  const TraceFile file("t_ms,rtt_ms,uplink_kbps,downlink_kbps\n0,20,80,800\n");
  EXPECT_TRUE(Network::parse(file.path(), 1)->one_way_times(100).empty());
}

TEST(Network, CorrelationIsAProportion) {
  EXPECT_FALSE(Network::parse("constant(50)", 1.5).has_value());
  EXPECT_FALSE(Network::parse("constant(50)", -0.1).has_value());
}

// The real traces, when they are beside the checkout.
TEST(Network, ReadsEveryRecordedTrace) {
  const char* const shared = std::getenv("CNNSELECT_SHARED");
  const std::filesystem::path folder =
      std::filesystem::path(shared != nullptr ? shared : CNNSELECT_SOURCE_DIR "/../shared") /
      "traces" / "network";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no recorded traces in " << folder;
  int read = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto trace = NetworkTrace::load(entry.path());
    ASSERT_TRUE(trace.has_value()) << trace.error().message;
    if (trace->has_uplink()) {
      EXPECT_GT(trace->upload_time(0s, 110'000), 0ms) << entry.path();
    }
    ++read;
  }
  EXPECT_GT(read, 10);
}

}  // namespace
}  // namespace cnnselect
