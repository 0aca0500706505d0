// Flight: one request of a client while the service works on it. The client can take it back at any
// moment: while its photo is decoded, while it waits, while it runs. Thread-safe.
#pragma once

#include <vector>

#include "base/mutex.h"
#include "engine/engine.h"

namespace cnnselect {

class Flight {
 public:
  /// `engine` outlives the flight.
  explicit Flight(Engine& engine) : engine_(engine) {}

  void cancel() CNNSELECT_EXCLUDES(mutex_);
  bool cancelled() const CNNSELECT_EXCLUDES(mutex_);

  /// Submits a part of the request. If the flight is cancelled already, the part is cancelled at
  /// once.
  void submit(Request request, Completion done) CNNSELECT_EXCLUDES(mutex_);

 private:
  Engine& engine_;
  mutable Mutex mutex_;
  bool cancelled_ CNNSELECT_GUARDED_BY(mutex_) = false;
  std::vector<RequestId> parts_ CNNSELECT_GUARDED_BY(mutex_);
};

}  // namespace cnnselect
