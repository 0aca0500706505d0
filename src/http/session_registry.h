// SessionRegistry: the connections of a server that are open, so that it can end them. Thread-safe.
// Private to src/http.
#pragma once

#include <atomic>
#include <cstddef>
#include <unordered_set>

#include "base/mutex.h"
#include "cnnselect/time.h"

namespace cnnselect {

/// A connection, as far as its server must know it. Any thread may call.
class OpenSession {
 public:
  OpenSession() = default;
  OpenSession(const OpenSession&) = delete;
  OpenSession& operator=(const OpenSession&) = delete;
  virtual ~OpenSession() = default;

  /// Ends at once if it owes its client nothing; else the answer under way is its last.
  virtual void drain() = 0;
  /// Cuts it off from its exchange.
  virtual void detach() = 0;
};

class SessionRegistry {
 public:
  void add(OpenSession& session) CNNSELECT_EXCLUDES(mutex_);
  void remove(OpenSession& session) CNNSELECT_EXCLUDES(mutex_);
  std::size_t size() const CNNSELECT_EXCLUDES(mutex_);

  /// From now on sessions end with the answer under way, idle ones at once.
  void drain() CNNSELECT_EXCLUDES(mutex_);
  bool draining() const { return draining_.load(std::memory_order_relaxed); }
  /// False when `when` passed before the last session ended.
  bool wait_until_empty(TimePoint when) CNNSELECT_EXCLUDES(mutex_);
  /// Cuts every session off from its exchange. No thread may be running sessions.
  void detach_all() CNNSELECT_EXCLUDES(mutex_);

 private:
  mutable Mutex mutex_;
  CondVar emptied_;
  std::atomic<bool> draining_ = false;
  std::unordered_set<OpenSession*> sessions_ CNNSELECT_GUARDED_BY(mutex_);
};

}  // namespace cnnselect
