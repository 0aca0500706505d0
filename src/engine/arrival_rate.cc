#include "engine/arrival_rate.h"

#include <algorithm>
#include <cmath>

namespace cnnselect {
namespace {

double faded(Duration by) { return std::exp(-to_seconds(by) / to_seconds(ArrivalRate::kMemory)); }

}  // namespace

void ArrivalRate::add(TimePoint now) {
  if (weight_ == 0) {
    first_ = now;
    period_begin_ = now;
  } else {
    if (const TimePoint begin = period_begin(now); begin != period_begin_) {
      at_period_begin_ = per_second(begin);
      period_begin_ = begin;
    }
    weight_ *= faded(std::max(now - latest_, Duration::zero()));
  }
  weight_ += 1;
  latest_ = now;
}

double ArrivalRate::per_second(TimePoint now) const {
  if (weight_ == 0) return 0;
  const Duration watched = std::max(now - first_, kLeastWatched);
  // The weights of a steady stream of rate r, watched for a time t, sum to r M (1 - exp(-t / M)).
  const double full = to_seconds(kMemory) * (1 - faded(watched));
  return weight_ * faded(std::max(now - latest_, Duration::zero())) / full;
}

double ArrivalRate::at_period_begin(TimePoint now, double present) const {
  if (weight_ == 0) return 0;
  const TimePoint begin = period_begin(now);
  if (begin == first_) return present;
  // Nobody has come since a period began that latest_ is not in: the rate then can still be told.
  return begin == period_begin_ ? at_period_begin_ : per_second(begin);
}

TimePoint ArrivalRate::period_begin(TimePoint now) const {
  const Duration since = now - period_begin_;
  return since < kPeriod ? period_begin_ : period_begin_ + since / kPeriod * kPeriod;
}

}  // namespace cnnselect
