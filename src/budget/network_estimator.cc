#include "budget/network_estimator.h"

namespace cnnselect {
namespace {

// From a request to what its client tells of the answer, where nobody knows: rather too long, for
// what a guess is judged by must not be newer than what it had.
constexpr Duration kUsualFlight = std::chrono::seconds(1);

/// "10.0.0.5" of "10.0.0.5:40312", "[::1]" of "[::1]:40312"; what has no port as it is.
std::string_view without_port(std::string_view client) {
  const auto colon = client.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return client;
  const bool bracketed = client[colon - 1] == ']';
  return bracketed || client.find(':') == colon ? client.substr(0, colon) : client;
}

}  // namespace

NetworkEstimator::Lesson NetworkEstimator::add(const Source& source, Duration input,
                                               Duration output) {
  const MutexLock lock(mutex_);
  const TimePoint arrived = clients_.told(source.client).value_or(source.now - kUsualFlight);
  if (!source.client.empty()) {
    const auto known = classes_.find(source.network_class);
    const NetworkClass& like = known == classes_.end() ? others_ : known->second;
    clients_.add(source.client, source.network_class, input, output, like.ways, source.now);
  }
  return {.network_class = std::string(source.network_class),
          .host = std::string(without_port(source.client)),
          .key = std::string(source.key),
          .input = input,
          .output = output,
          .when = {.arrived = arrived, .told = source.now}};
}

void NetworkEstimator::learn(const Lesson& lesson) {
  const MutexLock lock(mutex_);
  NetworkClass& of_class = class_of(lesson.network_class);
  const TimePoint now = lesson.when.told;
  if (!lesson.key.empty() && !of_class.keys.take(lesson.key, now)) return;
  if (!of_class.hosts.take(lesson.host, now)) return;
  of_class.ways.add(lesson.input, lesson.output, lesson.when);
}

NetworkEstimator::NetworkClass& NetworkEstimator::class_of(std::string_view name) {
  auto known = classes_.find(name);
  if (known == classes_.end()) {
    if (classes_.size() == kMaxClasses) return others_;
    known = classes_.try_emplace(std::string(name)).first;
  }
  return known->second;
}

std::vector<Duration> NetworkEstimator::way_back(const Source& source, Duration input) const {
  std::vector<Duration> values;
  const MutexLock lock(mutex_);
  if (clients_.estimate(source.client, source.network_class, input, source.now, values)) {
    return values;
  }
  if (const auto known = classes_.find(source.network_class); known != classes_.end()) {
    known->second.ways.estimate(input, values);
  } else if (classes_.size() == kMaxClasses) {
    others_.ways.estimate(input, values);
  }
  return values;
}

}  // namespace cnnselect
