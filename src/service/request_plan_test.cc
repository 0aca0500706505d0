#include "service/request_plan.h"

#include <gtest/gtest.h>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

const TimePoint kStart{1h};
const PolicySet kPolicies = PolicySet::create(PolicySet::usual()).value();

TermDefaults defaults() {
  return {.policy = "cnnselect", .threshold = 10ms, .late = Late::kAnswer};
}

const Arrival kArrival{.first_byte = kStart, .last_byte = kStart + 40ms, .rtt = 20ms};

TEST(RequestPlan, TakesTheServersDefaultsWhereTheClientSaysNothing) {
  const auto terms = plan_request({}, kArrival, kPolicies, defaults());
  ASSERT_TRUE(terms.has_value());
  EXPECT_EQ(terms->policy->name(), "cnnselect");
  EXPECT_EQ(terms->threshold, 10ms);
  EXPECT_FALSE(terms->has_sla());
  EXPECT_EQ(terms->timing.input, 50ms) << "40 ms of transfer and half of 20 ms";
  EXPECT_EQ(terms->timing.output, 50ms);
  EXPECT_EQ(terms->timing.received, kStart + 40ms);
}

TEST(RequestPlan, TakesWhatTheClientSays) {
  const auto terms = plan_request({.sla = 300ms,
                                   .rtt = 100ms,
                                   .elapsed = 5ms,
                                   .last_output = 7ms,
                                   .threshold = 3ms,
                                   .policy = "fastest"},
                                  kArrival, kPolicies, defaults());
  ASSERT_TRUE(terms.has_value());
  EXPECT_TRUE(terms->has_sla());
  EXPECT_EQ(terms->timing.sla, 300ms);
  EXPECT_EQ(terms->timing.elapsed, 5ms);
  EXPECT_EQ(terms->timing.input, 90ms);
  EXPECT_EQ(terms->timing.output, 7ms);
  EXPECT_EQ(terms->threshold, 3ms);
  EXPECT_EQ(terms->policy->name(), "fastest");
  EXPECT_EQ(terms->policy_text, "fastest");
}

TEST(RequestPlan, TheThresholdIsAtMostTheDevicesOwnTime) {
  const auto terms =
      plan_request({.device = 4ms, .threshold = 50ms}, kArrival, kPolicies, defaults());
  EXPECT_EQ(terms->threshold, 4ms) << "0 .. T_D";
}

TEST(RequestPlan, TheDeviceIsOfferedOnlyWhereItMayBeLeftTheRequest) {
  const RequestHints hints{.device = 80ms, .device_top1 = 0.4};
  const auto device = [&](const RequestHints& told, Late late) {
    return plan_request(told, kArrival, kPolicies, {.policy = "cnnselect", .late = late})->device;
  };
  EXPECT_FALSE(device(hints, Late::kAnswer));
  EXPECT_FALSE(device(hints, Late::kReject));
  EXPECT_FALSE(device({.device = 80ms}, Late::kDevice)) << "how good it is was not told";
  const auto offered = device(hints, Late::kDevice);
  ASSERT_TRUE(offered);
  EXPECT_EQ(offered->mean, 80ms);
  EXPECT_EQ(offered->accuracy, 0.4);
  EXPECT_FALSE(offered->duplicates);
}

TEST(RequestPlan, ThePriorityIsOneOfTheServersOrItsDefault) {
  TermDefaults servers = defaults();
  servers.priority_levels = 5;
  servers.default_priority = 4;
  const auto priority = [&](std::optional<std::uint64_t> asked) -> Result<std::uint32_t> {
    const auto terms = plan_request({.priority = asked}, kArrival, kPolicies, servers);
    if (!terms) return std::unexpected(terms.error());
    return terms->priority;
  };
  EXPECT_EQ(priority(std::nullopt), 4U);
  EXPECT_EQ(priority(0), 4U);
  EXPECT_EQ(priority(1), 1U);
  EXPECT_EQ(priority(5), 5U);
  EXPECT_EQ(priority(6).error(),
            (Error{ErrorCode::kInvalidArgument,
                   "priority is 6; allowed: 1, which goes first, to 5, or 0 for the default, 4"}));
}

TEST(RequestPlan, ATimeoutOnlyShortensTheServers) {
  const auto timeout = [&](std::optional<Duration> asked, Duration servers) {
    TermDefaults most = defaults();
    most.queue_timeout = servers;
    return plan_request({.timeout = asked}, kArrival, kPolicies, most)->timeout;
  };
  EXPECT_EQ(timeout(std::nullopt, kForever), kForever);
  EXPECT_EQ(timeout(0ms, kForever), kForever) << "0 is none";
  EXPECT_EQ(timeout(5ms, kForever), 5ms);
  EXPECT_EQ(timeout(std::nullopt, 20ms), 20ms);
  EXPECT_EQ(timeout(0ms, 20ms), 20ms);
  EXPECT_EQ(timeout(5ms, 20ms), 5ms);
  EXPECT_EQ(timeout(30ms, 20ms), 20ms);
}

TEST(RequestPlan, ALearntWayBackReplacesTheGuess) {
  const auto terms = plan_request({.sla = 300ms}, kArrival, kPolicies, defaults()).value();
  EXPECT_EQ(with_way_back(terms, {}).timing.output, 50ms);
  const auto learnt = with_way_back(terms, {10ms, 20ms, 90ms});
  EXPECT_EQ(learnt.timing.output, 20ms) << "the median";
  EXPECT_EQ(learnt.way_back.size(), 3U);
  EXPECT_EQ(learnt.timing.input, 50ms);
}

TEST(RequestPlan, AnUnknownPolicyIsToldWhatThereIs) {
  const auto terms = plan_request({.policy = "best"}, kArrival, kPolicies, defaults());
  ASSERT_FALSE(terms.has_value());
  EXPECT_EQ(terms.error().code, ErrorCode::kInvalidArgument);
  EXPECT_NE(terms.error().message.find("policy 'best' is not offered; allowed: "),
            std::string::npos);
}

}  // namespace
}  // namespace cnnselect
