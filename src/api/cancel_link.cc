#include "api/cancel_link.h"

#include <utility>

namespace cnnselect {

void CancelLink::connect(Cancel cancel) {
  {
    const MutexLock lock(mutex_);
    if (state_ == State::kAnswered) return;
    if (state_ == State::kOpen) {
      cancel_ = std::move(cancel);
      return;
    }
  }
  if (cancel) cancel();
}

void CancelLink::gone() {
  Cancel cancel;
  {
    const MutexLock lock(mutex_);
    if (state_ != State::kOpen) return;
    state_ = State::kGone;
    cancel = std::move(cancel_);
  }
  if (cancel) cancel();
}

void CancelLink::answered() {
  Cancel cancel;  // destroyed outside the lock
  const MutexLock lock(mutex_);
  state_ = State::kAnswered;
  cancel = std::move(cancel_);
}

}  // namespace cnnselect
