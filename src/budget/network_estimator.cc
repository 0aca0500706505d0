#include "budget/network_estimator.h"

namespace cnnselect {

void NetworkEstimator::add(std::string_view network_class, Duration input, Duration output) {
  const MutexLock lock(mutex_);
  auto known = classes_.find(network_class);
  if (known == classes_.end() && classes_.size() < kMaxClasses) {
    known = classes_.try_emplace(std::string(network_class)).first;
  }
  (known == classes_.end() ? others_ : known->second).add(input, output);
}

std::vector<Duration> NetworkEstimator::way_back(std::string_view network_class,
                                                 Duration input) const {
  std::vector<Duration> values;
  const MutexLock lock(mutex_);
  if (const auto known = classes_.find(network_class); known != classes_.end()) {
    known->second.estimate(input, values);
  } else if (classes_.size() == kMaxClasses) {
    others_.estimate(input, values);
  }
  return values;
}

}  // namespace cnnselect
