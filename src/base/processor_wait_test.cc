#include "base/processor_wait.h"

#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <thread>

namespace cnnselect {
namespace {

using namespace std::chrono_literals;

void spin(Duration time) {
  const auto until = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < until) {
  }
}

TEST(ProcessorWait, WaitingForSomebodyIsTimeOffTheProcessor) {
  std::promise<void> done;
  std::jthread other([&] {
    spin(5ms);
    done.set_value();
  });
  const Duration before = time_off_processor();
  const auto began = std::chrono::steady_clock::now();
  done.get_future().wait();
  const Duration took = std::chrono::steady_clock::now() - began;
  const Duration off = time_off_processor() - before;
  EXPECT_GE(off, took / 2) << "most of it";
  EXPECT_LE(off, took + 1ms);
}

TEST(ProcessorWait, NeitherShrinksNorOutgrowsTheClock) {
  for (const auto& question : {time_off_processor, time_ready_but_waiting}) {
    const auto began = std::chrono::steady_clock::now();
    const Duration before = question();
    spin(5ms);
    const Duration grown = question() - before;
    EXPECT_GE(grown, 0ms);
    EXPECT_LE(grown, std::chrono::steady_clock::now() - began);
  }
}

}  // namespace
}  // namespace cnnselect
