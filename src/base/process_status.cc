#include "base/process_status.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>

namespace cnnselect {
namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

/// Unix time at which the machine started; 0: not told.
double boot_time() {
  std::ifstream stat("/proc/stat");
  for (std::string line; std::getline(stat, line);) {
    if (line.starts_with("btime ")) return std::stod(line.substr(6));
  }
  return 0;
}

/// The open files, without the one that counts them.
std::uint64_t count_open_files() {
  std::error_code failed;
  const std::filesystem::directory_iterator files("/proc/self/fd", failed);
  if (failed) return 0;
  return static_cast<std::uint64_t>(std::distance(begin(files), end(files))) - 1;
}

/// From /proc/self/stat (proc(5)), whose second field may hold spaces and ends with the last ')'.
void read_stat(ProcessStatus& status) {
  std::ifstream file("/proc/self/stat");
  std::string text;
  std::getline(file, text);
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return;
  constexpr int kThreads = 20;
  constexpr int kStart = 22;
  constexpr int kVirtual = 23;
  constexpr int kResident = 24;
  std::istringstream fields(text.substr(name_end + 1));
  std::string field;
  double start_ticks = 0;
  for (int number = 3; number <= kResident && fields >> field; ++number) {
    if (number == kThreads) status.threads = std::stoull(field);
    if (number == kStart) start_ticks = std::stod(field);
    if (number == kVirtual) status.virtual_bytes = std::stoull(field);
    if (number == kResident) {
      status.resident_bytes =
          std::stoull(field) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    }
  }
  if (const double boot = boot_time(); boot > 0) {
    status.start_time = boot + start_ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
  }
}

}  // namespace

ProcessStatus process_status() {
  ProcessStatus status;
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) == 0) {
    status.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  }
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) status.max_files = limit.rlim_cur;
  status.open_files = count_open_files();
  read_stat(status);
  return status;
}

}  // namespace cnnselect
