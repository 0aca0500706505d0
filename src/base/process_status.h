// What the system says of this process, for those who watch it: processor time, files, memory, age.
#pragma once

#include <cstdint>

namespace cnnselect {

/// What the system does not tell is zero.
struct ProcessStatus {
  double cpu_seconds = 0;  ///< of all threads since the start, in the kernel too
  std::uint64_t open_files = 0;
  std::uint64_t max_files = 0;  ///< how many it may have open now
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t threads = 0;
  double start_time = 0;  ///< Unix time in seconds, to a hundredth
};

/// As it is now. Reads a few files of /proc, in less than a millisecond: not for the inside of a
/// lock. Any thread.
ProcessStatus process_status();

}  // namespace cnnselect
