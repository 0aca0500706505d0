#include "rpc/open_calls.h"

namespace cnnselect::rpc {

Status OpenCalls::open() {
  const MutexLock lock(mutex_);
  if (closed_) return fail(ErrorCode::kUnavailable, "the server is stopping");
  ++open_;
  return {};
}

void OpenCalls::done() {
  const MutexLock lock(mutex_);
  if (--open_ == 0) none_.notify_all();
}

bool OpenCalls::close(TimePoint when) {
  const MutexLock lock(mutex_);
  closed_ = true;
  while (open_ > 0) {
    if (!none_.wait_until(mutex_, when)) return open_ == 0;
  }
  return true;
}

}  // namespace cnnselect::rpc
