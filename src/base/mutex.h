// A mutex that clang's thread-safety analysis understands: members say which mutex guards them, and
// the `tidy` preset refuses code that touches them without it.
#pragma once

#include <condition_variable>
#include <mutex>

#include "cnnselect/time.h"

#if defined(__clang__)
#define CNNSELECT_ANNOTATE(x) __attribute__((x))
#else
#define CNNSELECT_ANNOTATE(x)
#endif
/// The member may be touched only while `mutex` is held.
#define CNNSELECT_GUARDED_BY(mutex) CNNSELECT_ANNOTATE(guarded_by(mutex))
/// The function may be called only while `mutex` is held.
#define CNNSELECT_REQUIRES(mutex) CNNSELECT_ANNOTATE(requires_capability(mutex))
/// The function takes `mutex` itself: callers must not hold it.
#define CNNSELECT_EXCLUDES(mutex) CNNSELECT_ANNOTATE(locks_excluded(mutex))

namespace cnnselect {

class CNNSELECT_ANNOTATE(capability("mutex")) Mutex {
 public:
  void lock() CNNSELECT_ANNOTATE(acquire_capability()) { mutex_.lock(); }
  void unlock() CNNSELECT_ANNOTATE(release_capability()) { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

/// Holds a Mutex for a scope.
class CNNSELECT_ANNOTATE(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) CNNSELECT_ANNOTATE(acquire_capability(mutex)) : mutex_(mutex) {
    mutex_.lock();
  }
  ~MutexLock() CNNSELECT_ANNOTATE(release_capability()) { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

/// A condition variable for Mutex. Wait in a loop that checks the condition.
class CondVar {
 public:
  void wait(Mutex& mutex) CNNSELECT_REQUIRES(mutex) { condition_.wait(mutex); }
  /// False when `when` passed first.
  bool wait_until(Mutex& mutex, TimePoint when) CNNSELECT_REQUIRES(mutex) {
    return condition_.wait_until(mutex, when) == std::cv_status::no_timeout;
  }
  void notify_one() { condition_.notify_one(); }
  void notify_all() { condition_.notify_all(); }

 private:
  std::condition_variable_any condition_;
};

}  // namespace cnnselect
