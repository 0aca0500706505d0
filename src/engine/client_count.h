// ClientCount: the estimated number of clients that each wait for their answer before they ask
// again (a closed loop). A value without locks: its owner guards it.
//
// The more of N such clients wait already, the less often they ask. So an arrival finds fewer
// requests inside than there are on average over time. If requests come whatever is answered, both
// are the same (PASTA). If requests come in proportion to the clients that are not inside, N - j,
// then for the number inside, j, seen by arrivals, and its mean and variance over time,
//   seen = mean - variance / (N - mean),   so   N = mean + variance / (mean - seen).
// Nothing is concluded before the difference is large for the number of arrivals seen.
#pragma once

#include <cstddef>

#include "cnnselect/time.h"

namespace cnnselect {

class ClientCount {
 public:
  /// The weight of an arrival, and of the time before it, fades by this factor with each later one.
  static constexpr double kKeep = 0.995;

  /// A request comes and finds `inside` others. `now` never goes back, here and below.
  void arrives(std::size_t inside, TimePoint now);
  /// A request has left, and `inside` are still there.
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
