#include "engine/warm_up.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;
using testing::Each;
using testing::HasSubstr;

TEST(WarmUp, ARunIsUndisturbedThatHadWhatItCouldExpect) {
  struct Row {
    const char* what;
    TimedRun run;
    double share;
    bool undisturbed;
  };
  const std::vector<Row> rows = {
      {"alone", {20ms, 0ms}, 1, true},
      {"a tick and a page fault", {20ms, 1ms}, 1, true},
      {"a fifth of the time gone", {20ms, 4ms}, 1, false},
      {"a quick one, and one tick", {500us, 100us}, 1, true},
      {"a quick one that somebody took the processor from", {3ms, 2500us}, 1, false},
      {"two on one processor, as was to be expected", {40ms, 20ms}, 0.5, true},
      {"two on one processor, and a neighbour", {120ms, 100ms}, 0.5, false},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(undisturbed(row.run, row.share), row.undisturbed) << row.what;
  }
}

/// Warms up with runs as `next` gives them; how many there were.
template <class Next>
int warm(WarmUp& warm_up, Next next) {
  int runs = 0;
  while (warm_up.wants_more()) warm_up.add(next(runs++));
  return runs;
}

TEST(WarmUp, OnAQuietMachineEveryRunCounts) {
  WarmUp warm_up(10, 1);
  EXPECT_EQ(warm(warm_up, [](int i) { return TimedRun{20ms + (i * 10us), 0ms}; }), 10);
  const auto seed = warm_up.seed();
  EXPECT_EQ(seed.times.front(), 20ms);
  EXPECT_EQ(seed.times.back(), 20ms + 90us) << "in their order";
  EXPECT_EQ(seed.doubt, "");
}

TEST(WarmUp, MoreRunsReplaceThoseThatWereDisturbed) {
  WarmUp warm_up(10, 1);
  const int runs =
      warm(warm_up, [](int i) { return i < 7 ? TimedRun{211ms, 193ms} : TimedRun{18ms, 0ms}; });
  EXPECT_EQ(runs, 17);
  const auto seed = warm_up.seed();
  EXPECT_THAT(seed.times, Each(Duration(18ms)));
  EXPECT_EQ(seed.times.size(), 10U);
  EXPECT_EQ(seed.doubt, "");
}

TEST(WarmUp, WhatStaysDisturbedCountsWithItsOwnTimeAndIsDoubtful) {
  WarmUp warm_up(10, 1);
  EXPECT_EQ(warm(warm_up, [](int) { return TimedRun{20ms, 18ms}; }), 30) << "and then no more";
  const auto seed = warm_up.seed();
  EXPECT_THAT(seed.times, Each(Duration(2ms)));
  EXPECT_EQ(seed.times.size(), 10U);
  EXPECT_EQ(seed.doubt,
            "30 of 30 runs were disturbed: 20.000 ms in the mean, 18.000 of it without a "
            "processor");
}

TEST(WarmUp, MoreRunsTakeNoMoreThanASecond) {
  WarmUp warm_up(10, 1);
  EXPECT_EQ(warm(warm_up, [](int) { return TimedRun{300ms, 280ms}; }), 14);
}

TEST(WarmUp, TimesThatScatterAreDoubtfulThoughNobodyTookTheProcessor) {
  WarmUp warm_up(10, 1);
  warm(warm_up, [](int i) { return TimedRun{i % 2 == 0 ? 18ms : 60ms, 0ms}; });
  EXPECT_EQ(warm_up.seed().doubt, "its times are from 18.000 to 60.000 ms");
  WarmUp one_outlier(10, 1);
  warm(one_outlier, [](int i) { return TimedRun{i == 3 ? 60ms : 18ms, 0ms}; });
  EXPECT_EQ(one_outlier.seed().doubt, "");
}

}  // namespace
}  // namespace cnnselect
