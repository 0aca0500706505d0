#include "service/request_log.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/testing/temporary_folder.h"

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

LoggedRequest request() {
  return {.family = "f", .asked = "f", .outcome = "in_time", .policy = "fastest"};
}

class RequestLogTest : public testing::Test {
 protected:
  std::int64_t rows() {
    return RequestStore::open(file_, Database::Mode::kReadOnly)->count().value();
  }
  std::unique_ptr<RequestLog> open(RequestLogOptions options) {
    return RequestLog::open(file_, options).value();
  }
  TemporaryFolder folder_;
  const std::filesystem::path file_ = folder_.path() / "log.db";
};

TEST_F(RequestLogTest, WritesWhileItRunsAndTheRestAtItsEnd) {
  {
    const auto log = open({.period = 1ms});
    log->add(request());
    for (int i = 0; i < 5'000 && rows() < 1; ++i) std::this_thread::sleep_for(1ms);
    EXPECT_EQ(rows(), 1);
  }
  {
    const auto log = open({.period = 1h});
    for (int i = 0; i < 5; ++i) log->add(request());
  }
  EXPECT_EQ(rows(), 6);
}

TEST_F(RequestLogTest, KeepsTheFractionThatIsAskedFor) {
  const auto all = open({.period = 1h});
  const auto some = open({.fraction = 0.2, .period = 1h});
  int kept = 0;
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_TRUE(all->wants());
    kept += some->wants() ? 1 : 0;
  }
  EXPECT_NEAR(kept, 2'000, 200) << "five standard errors";
}

TEST_F(RequestLogTest, DropsAndCountsWhatItCannotHold) {
  {
    const auto log = open({.max_pending = 3, .period = 1h});
    for (int i = 0; i < 5; ++i) log->add(request());
    EXPECT_EQ(log->dropped(), 2U);
  }
  EXPECT_EQ(rows(), 3);
}

TEST_F(RequestLogTest, IsBoundedOnDisk) {
  {
    const auto log = open({.max_rows = 4, .period = 1h});
    for (int i = 0; i < 9; ++i) log->add(request());
  }
  EXPECT_EQ(rows(), 4);
}

TEST_F(RequestLogTest, ManyThreadsMayAdd) {
  {
    const auto log = open({.period = 1ms});
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 250; ++i) log->add(request());
      });
    }
  }
  EXPECT_EQ(rows(), 1'000);
}

}  // namespace
}  // namespace cnnselect
