// CancelLink: ties "the client has gone" to "take the request back", although the two become known
// in any order and on any thread: the client may be gone, or the answer given, before the Cancel is
// there. The Cancel is called at most once, never after the answer, never under the lock.
// Thread-safe.
#pragma once

#include "api/inference_api.h"
#include "base/mutex.h"

namespace cnnselect {

class CancelLink {
 public:
  /// The Cancel of the request that was handed in.
  void connect(Cancel cancel) CNNSELECT_EXCLUDES(mutex_);
  /// The client went away.
  void gone() CNNSELECT_EXCLUDES(mutex_);
  /// The answer was given: lets go of the Cancel.
  void answered() CNNSELECT_EXCLUDES(mutex_);

 private:
  enum class State { kOpen, kGone, kAnswered };

  Mutex mutex_;
  State state_ CNNSELECT_GUARDED_BY(mutex_) = State::kOpen;
  Cancel cancel_ CNNSELECT_GUARDED_BY(mutex_);
};

}  // namespace cnnselect
