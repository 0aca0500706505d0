// The best rule with a queue: the most that a rule can earn per request in the long run, on a
// server with one or two workers. The rule knows how long each request has waited, but not who
// comes next.
//
// The world: Poisson arrivals, first come first served. With one worker, and the same slack for
// all, that order loses nothing. Every request has the same slack T when it arrives: its SLA less
// the network, a constant. When a worker turns to a request that has waited w, the rule gives it a
// model or drops it. A model that takes t earns its accuracy A if w + t <= T, else nothing.
// Dropping takes no time and earns nothing.
//
// One worker. Let v be the work that an arrival finds; it is its wait, by Lindley's recursion. Let
// g be what a request earns on average, and p(v) the price of the worker's next second. The
// optimality equation of the Markov decision process is
//   p(v) = r (g - u(v)),   u(v) = max(0, max over models of A 1(v + t <= T) - price of (v, v + t)),
// p(v) = r g beyond the last moment of use, and p(0) = 0: an idle second costs nothing. From T down
// it is an ordinary differential equation. A larger g raises p everywhere. So g is the smallest
// that keeps p >= 0, found by bisection.
//
// Two workers. The state is the work on each, a <= b. An arrival waits a. It is solved by value
// iteration, from one arrival to the next, on finer and finer grids.
//
// It is a reference for a server whose rule sees only the wait. It is NOT an upper bound for every
// policy. The real server binds late and also knows who waits behind. With two workers a request
// may overtake another. So a clever policy may be slightly above it ("ramsis" is by up to 0.008,
// over 400,000 requests). The bound is capacity_bound() (sim/bounds.h). The rule says nothing about
// slacks that differ (a network that varies), bursts, or a closed loop, which sends less to a slow
// server.
//
// Executions that vary count as up to 8 equally likely times. So the tails beyond the 1/16 and
// 15/16 quantiles are cut. With two workers this is mildly optimistic, for two reasons. The rule
// sees when the other worker will be free, which a real one only guesses. And the part of an
// execution beyond two slacks has one price: what one worker less earns less.
//
// Error. The grid errs to either side, with the square of the step. Times between two points are
// shared among them, so the load is exact. Measured against grids twice to a hundred times finer,
// the result is within 0.00001 with one worker and 0.0001 with two, and `unconverged` besides.
// Above 32 arrivals per worker in the mean time of the fastest model, the rest is taken to be
// dropped unseen: at most A / 1000 too low.
//
// Cost (release): one worker 0.5 to 10 ms, two workers 1 to 300 ms. If the slack is thousands of
// times the fastest model's time, up to 0.3 and 0.6 s. Pure; any thread. The grid is in
// sim/queue_grid.h, one worker in sim/queue_price.h, two in sim/queue_values.h.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "cnnselect/result.h"
#include "cnnselect/time.h"
#include "sim/model_set.h"

namespace cnnselect {

/// From `work` on, until the next entry's.
struct QueueChoice {
  Duration work{};                   ///< of the worker that takes the request: its wait
  std::optional<std::size_t> model;  ///< index in the set; nothing: it is dropped
  double price = 0;                  ///< accuracy that the worker's next second is worth, at `work`
};

struct QueueRule {
  double effective_accuracy = 0;  ///< per request that arrives, in [0, 1]
  /// Of the iteration on its grid, not of the grid: the solution is within this of the above.
  double unconverged = 0;
  /// Ascending, the first at zero. With two workers: where the other has as much work. Where two
  /// choices are worth the same they may alternate.
  std::vector<QueueChoice> choices;
};

/// `steps`: of the slack; 0 for as many as the error above needs. With one worker more are taken
/// where arrivals are so many that the steps would not be stable.
/// Errors: `arrivals_per_second` and `slack` must be above 0 (and finite), `workers` 1 or 2,
/// `steps` 0, or 16 to 131,072 with one worker and 16 to 512 (in eights, rounded down) with two.
Result<QueueRule> best_queue_rule(const ModelSet& models, double arrivals_per_second,
                                  Duration slack, int workers, std::size_t steps = 0);

}  // namespace cnnselect
