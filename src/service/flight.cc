#include "service/flight.h"

#include <utility>

namespace cnnselect {

void Flight::cancel() {
  std::vector<RequestId> parts;
  {
    const MutexLock lock(mutex_);
    cancelled_ = true;
    parts.swap(parts_);
  }
  // Outside the lock: the engine may complete a part on this very thread.
  for (const RequestId part : parts) engine_.cancel(part);
}

bool Flight::cancelled() const {
  const MutexLock lock(mutex_);
  return cancelled_;
}

void Flight::submit(Request request, Completion done) {
  const RequestId part = engine_.submit(std::move(request), std::move(done));
  {
    const MutexLock lock(mutex_);
    if (!cancelled_) {
      parts_.push_back(part);
      return;
    }
  }
  engine_.cancel(part);
}

}  // namespace cnnselect
