// WayBackLearner: what the way back takes, given what the way here took, learnt from earlier
// requests of the same network class.
//
// Three guesses, each a sample of equally likely values, and how far each is trusted:
// - the times back of the requests whose way here was most like this one's, each moved by what its
//   way here differed;
// - the times back of all, whatever their way here was;
// - the way here once more, which is the paper's estimate.
// Every new pair of ways moves the trust towards the guesses that made it likely (online EM for the
// weights of a mixture), and an estimate takes as many values of a guess as it is trusted. So one
// draw both ways, independent ways and anything between are told apart without being told. Not
// thread-safe: its owner guards it.
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <vector>

#include "cnnselect/time.h"

namespace cnnselect {

class WayBackLearner {
 public:
  static constexpr std::size_t kMemory = 1'000;   ///< requests remembered, if not told otherwise
  static constexpr std::size_t kNeighbours = 50;  ///< of which the first guess is made
  static constexpr std::size_t kValues = 100;     ///< of an estimate; fewer blur the tails

  WayBackLearner() = default;
  /// Remembers `memory` requests, >= 1, and begins with the trust of `like`.
  WayBackLearner(std::size_t memory, const WayBackLearner& like)
      : memory_(memory), trust_(like.trust_) {}

  enum Guess : std::size_t { kNearest, kAll, kSame, kGuesses };

  /// One request's two ways, both >= 0. O(memory) moves of a few bytes.
  void add(Duration input, Duration output);

  std::size_t size() const { return by_age_.size(); }
  /// In [0, 1]; all together 1.
  double trust(Guess guess) const { return trust_[guess]; }

  /// kValues equally likely values of the way back, ascending, each >= 0, for a way here of
  /// `input`; replaces what `values` held. Empty when nothing has been learnt.
  void estimate(Duration input, std::vector<Duration>& values) const;

  /// The first guess: up to kNeighbours values, ascending, each >= 0; replaces what `values` held.
  void nearest(Duration input, std::vector<Duration>& values) const;

 private:
  struct Ways {
    Duration input;
    Duration output;
  };

  void judge(Duration input, Duration output);

  std::size_t memory_ = kMemory;
  std::vector<Ways> by_input_;       // ascending
  std::vector<Duration> by_output_;  // ascending
  std::deque<Ways> by_age_;          // the oldest first
  std::array<double, kGuesses> trust_{1.0 / 3, 1.0 / 3, 1.0 / 3};
  double judged_ = 0;  // pairs that moved the trust
};

}  // namespace cnnselect
