#include "base/child_output.h"

#include <gtest/gtest.h>

namespace cnnselect {
namespace {

TEST(ChildOutput, IsWhatTheProgramPrinted) {
  EXPECT_EQ(child_output("/bin/echo", {"two words", "3"}), "two words 3\n");
  EXPECT_EQ(child_output("/bin/sh", {"-c", "head -c 200000 /dev/zero"})->size(), 200'000U)
      << "more than a pipe holds";
}

TEST(ChildOutput, SaysWhatWentWrong) {
  const auto missing = child_output("/nowhere/at/all", {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error(), (Error{ErrorCode::kUnavailable,
                                    "/nowhere/at/all cannot be started: No such file or "
                                    "directory"}));
  const auto failed = child_output("/bin/sh", {"-c", "exit 3"});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "/bin/sh ended with status 3; want status 0");
  EXPECT_EQ(child_output("/bin/sh", {"-c", "kill -9 $$"}).error().message,
            "/bin/sh ended with signal 9; want status 0");
}

}  // namespace
}  // namespace cnnselect
