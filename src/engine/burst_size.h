// BurstSize: how many more requests than usual come right after one. A value without locks: its
// owner guards it.
//
// Each arrival counts how many requests came lately. Older ones weigh less. If requests are
// independent, the count is the rate times the memory. If they come in bursts of nearly geometric
// size, the count is higher. The excess is the number of requests still to come, however many have
// come already. The memory is the time that a request has for waiting: later requests do not
// compete with it.
#pragma once

#include "cnnselect/time.h"

namespace cnnselect {

class BurstSize {
 public:
  /// The weight of an arrival fades by this factor with each later one.
  static constexpr double kKeep = 0.995;

  /// A request comes. `memory` > 0. `now` never goes back.
  void add(TimePoint now, Duration memory);

  /// How many more requests to expect at once, >= 0. It is 0 when chance may explain it. `usual` is
  /// the recent mean of requests per second. Fades within a quarter of the memory without an
  /// arrival.
  ///
  /// If many requests come within the memory, one finds much what the one before found. Then chance
  /// explains more than is taken off. So of independent requests, up to 2 % of those that usually
  /// come in a memory's time are expected.
  double more(TimePoint now, double usual) const;

 private:
  static constexpr double kLeastArrivals = 20;  // before anything is concluded
  static constexpr double kDeviations = 2;      // of the mean that chance may explain
  static constexpr double kFading = 4;          // in a memory's time without an arrival

  TimePoint latest_;
  double memory_ = 0;  // seconds
  double recent_ = 0;  // at latest_
  // Of `recent_` as each found it: weighted sums.
  double weight_ = 0;
  double sum_ = 0;
  double squares_ = 0;
};

}  // namespace cnnselect
