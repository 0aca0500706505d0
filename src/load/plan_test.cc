#include "load/plan.h"

#include <gtest/gtest.h>

#include <chrono>
#include <set>

#include "base/testing/temporary_folder.h"

namespace cnnselect {
namespace {

TEST(LoadPlan, SameSeedSamePlan) {
  const auto arrivals = Arrivals::parse("poisson", 20).value();
  const auto network = Network::parse("normal(63,15)", 0).value();
  const auto plan = [&](std::uint64_t seed) {
    return plan_load(50, {100, 200, 300}, arrivals, network, seed);
  };
  const auto one = plan(1);
  const auto again = plan(1);
  ASSERT_EQ(one.size(), 50U);
  bool differs = false;
  const auto other = plan(2);
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i].send_at, again[i].send_at);
    EXPECT_EQ(one[i].picture, again[i].picture);
    EXPECT_EQ(one[i].network.input, again[i].network.input);
    EXPECT_EQ(one[i].network.output, again[i].network.output);
    differs = differs || one[i].send_at != other[i].send_at;
  }
  EXPECT_TRUE(differs);
}

TEST(LoadPlan, DrawsAmongAllPictures) {
  const auto plan = plan_load(200, {1, 1, 1}, Arrivals::parse("uniform", 10).value(),
                              Network::parse("constant(1)", 1).value(), 3);
  std::set<std::size_t> seen;
  for (const auto& request : plan) seen.insert(request.picture);
  EXPECT_EQ(seen, (std::set<std::size_t>{0, 1, 2}));
}

TEST(LoadPlan, ATraceIsMetAsItIsWhenEachRequestIsSent) {
  const TemporaryFolder folder;
  const auto file = folder.write(
      "trace.csv", "t_ms,rtt_ms,uplink_kbps,downlink_kbps\n0,20,80,800\n1000,200,80,800\n");
  const auto network = Network::parse(file.string(), 1).value();
  const auto plan = plan_load(4, {1'000}, Arrivals::parse("uniform", 2).value(), network, 1);
  ASSERT_EQ(plan.size(), 4U);
  // Sent at 0.5, 1, 1.5 and 2 s, when the trace begins again: 100 ms of sending and half of rtt.
  EXPECT_EQ(plan[0].network.input, std::chrono::milliseconds(110));
  EXPECT_EQ(plan[1].network.input, std::chrono::milliseconds(200));
  EXPECT_EQ(plan[2].network.input, std::chrono::milliseconds(200));
  EXPECT_EQ(plan[3].network.input, std::chrono::milliseconds(110));
  EXPECT_EQ(plan[1].network.output, std::chrono::milliseconds(110))
      << "1,000 bytes at 800 kbit/s, and half of 200 ms";
}

}  // namespace
}  // namespace cnnselect
