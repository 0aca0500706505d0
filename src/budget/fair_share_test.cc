#include "budget/fair_share.h"

#include <gtest/gtest.h>

#include <string>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kDawn{std::chrono::hours(5)};

/// How many of 1,000 contributions of `loud` are taken while each of `others` makes one for every
/// ten of its own.
std::size_t taken_of(int others) {
  FairShare share;
  std::size_t taken = 0;
  for (int i = 0; i < 1'000; ++i) {
    const TimePoint now = kDawn + i * 10ms;
    if (share.take("loud", now)) ++taken;
    if (i % 10 != 0) continue;
    for (int other = 0; other < others; ++other) {
      EXPECT_TRUE(share.take(std::to_string(other), now));
    }
  }
  return taken;
}

TEST(FairShare, WhoIsAloneTeachesEverything) { EXPECT_EQ(taken_of(0), 1'000U); }

TEST(FairShare, WhoIsLoudTeachesNoMoreThanItsShare) {
  EXPECT_NEAR(static_cast<double>(taken_of(1)), 100, 40) << "as much as the other one";
  EXPECT_NEAR(static_cast<double>(taken_of(9)), 300, 60) << "a quarter of 900 and its own";
}

TEST(FairShare, WhoHasGoneIsForgottenInTime) {
  FairShare share;
  for (std::size_t i = 0; i < FairShare::kKept; ++i) ASSERT_TRUE(share.take("gone", kDawn));
  const auto taken = [&](TimePoint now) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < FairShare::kKept; ++i) count += share.take("new", now) ? 1 : 0;
    return count;
  };
  EXPECT_LE(taken(kDawn + 1min), FairShare::kKept / 2 + 1) << "the other one may come back";
  EXPECT_EQ(taken(kDawn + 11min), FairShare::kKept);
}

}  // namespace
}  // namespace cnnselect
