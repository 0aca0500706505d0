// OpenCalls: the calls that are worked on, so that a server that stops can wait for them and for
// nothing else: gRPC's own shutdown also waits for idle clients to hang up, which some never do.
// Thread-safe.
#pragma once

#include <cstddef>

#include "base/mutex.h"
#include "cnnselect/result.h"
#include "cnnselect/time.h"

namespace cnnselect::rpc {

class OpenCalls {
 public:
  /// Counts one more; after close() error kUnavailable instead, and it is not counted.
  Status open() CNNSELECT_EXCLUDES(mutex_);
  /// One that open() counted is over.
  void done() CNNSELECT_EXCLUDES(mutex_);

  /// No more from here on. Returns when the last is done, or false when `when` passed first.
  bool close(TimePoint when) CNNSELECT_EXCLUDES(mutex_);

 private:
  Mutex mutex_;
  CondVar none_;
  std::size_t open_ CNNSELECT_GUARDED_BY(mutex_) = 0;
  bool closed_ CNNSELECT_GUARDED_BY(mutex_) = false;
};

}  // namespace cnnselect::rpc
