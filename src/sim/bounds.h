// What no policy can beat on a workload (docs/bounds.md). Where load changes, sim/burst_bound.h is
// tighter. Pure.
#pragma once

#include "sim/model_set.h"
#include "sim/workload.h"

namespace cnnselect {

/// U_inf: effective accuracy of a clairvoyant who knows every request's network and execution times
/// and never waits: for each request the best accuracy among the models that make it, the device's
/// own included.
double clairvoyant_bound(const ModelSet& models, const Workload& workload, Duration sla);

/// U_cap: the same when `workers` (>= 1) share the work. For any price lambda >= 0 of a worker's
/// second no policy earns more than
///   (1/N) [ sum over requests of max(A_d, max over feasible m of (A_m - lambda e_m)) + lambda C T
///   ]
/// where A_d is the device's own accuracy if it makes it, else 0, and T is the time from the first
/// arrival at the server to the last moment at which an execution can still be in time. The
/// smallest value over lambda; at most U_inf.
double capacity_bound(const ModelSet& models, const Workload& workload, Duration sla, int workers);

}  // namespace cnnselect
