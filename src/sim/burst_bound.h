// U_burst: what no policy can beat when load changes. It has a price of a worker's second for every
// moment, instead of one price for the whole run.
//
// For any price lambda(t) >= 0, no policy on C workers earns more per request than
//   (1/N) [ sum over requests of max(A_d, max over feasible m and s of (A_m - price of (s, s + e)))
//           + C * integral of lambda ],   price of (a, b) = integral of lambda from a to b,
// e is the request's execution on m. s is its start, from its arrival to the last start that is in
// time. A_d is the device's own accuracy if it makes it, else 0. The reason: at every moment at
// most C executions run. So all executions together pay at most C * integral of lambda. Give that
// sum back. Then the rest of a schedule falls apart into requests, and each gets at most its
// maximum. (A Lagrangian relaxation of "at most C at every moment"; any lambda gives a bound.) It
// holds for clairvoyants, any order and idle workers. With one price over the whole run it is
// capacity_bound(), which lends the seconds of a quiet hour to the crowd.
//
// lambda is constant within equal windows, at least half an SLA long, and at most 4,096 of them. So
// the inner maximum is exact: the price of (s, s + e) is linear in s between the moments at which s
// or s + e crosses an edge. All those moments are tried.
//
// The search for the least value: the sum is convex in the prices. It begins with the one price of
// the whole run, and halves the windows step by step. At each step, a price goes up if its second
// is wanted more than C times, and down if less. Its step grows while the sign stays, and halves
// when it turns. The least value on the way counts. It is not the true least, but always a bound,
// and never above capacity_bound().
//
// Cost (release): 0.3 s of a processor for 20,000 requests and 11 models, 1.5 s for 100,000. With
// more requests the search takes fewer steps, and the bound is looser. Three times as many steps
// brought it at most 0.001 lower where we tried. Pure; any thread.
#pragma once

#include "sim/model_set.h"
#include "sim/workload.h"

namespace cnnselect {

/// At most capacity_bound() of the same. `workers` >= 1. Not for closed loops: their times of
/// sending are not known beforehand.
double burst_bound(const ModelSet& models, const Workload& workload, Duration sla, int workers);

}  // namespace cnnselect
