// For tests: a clock whose sleepers wake only when the test says so, one at a time, so that the
// threads of a real engine do what happens in simulated time and in no other order.
#pragma once

#include <algorithm>
#include <list>
#include <optional>

#include "base/mutex.h"
#include "cnnselect/time.h"

namespace cnnselect::test {

class SteppedClock final : public Clock {
 public:
  explicit SteppedClock(TimePoint start) : now_(start) {}

  TimePoint now() const override {
    const MutexLock lock(mutex_);
    return now_;
  }

  /// Before stop(): moves time. After it: waits for wake_first().
  void sleep_until(TimePoint when) override {
    const MutexLock lock(mutex_);
    if (!stopped_) now_ = std::max(now_, when);
    if (when <= now_) return;
    Sleeper self{.when = when};
    const auto place = sleepers_.insert(sleepers_.end(), &self);
    while (!self.told) woken_.wait(mutex_);
    sleepers_.erase(place);
  }

  /// From now on it is `when`, until set() or wake_first().
  void stop(TimePoint when) {
    set(when);
    const MutexLock lock(mutex_);
    stopped_ = true;
  }
  void set(TimePoint when) {
    const MutexLock lock(mutex_);
    now_ = when;
  }

  /// When the next sleeper wants to wake; nothing: nobody sleeps.
  std::optional<TimePoint> first() const {
    const MutexLock lock(mutex_);
    const Sleeper* const next = next_sleeper();
    return next == nullptr ? std::nullopt : std::optional(next->when);
  }
  /// Moves time there and wakes that one. Somebody must be asleep.
  void wake_first() {
    const MutexLock lock(mutex_);
    Sleeper* const next = next_sleeper();
    now_ = next->when;
    next->told = true;
    woken_.notify_all();
  }
  /// Asleep and not told to wake.
  std::size_t sleepers() const {
    const MutexLock lock(mutex_);
    const auto asleep = [](const Sleeper* sleeper) { return !sleeper->told; };
    return static_cast<std::size_t>(std::ranges::count_if(sleepers_, asleep));
  }

 private:
  struct Sleeper {
    TimePoint when;
    bool told = false;
  };

  Sleeper* next_sleeper() const CNNSELECT_REQUIRES(mutex_) {
    Sleeper* next = nullptr;
    for (Sleeper* const sleeper : sleepers_) {
      if (!sleeper->told && (next == nullptr || sleeper->when < next->when)) next = sleeper;
    }
    return next;
  }

  mutable Mutex mutex_;
  CondVar woken_;
  TimePoint now_ CNNSELECT_GUARDED_BY(mutex_);
  bool stopped_ CNNSELECT_GUARDED_BY(mutex_) = false;
  std::list<Sleeper*> sleepers_ CNNSELECT_GUARDED_BY(mutex_);
};

}  // namespace cnnselect::test
