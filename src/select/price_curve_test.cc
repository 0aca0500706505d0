#include "select/price_curve.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "select/testing/priced_family.h"

namespace cnnselect {
namespace {

// (10 ms, .5) (20 ms, .7) (200 ms, .9): from edge to edge a second earns 50, then 20, then 1.11.
PriceQuestion three_priced(double workers, double rate, double slack) {
  return priced_question(
      {{.mean = 0.010, .gain = 0.5}, {.mean = 0.020, .gain = 0.7}, {.mean = 0.200, .gain = 0.9}},
      workers, rate, slack);
}

/// Of a worker's second, where so many are to be worked off.
double price_at(const PriceCurve& curve, double ahead) { return curve.cost(ahead, 1e-4) / 1e-4; }

TEST(PriceCurve, WithoutAQuestionTimeCostsNothing) {
  const PriceCurve curve;
  EXPECT_EQ(curve.cost(0, 1), 0);
  EXPECT_EQ(curve.cost(7, 1e6), 0);
  EXPECT_EQ(curve.earned(), 0);
  EXPECT_EQ(curve.each(), 0);
}

TEST(PriceCurve, TimeOnAnIdleServerIsNearlyFree) {
  // One request in 10 s meets an execution of 200 ms in 1 of 50 cases, and can wait for it.
  const PriceCurve curve(three_priced(1, 0.1, 1));
  EXPECT_LT(curve.cost(0, 0.2), 1e-3);
  EXPECT_NEAR(curve.earned(), 0.9, 1e-3) << "so all get the most accurate";
  EXPECT_EQ(curve.each(), 0.2);
}

TEST(PriceCurve, RestsAtTheSlopeWhereTheWorkersAreJustFull) {
  // 2 workers, 50 a second: 40 ms each, between the models of 20 and 200 ms.
  const PriceCurve curve(three_priced(2, 50, 1));
  EXPECT_DOUBLE_EQ(curve.each(), 0.040);
  const double slope = 0.2 / 0.18;
  for (double ahead = 0.2; ahead < 1.5; ahead += 0.05) {
    EXPECT_NEAR(price_at(curve, ahead), slope, 0.05 * slope) << ahead;
  }
  // Of 40 ms each 20 are above the faster of the two.
  EXPECT_NEAR(curve.earned(), 0.7 + 0.020 * slope, 0.005);
}

TEST(PriceCurve, RisesAsTheQueueNearsWhatTheSlackBears) {
  const PriceCurve curve(three_priced(2, 50, 1));
  EXPECT_GT(price_at(curve, 1.9), 1.4 * price_at(curve, 1.0));
  EXPECT_GT(price_at(curve, 1.99), 5 * price_at(curve, 1.0));
}

TEST(PriceCurve, BeyondTheLastUsefulMomentASecondLosesWhoeverComesInIt) {
  for (const double workers : {1.0, 2.0, 8.0}) {
    const PriceCurve curve(three_priced(workers, 25 * workers, 1));
    // Who comes in the time by which all finish later, and would have earned that.
    const double lost = 25 * workers * curve.earned() / workers;
    EXPECT_NEAR(price_at(curve, 1.1 * workers), lost, 1e-3 * lost) << workers;
    EXPECT_NEAR(price_at(curve, 50 * workers), lost, 1e-3 * lost) << workers;
  }
}

TEST(PriceCurve, AFloodEarnsTheMostPerSecond) {
  // 100 times what one worker does: 0.5 in each 10 ms, of 10,000 requests a second.
  const PriceCurve curve(three_priced(1, 1e4, 1));
  EXPECT_NEAR(curve.earned() * 1e4, 50, 0.5);
  for (const double ahead : {0.0, 0.1, 0.5, 0.9}) {
    EXPECT_NEAR(price_at(curve, ahead), 50, 0.5) << ahead << ": not zero however few wait";
  }
}

TEST(PriceCurve, OfARateAboveAllCapacityRestsAtWhatASecondEarns) {
  for (const double load : {1.5, 2.0, 5.0}) {
    const PriceCurve curve(three_priced(1, 100 * load, 1));
    EXPECT_NEAR(price_at(curve, 0.5), 50, 0.5) << load;
  }
}

TEST(PriceCurve, ALongSlackBearsALongQueueAtTheSamePrice) {
  // 1,000 s: the grid does not resolve it, and its middle is stretched.
  const PriceCurve curve(three_priced(2, 50, 1'000));
  const double slope = 0.2 / 0.18;
  for (const double ahead : {1.0, 10.0, 100.0, 1'000.0, 1'600.0}) {
    EXPECT_NEAR(price_at(curve, ahead), slope, 0.05 * slope) << ahead;
  }
  EXPECT_NEAR(price_at(curve, 2'001), 25 * curve.earned(), 0.1) << "all come too late";
}

TEST(PriceCurve, ALoneClientWaitsForNobody) {
  // It has its answer before it asks again: nobody comes while a worker works.
  PriceQuestion question = three_priced(1, 50, 1);
  question.clients = 1;
  const PriceCurve curve(question);
  EXPECT_LT(curve.cost(0, 0.2), 1e-6);
  EXPECT_NEAR(curve.earned(), 0.9, 1e-3);
}

TEST(PriceCurve, FewClientsCostLessThanMany) {
  PriceQuestion question = three_priced(1, 50, 0.3);
  double last = 0;
  for (const double clients : {1.0, 2.0, 4.0, 16.0, std::numeric_limits<double>::infinity()}) {
    question.clients = clients;
    const double cost = PriceCurve(question).cost(0, 0.2);
    EXPECT_GE(cost, last - 0.01) << clients;
    last = cost;
  }
  EXPECT_GT(last, 0.2);
}

TEST(PriceCurve, WhoIsToldInTimeEarnsAnyway) {
  // One model of 10 ms, 300 a second on one worker: a third is answered here, and the others can
  // be told at once, with 0.9 s to go, to use what is worth 0.3.
  PriceQuestion question = priced_question({{.mean = 0.010, .gain = 0.6}}, 1, 300, 1);
  EXPECT_NEAR(PriceCurve(question).earned(), 0.6 / 3, 0.005);
  question.undone = 0.3;
  question.undone_time = 0.1;
  EXPECT_NEAR(PriceCurve(question).earned(), 0.6 / 3 + 0.3 * 2 / 3, 0.005);
  question.undone = 0.7;
  const PriceCurve better(question);
  EXPECT_NEAR(better.earned(), 0.7, 1e-6) << "more than the model";
}

// Erlang: whoever finds the worker busy is lost.
TEST(PriceCurve, WithoutTimeToWaitTheWorkersTimeCostsWhoComesInIt) {
  for (const double load : {0.1, 0.5, 1.0, 3.0}) {
    const PriceCurve curve(priced_question({{.mean = 0.010, .gain = 0.8}}, 1, 100 * load, 0.010));
    EXPECT_NEAR(curve.earned(), 0.8 / (1 + load), 0.01) << load;
    EXPECT_NEAR(curve.cost(0, 0.010), load * 0.8 / (1 + load), 0.01) << load;
  }
}

TEST(PriceCurve, AModelThatJustMakesTheSlackCountsOnAnIdleServer) {
  const PriceCurve curve(priced_question(
      {{.mean = 0.010, .gain = 0.5}, {.mean = 0.050, .gain = 0.9}}, 1, 1e-3, 0.050));
  EXPECT_NEAR(curve.earned(), 0.9, 1e-3);
}

TEST(PriceCurve, DeviationsCostWhatComesLate) {
  // A slack of hardly more than an execution takes, 10 ms give or take 5: half of them are late.
  PriceQuestion question = priced_question({{.mean = 0.010, .gain = 0.6}}, 1, 0.01, 0.0101);
  question.models[0].deviation = 0.005;
  EXPECT_NEAR(PriceCurve(question).earned(), 0.3, 0.01);
}

// The example that the law before this one got wrong: 47.0 at 10 waiting, 45.0 at 15.
TEST(PriceCurve, DoesNotFallWhereTheOldOneDid) {
  const PriceCurve curve(priced_question(
      {{.mean = 0.010, .gain = 0.50}, {.mean = 0.020, .gain = 0.97}}, 1, 100, 0.300));
  double last = 0;
  for (int waiting = 0; waiting < 60; ++waiting) {
    const double price = price_at(curve, waiting * curve.each());
    EXPECT_GE(price, last - 1e-9) << waiting;
    last = price;
  }
}

/// Points of work ahead up to past the last moment of use, denser where few wait.
std::vector<double> places(const PriceQuestion& question) {
  constexpr int kCount = 100;
  const double end = 1.3 * question.workers * question.slack;
  std::vector<double> places;
  for (int i = 0; i <= kCount; ++i) {
    places.push_back(std::pow(static_cast<double>(i) / kCount, 3) * end);
  }
  return places;
}

TEST(PriceCurveProperty, IsNeverNegativeAndDoesNotFallWithTheWork) {
  EXPECT_TRUE(rc::check([] {
    const PriceQuestion question = any_priced_question();
    const PriceCurve curve(question);
    for (const double ahead : places(question)) {
      double last = 0;
      for (const PricedModel& model : question.priced()) {
        const double cost = curve.cost(ahead, model.mean);
        RC_ASSERT(cost >= last - 1e-9);
        last = cost;
      }
    }
  }));
}

TEST(PriceCurveProperty, DoesNotFallWithWhatIsAhead) {
  EXPECT_TRUE(rc::check([] {
    const PriceQuestion question = any_priced_question();
    const PriceCurve curve(question);
    for (const PricedModel& model : question.priced()) {
      double last = 0;
      for (const double ahead : places(question)) {
        const double cost = curve.cost(ahead, model.mean);
        RC_ASSERT(cost >= last - 1e-9 * question.priced().back().gain);
        last = cost;
      }
    }
  }));
}

TEST(PriceCurveProperty, NobodyEarnsMoreThanTheBestModel) {
  EXPECT_TRUE(rc::check([] {
    const PriceQuestion question = any_priced_question();
    const double earned = PriceCurve(question).earned();
    RC_ASSERT(earned >= 0);
    RC_ASSERT(earned <= question.priced().back().gain);
  }));
}

TEST(PriceCurveProperty, EarnsLessOfMoreAndMoreWithMoreTime) {
  EXPECT_TRUE(rc::check([] {
    const PriceQuestion question = any_priced_question();
    const double earned = PriceCurve(question).earned();
    PriceQuestion other = question;
    other.rate *= any_power(0, 1);
    RC_ASSERT(PriceCurve(other).earned() <= earned + 1e-9);
    other = question;
    other.slack *= any_power(0, 1);
    // The grid ends elsewhere then: 1e-6 was seen in 20,000 families.
    RC_ASSERT(PriceCurve(other).earned() >= earned - 1e-5);
  }));
}

// For more than one worker the curve is no exact one: of 20,000 families one in a hundred lost more
// than 0.008 of the best gain with twice the workers, and the worst 0.048.
TEST(PriceCurveProperty, EarnsMoreWithMoreWorkersAtTheSameLoad) {
  EXPECT_TRUE(rc::check([] {
    const PriceQuestion question = any_priced_question();
    PriceQuestion twice = question;
    twice.workers *= 2;
    twice.rate *= 2;
    RC_ASSERT(PriceCurve(twice).earned() >=
              PriceCurve(question).earned() - 0.07 * question.priced().back().gain);
  }));
}

}  // namespace
}  // namespace cnnselect
