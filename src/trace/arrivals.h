// When requests are sent: a law of the gaps between them. A value; pure but for the Rng.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "cnnselect/result.h"
#include "cnnselect/rng.h"
#include "cnnselect/time.h"

namespace cnnselect {

class Arrivals {
 public:
  /// "poisson", "uniform" (equal gaps) or "gamma(CV)" (gaps with that coefficient of variation, 1
  /// is Poisson, more is burstier), at `rate` requests per second, in [0.001, 1e6].
  static Result<Arrivals> parse(std::string_view text, double rate);

  /// `count` times from the beginning, ascending; the first after one gap.
  std::vector<Duration> draw(std::size_t count, Rng& rng) const;

 private:
  Arrivals(double rate, double variation) : rate_(rate), variation_(variation) {}

  double rate_;       // per second
  double variation_;  // of the gaps; 0: all equal
};

}  // namespace cnnselect
