#include "service/decode_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

namespace cnnselect {
namespace {

TEST(DecodePool, RunsWhatItTakesBeforeItIsGone) {
  std::atomic<int> runs = 0;
  {
    DecodePool pool(2, 100);
    for (int i = 0; i < 100; ++i) {
      EXPECT_TRUE(pool.post([&runs] { ++runs; }));
    }
  }
  EXPECT_EQ(runs, 100);
}

TEST(DecodePool, RefusesOneMoreThanItsBound) {
  std::latch release(1);
  std::atomic<int> runs = 0;
  {
    DecodePool pool(1, 2);
    const auto wait = [&] {
      release.wait();
      ++runs;
    };
    EXPECT_TRUE(pool.post(wait));
    EXPECT_TRUE(pool.post(wait));
    const Status refused = pool.post(wait);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
    EXPECT_NE(refused.error().message.find("Exceeds maximum queue size of 2"), std::string::npos);
    release.count_down();
  }
  EXPECT_EQ(runs, 2) << "what was refused was not run";
}

}  // namespace
}  // namespace cnnselect
