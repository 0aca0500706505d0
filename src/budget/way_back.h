// WayBackLearner: what the way back takes, given what the way here took, learnt from earlier
// requests of the same network class.
//
// Six guesses, each a sample of equally likely values, and how far each is trusted:
// - the times back of the requests whose way here was most like this one's, each moved by what its
//   way here differed;
// - the times back of all, whatever their way here was;
// - the way here once more, which is the paper's estimate;
// - the ten times back that were told last, for what lasts some seconds whatever the way here says;
// - the same, each moved by what its way here differed;
// - the hundred that were told last, for a network that has become another one.
// Every new pair of ways moves the trust towards the guesses that made it likely (online EM for the
// weights of a mixture), and an estimate takes as many values of a guess as it is trusted. So one
// draw both ways, independent ways, a network that changes and anything between are told apart
// without being told.
//
// A guess is judged by what it would have said when the request was here, of what had been told by
// then. Judged by all that is known when the answer's way is told, the latest ones look much better
// than they are: they have just seen what is asked (docs/research/way_back.md). Not thread-safe:
// its owner guards it.
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
  /// Remembers `memory` requests, >= 1, and begins with the trust of `like`.
  WayBackLearner(std::size_t memory, const WayBackLearner& like)
      : memory_(memory), trust_(like.trust_) {}

  enum Guess : std::size_t { kNearest, kAll, kSame, kLatest, kLatestMoved, kLately, kGuesses };

  /// When a request was here, and when its client told how the answer came back. The default is
  /// right where a client tells before the next request is here.
  struct When {
    TimePoint arrived;
    TimePoint told;  ///< never goes back by more than threads do
  };

  /// One request's two ways, both >= 0. O(memory) moves of a few bytes.
  void add(Duration input, Duration output, const When& when);
  void add(Duration input, Duration output) { add(input, output, When()); }

  std::size_t size() const { return by_age_.size(); }
  /// In [0, 1]; all together 1.
  double trust(Guess guess) const { return trust_[guess]; }

  /// kValues equally likely values of the way back, ascending, each >= 0, for a way here of
  /// `input`; replaces what `values` held. Empty when nothing has been learnt.
  void estimate(Duration input, std::vector<Duration>& values) const;

  /// One guess of what was told until `known`, ascending, each >= 0; of `room`, or of the learner
  /// until it changes. kAll leaves out nothing: what is told in the meantime is little of all.
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
  std::deque<Ways> by_age_;          // who was told of first comes first
  std::array<double, kGuesses> trust_ = evenly();
  double judged_ = 0;  // pairs that moved the trust
};

}  // namespace cnnselect
