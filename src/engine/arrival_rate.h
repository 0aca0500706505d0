// ArrivalRate: how many requests per second came lately. A value without locks: its owner guards
// it.
#pragma once

#include "cnnselect/time.h"

namespace cnnselect {

/// Older arrivals weigh less, by a factor of e every kMemory. Before kMemory has passed since the
/// first arrival, it is the mean so far, over kLeastWatched at least. So two requests that come
/// together are no flood.
class ArrivalRate {
 public:
  static constexpr Duration kMemory = std::chrono::seconds(2);
  static constexpr Duration kLeastWatched = std::chrono::milliseconds(500);
  /// Periods follow each other from the first arrival on.
  static constexpr Duration kPeriod = std::chrono::seconds(10);

  /// `now` never goes back.
  void add(TimePoint now);
  /// 0 before the first arrival.
  double per_second(TimePoint now) const;
  /// What per_second() was when the period of `now` began, without the requests that came at that
  /// very moment. In the first period it is `present`, which is per_second(now).
  double at_period_begin(TimePoint now, double present) const;

 private:
  TimePoint period_begin(TimePoint now) const;

  double weight_ = 0;  // of the arrivals until latest_
  TimePoint first_;
  TimePoint latest_;
  // Of the period that latest_ is in.
  TimePoint period_begin_;
  double at_period_begin_ = 0;
};

}  // namespace cnnselect
