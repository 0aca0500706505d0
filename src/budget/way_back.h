// WayBackLearner: what the way back takes, given what the way here took, learnt from earlier
// requests of the same network class.
//
// The estimate is the times back of the nearest neighbours among the latest requests: those whose
// way here was most like this one's, each moved by what its way here differed. Where the two ways
// are one draw this is exact, where they are independent it is a sample of the way back, and
// between the two it needs to be told nothing. Not thread-safe: its owner guards it.
#pragma once

#include <cstddef>
#include <deque>
#include <vector>

#include "cnnselect/time.h"

namespace cnnselect {

class WayBackLearner {
 public:
  static constexpr std::size_t kMemory = 1'000;   ///< requests remembered
  static constexpr std::size_t kNeighbours = 50;  ///< of which an estimate is made

  /// One request's two ways, both >= 0. O(memory) moves of a few bytes.
  void add(Duration input, Duration output);

  std::size_t size() const { return by_input_.size(); }

  /// Equally likely values of the way back, ascending, each >= 0, for a way here of `input`;
  /// replaces what `values` held. Empty when nothing has been learnt.
  void estimate(Duration input, std::vector<Duration>& values) const;

 private:
  struct Ways {
    Duration input;
    Duration output;
  };

  std::vector<Ways> by_input_;  // ascending
  std::deque<Ways> by_age_;     // the oldest first
};

}  // namespace cnnselect
