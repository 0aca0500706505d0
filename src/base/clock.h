// The two clocks: real time for the server, simulated time for tests and the simulator.
#pragma once

#include "base/mutex.h"
#include "cnnselect/time.h"

namespace cnnselect {

/// The machine's monotonic clock.
class RealClock final : public Clock {
 public:
  TimePoint now() const override;
  void sleep_until(TimePoint when) override;
};

/// Time that only the test or the simulator moves. Starts one hour after the epoch, so that
/// "an hour ago" is still a valid time point. sleep_until() moves time forward instead of waiting.
class SimulatedClock final : public Clock {
 public:
  SimulatedClock();

  TimePoint now() const override;
  void sleep_until(TimePoint when) override;
  /// `step` >= 0.
  void advance(Duration step);

 private:
  mutable Mutex mutex_;
  TimePoint now_ CNNSELECT_GUARDED_BY(mutex_);
};

}  // namespace cnnselect
