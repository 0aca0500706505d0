#include "base/process_status.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstring>
#include <ctime>
#include <fstream>
#include <memory>
#include <thread>
#include <vector>

namespace cnnselect {
namespace {

TEST(ProcessStatus, CountsOpenFilesAndThreads) {
  const ProcessStatus before = process_status();
  std::vector<std::unique_ptr<std::ifstream>> files;
  for (int i = 0; i < 5; ++i) files.push_back(std::make_unique<std::ifstream>("/proc/self/stat"));
  EXPECT_EQ(process_status().open_files, before.open_files + 5);
  files.clear();
  EXPECT_EQ(process_status().open_files, before.open_files);
  std::uint64_t threads = 0;
  std::jthread([&threads] { threads = process_status().threads; }).join();
  EXPECT_EQ(threads, before.threads + 1);
}

TEST(ProcessStatus, KnowsTheLimitOfFiles) {
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(process_status().max_files, limit.rlim_cur);
}

TEST(ProcessStatus, MemoryGrowsWithWhatIsMapped) {
  constexpr std::size_t kMany = 64U << 20U;
  const ProcessStatus before = process_status();
  void* const used =
      mmap(nullptr, kMany, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(used, MAP_FAILED);
  EXPECT_GE(process_status().virtual_bytes, before.virtual_bytes + kMany);
  std::memset(used, 1, kMany);
  EXPECT_GE(process_status().resident_bytes, before.resident_bytes + kMany / 2);
  munmap(used, kMany);
}

TEST(ProcessStatus, ProcessorTimeOnlyGrowsAndTheStartStays) {
  const ProcessStatus before = process_status();
  const double now = static_cast<double>(std::time(nullptr));
  EXPECT_GT(before.start_time, now - 86'400.0) << "this test has not run for a day";
  EXPECT_LE(before.start_time, now + 2) << "the machine's start is told in whole seconds";
  ProcessStatus after = before;
  while (after.cpu_seconds <= before.cpu_seconds) after = process_status();  // reading is work too
  EXPECT_EQ(after.start_time, before.start_time);
}

}  // namespace
}  // namespace cnnselect
