#include "stats/confidence.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cassert>
#include <cmath>
#include <limits>

namespace cnnselect {
namespace {

constexpr double kNormal975 = 1.959963984540054;  // the normal distribution's 97.5 % quantile

}  // namespace

double half_width_95(const RunningMoments& samples) {
  if (samples.count() < 2) return std::numeric_limits<double>::infinity();
  const auto count = static_cast<double>(samples.count());
  const boost::math::students_t distribution(count - 1);
  return boost::math::quantile(distribution, 0.975) * samples.deviation() / std::sqrt(count);
}

double standard_error(std::size_t hits, std::size_t of) {
  assert(hits <= of);
  if (of == 0) return 0;
  const auto count = static_cast<double>(of);
  const double p = static_cast<double>(hits) / count;
  return std::sqrt(p * (1 - p) / count);
}

Interval wilson_95(std::size_t hits, std::size_t of) {
  assert(hits <= of);
  if (of == 0) return {0, 1};
  const auto count = static_cast<double>(of);
  const double p = static_cast<double>(hits) / count;
  const double z2 = kNormal975 * kNormal975 / count;
  const double center = (p + z2 / 2) / (1 + z2);
  const double half = std::sqrt(p * (1 - p) * z2 + z2 * z2 / 4) / (1 + z2);
  return {hits == 0 ? 0 : std::max(0.0, center - half),
          hits == of ? 1 : std::min(1.0, center + half)};
}

}  // namespace cnnselect
