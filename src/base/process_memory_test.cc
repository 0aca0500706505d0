#include "base/process_memory.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstring>

namespace cnnselect {
namespace {

// Straight from the system: a sanitizer's allocator keeps what is freed.
TEST(ProcessMemory, GrowsAndShrinksWithWhatIsUsed) {
  constexpr std::size_t kMany = 64U << 20U;
  const std::uint64_t before = resident_bytes_trimmed();
  ASSERT_GT(before, 0U);
  void* const used =
      mmap(nullptr, kMany, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(used, MAP_FAILED);
  std::memset(used, 1, kMany);
  EXPECT_GE(resident_bytes(), before + kMany / 2);
  munmap(used, kMany);
  EXPECT_LT(resident_bytes_trimmed(), before + kMany / 2);
}

}  // namespace
}  // namespace cnnselect
