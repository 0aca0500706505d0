#include "rpc/slow_calls.h"

namespace cnnselect::rpc {

SlowCalls::Ticket SlowCalls::add(SlowCall& call, TimePoint now) {
  const MutexLock lock(mutex_);
  waiting_.emplace_hint(waiting_.end(), ++last_, Waiting{.call = &call, .since = now});
  return last_;
}

bool SlowCalls::arrived(Ticket ticket) {
  const MutexLock lock(mutex_);
  return waiting_.erase(ticket) > 0;
}

void SlowCalls::cut_off_before(TimePoint when) {
  std::vector<SlowCall*> slow;
  {
    const MutexLock lock(mutex_);
    while (!waiting_.empty() && waiting_.begin()->second.since < when) {
      slow.push_back(waiting_.begin()->second.call);
      waiting_.erase(waiting_.begin());
    }
  }
  // Without the lock: an end may run code that comes back here. Nobody else ends them now, so they
  // are still there.
  for (SlowCall* call : slow) call->cut_off();
}

}  // namespace cnnselect::rpc
