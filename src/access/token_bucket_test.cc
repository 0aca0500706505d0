#include "access/token_bucket.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace cnnselect {
namespace {

using std::chrono::milliseconds;

TimePoint at(int ms) { return TimePoint() + milliseconds(ms); }

TEST(TokenBucket, GivesABurstAndThenTheRate) {
  TokenBucket bucket(10, 3);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(bucket.take(at(0))) << i;
  EXPECT_FALSE(bucket.take(at(0)));
  EXPECT_FALSE(bucket.take(at(99)));
  EXPECT_TRUE(bucket.take(at(100)));
  EXPECT_FALSE(bucket.take(at(150)));
  EXPECT_TRUE(bucket.take(at(200)));
}

TEST(TokenBucket, ATimeThatGoesBackTakesNothingAway) {
  TokenBucket bucket(10, 2);
  EXPECT_TRUE(bucket.take(at(1000)));
  EXPECT_TRUE(bucket.take(at(0))) << "the other of the two";
  EXPECT_FALSE(bucket.take(at(1099)));
  EXPECT_TRUE(bucket.take(at(1100)));
}

TEST(TokenBucket, SavesNoMoreThanABurst) {
  TokenBucket bucket(10, 2);
  EXPECT_TRUE(bucket.take(at(0)));
  EXPECT_TRUE(bucket.take(at(3'600'000)));
  EXPECT_TRUE(bucket.take(at(3'600'000)));
  EXPECT_FALSE(bucket.take(at(3'600'000)));
}

RC_GTEST_PROP(TokenBucket, NeverGivesMoreThanBurstAndRateTogether, ()) {
  const auto steps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 400));
  const double rate = *rc::gen::inRange(1, 100);
  const double burst = *rc::gen::inRange(1, 20);
  TokenBucket bucket(rate, burst);
  int now = 0;
  int given = 0;
  for (const int step : steps) {
    now += step;
    given += bucket.take(at(now)) ? 1 : 0;
  }
  RC_ASSERT(given <= burst + (rate * now / 1000.0) + 1e-6);
}

}  // namespace
}  // namespace cnnselect
