// ArrivalRate: how many requests a second came in lately. A value without locks: its owner guards
// it.
#pragma once

#include "cnnselect/time.h"

namespace cnnselect {

/// Arrivals weigh less the older they are, by a factor of e every kMemory; before as much time has
/// passed since the first one, the mean so far, over kLeastWatched at least: two requests that come
/// together are no flood.
class ArrivalRate {
 public:
  static constexpr Duration kMemory = std::chrono::seconds(2);
  static constexpr Duration kLeastWatched = std::chrono::milliseconds(500);

  /// `now` never goes back.
  void add(TimePoint now);
  /// 0 before the first arrival.
  double per_second(TimePoint now) const;

 private:
  double weight_ = 0;  // of the arrivals until latest_
  TimePoint first_;
  TimePoint latest_;
};

}  // namespace cnnselect
