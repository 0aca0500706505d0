#include "trace/duration_text.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

TEST(DurationText, TakesANumberAndAUnit) {
  EXPECT_EQ(parse_duration("200ms"), Duration(200ms));
  EXPECT_EQ(parse_duration("1.5s"), Duration(1500ms));
  EXPECT_EQ(parse_duration("250us"), Duration(250us));
  EXPECT_EQ(parse_duration("2min"), Duration(2min));
  EXPECT_EQ(parse_duration("0ms"), Duration(0));
}

TEST(DurationText, NamesWhatItCannotRead) {
  for (const auto* text : {"", "ms", "200", "200 ms", "-1ms", "1e999s", "nanms", "infs", "1.5.2s",
                           "200msx", "0x10ms", "1e300ms", "86401s"}) {
    const auto parsed = parse_duration(text);
    ASSERT_FALSE(parsed.has_value()) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(parsed.error().message.find(std::string("'") + text + "'"), std::string::npos);
  }
}

TEST(DurationText, RangesIncludeBothEnds) {
  EXPECT_EQ(parse_durations("50ms..200ms:50ms"),
            (std::vector<Duration>{50ms, 100ms, 150ms, 200ms}));
  EXPECT_EQ(parse_durations("50ms..70ms:30ms"), (std::vector<Duration>{50ms}));
  EXPECT_EQ(parse_durations("100ms"), (std::vector<Duration>{100ms}));
  EXPECT_EQ(parse_durations("100ms,1s"), (std::vector<Duration>{100ms, 1s}));
}

TEST(DurationText, RefusesRangesThatMeanNothing) {
  for (const auto* text :
       {"100ms..50ms:10ms", "50ms..100ms", "50ms..100ms:0ms", "0ms..1ms:1ms", "0ms",
        "1us..1min:1us", "100ms,", "..", "100ms..:1ms", "1ms..1e300ms:1e299ms"}) {
    EXPECT_FALSE(parse_durations(text).has_value()) << text;
  }
}

TEST(DurationText, WhatIsPrintedIsReadAgain) {
  EXPECT_TRUE(rc::check([] {
    const Duration d = std::chrono::microseconds(*rc::gen::inRange<std::int64_t>(0, 1'000'000'000));
    const auto again = parse_duration(duration_text(d));
    RC_ASSERT(again.has_value());
    RC_ASSERT(std::chrono::abs(*again - d) < 1us);
  }));
}

}  // namespace
}  // namespace cnnselect
