#include "engine/burst_size.h"

#include <algorithm>
#include <cmath>

namespace cnnselect {

void BurstSize::add(TimePoint now, Duration memory) {
  memory_ = to_seconds(memory);
  if (weight_ > 0) recent_ *= std::exp(-to_seconds(now - latest_) / memory_);
  weight_ = weight_ * kKeep + 1;
  sum_ = sum_ * kKeep + recent_;
  squares_ = squares_ * kKeep + recent_ * recent_;
  recent_ += 1;
  latest_ = now;
}

double BurstSize::more(TimePoint now, double usual) const {
  if (weight_ < kLeastArrivals) return 0;
  const double mean = sum_ / weight_;
  const double variance = std::max(squares_ / weight_ - mean * mean, 0.0);
  const double more = mean - usual * memory_ - kDeviations * std::sqrt(variance / weight_);
  if (more <= 0) return 0;
  return more * std::exp(-kFading * to_seconds(now - latest_) / memory_);
}

}  // namespace cnnselect
