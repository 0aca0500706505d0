#include "base/executable_path.h"

#include <gtest/gtest.h>

namespace cnnselect {
namespace {

TEST(ExecutablePath, IsThisTest) {
  const auto path = executable_path();
  ASSERT_TRUE(path) << path.error().message;
  EXPECT_TRUE(path->is_absolute());
  EXPECT_EQ(path->filename(), "cnnselect_base_tests");
}

}  // namespace
}  // namespace cnnselect
