#include "sim/queue_rule.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "select/registry.h"
#include "sim/bounds.h"
#include "sim/simulate.h"
#include "sim/summary.h"
#include "sim/testing/small_world.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

ModelSet model_set(const std::vector<ProfileRow>& rows) {
  return ModelSet::from_profiles(rows, "test").value();
}

double best_accuracy(const ModelSet& models, double rate, Duration slack, int workers,
                     std::size_t steps = 0) {
  return best_queue_rule(models, rate, slack, workers, steps).value().effective_accuracy;
}

/// The model for a request that has waited so long; nothing: it is dropped.
using WaitRule = std::function<std::optional<std::size_t>(Duration wait)>;

struct Estimate {
  double mean = 0;
  double error = 0;  ///< standard error, from the means of batches
};

/// Effective accuracy of a rule by Lindley's recursion: of one worker, or of two, each request to
/// the one that is free first.
Estimate simulate_rule(const ModelSet& models, const WaitRule& rule, double rate, Duration slack,
                       int workers, std::size_t requests, std::uint64_t seed) {
  constexpr std::size_t kBatches = 20;
  Rng rng(seed);
  std::vector<double> work(static_cast<std::size_t>(workers));  // seconds
  std::vector<double> batches(kBatches);
  for (std::size_t i = 0; i < requests; ++i) {
    const double gap = -std::log1p(-rng.uniform()) / rate;
    for (double& left : work) left = std::max(left - gap, 0.0);
    double& wait = *std::ranges::min_element(work);
    const auto model = rule(from_ms(wait * 1e3));
    if (!model) continue;
    wait += to_seconds(draw_execution(models.models()[*model], rng));
    if (wait > to_seconds(slack) + 1e-9) continue;
    batches[i * kBatches / requests] += models.models()[*model].accuracy;
  }
  const double count = static_cast<double>(requests) / kBatches;
  Estimate estimate;
  for (const double batch : batches) estimate.mean += batch / count / kBatches;
  for (const double batch : batches) {
    estimate.error += std::pow(batch / count - estimate.mean, 2) / (kBatches - 1);
  }
  estimate.error = std::sqrt(estimate.error / kBatches);
  return estimate;
}

WaitRule follow(const QueueRule& rule) {
  return [&rule](Duration wait) {
    const auto next = std::ranges::upper_bound(rule.choices, wait, {}, &QueueChoice::work);
    return std::prev(next)->model;
  };
}

bool in_time(const ModelSet& models, std::size_t model, Duration wait, Duration slack) {
  return wait + models.models()[model].mean <= slack;
}

/// `model` up to a wait of `threshold`, then the fastest; neither when it would be late.
WaitRule above_threshold(const ModelSet& models, std::size_t model, Duration threshold,
                         Duration slack) {
  return [&models, model, threshold, slack](Duration wait) -> std::optional<std::size_t> {
    if (wait <= threshold && in_time(models, model, wait, slack)) return model;
    if (in_time(models, 0, wait, slack)) return 0;
    return std::nullopt;
  };
}

TEST(QueueRule, NamesWhatIsNotAllowed) {
  const ModelSet models = three_models();
  const auto message = [&](double rate, Duration slack, int workers, std::size_t steps = 0) {
    const auto rule = best_queue_rule(models, rate, slack, workers, steps);
    if (rule) return std::string("allowed");
    EXPECT_EQ(rule.error().code, ErrorCode::kInvalidArgument);
    return rule.error().message;
  };
  EXPECT_EQ(message(1, 1s, 3), "best queue rule: 3 workers; allowed: 1 or 2");
  EXPECT_EQ(message(1, 1s, 0), "best queue rule: 0 workers; allowed: 1 or 2");
  EXPECT_EQ(message(0, 1s, 1), "best queue rule: 0 arrivals/s; allowed: above 0, finite");
  EXPECT_EQ(message(-2.5, 1s, 1), "best queue rule: -2.5 arrivals/s; allowed: above 0, finite");
  EXPECT_EQ(message(NAN, 1s, 1), "best queue rule: nan arrivals/s; allowed: above 0, finite");
  EXPECT_EQ(message(INFINITY, 1s, 1), "best queue rule: inf arrivals/s; allowed: above 0, finite");
  EXPECT_EQ(message(1, 0ms, 1), "best queue rule: slack of 0 ms; allowed: above 0, finite");
  EXPECT_EQ(message(1, -1ms, 2), "best queue rule: slack of -1 ms; allowed: above 0, finite");
  EXPECT_EQ(message(1, 1s, 1, 8),
            "best queue rule: 8 steps with 1 workers; allowed: 0 or 16 to 131072");
  EXPECT_EQ(message(1, 1s, 2, 513),
            "best queue rule: 513 steps with 2 workers; allowed: 0 or 16 to 512");
}

