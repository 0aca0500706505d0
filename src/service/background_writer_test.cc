#include "service/background_writer.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

TEST(BackgroundWriter, WritesALastTimeAtItsEnd) {
  int written = 0;
  {
    const BackgroundWriter writer("things", 1h, [&]() -> Status {
      ++written;
      return {};
    });
  }
  EXPECT_EQ(written, 1);
}

TEST(BackgroundWriter, GoesOnAfterAFailureOnAThreadOfItsOwn) {
  std::atomic<int> calls = 0;
  std::atomic<bool> elsewhere = true;
  const auto here = std::this_thread::get_id();
  {
    const BackgroundWriter writer("things", 1ms, [&]() -> Status {
      if (std::this_thread::get_id() == here) elsewhere = false;
      if (++calls < 3) return fail(ErrorCode::kInternal, "the disk is full");
      return {};
    });
    for (int i = 0; i < 5'000 && calls < 5; ++i) std::this_thread::sleep_for(1ms);
  }
  EXPECT_GE(calls, 5);
  EXPECT_TRUE(elsewhere);
}

}  // namespace
}  // namespace cnnselect
