// What a policy is told of a model's times: what was learnt, and how long to believe it. Pure.
#pragma once

#include <span>

#include "cnnselect/selector.h"
#include "stats/latency_learner.h"

namespace cnnselect {

/// A model that is thought too slow is not run, and a model that is not run teaches nothing: that
/// it is fast again would never be found out. So what it has become slower by since it was loaded
/// is halved every kSlownessHalfLife that it does not run, and in the end somebody tries it again.
inline constexpr Duration kSlownessHalfLife = std::chrono::seconds(10);

/// `model` with mean, deviation and, in `space` (kProfileTimes places, or none), times as `learner`
/// has them at `now`; all shortened alike where slowness has faded. `model.profiled`: the mean when
/// it was loaded, 0 when that is not known.
Candidate as_believed(Candidate model, const LatencyLearner& learner, TimePoint now,
                      std::span<Duration> space);

}  // namespace cnnselect
