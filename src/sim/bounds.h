// What no policy can beat on a workload (docs/bounds.md). Where load changes, sim/burst_bound.h is
// tighter. Pure.
#pragma once

#include "sim/model_set.h"
#include "sim/workload.h"

namespace cnnselect {

/// U_inf: effective accuracy of a clairvoyant that knows every request's network and execution
/// times and never waits. For each request it has the best accuracy among the models that make it,
/// with the device's own.
double clairvoyant_bound(const ModelSet& models, const Workload& workload, Duration sla);

/// U_cap: the same if `workers` (>= 1) share the work. For any price lambda >= 0 of a worker's
/// second, no policy earns more than
///   (1/N) [ sum over requests of max(A_d, max over feasible m of (A_m - lambda e_m)) + lambda C T
///   ]
/// A_d is the device's own accuracy if it makes it, else 0. T is the time from the first arrival at
/// the server to the last moment at which an execution can still be in time. U_cap is the smallest
/// value over lambda. It is at most U_inf.
double capacity_bound(const ModelSet& models, const Workload& workload, Duration sla, int workers);

}  // namespace cnnselect
