#include "sim/network_view.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

const TimePoint kArrival{1h};

Visit visit(Duration input, Duration output, TimePoint received) {
  return {.network = {.input = input, .output = output},
          .sent = received - input,
          .received = received};
}

TEST(NetworkView, TellsTwiceTheWayHereOrTheTruth) {
  NetworkView::Options options;
  NetworkView doubled(options);
  const RequestTiming guess = doubled.arrive(visit(30ms, 70ms, kArrival));
  EXPECT_EQ(guess.input, 30ms);
  EXPECT_EQ(guess.output, 30ms);
  EXPECT_EQ(guess.received, kArrival);
  EXPECT_TRUE(doubled.way_back().empty());
  options.knowledge = NetworkKnowledge::kPerfect;
  EXPECT_EQ(NetworkView(options).arrive(visit(30ms, 70ms, kArrival)).output, 70ms);
}

TEST(NetworkView, LearnsOfAnAnswerWhenItHasReachedItsClient) {
  const NetworkView::Options options{.knowledge = NetworkKnowledge::kLearnt, .one_way_times = {}};
  NetworkView view(options);
  EXPECT_EQ(view.arrive(visit(30ms, 70ms, kArrival)).output, 30ms) << "nothing is known yet";
  view.answered(visit(30ms, 70ms, kArrival), 70ms, kArrival + 100ms);
  view.arrive(visit(30ms, 5ms, kArrival + 99ms));
  EXPECT_TRUE(view.way_back().empty()) << "still on its way";
  const RequestTiming told = view.arrive(visit(30ms, 5ms, kArrival + 100ms));
  EXPECT_EQ(view.way_back().back(), 70ms);
  EXPECT_EQ(told.output, view.way_back()[view.way_back().size() / 2]) << "the middle of it";
}

TEST(NetworkView, TheLawMixesThisWayWithAllByTheCorrelation) {
  const NetworkView::Options options{.knowledge = NetworkKnowledge::kLaw,
                                     .one_way_times = {10ms, 20ms, 30ms, 40ms},
                                     .correlation = 0.5};
  NetworkView view(options);
  view.arrive(visit(25ms, 0ms, kArrival));
  EXPECT_EQ(std::ranges::count(view.way_back(), 25ms), 2);
  EXPECT_EQ(view.way_back().size(), 4U);
  EXPECT_TRUE(std::ranges::is_sorted(view.way_back()));
}

/// Of a few clients, whose way here takes 10 ms, after `since`.
Visit visit_by(std::size_t client, Duration since) {
  Visit made = visit(10ms, 70ms, kArrival + since);
  made.client = client;
  return made;
}

class NextRequest : public testing::Test {
 protected:
  const NetworkView::Options options_{.knowledge = NetworkKnowledge::kLearnt,
                                      .feedback = Feedback::kNextRequest,
                                      .one_way_times = {}};
  NetworkView view_{options_};
};

TEST_F(NextRequest, AnAnswerIsToldOfByTheSameClient) {
  view_.answered(visit_by(1, 0ms), 70ms, kArrival + 100ms);
  view_.arrive(visit_by(0, 500ms));
  view_.arrive(visit_by(2, 600ms));
  EXPECT_TRUE(view_.way_back().empty()) << "others know nothing of it";
  view_.arrive(visit_by(1, 700ms));
  EXPECT_EQ(view_.way_back().back(), 70ms);
}

TEST_F(NextRequest, AnAnswerMustBeThereBeforeTheRequestLeaves) {
  view_.answered(visit_by(1, 0ms), 70ms, kArrival + 100ms);
  view_.arrive(visit_by(1, 109ms));
  EXPECT_TRUE(view_.way_back().empty()) << "sent at 99 ms, here after the answer is there";
  view_.arrive(visit_by(1, 110ms));
  EXPECT_FALSE(view_.way_back().empty());
}

TEST_F(NextRequest, OfSeveralAnswersOnlyTheLatestIsToldOf) {
  view_.answered(visit_by(0, 0ms), 90ms, kArrival + 200ms);
  view_.answered(visit_by(0, 50ms), 20ms, kArrival + 100ms);
  view_.arrive(visit_by(0, 300ms));
  EXPECT_EQ(view_.way_back().back(), 90ms);
  EXPECT_EQ(std::ranges::count(view_.way_back(), 20ms), 0);
}

TEST(NetworkView, AMeasuredWayHereIsOffAndNeverNegative) {
  const NetworkView::Options measured{.input = InputKnowledge::kMeasured, .one_way_times = {}};
  NetworkView view(measured);
  Visit late = visit(30ms, 70ms, kArrival);
  late.input_error = 2ms;
  EXPECT_EQ(view.arrive(late).input, 32ms);
  EXPECT_EQ(view.arrive(late).output, 32ms) << "what is guessed from it is off, too";
  EXPECT_EQ(view.arrive(late).received, kArrival);
  late.input_error = -31ms;
  EXPECT_EQ(view.arrive(late).input, 0ms);
  const NetworkView::Options exact;
  EXPECT_EQ(NetworkView(exact).arrive(late).input, 30ms);
}

TEST(NetworkView, WhatIsLearntIsTheMeasuredWayHere) {
  const NetworkView::Options options{.knowledge = NetworkKnowledge::kLearnt,
                                     .input = InputKnowledge::kMeasured,
                                     .one_way_times = {}};
  NetworkView view(options);
  Visit first = visit(30ms, 70ms, kArrival);
  first.input_error = 1ms;
  view.answered(first, 70ms, kArrival + 10ms);
  // A guess that moves the way back by what the ways here differ shows both of them.
  view.arrive(visit(31ms, 0ms, kArrival + 20ms));
  for (const Duration back : view.way_back()) EXPECT_TRUE(back == 70ms || back == 31ms);
}

TEST(NetworkView, NamesWhatIsAllowed) {
  EXPECT_EQ(parse_feedback("next-request").value(), Feedback::kNextRequest);
  EXPECT_EQ(parse_feedback("at-once").value(), Feedback::kAtOnce);
  EXPECT_EQ(parse_input_knowledge("measured").value(), InputKnowledge::kMeasured);
  EXPECT_EQ(parse_input_knowledge("exact").value(), InputKnowledge::kExact);
  EXPECT_EQ(parse_feedback("never").error().message, "'never'; allowed: next-request, at-once");
  EXPECT_EQ(parse_input_knowledge("").error().message, "''; allowed: measured, exact");
}

}  // namespace
}  // namespace cnnselect
