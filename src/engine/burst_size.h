// BurstSize: how many more than usual come right after one who came. A value without locks: its
// owner guards it.
//
// Who comes counts how many came lately, each weighing less the longer ago it came. Where requests
// are independent that is the rate times the memory; where they come in bursts of nearly geometric
// size it is more, by as many as are still to come, however many came already. The memory is what a
// request has for waiting: later ones do not compete with it.
#pragma once

#include "cnnselect/time.h"

namespace cnnselect {

class BurstSize {
 public:
  /// The weight of an arrival fades by this with each later one.
  static constexpr double kKeep = 0.995;

  /// One comes. `memory` > 0; `now` never goes back.
  void add(TimePoint now, Duration memory);

  /// How many more are to be expected at once, >= 0: 0 when that may be chance. `usual`: requests
  /// per second, on the average of late. (Where many come within the memory, what one finds is much
  /// what the one before found, and chance explains more than is taken off: of independent requests
  /// then up to 2 % of those who usually come in a memory's time are expected.) Fades within a
  /// quarter of the memory without an arrival.
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
