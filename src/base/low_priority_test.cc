#include "base/low_priority.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <thread>

namespace cnnselect {
namespace {

int nice_of_this_thread() { return getpriority(PRIO_PROCESS, static_cast<id_t>(gettid())); }

TEST(LowPriority, IsTheThreadsOwn) {
  const int mine = nice_of_this_thread();
  std::jthread([&] {
    lower_own_priority();
    EXPECT_GE(nice_of_this_thread(), 10);
  }).join();
  std::jthread([] {
    take_only_idle_time();
    EXPECT_TRUE(sched_getscheduler(0) == SCHED_IDLE || nice_of_this_thread() == 19);
  }).join();
  EXPECT_EQ(nice_of_this_thread(), mine);
  EXPECT_EQ(sched_getscheduler(0), SCHED_OTHER);
}

}  // namespace
}  // namespace cnnselect
