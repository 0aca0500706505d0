#include "base/processor_wait.h"

#include <ctime>
#include <fstream>

namespace cnnselect {

Duration time_off_processor() {
  timespec used{};
  (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  const auto ran = std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
  return std::chrono::steady_clock::now().time_since_epoch() - ran;
}

Duration time_ready_but_waiting() {
  std::ifstream told("/proc/thread-self/schedstat");
  Duration::rep ran = 0;
  Duration::rep waited = 0;
  return told >> ran >> waited ? Duration(waited) : Duration::zero();
}

}  // namespace cnnselect
