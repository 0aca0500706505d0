// SlowCalls: the calls whose message is still on its way, so that none takes for ever. A call is
// either told to `arrived` or cut off, never both. Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "base/mutex.h"
#include "cnnselect/time.h"

namespace cnnselect::rpc {

/// A call that can be ended while its message is on its way.
class SlowCall {
 public:
  SlowCall() = default;
  SlowCall(const SlowCall&) = delete;
  SlowCall& operator=(const SlowCall&) = delete;
  virtual void cut_off() = 0;

 protected:
  ~SlowCall() = default;
};

class SlowCalls {
 public:
  using Ticket = std::uint64_t;

  /// `now` never goes back.
  Ticket add(SlowCall& call, TimePoint now) CNNSELECT_EXCLUDES(mutex_);
  /// Its message is there, or never will be. False: it is being cut off, and not the caller's to
  /// end.
  bool arrived(Ticket ticket) CNNSELECT_EXCLUDES(mutex_);
  /// Cuts off those that were added before `when`.
  void cut_off_before(TimePoint when) CNNSELECT_EXCLUDES(mutex_);

 private:
  struct Waiting {
    SlowCall* call;
    TimePoint since;
  };

  Mutex mutex_;
  Ticket last_ CNNSELECT_GUARDED_BY(mutex_) = 0;
  std::map<Ticket, Waiting> waiting_ CNNSELECT_GUARDED_BY(mutex_);  ///< the oldest first
};

}  // namespace cnnselect::rpc
