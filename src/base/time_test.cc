#include "cnnselect/time.h"

#include <gtest/gtest.h>

#include <limits>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

TEST(Milliseconds, ConvertBothWays) {
  EXPECT_EQ(from_ms(1.5), 1'500us);
  EXPECT_EQ(from_ms(-2), -2ms);
  EXPECT_DOUBLE_EQ(to_ms(250us), 0.25);
}

TEST(Milliseconds, SaturateInsteadOfOverflowing) {
  EXPECT_EQ(from_ms(std::numeric_limits<double>::infinity()), Duration::max());
  EXPECT_EQ(from_ms(-1e300), Duration::min());
  EXPECT_EQ(from_ms(std::numeric_limits<double>::quiet_NaN()), Duration::zero());
}

}  // namespace
}  // namespace cnnselect
