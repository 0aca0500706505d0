// SlowdownFilter: how much longer executions take now than their models' profiles say. There is one
// ratio for all models, so one slow execution tells of all at once. A value without locks: its
// owner guards it.
//
// It is the Kalman filter with adaptive process noise of ALERT (Wan et al., "ALERT: Accurate
// Learning for Energy and Timeliness", USENIX ATC 2020), with that paper's constants.
#pragma once

#include "cnnselect/time.h"

namespace cnnselect {

class SlowdownFilter {
 public:
  /// One execution took `took` (>= 0); `profiled` (> 0) was expected.
  void add(Duration took, Duration profiled);

  double mean() const { return mean_; }  ///< mu_x; 1: as profiled
  double deviation() const;              ///< s_x, >= sqrt(0.1), the paper's least process noise

 private:
  static constexpr double kLeastNoise = 0.1;  // Q0

  double mean_ = 1;
  double variance_ = 0.1;
  double gain_ = 0.5;
  double noise_ = kLeastNoise;  // Q
  double innovation_ = 0;       // y
};

}  // namespace cnnselect
