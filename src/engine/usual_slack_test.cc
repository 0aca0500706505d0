#include "engine/usual_slack.h"

#include <gtest/gtest.h>

#include <vector>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

const TimePoint kStart{1h};

/// Received a millisecond ago, with 9 ms of network each way besides.
RequestTiming with_sla(Duration sla) {
  return {.sla = sla, .input = 9ms, .output = 9ms, .received = kStart};
}
const TimePoint kWhenAsked = kStart + 1ms;

TEST(UsualSlack, IsUnknownBeforeTheFirst) {
  const UsualSlack usual;
  EXPECT_EQ(usual.mean(), Duration::zero());
  EXPECT_EQ(usual.chance(), 1);
}

TEST(UsualSlack, IsWhatSlaNetworkAndReceptionLeave) {
  UsualSlack usual;
  usual.add(with_sla(100ms), {}, kWhenAsked);
  EXPECT_NEAR(to_ms(usual.mean()), 81, 1e-3);
  usual.add(with_sla(120ms), {}, kWhenAsked);
  EXPECT_NEAR(to_ms(usual.mean()), 91, 0.2) << "nearly the same weight";
  EXPECT_EQ(usual.chance(), 1) << "nothing is known of the way back";
}

TEST(UsualSlack, DoesNotCountWhoIsLateAlreadyNorWhoHasNoSla) {
  UsualSlack usual;
  const std::vector<Duration> way_back{1s};
  usual.add(with_sla(19ms), way_back, kWhenAsked);
  usual.add(with_sla(5ms), way_back, kWhenAsked);
  usual.add(with_sla(kForever), way_back, kWhenAsked);
  EXPECT_EQ(usual.mean(), Duration::zero());
  EXPECT_EQ(usual.chance(), 1);
  usual.add(with_sla(100ms), {}, kWhenAsked);
  usual.add(with_sla(5ms), way_back, kWhenAsked);
  EXPECT_NEAR(to_ms(usual.mean()), 81, 1e-3);
  EXPECT_EQ(usual.chance(), 1);
}

TEST(UsualSlack, TheChanceIsTheShareOfWaysBackThatMakeIt) {
  // 81 ms left beside the 9 ms of the estimate: 90 ms for the way back, which just suffice.
  const std::vector<Duration> way_back{5ms, 20ms, 90ms, 91ms};
  UsualSlack usual;
  usual.add(with_sla(100ms), way_back, kWhenAsked);
  EXPECT_DOUBLE_EQ(usual.chance(), 0.75);
  UsualSlack late;
  late.add(with_sla(100ms), std::vector<Duration>{1s}, kWhenAsked);
  EXPECT_EQ(late.chance(), 0);
}

TEST(UsualSlack, HalfOfItIsTheLast69) {
  UsualSlack usual;
  for (int i = 0; i < 2'000; ++i) usual.add(with_sla(119ms), {}, kWhenAsked);
  EXPECT_NEAR(to_ms(usual.mean()), 100, 1e-3);
  for (int i = 0; i < 69; ++i) usual.add(with_sla(219ms), std::vector<Duration>{1s}, kWhenAsked);
  EXPECT_NEAR(to_ms(usual.mean()), 150, 0.1);
  EXPECT_NEAR(usual.chance(), 0.5, 0.001);
}

}  // namespace
}  // namespace cnnselect
