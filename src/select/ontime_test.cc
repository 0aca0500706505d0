#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <optional>

#include "select/registry.h"
#include "select/testing/table5.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

constexpr double kForeverMs = 1e9;

struct Case {
  std::vector<Candidate> models;
  double remaining_ms = kForeverMs;
  std::vector<Duration> way_back;
  LoadView load;
  std::optional<DeviceView> device;
};

Selection ontime(const Case& situation) {
  std::vector<double> probability(situation.models.size());
  Rng rng(1);
  return make_selector("ontime").value()->select(
      {.candidates = situation.models,
       .budget = budget_ms(situation.remaining_ms, situation.remaining_ms),
       .sla = from_ms(situation.remaining_ms),
       .way_back = situation.way_back,
       .output = Duration::zero(),
       .load = situation.load,
       .device = situation.device},
      rng, probability);
}

std::vector<Duration> evenly(double from_ms_, double to_ms_, int count = 64) {
  std::vector<Duration> times;
  for (int i = 0; i < count; ++i) {
    times.push_back(from_ms(from_ms_ + (to_ms_ - from_ms_) * (i + 0.5) / count));
  }
  return times;
}

TEST(Ontime, WeighsAccuracyByTheChanceToBeInTime) {
  // The way back is 10 ms or 60 ms; the large model (90 ms) makes only the first.
  const std::vector<Candidate> models = {candidate(0.5, 10, 0, 0), candidate(0.9, 90, 0, 1)};
  EXPECT_EQ(ontime({.models = models, .remaining_ms = 110, .way_back = {10ms, 60ms}}).chosen, 0U)
      << "0.5 for certain beats 0.9 in one case of two";
  EXPECT_EQ(ontime({.models = models, .remaining_ms = 110, .way_back = {10ms, 10ms, 60ms}}).chosen,
            1U)
      << "0.9 in two cases of three beats 0.5";
  EXPECT_EQ(ontime({.models = models, .remaining_ms = 151, .way_back = {10ms, 60ms}}).chosen, 1U);
}

// A phone with a network of 40 % that takes 50 ms, and a server with 50 % (10 ms) and 90 % (90 ms).
class OntimeWithDevice : public testing::Test {
 protected:
  Selection choose(double remaining_ms, bool duplicates, std::vector<Duration> way_back) const {
    return ontime({.models = {candidate(0.5, 10, 0, 0), candidate(0.9, 90, 0, 1)},
                   .remaining_ms = remaining_ms,
                   .way_back = std::move(way_back),
                   .load = {},
                   .device = DeviceView{.accuracy = 0.4, .mean = 50ms, .duplicates = duplicates}});
  }
};

TEST_F(OntimeWithDevice, RisksMoreWhereTheDeviceAnswersAnyway) {
  // 90 ms make it in one case of two: 0.45 against 0.5 for certain; but with 0.4 to fall back on it
  // is 0.9 or 0.4, 0.65 on the average.
  EXPECT_EQ(choose(110, false, {10ms, 60ms}).chosen, 0U);
  const Selection covered = choose(110, true, {10ms, 60ms});
  EXPECT_EQ(covered.chosen, 1U);
  EXPECT_EQ(covered.reason, Reason::kBaseOnly);
}

TEST_F(OntimeWithDevice, SendsTheRequestBackWhereTheDeviceDoesBetter) {
  // The way back is 5 ms or 70 ms: the server's 0.5 comes in time in half of the cases, the word to
  // use the device likewise leaves it time: 0.25 against 0.2.
  EXPECT_EQ(choose(60, false, {5ms, 70ms}).reason, Reason::kBaseOnly);
  // 9 ms are too few for any model here.
  EXPECT_EQ(choose(9, false, {0ms}).reason, Reason::kFastestFallback) << "nor for the device";
  const auto busy = ontime({.models = {candidate(0.3, 10, 0, 0)},
                            .remaining_ms = 100,
                            .way_back = {0ms},
                            .load = {},
                            .device = DeviceView{.accuracy = 0.4, .mean = 50ms}});
  EXPECT_EQ(busy.reason, Reason::kUseDevice) << "0.4 in time against 0.3";
}

TEST_F(OntimeWithDevice, ADeviceThatIsTooSlowCoversNothing) {
  EXPECT_EQ(choose(45, true, {0ms}).chosen, 0U);
  const auto late =
      ontime({.models = {candidate(0.5, 10, 0, 0), candidate(0.9, 90, 0, 1)},
              .remaining_ms = 110,
              .way_back = {10ms, 60ms},
              .load = {},
              .device = DeviceView{.accuracy = 0.4, .mean = 500ms, .duplicates = true}});
  EXPECT_EQ(late.chosen, 0U) << "as without one";
}

TEST(Ontime, HeavyTailsCount) {
  // Two models of the same mean and accuracy but for a tail: mean and sigma alone cannot tell.
  const auto tame_times = evenly(40, 60);
  std::vector<Duration> wild_times = evenly(30, 40, 60);
  wild_times.insert(wild_times.end(), 4, 280ms);
  std::vector<Candidate> models = {candidate(0.80, 50, 6, 0), candidate(0.81, 50, 60, 1)};
  models[0].times = tame_times;
  models[1].times = wild_times;
  EXPECT_EQ(ontime({.models = models, .remaining_ms = 70}).chosen, 0U)
      << "0.80 for certain, 0.81 in 60 cases of 64";
  EXPECT_EQ(ontime({.models = models, .remaining_ms = 45}).chosen, 1U)
      << "the first is in time for a quarter, the second for nearly all";
}

