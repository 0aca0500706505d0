#include "select/price_cache.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>
#include <thread>
#include <vector>

#include "select/testing/priced_family.h"

namespace cnnselect {
namespace {

bool same_curve(const PriceCurve& one, const PriceCurve& other, const PriceQuestion& question) {
  const double end = question.workers * question.slack;
  for (int i = 0; i <= 20; ++i) {
    const double ahead = end * i / 15;
    const double work = question.priced().back().mean;
    if (one.cost(ahead, work) != other.cost(ahead, work)) return false;
  }
  return one.earned() == other.earned() && one.each() == other.each();
}

PriceQuestion any_full_question() {
  PriceQuestion question = any_priced_question();
  for (std::size_t m = 0; m < question.count; ++m) {
    question.models[m].deviation = question.models[m].mean * *rc::gen::inRange(0, 100) / 100;
  }
  if (*rc::gen::arbitrary<bool>()) question.clients = *rc::gen::inRange(10, 2'000) / 10.0;
  if (*rc::gen::arbitrary<bool>()) {
    question.undone = *rc::gen::inRange(0, 1'000) / 1e3;
    question.undone_time = any_power(-4, 0);
  }
  return question;
}

/// So many that differ from each other.
std::vector<PriceQuestion> different_questions(std::size_t count) {
  std::vector<PriceQuestion> questions;
  for (std::size_t i = 0; i < count; ++i) {
    questions.push_back(
        priced_question({{.mean = 0.010, .gain = 0.5}, {.mean = 0.050, .gain = 0.9}}, 2,
                        10 + static_cast<double>(i), 0.3));
  }
  return questions;
}

TEST(PriceCache, RoundsWhatIsNearToTheSame) {
  const PriceQuestion one =
      priced_question({{.mean = 0.0100, .gain = 0.5, .deviation = 0.0010}}, 2, 50, 0.300);
  const PriceQuestion other =
      priced_question({{.mean = 0.0099, .gain = 0.501, .deviation = 0.00105}}, 2, 50.5, 0.302);
  EXPECT_EQ(rounded(one), rounded(other));
  PriceQuestion far = one;
  far.rate = 55;
  EXPECT_NE(rounded(one), rounded(far));
}

TEST(PriceCache, LeavesNothingAndWithoutLimitAsTheyAre) {
  PriceQuestion question = priced_question({{.mean = 0.010, .gain = 0.5}}, 3, 50, 0.3);
  const PriceQuestion round = rounded(question);
  EXPECT_EQ(round.models[0].deviation, 0);
  EXPECT_EQ(round.clients, std::numeric_limits<double>::infinity());
  EXPECT_EQ(round.workers, 3);
  EXPECT_EQ(round.undone, 0);
  EXPECT_EQ(round.undone_time, 0);
}

TEST(PriceCacheProperty, RoundsAsLittleAsItSays) {
  EXPECT_TRUE(rc::check([] {
    const PriceQuestion asked = any_full_question();
    const PriceQuestion round = rounded(asked);
    const auto within = [](double value, double exact, double share) {
      return value == exact || std::abs(value - exact) <= share * exact;
    };
    RC_ASSERT(round.count == asked.count);
    for (std::size_t m = 0; m < asked.count; ++m) {
      RC_ASSERT(within(round.models[m].mean, asked.models[m].mean, 0.032));
      RC_ASSERT(std::abs(round.models[m].gain - asked.models[m].gain) <= 0.002);
      RC_ASSERT(within(round.models[m].deviation, asked.models[m].deviation, 0.13));
      if (m > 0) RC_ASSERT(round.models[m].mean >= round.models[m - 1].mean);
      if (m > 0) RC_ASSERT(round.models[m].gain >= round.models[m - 1].gain);
    }
    RC_ASSERT(within(round.rate, asked.rate, 0.032));
    RC_ASSERT(within(round.slack, asked.slack, 0.032));
    RC_ASSERT(within(round.clients, asked.clients, 0.032));
    RC_ASSERT(within(round.undone_time, asked.undone_time, 0.032));
    RC_ASSERT(std::abs(round.undone - asked.undone) <= 0.002);
    RC_ASSERT(round.workers == asked.workers);
    RC_ASSERT(rounded(round) == round);
  }));
}

// More questions than it has places, some of them again and again.
TEST(PriceCacheProperty, WhatWasAskedBeforeChangesNothing) {
  EXPECT_TRUE(rc::check([] {
    const PriceCache cache;
    std::vector<PriceQuestion> questions;
    for (int i = 0; i < 8; ++i) questions.push_back(any_full_question());
    for (int i = 0; i < 40; ++i) {
      const PriceQuestion question = questions[*rc::gen::inRange<std::size_t>(0, questions.size())];
      RC_ASSERT(same_curve(cache.curve(question), PriceCurve(rounded(question)), question));
    }
  }));
}

TEST(PriceCache, IsRightWhenItsPlacesAreLongTaken) {
  const PriceCache cache;
  const auto questions = different_questions(4 * PriceCache::kShelves * PriceCache::kPlaces);
  for (int round = 0; round < 2; ++round) {
    for (const PriceQuestion& question : questions) {
      ASSERT_TRUE(same_curve(cache.curve(question), PriceCurve(rounded(question)), question));
    }
  }
}

TEST(StressPriceCache, GivesEachThreadTheCurveItAskedFor) {
  const PriceCache cache;
  const auto questions = different_questions(64);
  std::vector<PriceCurve> expected;
  for (const PriceQuestion& question : questions) expected.emplace_back(rounded(question));
  std::vector<int> wrong(4);
  {
    std::vector<std::jthread> threads;
    threads.reserve(wrong.size());
    for (std::size_t t = 0; t < wrong.size(); ++t) {
      threads.emplace_back([&, t] {
        for (std::size_t i = 0; i < 2'000; ++i) {
          const std::size_t at = (i * (2 * t + 1) + t) % questions.size();
          if (!same_curve(cache.curve(questions[at]), expected[at], questions[at])) ++wrong[t];
        }
      });
    }
  }
  EXPECT_EQ(wrong, std::vector<int>(4));
}

}  // namespace
}  // namespace cnnselect
