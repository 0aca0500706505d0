#include "engine/believed.h"

#include <algorithm>
#include <cmath>

namespace cnnselect {
namespace {

/// By what to multiply the learnt times, in (0, 1].
double optimism(const LatencySummary& learnt, Duration profiled, TimePoint now) {
  const bool slower = profiled > Duration::zero() && learnt.mean > profiled;
  if (!slower || !learnt.latest || now <= *learnt.latest) return 1;
  const auto age = static_cast<double>((now - *learnt.latest).count());
  const double left = std::exp2(-age / static_cast<double>(kSlownessHalfLife.count()));
  const auto usual = static_cast<double>(profiled.count());
  const auto mean = static_cast<double>(learnt.mean.count());
  return (usual + (mean - usual) * left) / mean;
}

Duration times(double factor, Duration time) {
  return Duration(std::llround(factor * static_cast<double>(time.count())));
}

}  // namespace

Candidate as_believed(Candidate model, const LatencyLearner& learner, TimePoint now,
                      std::span<Duration> space) {
  const LatencySummary& learnt = learner.summary();
  const double factor = optimism(learnt, model.profiled, now);
  model.mean = learnt.mean;
  model.deviation = learnt.deviation;
  if (!space.empty()) std::ranges::copy(learner.times(), space.begin());
  if (factor < 1) {
    model.mean = times(factor, model.mean);
    model.deviation = times(factor, model.deviation);
    for (Duration& time : space) time = times(factor, time);
  }
  model.times = space;
  return model;
}

}  // namespace cnnselect
