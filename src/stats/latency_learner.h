// LatencyLearner: turns one model's executions into a LatencySummary, online.
//
// It forgets exponentially by sample: each new sample shrinks the weight of those before. Time
// itself forgets nothing: an idle hour changes only the age of `latest`.
//
// Quantiles count every sample truly. Mean and deviation are guarded against single outliers. A
// sample far outside what was seen lately counts as if it lay on a bound,
//   p50 + 4 (p95 - p50), and at least 1.25 p50   (for a normal law: mean + 6.6 sigma).
// So a wild sample moves the mean by little. A slow mode that takes more than 5 % of the samples
// moves p95, and so the bound, and counts in full.
//
// A persistent change gets through at once. After kRecent samples in a row on the same side of the
// median, each off by more than 1/32 of it, all that was learnt before that run is forgotten. By
// chance that happens once in 2^29. A large change needs fewer samples: kFar in a row beyond the
// 95th percentile, or below the 5th, as these were before the run. By chance: once in 2^25. The
// first kRecent samples, and those of such a run, are judged together each time, against p50 + 10
// (p75 - p50). So an outlier among four samples or more does no harm, even if it came first.
//
// Not thread-safe: its owner guards it. record() keeps a summary ready; reading it is a copy.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "cnnselect/profile.h"
#include "stats/forgetting_histogram.h"
#include "stats/forgetting_moments.h"

namespace cnnselect {

class LatencyLearner {
 public:
  /// Samples that start an estimate, and the length of a run that restarts it.
  static constexpr std::size_t kRecent = 30;
  /// Length of a run that restarts it when every sample is far from the median.
  static constexpr std::size_t kFar = 6;
  /// Sum of all weights in the long run: half of it is the last 139 samples.
  static constexpr double kDefaultMemory = 200;

  /// `memory` > 1.
  explicit LatencyLearner(double memory = kDefaultMemory);

  /// One execution that took `took` and ended at `now`. Amortised O(1), no allocation. `took`
  /// counts as at least 1 ns and at most 18 minutes.
  void record(Duration took, TimePoint now);

  /// Begins where an earlier learner stopped: with its `samples` and its times(), or any equally
  /// likely ones in any order. They count as at most the memory's weight. With no times nothing
  /// happens. Later samples find out a change as ever. Only before the first record().
  void resume(std::span<const Duration> times, std::uint64_t samples, TimePoint now);

  /// How often a lasting change made it forget what it knew.
  std::uint64_t changes() const { return changes_; }

  /// Cheap enough to be called for every model at every decision.
  const LatencySummary& summary() const { return summary_; }
  /// Equally likely times of one execution, ascending, with outliers. Zeros before the first
  /// sample.
  const std::array<Duration, kProfileTimes>& times() const { return times_; }

 private:
  void follow_run(Duration took);
  void learn_anew(std::size_t newest);
  void summarise(TimePoint now);

  ForgettingHistogram histogram_;
  ForgettingMoments moments_;
  std::array<Duration, kRecent> recent_{};  ///< a ring; the next place is samples % kRecent
  std::size_t run_ = 0;                     ///< samples in a row on one side of the median
  std::size_t far_ = 0;  ///< how many of these, at the end, were beyond `far_from_`
  Duration far_from_{};  ///< p95, or p5, as it was before the run
  bool run_is_slower_ = false;
  std::uint64_t changes_ = 0;
  LatencySummary summary_;
  std::array<Duration, kProfileTimes> times_{};
};

}  // namespace cnnselect
