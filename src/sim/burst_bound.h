// U_burst: what no policy can beat where load changes, with a price of a worker's second for every
// moment instead of one for the whole run.
//
// For any price lambda(t) >= 0 no policy on C workers earns more per request than
//   (1/N) [ sum over requests of max(A_d, max over feasible m and s of (A_m - price of (s, s + e)))
//           + C * integral of lambda ],   price of (a, b) = integral of lambda from a to b,
// where e is the request's execution on m, s its start, from its arrival to the last that is in
// time, and A_d the device's own accuracy if it makes it, else 0. The reason: at every moment at
// most C executions run, so what all that run pay is at most C * integral of lambda. Give that sum
// back, and what is left of a schedule falls apart into requests, of which each gets at most its
// maximum. (A Lagrangian relaxation of "at most C at every moment"; any lambda gives a bound.)
// It holds for clairvoyants, any order and idle workers. With one price over the whole run it is
// capacity_bound(), which lends the quiet hour's seconds to the crowd.
//
// lambda is constant within equal windows: at least half an SLA long, at most 4,096. So the inner
// maximum is exact: the price of (s, s + e) is linear in s between the moments at which s or s + e
// crosses an edge, and all those are tried.
//
// The search for the least: the sum is convex in the prices. From the one price of the whole run,
// windows are halved step by step. At each step every price goes up where its second is wanted more
// than C times, and down where less, by a step that grows while the sign stays and halves when it
// turns. The least value on the way counts. Not the true least, but always a bound, and never above
// capacity_bound().
//
// Cost (release): 0.3 s of a processor for 20,000 requests and 11 models, 1.5 s for 100,000; with
// more the search takes fewer steps, which makes the bound looser. Three times as many steps
// brought it at most 0.001 lower where we tried. Pure; any thread.
#pragma once

#include "sim/model_set.h"
#include "sim/workload.h"

namespace cnnselect {

/// At most capacity_bound() of the same. `workers` >= 1; no closed loop, whose times of sending are
/// not known beforehand.
double burst_bound(const ModelSet& models, const Workload& workload, Duration sla, int workers);

}  // namespace cnnselect
