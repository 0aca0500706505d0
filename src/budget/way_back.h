// WayBackLearner: what the way back takes, given what the way here took. Learnt from earlier
// requests of the same network class.
//
// There are six guesses. Each is a sample of equally likely values:
// - the times back of the requests whose way here was most like this one's, each moved by the
//   difference of the ways here;
// - the times back of all requests, whatever their way here was;
// - the way here once more, which is the paper's estimate;
// - the ten times back that were reported last, for what lasts some seconds whatever the way here;
// - the same, each moved by the difference of the ways here;
// - the hundred that were reported last, for a network that has become another one.
//
// It also learns how far to trust each guess. Every new pair of ways moves the trust towards the
// guesses that made it likely (online EM for the weights of a mixture). An estimate takes as many
// values of a guess as it is trusted. So it tells apart, without being told: one draw for both
// ways, independent ways, a network that changes, and anything between.
//
// A guess is judged by what it would have said when the request arrived, from what had been
// reported by then. Judged by all that is known when the answer is reported, the latest ways would
// look much better than they are: they have just seen what is asked (docs/research/way_back.md).
// Not thread-safe: its owner guards it.
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <span>
#include <vector>

#include "cnnselect/time.h"

namespace cnnselect {

class WayBackLearner {
 public:
  static constexpr std::size_t kMemory = 4'000;   ///< requests remembered, if not told otherwise
  static constexpr std::size_t kNeighbours = 50;  ///< of which the first guess is made
  static constexpr std::size_t kLatestOnes =
      10;  ///< of which the two guesses of the latest are made
  static constexpr std::size_t kLatelyOnes = 100;  ///< of which the last guess is made
  static constexpr std::size_t kValues = 100;      ///< of an estimate; fewer blur the tails

  WayBackLearner() = default;
  /// Remembers `memory` requests (>= 1), and begins with the trust of `like`.
  WayBackLearner(std::size_t memory, const WayBackLearner& like)
      : memory_(memory), trust_(like.trust_) {}

  enum Guess : std::size_t { kNearest, kAll, kSame, kLatest, kLatestMoved, kLately, kGuesses };

  /// When a request arrived, and when its client reported how the answer came back. The default is
  /// right if a client reports before the next request arrives.
  struct When {
    TimePoint arrived;
    TimePoint told;  ///< goes back by no more than threads differ
  };

  /// One request's two ways, both >= 0. O(memory) moves of a few bytes.
  void add(Duration input, Duration output, const When& when);
  void add(Duration input, Duration output) { add(input, output, When()); }

  std::size_t size() const { return by_age_.size(); }
  /// In [0, 1]; all together 1.
  double trust(Guess guess) const { return trust_[guess]; }

  /// kValues equally likely values of the way back, ascending, each >= 0, for a way here of
  /// `input`. Replaces what `values` held. Empty if nothing has been learnt.
  void estimate(Duration input, std::vector<Duration>& values) const;

  /// One guess from what was reported until `known`, ascending, each >= 0. The span points into
  /// `room`, or into the learner until it changes. kAll leaves out nothing: the reports since
  /// `known` are few among all.
  std::span<const Duration> values_of(Guess guess, Duration input, TimePoint known,
                                      std::vector<Duration>& room) const;

 private:
  struct Ways {
    Duration input;
    Duration output;
    TimePoint told;

    /// The way back, had the way here been `here`.
    Duration moved(Duration here) const;
  };

  static constexpr std::array<double, kGuesses> evenly() {
    std::array<double, kGuesses> trust{};
    trust.fill(1.0 / static_cast<double>(kGuesses));
    return trust;
  }

  void judge(Duration input, Duration output, TimePoint arrived);
  void nearest(Duration input, TimePoint known, std::vector<Duration>& values) const;
  void latest(std::size_t count, TimePoint known, std::vector<Duration>& values) const;
  void latest_moved(Duration input, TimePoint known, std::vector<Duration>& values) const;
  std::size_t told_until(TimePoint known) const;

  std::size_t memory_ = kMemory;
  std::vector<Ways> by_input_;       // ascending
  std::vector<Duration> by_output_;  // ascending
  std::vector<Duration> lately_;     // the latest of by_output_, at most kLatelyOnes, ascending
  std::deque<Ways> by_age_;          // the one reported first comes first
  std::array<double, kGuesses> trust_ = evenly();
  double judged_ = 0;  // pairs that moved the trust
};

}  // namespace cnnselect
