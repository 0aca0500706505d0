#include "trace/arrival_trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "base/testing/temporary_folder.h"
#include "trace/arrivals.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr const char* kTwoSeconds = "t_ms,requests\n0,4\n1000,2\n";

std::ptrdiff_t between(const std::vector<Duration>& times, Duration from, Duration to) {
  return std::ranges::count_if(times, [&](Duration t) { return t >= from && t < to; });
}

TEST(ArrivalTrace, GivesEachBinItsRequestsAndThenBeginsAgain) {
  const auto trace = ArrivalTrace::parse(kTwoSeconds, "t").value();
  EXPECT_EQ(trace.length(), 2s);
  EXPECT_DOUBLE_EQ(trace.per_second(), 3);
  Rng rng(1);
  const auto times = trace.draw(10, 1, rng);
  EXPECT_EQ(between(times, 0s, 1s), 4);
  EXPECT_EQ(between(times, 1s, 2s), 2);
  EXPECT_EQ(between(times, 2s, 3s), 4) << "the second round";
}

TEST(ArrivalTrace, TheBinIsTheSmallestStep) {
  // The request of 4,000 ms came within a millisecond of it, though the next row is far.
  const auto trace = ArrivalTrace::parse("t_ms,requests\n0,1\n1,1\n4000,1\n9000,1\n", "t").value();
  Rng rng(1);
  const auto times = trace.draw(4, 1, rng);
  EXPECT_EQ(between(times, 4000ms, 4001ms), 1);
  EXPECT_EQ(trace.length(), 9001ms);
}

TEST(ArrivalTrace, ScalingKeepsTheShape) {
  const auto trace = ArrivalTrace::parse(kTwoSeconds, "t").value();
  Rng rng(1);
  const auto times = trace.draw(30'000, 0.1, rng);
  EXPECT_NEAR(30'000 / to_seconds(times.back()), 0.3, 0.01);
  const auto busy = std::ranges::count_if(times, [](Duration t) { return t % 2s < 1s; });
  EXPECT_NEAR(static_cast<double>(busy) / 30'000, 2.0 / 3, 0.01);
}

TEST(ArrivalTrace, DrawsAscendWhateverTheCounts) {
  EXPECT_TRUE(rc::check([](const std::vector<std::uint8_t>& counts, std::uint64_t seed) {
    std::string text = "t_ms,requests\n0,1\n";
    for (std::size_t i = 0; i < counts.size(); ++i) {
      text += std::to_string(100 * (i + 1)) + "," + std::to_string(counts[i]) + "\n";
    }
    const auto trace = ArrivalTrace::parse(text, "t").value();
    Rng rng(seed);
    const auto times = trace.draw(500, 1, rng);
    RC_ASSERT(times.size() == 500U);
    RC_ASSERT(std::ranges::is_sorted(times));
    RC_ASSERT(times.front() >= 0ms);
  }));
}

TEST(ArrivalTrace, ErrorsNameFileLineAndValue) {
  const auto error = [](const char* text) {
    const auto trace = ArrivalTrace::parse(text, "a.csv");
    return trace ? std::string("accepted") : trace.error().message;
  };
  EXPECT_THAT(error("t_ms,count\n0,1\n"), HasSubstr("a.csv: the header must name 'requests'"));
  EXPECT_THAT(error("t_ms,requests\n0,-3\n"), HasSubstr("a.csv:2:"));
  EXPECT_THAT(error("t_ms,requests\n0,x\n"), HasSubstr("'x'"));
  EXPECT_THAT(error("t_ms,requests\n0,\n"), HasSubstr("a.csv:2: an empty cell"));
  EXPECT_THAT(error("t_ms,requests\n5,1\n5,1\n"), HasSubstr("a.csv:3: t_ms 5 is not after"));
  EXPECT_THAT(error("t_ms,requests\n0,0\n9,0\n"), HasSubstr("a.csv: no requests in any row"));
  EXPECT_THAT(error(""), HasSubstr("a.csv"));
  EXPECT_THAT(Arrivals::parse("/nowhere/a.csv", {}).error().message, HasSubstr("/nowhere/a.csv"));
}

TEST(ArrivalTrace, AsArrivalsItIsScaledToTheRateOrPlayedAsRecorded) {
  const TemporaryFolder folder;
  const auto file = folder.write("arrivals.csv", kTwoSeconds);
  const auto seconds = [&](std::optional<double> rate) {
    Rng rng(1);
    const auto times = Arrivals::parse(file.string(), rate).value().draw(3'000, rng);
    return to_seconds(times.back());
  };
  EXPECT_NEAR(seconds({}), 1'000, 2) << "three a second";
  EXPECT_NEAR(seconds(30), 100, 2);
}

}  // namespace
}  // namespace cnnselect
