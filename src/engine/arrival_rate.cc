#include "engine/arrival_rate.h"

#include <algorithm>
#include <cmath>

namespace cnnselect {
namespace {

double seconds(Duration d) { return std::chrono::duration<double>(d).count(); }

double faded(Duration by) { return std::exp(-seconds(by) / seconds(ArrivalRate::kMemory)); }

}  // namespace

void ArrivalRate::add(TimePoint now) {
  if (weight_ == 0) {
    first_ = now;
  } else {
    at_period_begin_ = at_period_begin(now, 0);
    weight_ *= faded(std::max(now - latest_, Duration::zero()));
  }
  weight_ += 1;
  latest_ = now;
}

double ArrivalRate::per_second(TimePoint now) const {
  if (weight_ == 0) return 0;
  const Duration watched = std::max(now - first_, kLeastWatched);
  // The weights of a steady stream of rate r, watched for a time t, sum to r M (1 - exp(-t / M)).
  const double full = seconds(kMemory) * (1 - faded(watched));
  return weight_ * faded(std::max(now - latest_, Duration::zero())) / full;
}

double ArrivalRate::at_period_begin(TimePoint now, double present) const {
  if (weight_ == 0) return 0;
  const auto period = period_of(now);
  if (period == 0) return present;
  // Nobody came between the beginning of a new period and now, so that can still be computed.
  return period > period_of(latest_) ? per_second(first_ + period * kPeriod) : at_period_begin_;
}

}  // namespace cnnselect
