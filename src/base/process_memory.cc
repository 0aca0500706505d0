#include "base/process_memory.h"

#include <malloc.h>
#include <unistd.h>

#include <fstream>

namespace cnnselect {

std::uint64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t pages = 0;
  std::uint64_t resident = 0;
  statm >> pages >> resident;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

std::uint64_t resident_bytes_trimmed() {
  malloc_trim(0);
  return resident_bytes();
}

}  // namespace cnnselect
