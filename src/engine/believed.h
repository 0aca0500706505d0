// What a policy is told of a model's times: what was learnt, and for how long it is believed. Pure.
#pragma once

#include <span>

#include "cnnselect/selector.h"
#include "stats/latency_learner.h"

namespace cnnselect {

/// A model that is thought too slow is not run. A model that is not run teaches nothing. So nobody
/// would find out that it is fast again. Therefore slowness fades: what the model has become slower
/// by since it was loaded is halved every kSlownessHalfLife without a run. In the end some request
/// tries it again.
inline constexpr Duration kSlownessHalfLife = std::chrono::seconds(10);

/// `model` with the mean and deviation that `learner` has at `now`, and its times in `space`
/// (kProfileTimes places, or none). All are shortened alike if slowness has faded. `model.profiled`
/// is the mean when it was loaded, or 0 if that is not known.
Candidate as_believed(Candidate model, const LatencyLearner& learner, TimePoint now,
                      std::span<Duration> space);

}  // namespace cnnselect
