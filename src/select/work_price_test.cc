#include "select/work_price.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "select/testing/priced_family.h"
#include "select/testing/table5.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

/// A decision as the price sees it.
struct PriceCase {
  std::vector<Candidate> models = {candidate(0.5, 10, 0, 0), candidate(0.7, 20, 0, 1),
                                   candidate(0.9, 200, 0, 2)};
  LoadView load = {.workers = 2, .usual_slack = 1s, .arrivals_per_second = 50};
  Duration soft = 1s;
  double covered = 0;
  std::optional<DeviceView> device;
};

double price_of(const PriceCase& asked, Duration work) {
  const PriceCache cache;
  const SelectionInput input{.candidates = asked.models,
                             .budget = {.soft = asked.soft, .hard = asked.soft},
                             .load = asked.load,
                             .device = asked.device};
  return WorkPrice(input, asked.covered, cache).of(work);
}

/// Costs of some times, from what any model takes to a second.
std::vector<double> prices_of(const PriceCase& asked) {
  std::vector<double> prices;
  for (const double ms : {0.1, 1.0, 10.0, 50.0, 200.0, 1e3}) {
    prices.push_back(price_of(asked, from_ms(ms)));
  }
  return prices;
}

const std::vector<double> kNothing(6);

TEST(WorkPrice, WithoutALimitOfWorkersTimeCostsNothing) {
  PriceCase asked;
  EXPECT_GT(price_of(asked, 200ms), 0.1) << "else the tests below could not fail";
  asked.load.workers = 0;
  asked.load.waiting = 10;
  EXPECT_EQ(prices_of(asked), kNothing);
}

TEST(WorkPrice, WithoutALimitOfTimeItCostsNothing) {
  PriceCase asked;
  asked.load.usual_slack = kForever;
  EXPECT_EQ(prices_of(asked), kNothing);
  asked.load.usual_slack = 0s;
  asked.soft = kForever;
  EXPECT_EQ(prices_of(asked), kNothing) << "nothing known but this one's own";
}

TEST(WorkPrice, BeforeASlackIsKnownTheOthersHaveThisOnes) {
  PriceCase known;
  PriceCase own = known;
  own.load.usual_slack = 0s;
  known.soft = 20ms;
  EXPECT_EQ(prices_of(own), prices_of(known));
}

TEST(WorkPrice, WhereNoModelMakesTheUsualSlackTimeCostsNothing) {
  PriceCase asked;
  asked.load.usual_slack = 9ms;
  EXPECT_EQ(prices_of(asked), kNothing);
}

TEST(WorkPrice, OfModelsThatAreNeverRightIsNothing) {
  PriceCase asked;
  asked.models = {candidate(0, 10, 0, 0), candidate(0, 20, 0, 1)};
  EXPECT_EQ(prices_of(asked), kNothing);
}

