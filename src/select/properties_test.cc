// What must hold for any models and any limits, for every policy or for those that promise it.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "cnnselect/candidates.h"
#include "select/registry.h"
#include "select/testing/table5.h"

namespace cnnselect {
namespace {

std::vector<Candidate> any_models() {
  const auto count = *rc::gen::inRange<std::uint32_t>(1, 14);
  std::vector<Candidate> models;
  models.reserve(count);
  for (std::uint32_t id = 0; id < count; ++id) {
    models.push_back({.model = ModelId{id},
                      .accuracy = *rc::gen::inRange(0, 1001) / 1000.0,
                      .mean = Duration(*rc::gen::inRange<std::int64_t>(1, 2'000'000'000)),
                      .deviation = Duration(*rc::gen::inRange<std::int64_t>(0, 300'000'000)),
                      .profiled = Duration(*rc::gen::inRange<std::int64_t>(0, 2'000'000'000)),
                      .running = *rc::gen::inRange<std::size_t>(0, 4)});
  }
  return models;
}

Duration any_limit() {
  return *rc::gen::oneOf(rc::gen::map(rc::gen::inRange<std::int64_t>(-500'000'000, 3'000'000'000),
                                      [](std::int64_t ns) { return Duration(ns); }),
                         rc::gen::map(rc::gen::arbitrary<std::int64_t>(),
                                      [](std::int64_t ns) { return Duration(ns); }),
                         rc::gen::element(Duration::min(), Duration::max(), Duration::zero()));
}

// Any soft limit with a hard one at or below it.
Budget any_budget() {
  const Duration soft = any_limit();
  if (*rc::gen::arbitrary<bool>()) return {.soft = soft, .hard = soft};
  return {.soft = soft, .hard = std::min(soft, any_limit())};
}

// A budget near the models' own times, where the rules have something to decide.
Budget nearby_budget() {
  const auto soft = *rc::gen::inRange<std::int64_t>(1, 3'000'000'000);
  const auto threshold = *rc::gen::inRange<std::int64_t>(0, 200'000'000);
  return {.soft = Duration(soft), .hard = Duration(soft - threshold)};
}

// From an idle server to one that is asked for far more than it can do.
LoadView any_load() {
  const auto rate = [] { return *rc::gen::inRange(0, 100'000) / 1'000.0; };
  return {.waiting = *rc::gen::inRange<std::size_t>(0, 300),
          .workers = *rc::gen::inRange<std::size_t>(0, 9),
          .arrivals_per_second = rate(),
          .period_arrivals_per_second = rate(),
          .slowdown_mean = *rc::gen::inRange(0, 5'000) / 1'000.0,
          .slowdown_deviation = *rc::gen::inRange(0, 3'000) / 1'000.0};
}

// Everything that a policy may look at, for `models`, which outlive it.
SelectionInput any_input(const std::vector<Candidate>& models, Budget budget) {
  return {.candidates = models,
          .budget = budget,
          .sla = any_limit(),
          .waited = Duration(*rc::gen::inRange<std::int64_t>(0, 500'000'000)),
          .load = any_load()};
}

template <class Property>
void for_every_policy(Property property) {
  for (const auto name : selector_names()) {
    const auto policy = make_selector(name).value();
    EXPECT_TRUE(rc::check(std::string(name), [&] { property(*policy); }));
  }
}

TEST(PolicyProperty, AnyModelsAndAnyLimitsGiveAProperDistribution) {
  for_every_policy([](const Selector& policy) {
    const auto models = any_models();
    const auto [selection, probability] = decide(policy, any_input(models, any_budget()));
    RC_ASSERT(selection.chosen < models.size());
    RC_ASSERT(selection.base < models.size());
    for (const double p : probability) RC_ASSERT(std::isfinite(p) && p >= 0);
    RC_ASSERT(std::abs(std::accumulate(probability.begin(), probability.end(), 0.0) - 1) < 1e-9);
    RC_ASSERT(probability[selection.chosen] > 0);
  });
}

TEST(PolicyProperty, TheReasonFitsWhatWasChosen) {
  for_every_policy([](const Selector& policy) {
    const auto models = any_models();
    const auto [selection, probability] = decide(policy, any_input(models, any_budget()));
    const bool staged = policy.name().starts_with("cnnselect");
    if (!staged) RC_ASSERT(selection.base == selection.chosen);
    if (selection.reason == Reason::kBaseOnly) RC_ASSERT(selection.base == selection.chosen);
    if (selection.reason != Reason::kExplored) RC_ASSERT(probability[selection.chosen] == 1.0);
  });
}

TEST(PolicyProperty, WithoutDominatedModelsNoneIsDrawn) {
  const auto policy = make_selector("cnnselect-frontier").value();
  EXPECT_TRUE(rc::check([&] {
    const auto models = any_models();
    const auto [selection, probability] = decide(*policy, models, nearby_budget());
    for (std::size_t i = 0; i < models.size(); ++i) {
      for (const auto& other : models) {
        const bool dominated = other.accuracy > models[i].accuracy && other.mean < models[i].mean;
        if (dominated) RC_ASSERT(probability[i] == 0);
      }
    }
  }));
}

TEST(PolicyProperty, AFallbackIsTheFastestForCertain) {
  for_every_policy([](const Selector& policy) {
    const auto models = any_models();
    const auto [selection, probability] = decide(policy, any_input(models, nearby_budget()));
    if (selection.reason != Reason::kFastestFallback) return;
    RC_ASSERT(probability[selection.chosen] == 1);
    for (const auto& model : models) RC_ASSERT(models[selection.chosen].mean <= model.mean);
  });
}

TEST(PolicyProperty, WhatDoesNotFitIsNeverDrawn) {
  for (const auto name : {"cnnselect", "cnnselect-printed", "budget-greedy", "uniform-eligible",
                          "weighted-eligible"}) {
    const auto policy = make_selector(name).value();
    EXPECT_TRUE(rc::check(name, [&] {
      const auto models = any_models();
      const Budget budget = any_budget();
      const auto [selection, probability] = decide(*policy, models, budget);
      if (selection.reason == Reason::kFastestFallback) return;
      for (std::size_t i = 0; i < models.size(); ++i) {
        if (probability[i] > 0) RC_ASSERT(fits(models[i], real(budget.soft)));
      }
    }));
  }
}

TEST(PolicyProperty, TheBaseModelCanAlwaysBeDrawn) {
  const auto policy = make_selector("cnnselect").value();
  EXPECT_TRUE(rc::check([&] {
    const auto models = any_models();
    const auto [selection, probability] = decide(*policy, models, nearby_budget());
    if (models[selection.base].accuracy > 0) RC_ASSERT(probability[selection.base] > 0);
  }));
}

TEST(PolicyProperty, NothingFasterThanTheBaseModelsSpreadIsDrawnBelowTheHardLimit) {
  const auto policy = make_selector("cnnselect").value();
  EXPECT_TRUE(rc::check([&] {
    const auto models = any_models();
    const Budget budget = any_budget();
    const auto [selection, probability] = decide(*policy, models, budget);
    const Candidate& base = models[selection.base];
    if (selection.reason == Reason::kFastestFallback || base.mean >= budget.hard) return;
    for (std::size_t i = 0; i < models.size(); ++i) {
      if (models[i].mean < base.mean - base.deviation) RC_ASSERT(probability[i] == 0);
    }
  }));
}

TEST(PolicyProperty, AHardLimitAtOrBelowZeroMeansTheFastest) {
  const auto policy = make_selector("cnnselect").value();
  EXPECT_TRUE(rc::check([&] {
    auto models = any_models();
    // With sigma > mu even a limit of zero is "reached" on paper; times are far from that here.
    for (auto& model : models) model.deviation = std::min(model.deviation, model.mean / 2);
    const Duration hard(*rc::gen::inRange<std::int64_t>(-1'000'000'000, 1));
    const auto decision = decide(*policy, models, {.soft = kForever, .hard = hard});
    RC_ASSERT(decision.selection.reason == Reason::kFastestFallback);
  }));
}

TEST(PolicyProperty, ScalingAllTimesChangesNothing) {
  for_every_policy([](const Selector& policy) {
    auto models = any_models();
    // By powers of two, for `ontime` rounds times to binary digits.
    const auto factor = std::int64_t{1} << *rc::gen::inRange(1, 11);
    SelectionInput input = any_input(models, nearby_budget());
    input.sla = Duration(*rc::gen::inRange<std::int64_t>(1, 2'000'000));
    for (const auto& model : models) {
      // The floor of 1 us under |T_L - mu| is a fixed time: stay clear of it.
      RC_PRE(std::abs((input.budget.hard - model.mean).count()) > 1'000);
    }
    const auto before = decide(policy, input);
    for (auto& model : models) {
      model.mean *= factor;
      model.deviation *= factor;
      model.profiled *= factor;
    }
    input.budget = {.soft = input.budget.soft * factor, .hard = input.budget.hard * factor};
    input.sla *= factor;
    input.waited *= factor;
    input.load.arrivals_per_second /= static_cast<double>(factor);
    input.load.period_arrivals_per_second /= static_cast<double>(factor);
    const auto after = decide(policy, input);
    RC_ASSERT(before.selection.chosen == after.selection.chosen);
    for (std::size_t i = 0; i < models.size(); ++i) {
      RC_ASSERT(std::abs(before.probability[i] - after.probability[i]) < 1e-9);
    }
  });
}

TEST(PolicyProperty, TheOrderOfTheModelsChangesNoProbability) {
  for_every_policy([](const Selector& policy) {
    auto models = any_models();
    for (std::size_t i = 0; i < models.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        RC_PRE(models[i].accuracy != models[j].accuracy && models[i].mean != models[j].mean);
      }
    }
    const SelectionInput input = any_input(models, nearby_budget());
    const auto before = decide(policy, input);
    std::ranges::reverse(models);
    const auto after = decide(policy, input);
    for (std::size_t i = 0; i < models.size(); ++i) {
      RC_ASSERT(std::abs(before.probability[i] - after.probability[models.size() - 1 - i]) < 1e-9);
    }
  });
}

TEST(PolicyProperty, SameSeedAndInputsSameDraw) {
  for_every_policy([](const Selector& policy) {
    const auto models = any_models();
    const SelectionInput input = any_input(models, nearby_budget());
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    RC_ASSERT(decide(policy, input, seed).selection.chosen ==
              decide(policy, input, seed).selection.chosen);
  });
}

// Who does not declare distributions is not given them on the server; so it must not look at them.
TEST(Properties, OnlyWhoSaysSoReadsDistributions) {
  for_every_policy([](const Selector& policy) {
    if (policy.reads_distributions()) return;
    const auto models = any_models();
    auto with_times = models;
    const std::vector<Duration> times(64, Duration(*rc::gen::inRange(1, 1'000'000'000)));
    for (Candidate& model : with_times) model.times = times;
    SelectionInput input = any_input(models, any_budget());
    std::vector<double> probability(models.size());
    Rng rng(7);
    const Selection without = policy.select(input, rng, probability);
    input.candidates = with_times;
    input.way_back = times;
    Rng same(7);
    const Selection with = policy.select(input, same, probability);
    RC_ASSERT(with.chosen == without.chosen);
    RC_ASSERT(with.reason == without.reason);
  });
}

}  // namespace
}  // namespace cnnselect
