#include "http/session_registry.h"

namespace cnnselect {

void SessionRegistry::add(OpenSession& session) {
  const MutexLock lock(mutex_);
  sessions_.insert(&session);
}

void SessionRegistry::remove(OpenSession& session) {
  const MutexLock lock(mutex_);
  sessions_.erase(&session);
  if (sessions_.empty()) emptied_.notify_all();
}

std::size_t SessionRegistry::size() const {
  const MutexLock lock(mutex_);
  return sessions_.size();
}

void SessionRegistry::drain() {
  draining_.store(true, std::memory_order_relaxed);
  const MutexLock lock(mutex_);
  for (OpenSession* session : sessions_) session->drain();
}

bool SessionRegistry::wait_until_empty(TimePoint when) {
  const MutexLock lock(mutex_);
  while (!sessions_.empty()) {
    if (!emptied_.wait_until(mutex_, when)) return sessions_.empty();
  }
  return true;
}

void SessionRegistry::detach_all() {
  const MutexLock lock(mutex_);
  for (OpenSession* session : sessions_) session->detach();
}

}  // namespace cnnselect
