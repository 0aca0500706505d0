// The price of a worker's time, for policies that serve many with few workers. Pure.
//
// At a price lambda a second, requests that come at rate r to C workers earn at most
//   V(lambda) = max over m of r (A_m - lambda mu_m) + lambda C
// a second; the least value of V is what can be earned in the long run (the dual of U_cap), at the
// price lambda* that just fills the workers. But nobody can be charged lambda* all the time:
// without a backlog a worker's second is about to be wasted and worth nothing, and where the
// backlog is as long as the SLA bears, a second more costs somebody an answer. In between, with the
// work that arrives taken for a diffusion of variance s^2 a second, the optimal price as a function
// of the backlog b follows lambda' = 2 (V(lambda) - V(lambda*)) / s^2 from either end: a steep
// start, a long rest about lambda*, a steep end (docs/policies.md).
#pragma once

#include <span>

#include "cnnselect/selector.h"

namespace cnnselect {

/// Share of the best that any model earns per second which an execution must reach to be worth its
/// time when the workers are full: few requests are certain to be in time.
inline constexpr double kWorthServing = 0.9;
/// The same where a request that is not run is not lost: at the longest backlog all are sent back,
/// while their devices still have the time.
inline constexpr double kAtMostWithDevice = 1.1;
/// Share of the SLA, of SLAs up to kLongestSla, that waiting may take before a request's own time.
inline constexpr double kBacklogShare = 0.5;
inline constexpr Duration kLongestSla = std::chrono::seconds(2);

/// A request that is not run here.
struct Undone {
  double worth = 0;           ///< the accuracy of its device; 0: nothing
  bool must_be_told = false;  ///< its device runs only when it is told to, and needs time then
};

/// lambda, accuracy per second, for a request with this SLA: in [0, kWorthServing x the most
/// accuracy per second of any model]; never falls when more wait. 0 without a limit of workers.
/// Where `undone` is worth something a model earns what it adds to that, and kAtMostWithDevice is
/// in kWorthServing's place.
double time_price(std::span<const Candidate> models, const LoadView& load, Duration sla,
                  Undone undone = {});

}  // namespace cnnselect
