#include "engine/usual_slack.h"

#include <algorithm>

#include "budget/saturating.h"

namespace cnnselect {

void UsualSlack::add(const RequestTiming& timing, std::span<const Duration> way_back,
                     TimePoint now) {
  const Duration slack = budget_at(timing, Duration::zero(), now).soft;
  if (slack <= Duration::zero() || slack == kForever) return;
  weight_ = weight_ * kKeep + 1;
  mean_ += (to_seconds(slack) - mean_) / weight_;
  double in_time = 1;
  if (!way_back.empty()) {
    const Duration left = saturating_add(slack, timing.output);
    in_time = static_cast<double>(std::ranges::upper_bound(way_back, left) - way_back.begin()) /
              static_cast<double>(way_back.size());
  }
  chance_ += (in_time - chance_) / weight_;
}

}  // namespace cnnselect
