// WarmUp: which runs a profile begins with, and whether they can be trusted. Pure.
//
// A machine is often at its busiest when a server starts. A model may then look ten times slower
// than it is, and nobody would ask for it again. So each run also says how long its thread was off
// the processor. A run that had the processor nearly all the time is undisturbed. While there are
// too few of these, warm-up goes on for some more runs. A run that is still disturbed counts with
// the time that it had the processor. That is about what it takes when nobody is in the way. The
// profile is then doubtful: it is measured again as soon as possible.
#pragma once

#include <string>
#include <vector>

#include "cnnselect/time.h"

namespace cnnselect {

/// One run of a model.
struct TimedRun {
  Duration wall{};           ///< from its begin to its end, >= 0
  Duration off_processor{};  ///< the part of it in which its thread did not run, 0 .. wall
};

/// Whether a run had its processor. It could expect `share`, in (0, 1], of one, beside the runs
/// that were meant to run at the same time.
bool undisturbed(const TimedRun& run, double share = 1);

class WarmUp {
 public:
  /// The most beyond what was asked for: this many times as many runs, and this extra time.
  static constexpr std::size_t kMostRounds = 3;
  static constexpr Duration kMostExtraTime = std::chrono::seconds(1);

  /// What a profile begins with.
  struct Seed {
    std::vector<Duration> times;  ///< as many as were asked for
    std::string doubt;            ///< why they are doubtful; empty: they are not
  };

  /// `runs` >= 1 are asked for; `share` as for undisturbed().
  WarmUp(std::size_t runs, double share) : asked_(runs), share_(share) {}

  bool wants_more() const;
  void add(const TimedRun& run);
  /// From the runs that were disturbed least. To be called once wants_more() is false.
  Seed seed() const;

 private:
  const std::size_t asked_;
  const double share_;
  std::vector<TimedRun> runs_;
  std::size_t undisturbed_ = 0;
  Duration extra_{};  ///< time of the runs beyond those asked for
};

}  // namespace cnnselect
