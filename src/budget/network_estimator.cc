#include "budget/network_estimator.h"

namespace cnnselect {
namespace {

// From a request to what its client tells of the answer, where nobody knows: rather too long, for
// what a guess is judged by must not be newer than what it had.
constexpr Duration kUsualFlight = std::chrono::seconds(1);

}  // namespace

void NetworkEstimator::add(const Source& source, Duration input, Duration output) {
  const MutexLock lock(mutex_);
  auto known = classes_.find(source.network_class);
  if (known == classes_.end() && classes_.size() < kMaxClasses) {
    known = classes_.try_emplace(std::string(source.network_class)).first;
  }
  WayBackLearner& of_class = known == classes_.end() ? others_ : known->second;
  const TimePoint arrived = clients_.told(source.client).value_or(source.now - kUsualFlight);
  of_class.add(input, output, {.arrived = arrived, .told = source.now});
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
