#include "budget/network_estimate.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstdint>
#include <optional>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

const TimePoint kStart{1h};

TEST(NetworkEstimate, InputIsTheTransferPlusHalfTheRoundTrip) {
  const auto network =
      estimate_network({.first_byte = kStart, .last_byte = kStart + 40ms, .connection_rtt = 30ms});
  EXPECT_EQ(network.input, 55ms);
}

TEST(NetworkEstimate, OutputIsTheInputWhenTheClientToldNothing) {
  const auto network =
      estimate_network({.first_byte = kStart, .last_byte = kStart + 40ms, .connection_rtt = 30ms});
  EXPECT_EQ(network.output, network.input) << "T_nw = 2 * T_input";
}

TEST(NetworkEstimate, TheClientsRoundTripReplacesTheConnections) {
  const auto network = estimate_network(
      {.first_byte = kStart, .last_byte = kStart, .connection_rtt = 1ms, .client_rtt = 80ms});
  EXPECT_EQ(network.input, 40ms) << "behind a proxy the kernel sees only the last hop";
}

TEST(NetworkEstimate, ThePreviousAnswersWayBackIsTheEstimateOfThisOnes) {
  const auto network =
      estimate_network({.first_byte = kStart, .last_byte = kStart + 100ms, .last_output = 12ms});
  EXPECT_EQ(network.input, 100ms);
  EXPECT_EQ(network.output, 12ms);
}

TEST(NetworkEstimate, NothingKnownIsNoNetwork) {
  const auto network = estimate_network({.first_byte = kStart, .last_byte = kStart});
  EXPECT_EQ(network.input, 0ms);
  EXPECT_EQ(network.output, 0ms);
}

TEST(NetworkEstimate, HostileTimesNeverBecomeNegativeOrOverflow) {
  const auto network = estimate_network({.first_byte = kStart + 5ms,
                                         .last_byte = kStart,
                                         .client_rtt = Duration::max(),
                                         .last_output = -5ms});
  EXPECT_EQ(network.input, Duration::max() / 2);
  EXPECT_EQ(network.output, 0ms);
}

TEST(NetworkEstimateProperty, AnyObservationGivesTimesThatAreNotNegative) {
  EXPECT_TRUE(rc::check([] {
    const auto any = [] {
      return *rc::gen::oneOf(
          rc::gen::map(rc::gen::arbitrary<std::int64_t>(), [](auto ns) { return Duration(ns); }),
          rc::gen::element(Duration::min(), Duration::max()));
    };
    const auto maybe = [&]() -> std::optional<Duration> {
      if (*rc::gen::arbitrary<bool>()) return any();
      return std::nullopt;
    };
    const auto network = estimate_network({.first_byte = TimePoint(any()),
                                           .last_byte = TimePoint(any()),
                                           .connection_rtt = maybe(),
                                           .client_rtt = maybe(),
                                           .last_output = maybe()});
    RC_ASSERT(network.input >= Duration::zero());
    RC_ASSERT(network.output >= Duration::zero());
  }));
}

}  // namespace
}  // namespace cnnselect
