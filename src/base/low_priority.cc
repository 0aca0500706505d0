#include "base/low_priority.h"

#include <sys/resource.h>
#include <unistd.h>

namespace cnnselect {
namespace {

constexpr int kLowPriority = 10;

}  // namespace

void lower_own_priority() {
  // On Linux a "process" of this call may be a single thread.
  (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kLowPriority);
}

}  // namespace cnnselect