// The example: the slow model never makes it, and once priced the others.
TEST(WorkPrice, ModelsThatCannotMakeTheUsualSlackDoNotPrice) {
  const std::vector<Candidate> two = {candidate(0.516, 0.11, 0, 0), candidate(0.980, 1.24, 0, 1)};
  std::vector<Candidate> three = two;
  three.push_back(candidate(0.991, 17.7, 0, 2));
  for (const double rate : {5.0, 50.0, 500.0, 5'000.0}) {
    for (const std::size_t waiting : {0U, 1U, 5U, 50U}) {
      const LoadView load{
          .waiting = waiting, .workers = 1, .usual_slack = 10ms, .arrivals_per_second = rate};
      EXPECT_EQ(prices_of({.models = two, .load = load}),
                prices_of({.models = three, .load = load}))
          << rate << "/s, " << waiting << " waiting";
    }
  }
  const LoadView light{.workers = 1, .usual_slack = 10ms, .arrivals_per_second = 50};
  EXPECT_LT(price_of({.models = three, .load = light}, 1'240us), 0.464)
      << "the second model is worth its time";
}

TEST(WorkPrice, RisesWithWhoWaitsAndWhatRuns) {
  PriceCase asked;
  double last = 0;
  for (asked.load.waiting = 0; asked.load.waiting < 100; asked.load.waiting += 5) {
    const double price = price_of(asked, 20ms);
    // Each is counted with what can be given to it; the rate follows the number when it is large.
    EXPECT_GE(price, last - 0.01) << asked.load.waiting;
    last = price;
  }
  asked.load.waiting = 0;
  const double idle = price_of(asked, 20ms);
  asked.load.running_work = 400ms;
  EXPECT_GT(price_of(asked, 20ms), idle);
}

TEST(WorkPrice, NeverCostsMoreThanWhatTheTimeEarns) {
  PriceCase asked;
  asked.load.waiting = 10'000;
  EXPECT_LE(price_of(asked, 10ms), kWorthServing * 0.5) << "the fastest stays worth it";
  EXPECT_GT(price_of(asked, 20ms), 0.7) << "the second does not";
}

TEST(WorkPrice, OfABurstIsHigherThanOfNone) {
  PriceCase asked;
  const double alone = price_of(asked, 200ms);
  asked.load.burst = 10;
  EXPECT_GT(price_of(asked, 200ms), alone);
  PriceCase idle{.load = {.workers = 1, .usual_slack = 300ms, .arrivals_per_second = 1}};
  const double usual = price_of(idle, 200ms);
  idle.load.burst = 10;
  EXPECT_GT(price_of(idle, 200ms), usual + 0.1) << "others come before it is done";
}

TEST(WorkPrice, ModelsAreWorthWhatTheyAddToWhatIsCovered) {
  PriceCase asked;
  asked.load.waiting = 1'000;
  asked.covered = 0.3;
  EXPECT_NEAR(price_of(asked, 10ms), kWorthServing * 0.2, 0.02) << "0.4 / 20 ms and 0.2 / 10 ms";
  asked.covered = 0.95;
  EXPECT_EQ(prices_of(asked), kNothing) << "more than any model";
}

TEST(WorkPrice, WhoWouldBeLateAnywayLosesNothing) {
  PriceCase asked;
  const double sure = price_of(asked, 200ms);
  asked.load.usual_chance = 0.25;
  EXPECT_DOUBLE_EQ(price_of(asked, 200ms), 0.25 * sure);
  asked.load.usual_chance = 0;
  EXPECT_EQ(prices_of(asked), kNothing);
}

// A phone that must be told: whose time for that has gone makes way for who can be told yet.
TEST(WorkPrice, DevicesThatMustBeToldMayCostMoreThanAModelEarns) {
  PriceCase asked;
  asked.models = {candidate(0.5, 10, 0, 0)};
  asked.load.workers = 1;
  asked.load.arrivals_per_second = 200;
  asked.device = DeviceView{.accuracy = 0.45, .mean = 500ms, .deviation = 0ms};
  double dearest = 0;
  for (asked.load.waiting = 0; asked.load.waiting < 120; ++asked.load.waiting) {
    dearest = std::max(dearest, price_of(asked, 10ms));
  }
  EXPECT_GT(dearest, 0.5);
  asked.device->duplicates = true;
  for (asked.load.waiting = 0; asked.load.waiting < 120; ++asked.load.waiting) {
    EXPECT_LE(price_of(asked, 10ms), kWorthServing * 0.5) << "it answers whatever happens here";
  }
}

TEST(WorkPrice, OneClientWaitsForNobody) {
  PriceCase asked;
  asked.load.workers = 1;
  asked.load.clients = 1;
  EXPECT_LT(price_of(asked, 200ms), 1e-6);
}

/// 2 to 40 models over three decades, dominated ones among them, under any load.
PriceCase any_price_case() {
  const double fastest = any_power(-0.5, 2);
  std::vector<Candidate> models;
  const auto count = *rc::gen::inRange(2, 41);
  for (int i = 0; i < count; ++i) {
    models.push_back(candidate(*rc::gen::inRange(1, 1'000) / 1e3, fastest * any_power(0, 3), 0,
                               static_cast<std::uint32_t>(i)));
  }
  const auto workers = *rc::gen::element<std::size_t>(1, 2, 4, 8, 64);
  const double capacity = static_cast<double>(workers) * 1e3 / fastest;
  return {.models = models,
          .load = {.waiting = *rc::gen::inRange<std::size_t>(0, 200),
                   .workers = workers,
                   .running_work = from_ms(fastest * *rc::gen::inRange(0, 100)),
                   .usual_slack = from_ms(fastest * 1.05 * any_power(0, 4)),
                   .usual_chance = *rc::gen::inRange(0, 101) / 100.0,
                   .burst = *rc::gen::inRange(0, 30) / 1.0,
                   .arrivals_per_second = capacity * any_power(-3, 1)},
          .device = std::nullopt};
}

TEST(WorkPriceProperty, IsNeverNegativeNorFallsWithTheWork) {
  EXPECT_TRUE(rc::check([] {
    const PriceCase asked = any_price_case();
    double last = 0;
    for (const double price : prices_of(asked)) {
      RC_ASSERT(price >= last - 1e-8);
      last = price;
    }
  }));
}

TEST(WorkPriceProperty, NeitherOrderNorWhoIsBeatenMatters) {
  EXPECT_TRUE(rc::check([] {
    PriceCase asked = any_price_case();
    const auto prices = prices_of(asked);
    std::ranges::reverse(asked.models);
    RC_ASSERT(prices_of(asked) == prices);
    const auto beaten = asked.models[*rc::gen::inRange<std::size_t>(0, asked.models.size())];
    asked.models.push_back(candidate(beaten.accuracy * *rc::gen::inRange(0, 100) / 100,
                                     to_ms(beaten.mean) * any_power(0.01, 2), 0, 99));
    RC_ASSERT(prices_of(asked) == prices);
  }));
}

TEST(WorkPriceProperty, WhoCannotMakeTheUsualSlackDoesNotMatter) {
  EXPECT_TRUE(rc::check([] {
    PriceCase asked = any_price_case();
    const auto prices = prices_of(asked);
    const Duration late = asked.load.usual_slack + 1ms;
    std::erase_if(asked.models, [&](const Candidate& model) { return model.mean >= late; });
    asked.models.push_back(candidate(0.999, to_ms(late), 0, 99));
    RC_ASSERT(prices_of(asked) == prices);
  }));
}

}  // namespace
}  // namespace cnnselect
