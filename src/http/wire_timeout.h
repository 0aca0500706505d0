// WireTimeout: one deadline at a time for what is done on a Wire; the new one replaces the old one.
// When it passes, what the wire is doing is cancelled and expired() is true. The timer is moved
// only when a deadline comes before the moment it is set for: most requests come and go without
// touching it. Used on the wire's strand only. Private to src/http.
#pragma once

#include <chrono>
#include <memory>

#include "cnnselect/time.h"
#include "net/listener.h"
#include "net/wire.h"

namespace cnnselect {

class WireTimeout : public std::enable_shared_from_this<WireTimeout> {
 public:
  /// `wire` outlives it.
  explicit WireTimeout(Wire& wire) : wire_(wire), timer_(wire.strand()) {}

  /// kForever: never.
  void expire_after(Duration timeout);
  bool expired() const { return expired_; }

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;
  void await(SteadyTime when);

  Wire& wire_;
  Timer timer_;
  SteadyTime deadline_ = SteadyTime::max();
  SteadyTime set_for_ = SteadyTime::max();
  bool expired_ = false;
};

}  // namespace cnnselect
