// ClientCount: how many clients there seem to be, where each waits for its answer before it asks
// again (a closed loop). A value without locks: its owner guards it.
//
// N such clients ask the less often the more of them wait already, so whoever comes finds fewer
// inside than there are on the average of time; where requests come whatever is answered, both are
// the same (PASTA). If requests come in proportion to who is not inside, N - j, then of j, the
// number inside, seen by arrivals and over time,
//   seen = mean - variance / (N - mean),   so   N = mean + variance / (mean - seen).
// Nothing is concluded before the difference is large for the number of arrivals seen.
#pragma once

#include <cstddef>

#include "cnnselect/time.h"

namespace cnnselect {

class ClientCount {
 public:
  /// The weight of an arrival, and of the time before it, fades by this with each later one.
  static constexpr double kKeep = 0.995;

  /// One comes and finds `inside` others. `now` never goes back; likewise below.
  void arrives(std::size_t inside, TimePoint now);
  /// Somebody has left, and `inside` are still there.
  void leaves(std::size_t inside, TimePoint now);

  /// N >= 1; infinity: requests seem to come whatever is answered.
  double clients() const;

 private:
  static constexpr double kLeastArrivals = 20;  // before anything is concluded
  static constexpr double kDeviations = 3;      // of the mean that chance may explain

  void pass(TimePoint now);

  TimePoint latest_;
  double inside_ = 0;
  // Weighted sums: over arrivals, and over time.
  double arrivals_ = 0;
  double seen_ = 0;
  double seconds_ = 0;
  double inside_seconds_ = 0;
  double square_seconds_ = 0;
};

}  // namespace cnnselect
