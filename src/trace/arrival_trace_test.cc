#include "trace/arrival_trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <string>

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

// One a second for 1,000 s, then ten a second for 1,000 s.
std::string quiet_then_busy() {
  std::string text = "t_ms,requests\n";
  for (int second = 0; second < 2'000; ++second) {
    text += std::to_string(second * 1'000) + (second < 1'000 ? ",1\n" : ",10\n");
  }
  return text;
}

TEST(ArrivalTrace, TheRateIsThatOfTheRequestsThatAreDrawn) {
  const auto trace = ArrivalTrace::parse(quiet_then_busy(), "t").value();
  for (const std::size_t count : {500U, 5'000U, 20'000U, 100'000U}) {
    for (const double rate : {0.5, 2.0, 20.0, 500.0}) {
      Rng rng(3);
      const auto times = trace.draw(count, trace.scale_for(count, rate), rng);
      const double seconds = static_cast<double>(count) / rate;
      const double chance = 0.02 + 2.5 / std::sqrt(static_cast<double>(count));
      EXPECT_NEAR(to_seconds(times.back()), seconds, chance * seconds + 2)
          << count << " at " << rate;
    }
  }
}

TEST(ArrivalTrace, TheRateCountsFromTheFirstRowWithRequests) {
  const auto trace = ArrivalTrace::parse("t_ms,requests\n0,0\n1000,0\n2000,5\n", "t").value();
  Rng rng(1);
  const auto times = trace.draw(100, trace.scale_for(100, 200), rng);
  EXPECT_GE(times.front(), 2s);
  EXPECT_NEAR(to_seconds(times.back()), 2.5, 0.05);
}

TEST(ArrivalTrace, TheLastStepIsCutInTimeNotThinned) {
  const auto trace = ArrivalTrace::parse("t_ms,requests\n0,1000\n60000,60000\n", "t").value();
  Rng rng(1);
  const auto times = trace.draw(7'000, 1, rng);
  EXPECT_NEAR(to_seconds(times.back()), 66, 0.5) << "6,000 of a minute's 60,000 take 6 s";
}

TEST(ArrivalTrace, ACountIsSpreadEvenlyAtRandomWithinItsStep) {
  const auto trace = ArrivalTrace::parse("t_ms,requests\n0,10000\n1000,1\n", "t").value();
  Rng rng(1);
  const auto times = trace.draw(10'000, 1, rng);
  double squares = 0;
  for (std::size_t i = 1; i < times.size(); ++i) {
    squares += std::pow(to_ms(times[i] - times[i - 1]) / 0.1, 2);
  }
  EXPECT_NEAR(squares / 10'000, 2, 0.15) << "gaps as of a Poisson stream: variance and mean 1";
  for (Duration from{}; from < 1s; from += 100ms) {
    EXPECT_NEAR(static_cast<double>(between(times, from, from + 100ms)), 1'000, 120);
  }
}

// Bins of a millisecond, one request each: 73 times as many must not all come in it.
TEST(ArrivalTrace, WhatScalingAddsIsSpreadUpToTheNextRow) {
  const auto trace = ArrivalTrace::parse("t_ms,requests\n0,1\n100,1\n101,1\n200,1\n", "t").value();
  Rng rng(1);
  const auto times = trace.draw(292, 73, rng);
  EXPECT_EQ(between(times, 0ms, 100ms), 73);
  EXPECT_LT(between(times, 0ms, 1ms), 8);
  EXPECT_NEAR(static_cast<double>(between(times, 0ms, 50ms)), 37, 15);
  EXPECT_EQ(between(times, 100ms, 101ms), 73) << "here the next row is that near";
}

TEST(ArrivalTrace, DrawsAscendWhateverTheCounts) {
  EXPECT_TRUE(rc::check([](const std::vector<std::uint8_t>& counts, std::uint64_t seed) {
    std::string text = "t_ms,requests\n0,1\n";
    for (std::size_t i = 0; i < counts.size(); ++i) {
      text += std::to_string(100 * (i + 1)) + "," + std::to_string(counts[i]) + "\n";
    }
    const auto trace = ArrivalTrace::parse(text, "t").value();
    Rng rng(seed);
    const auto scale = *rc::gen::element(0.01, 1.0, 1.3, 73.0);
    const auto times = trace.draw(500, scale, rng);
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
  const auto uneven = folder.write("uneven.csv", quiet_then_busy());
  Rng rng(1);
  const auto first = Arrivals::parse(uneven.string(), 20).value().draw(2'000, rng);
  EXPECT_NEAR(to_seconds(first.back()), 100, 2) << "of the quiet part, not of the whole";
}

TEST(ArrivalTrace, OfTimesOnlyDifferencesCount) {
  const auto trace =
      ArrivalTrace::parse("t_ms,requests\n1764340000000,10\n1764340001000,30\n", "a.csv");
  ASSERT_TRUE(trace) << trace.error().message;
  EXPECT_DOUBLE_EQ(trace->per_second(), 20);
  const auto far = ArrivalTrace::parse("t_ms,requests\n0,10\n1764340001000,30\n", "a.csv");
  ASSERT_FALSE(far);
  EXPECT_NE(far.error().message.find("above the first row's; allowed: 604800000"),
            std::string::npos)
      << far.error().message;
}

}  // namespace
}  // namespace cnnselect
