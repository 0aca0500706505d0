#include "base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cnnselect {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

/// Each test begins with a log of its own, and leaves the process with the usual one.
class LogTest : public testing::Test {
 protected:
  LogTest() { EXPECT_TRUE(configure_log("info")); }
  ~LogTest() override { EXPECT_TRUE(configure_log("info")); }

  /// What one line of each level leaves on standard error.
  static std::string lines() {
    testing::internal::CaptureStderr();
    spdlog::debug("a debug line");
    spdlog::info("an info line");
    spdlog::warn("a warning line");
    spdlog::error("an error line");
    return testing::internal::GetCapturedStderr();
  }
};

TEST_F(LogTest, TheLevelChoosesWhatIsAtLeastAsGrave) {
  ASSERT_TRUE(configure_log("warning"));
  EXPECT_EQ(log_settings(), (LogSettings{.info = false}));
  const std::string seen = lines();
  EXPECT_THAT(seen, Not(HasSubstr("info line")));
  EXPECT_THAT(seen, HasSubstr("warning a warning line\n"));
  EXPECT_THAT(seen, HasSubstr("error an error line\n"));
  ASSERT_TRUE(configure_log("debug"));
  EXPECT_THAT(lines(), HasSubstr("debug a debug line\n"));
  ASSERT_TRUE(configure_log("off"));
  EXPECT_EQ(lines(), "");
}

TEST_F(LogTest, LevelsAreSwitchedOneByOneWhileItRuns) {
  ASSERT_TRUE(configure_log("off"));
  set_log_settings({.info = true, .warning = false, .error = false});
  EXPECT_THAT(lines(), MatchesRegex("[0-9 :.-]+ info an info line\n"));
  set_log_settings({.info = false, .warning = false, .error = false, .verbose = 1});
  EXPECT_THAT(lines(), MatchesRegex("[0-9 :.-]+ debug a debug line\n"));
}

TEST_F(LogTest, TimesMayBeIso8601) {
  set_log_settings({.info = true, .warning = false, .error = false, .iso8601 = true});
  EXPECT_THAT(lines(), MatchesRegex("[0-9-]+T[0-9:.]+[+-][0-9:]+ info an info line\n"));
}

TEST_F(LogTest, AnUnknownLevelIsNamed) {
  const Status refused = configure_log("loud");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("log level 'loud' is not one of debug, info"));
}

}  // namespace
}  // namespace cnnselect
