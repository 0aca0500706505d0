#include "rpc/open_calls.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/clock.h"

namespace cnnselect::rpc {
namespace {

using namespace std::chrono_literals;

TEST(OpenCalls, WithoutCallsClosingDoesNotWait) {
  OpenCalls calls;
  EXPECT_TRUE(calls.close(RealClock().now()));
  const Status late = calls.open();
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error(), (Error{ErrorCode::kUnavailable, "the server is stopping"}));
}

TEST(OpenCalls, ClosingWaitsForTheLastAndNoLongerThanItMay) {
  OpenCalls calls;
  ASSERT_TRUE(calls.open());
  ASSERT_TRUE(calls.open());
  calls.done();
  EXPECT_FALSE(calls.close(RealClock().now() + 5ms));
  EXPECT_FALSE(calls.open()) << "closed although it still waits";
  std::thread other([&] { calls.done(); });
  EXPECT_TRUE(calls.close(RealClock().now() + 60s));
  other.join();
}

}  // namespace
}  // namespace cnnselect::rpc
