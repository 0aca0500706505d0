#include "base/clock.h"

#include <algorithm>
#include <cassert>
#include <thread>

namespace cnnselect {

TimePoint RealClock::now() const { return std::chrono::steady_clock::now(); }

void RealClock::sleep_until(TimePoint when) { std::this_thread::sleep_until(when); }

SimulatedClock::SimulatedClock() : now_(std::chrono::hours(1)) {}

TimePoint SimulatedClock::now() const {
  const MutexLock lock(mutex_);
  return now_;
}

void SimulatedClock::sleep_until(TimePoint when) {
  const MutexLock lock(mutex_);
  now_ = std::max(now_, when);
}

void SimulatedClock::advance(Duration step) {
  assert(step >= Duration::zero());
  const MutexLock lock(mutex_);
  now_ += step;
}

}  // namespace cnnselect