TEST(Ontime, WithoutAnyChanceTheFastestAnswersAtOnce) {
  const Selection selection =
      ontime({.models = {candidate(0.9, 90, 1, 0), candidate(0.5, 10, 1, 1)}, .remaining_ms = 2});
  EXPECT_EQ(selection.chosen, 1U);
  EXPECT_EQ(selection.reason, Reason::kFastestFallback);
}

TEST(Ontime, WithoutALimitTheMostAccurateOfEqualsTheFaster) {
  EXPECT_EQ(ontime({.models = {candidate(0.9, 90, 1, 0), candidate(0.9, 50, 1, 1),
                               candidate(0.5, 10, 1, 2)}})
                .chosen,
            1U);
}

// The prices are those of price_curve_test.cc.
TEST(Ontime, WhoWaitsMakesTimeDear) {
  const std::vector<Candidate> models = {candidate(0.5, 10, 0, 0), candidate(0.7, 20, 0, 1),
                                         candidate(0.9, 200, 0, 2)};
  const auto at = [&](std::size_t waiting) {
    return ontime({.models = models,
                   .remaining_ms = 1'000,
                   .load = {.waiting = waiting, .workers = 2, .arrivals_per_second = 50}});
  };
  EXPECT_EQ(at(0).chosen, 2U) << "at 1 a second 0.9 - 0.2 is just above 0.7 - 0.02";
  EXPECT_EQ(at(60).chosen, 1U) << "at 18 a second 0.7 - 0.36 is above 0.5 - 0.18";
  EXPECT_EQ(at(300).chosen, 0U) << "so many can only be served by the fastest";
  EXPECT_FALSE(at(300).others_first);
}

TEST(Ontime, LetsOthersGoFirstWhereNothingCanBeInTime) {
  const std::vector<Candidate> models = {candidate(0.5, 10, 0, 0), candidate(0.9, 90, 0, 1)};
  const Selection late = ontime({.models = models, .remaining_ms = 5});
  EXPECT_EQ(late.reason, Reason::kFastestFallback);
  EXPECT_TRUE(late.others_first);
  EXPECT_FALSE(ontime({.models = models, .remaining_ms = 15}).others_first);
}

TEST(Ontime, LetsOthersGoFirstWhereItsChanceIsNotWorthTheTime) {
  // More than can be served: the fastest costs 0.45, and in one case of four it is late.
  const std::vector<Candidate> models = {candidate(0.5, 10, 0, 0), candidate(0.7, 20, 0, 1)};
  Case full{.models = models,
            .remaining_ms = 50,
            .way_back = {10ms, 10ms, 10ms, 45ms},
            .load = {.waiting = 100, .workers = 2, .arrivals_per_second = 50}};
  const Selection likely = ontime(full);
  EXPECT_EQ(likely.chosen, 0U);
  EXPECT_EQ(likely.reason, Reason::kBaseOnly);
  EXPECT_TRUE(likely.others_first);
  full.way_back = {10ms, 10ms, 10ms, 10ms};
  EXPECT_FALSE(ontime(full).others_first);
}

// Expected accuracy by summing over every pair of times, as the definition has it.
double expected(const Candidate& model, const std::vector<Duration>& way_back, Duration remaining) {
  double in_time = 0;
  for (const Duration time : model.times) {
    for (const Duration output : way_back) in_time += time + output <= remaining ? 1 : 0;
  }
  return model.accuracy * in_time / static_cast<double>(model.times.size() * way_back.size());
}

TEST(OntimeProperty, IsAsGoodAsTryingEveryPairOfTimes) {
  EXPECT_TRUE(rc::check([] {
    const auto any_times = [](int low, int high) {
      auto times = *rc::gen::container<std::vector<int>>(64, rc::gen::inRange(low, high));
      std::ranges::sort(times);
      std::vector<Duration> sorted;
      for (const int ms : times) sorted.emplace_back(std::chrono::milliseconds(ms));
      return sorted;
    };
    const auto quick = any_times(5, 30);
    const auto slow = any_times(20, 120);
    std::vector<Candidate> models = {candidate(0.5, 18, 7, 0), candidate(0.9, 70, 30, 1)};
    models[0].times = quick;
    models[1].times = slow;
    const auto way_back = any_times(0, 100);
    const auto remaining_ms = *rc::gen::inRange(1, 250);
    const auto chosen = ontime({.models = models,
                                .remaining_ms = static_cast<double>(remaining_ms),
                                .way_back = way_back})
                            .chosen;
    const Duration remaining = std::chrono::milliseconds(remaining_ms);
    const double of_chosen = expected(models[chosen], way_back, remaining);
    const double of_other = expected(models[1 - chosen], way_back, remaining);
    // Linear between neighbouring times instead of steps: close calls may fall either way.
    RC_ASSERT(of_chosen >= of_other - 0.03);
  }));
}

}  // namespace
}  // namespace cnnselect
