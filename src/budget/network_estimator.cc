#include "budget/network_estimator.h"

namespace cnnselect {

void NetworkEstimator::add(const Source& source, Duration input, Duration output) {
  const MutexLock lock(mutex_);
  auto known = classes_.find(source.network_class);
  if (known == classes_.end() && classes_.size() < kMaxClasses) {
    known = classes_.try_emplace(std::string(source.network_class)).first;
  }
  WayBackLearner& of_class = known == classes_.end() ? others_ : known->second;
  of_class.add(input, output);
  if (source.client.empty()) return;
  clients_.add(source.client, source.network_class, input, output, of_class, source.now);
}

std::vector<Duration> NetworkEstimator::way_back(const Source& source, Duration input) const {
  std::vector<Duration> values;
  const MutexLock lock(mutex_);
  if (clients_.estimate(source.client, source.network_class, input, source.now, values)) {
    return values;
  }
  if (const auto known = classes_.find(source.network_class); known != classes_.end()) {
    known->second.estimate(input, values);
  } else if (classes_.size() == kMaxClasses) {
    others_.estimate(input, values);
  }
  return values;
}

}  // namespace cnnselect
