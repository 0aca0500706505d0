// What the policies share: limits as real numbers, the best of some candidates, and the draw. Pure.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <span>

#include "cnnselect/selector.h"

namespace cnnselect {

/// Nanoseconds as a double. The ends of Duration's range become the infinities.
inline double real(Duration d) {
  if (d == Duration::max()) return std::numeric_limits<double>::infinity();
  if (d == Duration::min()) return -std::numeric_limits<double>::infinity();
  return static_cast<double>(d.count());
}

inline double seconds(Duration d) { return real(d) * 1e-9; }

/// mu + sigma < T_U.
inline bool fits(const Candidate& candidate, double soft) {
  return real(candidate.mean) + real(candidate.deviation) < soft;
}

/// T_U on arrival, ns: what was left of the SLA for waiting and inference when the request was
/// received. This is T_U with the waiting so far put back.
inline double soft_on_arrival(const SelectionInput& input) {
  return real(input.budget.soft) + real(input.waited);
}

/// The 95th percentile of a model's time, ns: from its times, or else from the normal law of its
/// mean and deviation.
double percentile_95(const Candidate& candidate);

/// The chance that a normally distributed time is at most `time`. Without a deviation it is 0 or 1.
double normal_at_most(double time, double mean, double deviation);

/// Index of the smallest mean. Of equals the more accurate one, then the first.
std::size_t fastest(std::span<const Candidate> candidates);

/// Whether `one` is more accurate. Of equals the one with the smaller mean wins.
inline bool more_accurate(const Candidate& one, const Candidate& other) {
  return one.accuracy > other.accuracy || (one.accuracy == other.accuracy && one.mean < other.mean);
}

/// Index of the most accurate candidate for which `eligible` holds. Nothing if there is none.
template <class Eligible>
std::optional<std::size_t> most_accurate(std::span<const Candidate> candidates,
                                         Eligible&& eligible) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (best && !more_accurate(candidates[i], candidates[*best])) continue;
    if (eligible(candidates[i])) best = i;
  }
  return best;
}

/// An edge of the upper hull of (mean, accuracy).
struct HullEdge {
  std::size_t to = 0;
  double slope = 0;  ///< > 0, accuracy per ns
};

/// The next corner of the hull after the corner `at`: of the slower candidates for which `eligible`
/// holds, the one to which accuracy rises steepest. Of equals the fastest. Nothing if none is more
/// accurate.
template <class Eligible>
std::optional<HullEdge> next_on_hull(std::span<const Candidate> candidates, std::size_t at,
                                     const Eligible& eligible) {
  std::optional<HullEdge> edge;
  const Candidate& from = candidates[at];
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const Candidate& model = candidates[i];
    if (model.mean <= from.mean || model.accuracy <= from.accuracy || !eligible(model)) continue;
    const double slope = (model.accuracy - from.accuracy) / (real(model.mean) - real(from.mean));
    if (!edge || slope > edge->slope ||
        (slope == edge->slope && model.mean < candidates[edge->to].mean)) {
      edge = {.to = i, .slope = slope};
    }
  }
  return edge;
}

// Rules of eligibility, and weights for the draw.
inline constexpr auto kAnyModel = [](const Candidate&) { return true; };
inline constexpr auto kEvenly = [](const Candidate&) { return 1.0; };
inline constexpr auto kByAccuracy = [](const Candidate& model) { return model.accuracy; };
inline auto fits_within(const Budget& budget) {
  return [soft = real(budget.soft)](const Candidate& model) { return fits(model, soft); };
}

/// Chooses `chosen` for certain.
Selection certainly(std::size_t chosen, Reason reason, std::span<double> probability);

/// Draws one candidate in proportion to the weights in `probability` (finite, >= 0). The weights
/// become the probabilities. If all weights are zero, or none can be told from zero, it is `base`.
/// kBaseOnly is reported only of `base` itself: any other choice was explored.
Selection draw(std::size_t base, Rng& rng, std::span<double> probability);

/// The same for policies without a base model. `without_weights` is chosen when there is no weight.
/// The reported base is the chosen one, as Selection asks.
Selection draw_without_base(std::size_t without_weights, Rng& rng, std::span<double> probability);

/// Draws in proportion to `weight` among the candidates for which `eligible` holds. If it holds for
/// none, the fastest of all.
template <class Eligible, class Weight>
Selection draw_among(std::span<const Candidate> candidates, const Eligible& eligible,
                     const Weight& weight, Rng& rng, std::span<double> probability) {
  const auto best = most_accurate(candidates, eligible);
  if (!best) return certainly(fastest(candidates), Reason::kFastestFallback, probability);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    probability[i] = eligible(candidates[i]) ? weight(candidates[i]) : 0.0;
  }
  return draw_without_base(*best, rng, probability);
}

}  // namespace cnnselect
