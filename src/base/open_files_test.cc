#include "base/open_files.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace cnnselect {
namespace {

class OpenFiles : public testing::Test {
 protected:
  OpenFiles() { getrlimit(RLIMIT_NOFILE, &before_); }
  ~OpenFiles() override { setrlimit(RLIMIT_NOFILE, &before_); }

  static rlimit now() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    return limit;
  }
  rlimit before_{};
};

TEST_F(OpenFiles, AreRaisedToWhatIsAllowed) {
  const rlimit few{.rlim_cur = 64, .rlim_max = before_.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
  EXPECT_EQ(raise_open_files_limit(), before_.rlim_max);
  EXPECT_EQ(now().rlim_cur, before_.rlim_max);
}

TEST_F(OpenFiles, StayWhereNoMoreIsAllowed) {
  ASSERT_TRUE(raise_open_files_limit());
  EXPECT_EQ(raise_open_files_limit(), before_.rlim_max);
  EXPECT_EQ(now().rlim_max, before_.rlim_max);
}

}  // namespace
}  // namespace cnnselect
