// UsualSlack: how much time recent requests had on arrival for waiting and inference (T_U). And how
// sure it is that an answer without either would be in time: the budget takes off one estimate of
// the way back, and the way back varies. A value without locks: its owner guards it.
#pragma once

#include <span>

#include "budget/budget.h"
#include "cnnselect/time.h"

namespace cnnselect {

class UsualSlack {
 public:
  /// The weight of a request fades by this factor with each later one: half of the weight is that
  /// of the last 69.
  static constexpr double kKeep = 0.99;

  /// A request came. `way_back` is as in SelectionInput, and may be empty. A request that is late
  /// already, or has no SLA, is not counted.
  void add(const RequestTiming& timing, std::span<const Duration> way_back, TimePoint now);

  Duration mean() const { return from_ms(1e3 * mean_); }  ///< 0 before the first
  double chance() const { return chance_; }               ///< in [0, 1]; 1 before the first

 private:
  double weight_ = 0;
  double mean_ = 0;  // seconds
  double chance_ = 1;
};

}  // namespace cnnselect
