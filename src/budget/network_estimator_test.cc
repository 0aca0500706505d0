#include "budget/network_estimator.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <thread>

#include "budget/testing/middle.h"
#include "cnnselect/rng.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

/// Somebody of this class.
NetworkEstimator::Source of(std::string_view network_class, std::string_view client = "") {
  return {.network_class = network_class, .client = client, .now = TimePoint(2h)};
}

void teach(NetworkEstimator& estimator, std::string_view network_class, Duration output) {
  for (int i = 0; i < 200; ++i) {
    // Guesses are judged by what was told before; in one moment nothing was.
    estimator.learn(estimator.add(
        {.network_class = network_class, .client = "", .now = TimePoint(1h + i * 100ms)}, 100ms,
        output));
  }
}

TEST(NetworkEstimator, KnowsNothingAtFirst) {
  const NetworkEstimator estimator;
  EXPECT_TRUE(estimator.way_back(of("lte"), 10ms).empty());
  EXPECT_TRUE(estimator.way_back(of(""), 10ms).empty());
}

TEST(NetworkEstimator, LearnsEachClassForItself) {
  NetworkEstimator estimator;
  teach(estimator, "lte", 30ms);
  teach(estimator, "", 5ms);
  EXPECT_EQ(middle(estimator.way_back(of("lte"), 100ms)), 30ms);
  EXPECT_EQ(middle(estimator.way_back(of(""), 100ms)), 5ms);
  EXPECT_TRUE(estimator.way_back(of("wifi"), 100ms).empty()) << "nobody spoke of wifi yet";
}

TEST(NetworkEstimator, GivesEquallyLikelyValuesAscending) {
  NetworkEstimator estimator;
  for (int i = 0; i < 200; ++i) estimator.learn(estimator.add(of("lte"), 100ms, (i % 10) * 1ms));
  const auto values = estimator.way_back(of("lte"), 100ms);
  EXPECT_EQ(values.size(), WayBackLearner::kValues);
  EXPECT_TRUE(std::ranges::is_sorted(values));
}

TEST(NetworkEstimator, AClientThatToldEnoughIsEstimatedByItself) {
  NetworkEstimator estimator;
  teach(estimator, "lte", 30ms);
  for (std::size_t i = 0; i < ClientWays::kEnough; ++i) {
    EXPECT_EQ(middle(estimator.way_back(of("lte", "far"), 100ms)), 30ms) << "not yet";
    estimator.learn(estimator.add(of("lte", "far"), 100ms, 90ms));
  }
  EXPECT_EQ(middle(estimator.way_back(of("lte", "far"), 100ms)), 90ms);
  EXPECT_EQ(middle(estimator.way_back(of("lte", "near"), 100ms)), 30ms);
  EXPECT_TRUE(estimator.way_back(of("wifi", "far"), 100ms).empty()) << "it came over lte";
}

