#include "trace/network_trace.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

NetworkTrace trace(std::string_view rows) {
  return NetworkTrace::parse("t_ms,rtt_ms,uplink_kbps,downlink_kbps\n" + std::string(rows), "t.csv")
      .value();
}

TEST(NetworkTrace, SendsAtTheRatePlusHalfTheRoundTrip) {
  const auto steady = trace("0,40,1000,2000\n1000,40,1000,2000\n");
  EXPECT_EQ(steady.upload_time(0s, 1000), 28ms) << "8000 bits at 1000 bits per ms, and 20 ms";
  EXPECT_EQ(steady.download_time(0s, 1000), 24ms);
}

TEST(NetworkTrace, FollowsTheRatesThatItMeets) {
  // 10 ms at 1 bit per ms, then 100 bits per ms: 80 bits = 10 + 0.7 ms.
  const auto rising = trace("0,0,1,\n10,0,100,\n");
  EXPECT_EQ(rising.upload_time(0s, 10), 10'700us);
  EXPECT_EQ(rising.upload_time(10ms, 10), 800us);
}

TEST(NetworkTrace, WaitsThroughAStall) {
  const auto stalling = trace("0,0,0,\n50,0,1000,\n100,0,0,\n");
  EXPECT_EQ(stalling.upload_time(0s, 1000), 58ms);
  EXPECT_EQ(stalling.upload_time(99ms, 1000), 108ms)
      << "1 of the 8 ms before the stall of 50 + 50 ms, the rest in the next pass";
}

TEST(NetworkTrace, KnowsTheLatestDepartureThatIsInTime) {
  const auto stalling = trace("0,4,,8000\n100,4,,0\n200,4,,8000\n");  // 1,000 bytes: 1 ms
  EXPECT_EQ(stalling.latest_departure(0ms, 50ms, 1000), 47ms);
  EXPECT_EQ(stalling.latest_departure(0ms, 150ms, 1000), 99ms) << "before the stall begins";
  EXPECT_EQ(stalling.latest_departure(0ms, 203ms, 1000), 200ms);
  EXPECT_EQ(stalling.latest_departure(0ms, 450ms, 1000), 399ms) << "in the next pass";
  EXPECT_EQ(stalling.latest_departure(100ms, 150ms, 1000), std::nullopt);
  EXPECT_EQ(stalling.latest_departure(48ms, 50ms, 1000), std::nullopt);
}

TEST(NetworkTrace, WhoWaitsForAShorterRoundTripMayBeThereSooner) {
  const auto falling = trace("0,200,,\n50,10,,\n");
  EXPECT_EQ(falling.latest_departure(0ms, 60ms, 0), 55ms) << "at once would be at 100 ms";
}

TEST(NetworkTrace, StartsOverAtItsEnd) {
  const auto two_rows = trace("500,20,,\n600,40,,\n");
  EXPECT_EQ(two_rows.length(), 200ms) << "the last row holds for the usual spacing";
  EXPECT_EQ(two_rows.upload_time(0ms, 0), 10ms) << "times count from the first row";
  EXPECT_EQ(two_rows.upload_time(150ms, 0), 20ms);
  EXPECT_EQ(two_rows.upload_time(250ms, 0), 10ms);
}

TEST(NetworkTrace, AnEmptyCellKeepsTheLastValue) {
  const auto sparse = trace("0,40,,\n100,,,\n200,80,,\n");
  EXPECT_EQ(sparse.upload_time(100ms, 0), 20ms);
  EXPECT_EQ(sparse.upload_time(200ms, 0), 40ms);
  EXPECT_TRUE(sparse.has_rtt());
  EXPECT_FALSE(sparse.has_uplink());
}

TEST(NetworkTrace, BeforeTheFirstSampleThatOneStands) {
  const auto late = trace("0,40,,\n100,40,,\n200,40,80,\n");
  EXPECT_EQ(late.upload_time(0s, 10), 21ms) << "not a stall of 200 ms";
}

TEST(NetworkTrace, AnAssumedColumnHoldsThroughout) {
  const auto half = trace("0,40,80,\n100,40,80,\n");
  const auto whole = half.with({.downlink_kbps = 800});
  ASSERT_TRUE(whole.has_value());
  EXPECT_TRUE(whole->has_downlink());
  EXPECT_EQ(whole->download_time(0s, 100), 21ms);
  EXPECT_EQ(whole->upload_time(0s, 100), half.upload_time(0s, 100));
  EXPECT_EQ(half.with({.rtt_ms = 1}).error().message,
            "rtt_ms was measured; it cannot be assumed to be 1");
}

TEST(NetworkTrace, WithoutAnyCapacityATransferNeverEnds) {
  EXPECT_EQ(trace("0,0,0,\n100,0,0,\n").upload_time(0s, 1), kForever);
  EXPECT_EQ(trace("0,0,1e-9,\n").upload_time(0s, 1'000'000), kForever) << "longer than an hour";
}

struct BadTrace {
  const char* text;
  const char* message;
};

TEST(NetworkTrace, NamesLineColumnAndValue) {
  const BadTrace cases[] = {
      {"", "the header must name 't_ms' once"},
      {"t_ms,rtt_ms\n0,1\n", "the header must name 'uplink_kbps' once; it has: t_ms,rtt_ms"},
      {"t_ms,rtt_ms,uplink_kbps,downlink_kbps\n", "no rows after the header"},
      {"t_ms,rtt_ms,uplink_kbps,downlink_kbps\n0,1,2\n", "t.csv:2: 3 cells, the header has 4"},
      {"t_ms,rtt_ms,uplink_kbps,downlink_kbps\n0,x,2,3\n",
       "t.csv:2: rtt_ms is 'x'; allowed: a number of 0.."},
      {"t_ms,rtt_ms,uplink_kbps,downlink_kbps\n0,1,-2,3\n", "t.csv:2: uplink_kbps is '-2'"},
      {"t_ms,rtt_ms,uplink_kbps,downlink_kbps\n0,1,2,3\n0,1,2,3\n", "t.csv:3: t_ms is 0"},
      {"t_ms,rtt_ms,uplink_kbps,downlink_kbps\n,1,2,3\n", "t.csv:2: t_ms is empty"},
  };
  for (const auto& [text, message] : cases) {
    const auto parsed = NetworkTrace::parse(text, "t.csv");
    ASSERT_FALSE(parsed.has_value()) << text;
    EXPECT_NE(parsed.error().message.find(message), std::string::npos) << parsed.error().message;
  }
}

TEST(NetworkTrace, AMissingFileIsNamed) {
  const auto parsed = NetworkTrace::load("/nowhere/t.csv");
  ASSERT_FALSE(parsed.has_value());
  EXPECT_EQ(parsed.error(), (Error{ErrorCode::kNotFound, "/nowhere/t.csv: cannot be read"}));
}

TEST(NetworkTraceProperty, MoreBytesNeverTakeLess) {
  EXPECT_TRUE(rc::check([] {
    std::string rows;
    const int count = *rc::gen::inRange(1, 8);
    for (int i = 0; i < count; ++i) {
      rows += std::to_string(i * 20) + ",10," + std::to_string(*rc::gen::inRange(0, 500)) + ",\n";
    }
    const auto any = trace(rows);
    const Duration start(*rc::gen::inRange<std::int64_t>(0, 300'000'000));
    const auto bytes = *rc::gen::inRange<std::size_t>(0, 5000);
    RC_ASSERT(any.upload_time(start, bytes) <= any.upload_time(start, bytes + 100));
  }));
}

TEST(NetworkTrace, OfTimesOnlyDifferencesCountAndAByteOrderMarkIsNoName) {
  const auto trace = NetworkTrace::parse(
      "\xEF\xBB\xBFt_ms,rtt_ms,uplink_kbps,downlink_kbps\n1764340000000,20,,\n1764340001000,40,,\n",
      "n.csv");
  ASSERT_TRUE(trace) << trace.error().message;
  EXPECT_EQ(trace->upload_time(0ms, 0), 10ms);
  EXPECT_EQ(trace->upload_time(1s, 0), 20ms);
}

}  // namespace
}  // namespace cnnselect
