// LatencyLearner: turns one model's executions into a LatencySummary, online.
//
// Exponential forgetting by sample: each new one shrinks the weight of those before. A wild outlier
// or an idle hour does not poison it (see the .cc for how). Pure: `now` is passed in. Not
// thread-safe: its owner guards it.
#pragma once

#include "cnnselect/profile.h"

namespace cnnselect {

class LatencyLearner {
 public:
  /// One execution that took `took` (> 0) and ended at `now`. Amortised O(1), no allocation.
  void record(Duration took, TimePoint now);
  LatencySummary summary() const;
};

}  // namespace cnnselect
