#include "select/time_price.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "select/testing/table5.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

// Edges of the hull: 50 a second to 10 ms, of which 45 are asked, 20 to 20 ms, 1.111 to 200 ms.
const std::vector<Candidate> kPricedModels = {candidate(0.5, 10, 0, 0), candidate(0.7, 20, 0, 1),
                                              candidate(0.9, 200, 0, 2)};

double price(double rate, std::size_t waiting, std::size_t workers = 2, Duration sla = 1s) {
  return time_price(kPricedModels,
                    {.waiting = waiting, .workers = workers, .arrivals_per_second = rate}, sla);
}

TEST(TimePrice, WithoutALimitOfWorkersTimeCostsNothing) { EXPECT_EQ(price(50, 10, 0), 0); }

TEST(TimePrice, RestsAtTheSlopeWhereTheWorkersAreJustFull) {
  // 40 ms each can be given: on the last edge. Between 20 and 200 ms V rises by 1 a unit of price
  // above, and by 8 below; the work varies by 50 x 0.04^2 = 0.08 a second.
  const double edge = 0.2 / 0.18;
  EXPECT_NEAR(price(50, 0), edge * (1 - std::exp(-8 * 2 * 0.04 / 0.08)), 1e-6);
  EXPECT_NEAR(price(50, 10), edge, 1e-3);
}

TEST(TimePrice, RisesAsTheBacklogNearsWhatTheSlaBears) {
  // 2 workers x half of 1 s, and this one; 25 waiting, 40 ms each, leave 0 of it. With one fewer
  // the price has fallen from 45 for a time of 25 x 0.04: to 20 in ln(56.389 / 18.889) / 1.5 =
  // 0.729.
  EXPECT_DOUBLE_EQ(price(50, 25), 45);
  EXPECT_DOUBLE_EQ(price(50, 1'000), 45);
  EXPECT_NEAR(price(50, 24), 15.5, 0.05);
}

TEST(TimePrice, ALoneRequestDoesNotFillAWorker) {
  // 200 ms each, and half of 300 ms to wait: its own time stands beside that.
  EXPECT_LT(price(1, 0, 1, 300ms), 2);
  EXPECT_DOUBLE_EQ(price(1, 1, 1, 300ms), 45) << "one that waits for it does";
}

TEST(TimePrice, WhoMustBeToldCannotWaitAsLong) {
  const std::vector<Candidate> models = {candidate(0.5, 10, 0, 0)};
  const LoadView load{.waiting = 14, .workers = 1, .arrivals_per_second = 90};
  const double most = kAtMostWithDevice * 0.2 / 0.010;
  EXPECT_NEAR(time_price(models, load, 300ms, {.worth = 0.3, .must_be_told = true}), most, 1e-9);
  EXPECT_LT(time_price(models, load, 300ms, {.worth = 0.3}), 0.99 * most);
}

TEST(TimePrice, WithMoreWorkersThanWorkItCostsNothingUntilManyWait) {
  EXPECT_LT(price(1, 0), 1e-9);
  EXPECT_DOUBLE_EQ(price(1, 5), 45) << "five of 200 ms, and this one, are all that can wait";
}

TEST(TimePrice, BeyondWhatTheFastestBearsItSoonCostsAllThatTimeCanEarn) {
  // 5 ms each: V falls all the way, by 78, 6 and 2 a unit; after the first request 31.2.
  EXPECT_NEAR(price(400, 0), 31.2, 0.05);
  EXPECT_NEAR(price(400, 20), 45, 1e-6);
}

TEST(TimePrice, LongSlasBearNoLongerQueueThanShortOnes) {
  EXPECT_DOUBLE_EQ(price(50, 50, 2, kForever), 45);
  EXPECT_DOUBLE_EQ(price(50, 50, 2, kLongestSla), 45);
  EXPECT_LT(price(50, 40, 2, kForever), 2);
}

TEST(TimePrice, WhatIsLateAlreadyPaysAll) { EXPECT_DOUBLE_EQ(price(50, 0, 2, -1ms), 45); }

TEST(TimePrice, NothingIsEarnedByModelsThatAreNeverRight) {
  const std::vector<Candidate> useless = {candidate(0, 10, 0, 0), candidate(0, 20, 0, 1)};
  EXPECT_EQ(time_price(useless, {.waiting = 9, .workers = 1, .arrivals_per_second = 50}, 1s), 0);
}

// A request left undone is worth 0.3 on its device: what a model earns is what it adds to that.
TEST(TimePrice, WhatADeviceDoesAloneIsNotEarnedHere) {
  const std::vector<Candidate> models = {candidate(0.5, 10, 0, 0)};
  const LoadView full{.waiting = 1'000, .workers = 1, .arrivals_per_second = 150};
  EXPECT_DOUBLE_EQ(time_price(models, full, 300ms), kWorthServing * 0.5 / 0.010);
  EXPECT_NEAR(time_price(models, full, 300ms, {.worth = 0.3}), kAtMostWithDevice * 0.2 / 0.010,
              1e-9);
  EXPECT_EQ(time_price(models, full, 300ms, {.worth = 0.6}), 0) << "nothing to earn";
}

TEST(TimePriceProperty, NeverFallsWhenMoreWaitAndHasBounds) {
  EXPECT_TRUE(rc::check([] {
    auto models = table5();
    models.resize(*rc::gen::inRange<std::size_t>(1, 12));
    double dearest = 0;
    for (const Candidate& model : models) {
      dearest = std::max(dearest, model.accuracy / (to_ms(model.mean) / 1'000));
    }
    LoadView load{.workers = *rc::gen::inRange<std::size_t>(1, 9),
                  .arrivals_per_second = *rc::gen::inRange(0, 5'000) / 10.0};
    const Duration sla = std::chrono::milliseconds(*rc::gen::inRange(1, 5'000));
    double last = 0;
    for (load.waiting = 0; load.waiting < 300; load.waiting += 3) {
      const double now = time_price(models, load, sla);
      RC_ASSERT(now >= last - 1e-9);
      last = now;
    }
    RC_ASSERT(last <= kWorthServing * dearest + 1e-9);
  }));
}

TEST(TimePriceProperty, NeitherOrderNorWhoIsBeatenMatters) {
  EXPECT_TRUE(rc::check([] {
    auto models = table5();
    const LoadView load{.waiting = *rc::gen::inRange<std::size_t>(0, 60),
                        .workers = 8,
                        .arrivals_per_second = static_cast<double>(*rc::gen::inRange(1, 400))};
    const double of_table = time_price(models, load, 300ms);
    std::ranges::reverse(models);
    models.push_back(candidate(0.40, 90, 1, 20));
    RC_ASSERT(time_price(models, load, 300ms) == of_table);
  }));
}

}  // namespace
}  // namespace cnnselect
