// How far a measured mean or proportion may be from the true one. Pure functions; any thread.
#pragma once

#include <cstddef>

#include "stats/running_moments.h"

namespace cnnselect {

/// Half the width of the 95 % confidence interval of the mean, by Student's t distribution with
/// n - 1 degrees of freedom. Infinite below two samples: they tell nothing of the spread.
double half_width_95(const RunningMoments& samples);

/// sqrt(p (1 - p) / n) for p = hits / of. 0 when `of` is 0, and, as the formula has it, when all or
/// none hit: then trust wilson_95() only. `hits` <= `of`.
double standard_error(std::size_t hits, std::size_t of);

struct Interval {
  double low = 0;
  double high = 0;
};

/// The 95 % score interval of a proportion (Wilson, JASA 1927): within [0, 1], and sensible for few
/// samples and for proportions of 0 and 1. [0, 1] when `of` is 0. `hits` <= `of`.
Interval wilson_95(std::size_t hits, std::size_t of);

}  // namespace cnnselect