// Steps of 20 requests of eight clients in turn, each of which tells with its next request, that is
// eight requests later. Who took what was told in the meantime for known would trust the latest.
TEST(NetworkEstimator, AClassIsJudgedByWhatWasKnownWhenTheRequestWasHere) {
  const auto median_error = [](int each) {
    NetworkEstimator estimator;
    Rng rng(3);
    TimePoint now(1h);
    std::vector<Duration> errors;
    std::array<std::pair<Duration, Duration>, 8> earlier{};
    Duration output{};
    for (int i = 0; i < 2'000; ++i) {
      now += 100ms;
      if (i % each == 0) output = from_ms(100 * rng.uniform());
      auto& last = earlier[static_cast<std::size_t>(i) % earlier.size()];
      const std::string client = std::to_string(static_cast<std::size_t>(i) % earlier.size());
      const auto input = from_ms(100 * rng.uniform());
      if (i >= 8) {
        estimator.learn(estimator.add({.network_class = "lte", .client = client, .now = now},
                                      last.first, last.second));
      }
      last = {input, output};
      if (i < 1'000) continue;
      // A client that is not known yet.
      const auto values =
          estimator.way_back({.network_class = "lte", .client = "new", .now = now}, input);
      errors.push_back(std::chrono::abs(middle(values) - output));
    }
    std::ranges::sort(errors);
    return errors[errors.size() / 2];
  };
  EXPECT_LT(median_error(100), 5ms) << "what lasts is known";
  EXPECT_GT(median_error(4), 15ms) << "what does not is not";
}

TEST(NetworkEstimator, MoreClassesThanItKeepsShareOneLearner) {
  NetworkEstimator estimator;
  for (std::size_t i = 0; i < NetworkEstimator::kMaxClasses; ++i) {
    const std::string name = std::to_string(i);
    estimator.learn(estimator.add(of(name), 100ms, 1ms));
  }
  EXPECT_TRUE(estimator.way_back(of("one more"), 100ms).empty());
  teach(estimator, "one more", 30ms);
  EXPECT_EQ(middle(estimator.way_back(of("one more"), 100ms)), 30ms);
  EXPECT_EQ(middle(estimator.way_back(of("yet another"), 100ms)), 30ms);
  EXPECT_NE(middle(estimator.way_back(of("0"), 100ms)), 30ms)
      << "a class of its own is not touched";
}

TEST(NetworkEstimator, ManyThreadsMayTeachAndAsk) {
  NetworkEstimator estimator;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 200; ++i) {
          estimator.learn(estimator.add(of(t % 2 == 0 ? "lte" : "wifi"), 100ms, 20ms));
          EXPECT_FALSE(estimator.way_back(of(t % 2 == 0 ? "lte" : "wifi"), 100ms).empty());
        }
      });
    }
  }
  EXPECT_EQ(middle(estimator.way_back(of("wifi"), 100ms)), 20ms);
}

TEST(NetworkEstimator, AClassLearnsOnlyOfRequestsThatWereAnswered) {
  NetworkEstimator estimator;
  for (int i = 0; i < 20; ++i) (void)estimator.add(of("lte", "10.0.0.1:40000"), 100ms, 90ms);
  EXPECT_EQ(middle(estimator.way_back(of("lte", "10.0.0.1:40000"), 100ms)), 90ms)
      << "what a client tells is believed of itself";
  EXPECT_TRUE(estimator.way_back(of("lte", "10.0.0.2:40000"), 100ms).empty());
}

TEST(NetworkEstimator, OneHostDoesNotTeachAWholeClassHoweverManyConnectionsItMakes) {
  NetworkEstimator estimator;
  for (int i = 0; i < 2'000; ++i) {
    const TimePoint now(1h + i * 10ms);
    const std::string liar = "10.0.0.66:" + std::to_string(20'000 + i);
    estimator.learn(
        estimator.add({.network_class = "lte", .client = liar, .now = now}, 100ms, 3'000ms));
    if (i % 20 != 0) continue;
    for (int honest = 0; honest < 5; ++honest) {
      const std::string client = "10.0.1." + std::to_string(honest) + ":4711";
      estimator.learn(
          estimator.add({.network_class = "lte", .client = client, .now = now}, 100ms, 40ms));
    }
  }
  const NetworkEstimator::Source stranger{
      .network_class = "lte", .client = "10.0.2.1:80", .now = TimePoint(1h + 20s)};
  EXPECT_EQ(middle(estimator.way_back(stranger, 100ms)), 40ms);
}

TEST(NetworkEstimator, OneKeyDoesNotTeachAWholeClassFromHoweverManyHosts) {
  NetworkEstimator estimator;
  for (int i = 0; i < 2'000; ++i) {
    const TimePoint now(1h + i * 10ms);
    const std::string liar = fmt::format("10.1.{}.{}:4711", i / 200, i % 200);
    estimator.learn(estimator.add(
        {.network_class = "lte", .client = liar, .key = "stolen", .now = now}, 100ms, 3'000ms));
    if (i % 20 != 0) continue;
    for (int honest = 0; honest < 5; ++honest) {
      const std::string client = fmt::format("10.2.{}.{}:4711", honest, i / 20);
      const std::string key = fmt::format("app {}", honest);
      estimator.learn(estimator.add(
          {.network_class = "lte", .client = client, .key = key, .now = now}, 100ms, 40ms));
    }
  }
  const NetworkEstimator::Source stranger{
      .network_class = "lte", .client = "10.0.2.1:80", .now = TimePoint(1h + 20s)};
  EXPECT_EQ(middle(estimator.way_back(stranger, 100ms)), 40ms);
}

}  // namespace
}  // namespace cnnselect
