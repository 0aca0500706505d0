#include "engine/client_count.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace cnnselect {

void ClientCount::arrives(std::size_t inside, TimePoint now) {
  pass(now);
  arrivals_ = arrivals_ * kKeep + 1;
  seen_ = seen_ * kKeep + static_cast<double>(inside);
  seconds_ *= kKeep;
  inside_seconds_ *= kKeep;
  square_seconds_ *= kKeep;
  inside_ = static_cast<double>(inside + 1);
}

void ClientCount::leaves(std::size_t inside, TimePoint now) {
  pass(now);
  inside_ = static_cast<double>(inside);
}

void ClientCount::pass(TimePoint now) {
  if (arrivals_ > 0) {
    const double passed = to_seconds(now - latest_);
    seconds_ += passed;
    inside_seconds_ += passed * inside_;
    square_seconds_ += passed * inside_ * inside_;
  }
  latest_ = now;
}

double ClientCount::clients() const {
  constexpr double kNobodyWaits = std::numeric_limits<double>::infinity();
  if (arrivals_ < kLeastArrivals || seconds_ <= 0) return kNobodyWaits;
  const double mean = inside_seconds_ / seconds_;
  const double variance = std::max(square_seconds_ / seconds_ - mean * mean, 0.0);
  const double fewer = mean - seen_ / arrivals_;
  if (fewer <= kDeviations * std::sqrt(variance / arrivals_)) return kNobodyWaits;
  return std::max(1.0, mean + variance / fewer);
}

}  // namespace cnnselect
