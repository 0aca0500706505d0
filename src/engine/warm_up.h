// WarmUp: which runs a profile begins with, and whether they can be trusted. Pure.
//
// A machine is often at its busiest when a server starts, and a model that is then taken for ten
// times slower than it is would not be asked again. So each run is told with the time that its
// thread was off the processor: a run that had the processor nearly all the time is undisturbed.
// Warm-up goes on for some runs more while there are too few of these. What is still disturbed
// then counts with the time that it had the processor, which is about what it takes when nobody is
// in the way, and the profile is doubtful: to be measured again as soon as it can be.
#pragma once

#include <string>
#include <vector>

#include "cnnselect/time.h"

namespace cnnselect {

/// One run of a model.
struct TimedRun {
  Duration wall{};           ///< from its begin to its end, >= 0
  Duration off_processor{};  ///< of that its thread did not run, 0 .. wall
};

/// Whether a run had its processor: `share`, in (0, 1], of one is what it could expect beside those
/// that were meant to run at the same time.
bool undisturbed(const TimedRun& run, double share = 1);

class WarmUp {
 public:
  /// Beyond what was asked for: this many times as many runs, and this time, at most.
  static constexpr std::size_t kMostRounds = 3;
  static constexpr Duration kMostExtraTime = std::chrono::seconds(1);

  /// What a profile begins with.
  struct Seed {
    std::vector<Duration> times;  ///< as many as were asked for
    std::string doubt;            ///< what speaks against them; empty: nothing
  };

  /// `runs` >= 1 are asked for; `share` as for undisturbed().
  WarmUp(std::size_t runs, double share) : asked_(runs), share_(share) {}

  bool wants_more() const;
  void add(const TimedRun& run);
  /// Of the runs that were disturbed least. Only once it wants no more.
  Seed seed() const;

 private:
  const std::size_t asked_;
  const double share_;
  std::vector<TimedRun> runs_;
  std::size_t undisturbed_ = 0;
  Duration extra_{};  ///< that the runs beyond those asked for took
};

}  // namespace cnnselect
