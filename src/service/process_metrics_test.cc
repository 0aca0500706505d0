#include "service/process_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cnnselect {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(ProcessMetrics, HaveTheNamesThatDashboardsKnow) {
  const std::string text =
      process_metrics({.version = "0.1.0", .commit = "abc", .compiler = "GNU 12.2.0"},
                      {.cpu_seconds = 1.5,
                       .open_files = 9,
                       .max_files = 1024,
                       .resident_bytes = 4096,
                       .virtual_bytes = 8192,
                       .threads = 3,
                       .start_time = 1'700'000'000.25});
  EXPECT_THAT(
      text,
      AllOf(HasSubstr("# TYPE cnnselect_build_info gauge\n"
                      "cnnselect_build_info{version=\"0.1.0\",commit=\"abc\","
                      "compiler=\"GNU 12.2.0\"} 1\n"),
            HasSubstr("# TYPE process_cpu_seconds_total counter\n"
                      "process_cpu_seconds_total 1.5\n"),
            HasSubstr("\nprocess_open_fds 9\n"), HasSubstr("\nprocess_max_fds 1024\n"),
            HasSubstr("\nprocess_resident_memory_bytes 4096\n"),
            HasSubstr("\nprocess_virtual_memory_bytes 8192\n"), HasSubstr("\nprocess_threads 3\n"),
            HasSubstr("\nprocess_start_time_seconds 1700000000.25\n")));
}

}  // namespace
}  // namespace cnnselect
