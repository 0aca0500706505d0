#include "sim/network_view.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

const TimePoint kArrival{1h};

SimulatedRequest request(Duration input, Duration output) {
  return {.sent = {}, .network = {.input = input, .output = output}};
}

TEST(NetworkView, TellsTwiceTheWayHereOrTheTruth) {
  NetworkView::Options options;
  NetworkView doubled(options);
  const RequestTiming guess = doubled.arrive(request(30ms, 70ms), kArrival);
  EXPECT_EQ(guess.input, 30ms);
  EXPECT_EQ(guess.output, 30ms);
  EXPECT_EQ(guess.received, kArrival);
  EXPECT_TRUE(doubled.way_back().empty());
  options.knowledge = NetworkKnowledge::kPerfect;
  EXPECT_EQ(NetworkView(options).arrive(request(30ms, 70ms), kArrival).output, 70ms);
}

TEST(NetworkView, LearnsOfAnAnswerWhenItHasReachedItsClient) {
  const NetworkView::Options options{.knowledge = NetworkKnowledge::kLearnt, .one_way_times = {}};
  NetworkView view(options);
  EXPECT_EQ(view.arrive(request(30ms, 70ms), kArrival).output, 30ms) << "nothing is known yet";
  view.answered(request(30ms, 70ms), kArrival, kArrival + 100ms);
  view.arrive(request(30ms, 5ms), kArrival + 99ms);
  EXPECT_TRUE(view.way_back().empty()) << "still on its way";
  const RequestTiming told = view.arrive(request(30ms, 5ms), kArrival + 100ms);
  EXPECT_EQ(view.way_back().back(), 70ms);
  EXPECT_EQ(told.output, view.way_back()[view.way_back().size() / 2]) << "the middle of it";
}

TEST(NetworkView, TheLawMixesThisWayWithAllByTheCorrelation) {
  const NetworkView::Options options{.knowledge = NetworkKnowledge::kLaw,
                                     .one_way_times = {10ms, 20ms, 30ms, 40ms},
                                     .correlation = 0.5};
  NetworkView view(options);
  view.arrive(request(25ms, 0ms), kArrival);
  EXPECT_EQ(std::ranges::count(view.way_back(), 25ms), 2);
  EXPECT_EQ(view.way_back().size(), 4U);
  EXPECT_TRUE(std::ranges::is_sorted(view.way_back()));
}

}  // namespace
}  // namespace cnnselect
