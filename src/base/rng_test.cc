#include "cnnselect/rng.h"

#include <gtest/gtest.h>

namespace cnnselect {
namespace {

TEST(Rng, SameSeedSameNumbers) {
  Rng one(7);
  Rng two(7);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(one(), two());
}

// The first outputs for seed 0, computed by hand from the algorithm's definition.
TEST(Rng, IsSplitMix64) {
  Rng rng(0);
  EXPECT_EQ(rng(), 0xe220a8397b1dcdafU);
  EXPECT_EQ(rng(), 0x6e789e6aa1b965f4U);
}

TEST(Rng, UniformStaysInTheUnitIntervalAndCoversIt) {
  Rng rng(3);
  double sum = 0;
  for (int i = 0; i < 10'000; ++i) {
    const double u = rng.uniform();
    ASSERT_GE(u, 0.0);
    ASSERT_LT(u, 1.0);
    sum += u;
  }
  EXPECT_NEAR(sum / 10'000, 0.5, 0.02);
}

}  // namespace
}  // namespace cnnselect
