#include <gtest/gtest.h>

#include "select/registry.h"
#include "select/testing/table5.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

// The models of ramsis_table_test.cc, where a request has 100 ms when it comes.
const std::vector<Candidate> kRamsisModels = {candidate(0.5, 10, 0, 0), candidate(0.8, 30, 0, 1),
                                              candidate(0.9, 50, 0, 2)};

Selection choose(const Selector& policy, double soft_ms, double on_arrival_ms, LoadView load) {
  return decide(policy, {.candidates = kRamsisModels,
                         .budget = budget_ms(soft_ms, soft_ms),
                         .waited = from_ms(on_arrival_ms - soft_ms),
                         .load = load})
      .selection;
}

class RamsisTest : public testing::Test {
 protected:
  std::size_t chosen(double soft_ms, LoadView load, double on_arrival_ms = 100) const {
    return choose(*policy_, soft_ms, on_arrival_ms, load).chosen;
  }
  const std::unique_ptr<Selector> policy_ = make_selector("ramsis").value();
};

TEST_F(RamsisTest, LooksUpByQueueAndTimeLeft) {
  EXPECT_EQ(chosen(54, {.waiting = 0, .workers = 1}), 2U);
  EXPECT_EQ(chosen(54, {.waiting = 1, .workers = 1}), 1U) << "somebody is behind";
  EXPECT_EQ(chosen(25, {.waiting = 0, .workers = 1}), 0U);
}

TEST_F(RamsisTest, WorkersShareTheQueueAndTheArrivals) {
  EXPECT_EQ(chosen(54, {.waiting = 3, .workers = 4}), 2U) << "one each";
  EXPECT_EQ(chosen(54, {.waiting = 4, .workers = 4}), 1U) << "one has two";
  EXPECT_EQ(chosen(100, {.workers = 1, .arrivals_per_second = 80}), 1U);
  EXPECT_EQ(chosen(100, {.workers = 100, .arrivals_per_second = 80}), 2U);
}

TEST_F(RamsisTest, WithoutALimitOfWorkersOrOfTimeTheMostAccurateThatFits) {
  const LoadView load{.waiting = 50, .workers = 0, .arrivals_per_second = 1e6};
  EXPECT_EQ(chosen(50, load), 2U);
  EXPECT_EQ(chosen(49, load), 1U);
  const SelectionInput unlimited{.candidates = kRamsisModels,
                                 .budget = {.soft = kForever, .hard = kForever},
                                 .load = {.waiting = 9, .workers = 1, .arrivals_per_second = 90}};
  EXPECT_EQ(decide(*policy_, unlimited).selection.chosen, 2U);
}

TEST_F(RamsisTest, WhenNoneIsInTimeTheFastest) {
  const Selection late = choose(*policy_, 9, 100, {.waiting = 3, .workers = 1});
  EXPECT_EQ(late.chosen, 0U);
  EXPECT_EQ(late.reason, Reason::kFastestFallback);
}

TEST_F(RamsisTest, WhatItKeepsChangesNoChoice) {
  const LoadView busy{.waiting = 1, .workers = 2, .arrivals_per_second = 70};
  std::vector<std::size_t> first;
  for (const double on_arrival : {60, 80, 120}) first.push_back(chosen(55, busy, on_arrival));
  // More kinds of time than it keeps plans for; with one model they are made soon.
  const std::vector<Candidate> one = {candidate(0.5, 1e-6, 0)};
  for (double soft_ms = 1e-6; soft_ms < 1e9; soft_ms *= 1.1) {
    for (const double rate : {1e7, 3e7}) {
      const SelectionInput input{.candidates = one,
                                 .budget = budget_ms(soft_ms, soft_ms),
                                 .load = {.workers = 1, .arrivals_per_second = rate}};
      EXPECT_EQ(decide(*policy_, input).selection.chosen, 0U);
    }
  }
  std::size_t i = 0;
  for (const double on_arrival : {60, 80, 120}) {
    EXPECT_EQ(chosen(55, busy, on_arrival), first[i]);
    EXPECT_EQ(choose(*make_selector("ramsis").value(), 55, on_arrival, busy).chosen, first[i++])
        << "as a new one";
  }
}

}  // namespace
}  // namespace cnnselect
