#include "base/process_memory.h"

#include <gtest/gtest.h>

#include <vector>

namespace cnnselect {
namespace {

TEST(ProcessMemory, GrowsAndShrinksWithWhatIsUsed) {
  constexpr std::size_t kMany = 64U << 20U;
  const std::uint64_t before = resident_bytes_trimmed();
  ASSERT_GT(before, 0U);
  {
    const std::vector<char> used(kMany, 1);
    EXPECT_GE(resident_bytes(), before + kMany / 2);
    EXPECT_EQ(used.back(), 1);
  }
  EXPECT_LT(resident_bytes_trimmed(), before + kMany / 2);
}

}  // namespace
}  // namespace cnnselect
