#include "base/low_priority.h"

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

namespace cnnselect {
namespace {

constexpr int kLowPriority = 10;
constexpr int kLowestPriority = 19;

void lower_own_priority_to(int nice) {
  // On Linux a "process" of this call may be a single thread.
  (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), nice);
}

}  // namespace

void lower_own_priority() { lower_own_priority_to(kLowPriority); }

void take_only_idle_time() {
  const sched_param none{};
  // 0 is the calling thread.
  if (sched_setscheduler(0, SCHED_IDLE, &none) != 0) lower_own_priority_to(kLowestPriority);
}

}  // namespace cnnselect