TEST(QueueRule, EarnsNothingWhereNoModelIsInTime) {
  const auto rule = best_queue_rule(three_models(), 10, 5ms, 1).value();
  EXPECT_EQ(rule.effective_accuracy, 0);
  ASSERT_EQ(rule.choices.size(), 1U);
  EXPECT_EQ(rule.choices[0].model, std::nullopt);
}

// Slack for one execution and no wait: whoever finds all workers busy is lost. Erlang's formula.
TEST(QueueRule, IsErlangsLossWithoutTimeToWait) {
  const ModelSet models = model_set({row("only", 0.8, 10, 0)});
  for (const double load : {0.1, 0.5, 1.0, 3.0}) {
    EXPECT_NEAR(best_accuracy(models, 100 * load, 10ms, 1), 0.8 / (1 + load), 1e-4) << load;
    EXPECT_NEAR(best_accuracy(models, 100 * load, 10ms, 2),
                0.8 * (1 + load) / (1 + load + load * load / 2), 5e-4)
        << load;
  }
}

TEST(QueueRule, OfOneModelIsTheQueueWithADeadline) {
  const ModelSet models = model_set({row("only", 0.8, 10, 0)});
  for (const int workers : {1, 2}) {
    for (const double rate : {40.0, 90.0, 150.0}) {
      const WaitRule serve = above_threshold(models, 0, 0ms, 25ms);
      const auto known = simulate_rule(models, serve, rate * workers, 25ms, workers, 400'000, 7);
      EXPECT_NEAR(best_accuracy(models, rate * workers, 25ms, workers), known.mean,
                  4 * known.error + 2e-4)
          << workers << " workers, " << rate;
    }
  }
}

TEST(QueueRule, TakesTheMostAccurateOfAnIdleServer) {
  for (const int workers : {1, 2}) {
    EXPECT_NEAR(best_accuracy(three_models(), 1e-3, 300ms, workers), 0.9, 1e-3);
    const auto tight = best_queue_rule(three_models(), 1e-3, 60ms, workers).value();
    EXPECT_NEAR(tight.effective_accuracy, 0.7, 1e-3) << "the large model does not fit";
    EXPECT_EQ(tight.choices.front().model, 1U);
    EXPECT_NEAR(tight.choices.front().price, 0, 1e-2);
  }
}

// Of endless arrivals those are served that earn most per second: 0.7 / 20 ms.
TEST(QueueRule, EarnsTheBestAccuracyPerSecondUnderAFlood) {
  const ModelSet models =
      model_set({row("small", 0.3, 10, 0), row("medium", 0.7, 20, 0), row("large", 0.9, 60, 0)});
  for (const int workers : {1, 2}) {
    for (const double rate : {1e3, 1e4, 1e6}) {
      const double per_second = rate * best_accuracy(models, rate, 100ms, workers);
      EXPECT_NEAR(per_second / (workers * 35), 1, 0.01) << workers << " workers, " << rate;
    }
  }
}

// What the rule claims to earn is earned by who follows its choices.
TEST(QueueRule, IsEarnedByWhoFollowsIt) {
  const ModelSet constant =
      model_set({row("a", 0.5, 10, 0), row("b", 0.8, 25, 0), row("c", 0.95, 80, 0)});
  const ModelSet varying =
      model_set({row("a", 0.5, 10, 1), row("b", 0.8, 25, 3), row("c", 0.95, 80, 9)});
  for (const double rate : {5.0, 20.0, 60.0, 150.0}) {
    const auto rule = best_queue_rule(constant, rate, 150ms, 1).value();
    const auto earned = simulate_rule(constant, follow(rule), rate, 150ms, 1, 400'000, 3);
    EXPECT_NEAR(rule.effective_accuracy, earned.mean, 4 * earned.error + 5e-4) << rate;
    const auto vague = best_queue_rule(varying, rate, 150ms, 1).value();
    const auto real = simulate_rule(varying, follow(vague), rate, 150ms, 1, 400'000, 3);
    EXPECT_NEAR(vague.effective_accuracy, real.mean, 4 * real.error + 4e-3)
        << rate << ": the tails are cut";
  }
}

TEST(QueueRule, HardlyChangesWithTheSteps) {
  const ModelSet models =
      model_set({row("a", 0.5, 10, 0), row("b", 0.8, 25, 0), row("c", 0.95, 80, 0)});
  for (const double rate : {5.0, 20.0, 60.0, 150.0}) {
    EXPECT_NEAR(best_accuracy(models, rate, 150ms, 1), best_accuracy(models, rate, 150ms, 1, 8'000),
                1e-5);
    EXPECT_NEAR(best_accuracy(models, 2 * rate, 150ms, 2),
                best_accuracy(models, 2 * rate, 150ms, 2, 256), 3e-4);
  }
}

// One execution in four takes a hundred slacks: the time of a late one costs, and bounds the grid.
TEST(QueueRule, TakesLongTails) {
  std::vector<std::vector<Duration>> samples{{10ms, 10ms, 10ms, 10s}, {20ms}};
  const ModelSet models =
      ModelSet::from_samples({row("tail", 0.9, 1, 0), row("even", 0.6, 20, 0)}, samples, "test")
          .value();
  for (const int workers : {1, 2}) {
    EXPECT_NEAR(best_accuracy(models, 1e-4, 100ms, workers), 0.9 * 0.75, 1e-3)
        << "0.6 is less, as long as time costs nothing";
    const auto busy = best_queue_rule(models, 20.0 * workers, 100ms, workers).value();
    EXPECT_GT(busy.effective_accuracy, 0.5);
    EXPECT_EQ(models.models()[busy.choices.front().model.value()].name, "even");
  }
}

TEST(QueueRule, IsFiniteWhereTheSlackIsThousandsOfExecutions) {
  const ModelSet models = model_set({row("a", 0.5, 0.1, 0), row("b", 0.9, 0.3, 0)});
  // 10,000 a second: all by the small one. 5,000: half of them by the large one.
  EXPECT_NEAR(best_accuracy(models, 1e4, 1s, 1), 0.5, 0.01);
  EXPECT_NEAR(best_accuracy(models, 5e3, 1s, 1), 0.7, 0.01);
  EXPECT_NEAR(best_accuracy(models, 1e6, 1s, 1), 0.005, 1e-4);
  const auto two = best_queue_rule(models, 1e4, 300ms, 2, 64).value();
  EXPECT_NEAR(two.effective_accuracy, 0.7, 0.01);
  EXPECT_LT(two.unconverged, 1e-3) << "without a good beginning it takes far longer";
  // The price at an idle worker hangs by more digits of what a request earns than a number has.
  const auto one = best_queue_rule(models, 5e3, 1s, 1).value();
  EXPECT_EQ(one.choices.front().model, 1U);
  EXPECT_NEAR(one.choices.front().price, 0, 1);
  const auto earned = simulate_rule(models, follow(one), 5e3, 1s, 1, 400'000, 3);
  EXPECT_NEAR(one.effective_accuracy, earned.mean, 4 * earned.error + 5e-4);
}

TEST(QueueRule, DoesNotChangeWithDominatedModels) {
  const std::vector<ProfileRow> rows{row("a", 0.5, 10, 1), row("b", 0.8, 30, 3)};
  std::vector<ProfileRow> more = rows;
  more.push_back(row("slower", 0.5, 12, 1));
  more.push_back(row("same", 0.8, 30, 3));
  more.push_back(row("late", 0.99, 900, 0));
  for (const int workers : {1, 2}) {
    EXPECT_EQ(best_accuracy(model_set(rows), 30, 100ms, workers),
              best_accuracy(model_set(more), 30, 100ms, workers));
  }
}

/// A family of constant times over two decades, a slack in which its fastest fits, and a load.
struct QueueCase {
  ModelSet models;
  Duration slack{};
  double rate = 0;  ///< per worker
};

QueueCase any_queue_case() {
  std::vector<ProfileRow> rows;
  const auto count = *rc::gen::inRange(1, 8);
  for (int i = 0; i < count; ++i) {
    const double ms = std::pow(10.0, *rc::gen::inRange(0, 200) / 100.0);
    rows.push_back(row("m" + std::to_string(i), *rc::gen::inRange(30, 100) / 100.0,
                       std::round(ms * 10) / 10, 0));
  }
  ModelSet models = model_set(rows);
  const double fastest = to_ms(models.models().front().mean);
  const double slowest = to_ms(models.models().back().mean);
  const double place = *rc::gen::inRange(0, 101) / 100.0;
  const double slack = 1.2 * fastest * std::pow(2.5 * slowest / fastest, place);
  const double load = std::pow(10.0, *rc::gen::inRange(-200, 30) / 100.0);  // of the fastest
  return {std::move(models), from_ms(slack), load * 1e3 / fastest};
}

TEST(QueueRuleProperty, IsNotWorseThanSimpleRules) {
  EXPECT_TRUE(rc::check([] {
    const QueueCase world = any_queue_case();
    const auto workers = *rc::gen::inRange(1, 3);
    const double rate = world.rate * workers;
    const std::size_t steps = workers == 1 ? 0 : 64;
    const double best = best_accuracy(world.models, rate, world.slack, workers, steps);
    double most_accurate = 0;
    for (std::size_t m = 0; m < world.models.size(); ++m) {
      if (!in_time(world.models, m, 0ms, world.slack)) continue;
      most_accurate = std::max(most_accurate, world.models.models()[m].accuracy);
      const WaitRule always = [&](Duration wait) -> std::optional<std::size_t> {
        if (in_time(world.models, m, wait, world.slack)) return m;
        return std::nullopt;
      };
      const auto seed = *rc::gen::arbitrary<std::uint64_t>();
      const Duration threshold = world.slack * *rc::gen::inRange(0, 10) / 10;
      for (const WaitRule& rule :
           {always, above_threshold(world.models, m, threshold, world.slack)}) {
        const auto earned =
            simulate_rule(world.models, rule, rate, world.slack, workers, 10'000, seed);
        // The arrivals of a sample are its own; a coarse grid for two.
        RC_ASSERT(best >= earned.mean - 5 * earned.error - 0.005);
      }
    }
    RC_ASSERT(best <= most_accurate + 1e-4);
  }));
}

TEST(QueueRuleProperty, GrowsWithTheSlackAndFallsWithTheRate) {
  EXPECT_TRUE(rc::check([] {
    const QueueCase world = any_queue_case();
    const auto workers = *rc::gen::inRange(1, 3);
    const std::size_t steps = workers == 1 ? 0 : 64;
    const double tolerance = workers == 1 ? 1e-4 : 3e-3;
    const double rate = world.rate * workers;
    const double best = best_accuracy(world.models, rate, world.slack, workers, steps);
    const Duration longer = world.slack * *rc::gen::inRange(100, 200) / 100;
    const double faster = rate * *rc::gen::inRange(100, 200) / 100.0;
    RC_ASSERT(best_accuracy(world.models, rate, longer, workers, steps) >= best - tolerance);
    const double crowded = best_accuracy(world.models, faster, world.slack, workers, steps);
    RC_ASSERT(crowded <= best + tolerance);
    // Who drops the additional ones earns as much per second.
    RC_ASSERT(crowded * faster >= (best - tolerance) * rate);
  }));
}

TEST(QueueRuleProperty, TwoWorkersAreNotWorseThanTwiceOne) {
  EXPECT_TRUE(rc::check([] {
    const QueueCase world = any_queue_case();
    RC_ASSERT(best_accuracy(world.models, 2 * world.rate, world.slack, 2, 64) >=
              best_accuracy(world.models, world.rate, world.slack, 1) - 3e-3);
  }));
}

TEST(QueueRuleProperty, StaysBelowTheCapacityBound) {
  EXPECT_TRUE(rc::check([] {
    constexpr std::size_t kRequests = 5'000;
    const QueueCase world = any_queue_case();
    const auto workers = *rc::gen::inRange(1, 3);
    const double rate = world.rate * workers;
    const Workload workload = workload_of(world.models, "constant(0.001)", rate, kRequests,
                                          *rc::gen::arbitrary<std::uint64_t>());
    const auto& network = workload.requests().front().network;
    const double bound = capacity_bound(world.models, workload,
                                        world.slack + network.input + network.output, workers);
    // So many arrivals come in a time that varies by 1 / sqrt(requests).
    const double sampling = 5 / std::sqrt(static_cast<double>(kRequests));
    RC_ASSERT(best_accuracy(world.models, rate, world.slack, workers, workers == 1 ? 0 : 64) <=
              bound * (1 + sampling) + 1e-3);
  }));
}

// A policy that also sees who waits behind may be a little above; not how near it must come.
TEST(QueueRule, IsAboutTheMostThatTheSimulatedServerEarns) {
  const ModelSet models =
      model_set({row("a", 0.5, 10, 0), row("b", 0.8, 25, 0), row("c", 0.95, 80, 0)});
  const auto policy = make_selector("ontime").value();
  for (const int workers : {1, 2}) {
    for (const double rate : {15.0, 50.0}) {
      const Workload workload =
          workload_of(models, "constant(0.001)", rate * workers, 20'000, 1, 1);
      const auto outcomes = simulate(models, workload, *policy,
                                     {.sla = 150ms, .threshold = 10ms, .workers = workers});
      const double earned = summarise_simulation(models.size(), outcomes, 150ms).effective_accuracy;
      EXPECT_LE(earned, best_accuracy(models, rate * workers, 150ms, workers) + 0.02);
    }
  }
}

}  // namespace
}  // namespace cnnselect
