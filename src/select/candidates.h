// What the policies share: limits as real numbers, the best candidate of some, and the draw. Pure.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <span>

#include "cnnselect/selector.h"

namespace cnnselect {

/// Nanoseconds as a double; the ends of Duration's range are the infinities.
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

/// What is left of the SLA for waiting and inference when the request is received, ns: T_U with the
/// waiting so far put back.
inline double soft_on_arrival(const SelectionInput& input) {
  return real(input.budget.soft) + real(input.waited);
}

/// The 95th percentile of a model's time, ns: of its times, or of the normal that mean and
/// deviation describe.
double percentile_95(const Candidate& candidate);

/// The chance that a normally distributed time is at most `time`; without a deviation 0 or 1.
double normal_at_most(double time, double mean, double deviation);

/// Index of the smallest mean; of equals the more accurate, then the first.
std::size_t fastest(std::span<const Candidate> candidates);

/// Whether `one` is to be preferred for its accuracy: of equals the smaller mean wins.
inline bool more_accurate(const Candidate& one, const Candidate& other) {
  return one.accuracy > other.accuracy || (one.accuracy == other.accuracy && one.mean < other.mean);
}

/// Index of the most accurate candidate for which `eligible` holds; nothing if there is none.
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

/// From `at`, a corner of the hull: of the slower ones for which `eligible` holds the one to which
/// accuracy rises steepest, of equals the fastest; nothing when none is more accurate.
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

// What candidates can be eligible by, and be drawn by.
inline constexpr auto kAnyModel = [](const Candidate&) { return true; };
inline constexpr auto kEvenly = [](const Candidate&) { return 1.0; };
inline constexpr auto kByAccuracy = [](const Candidate& model) { return model.accuracy; };
inline auto fits_within(const Budget& budget) {
  return [soft = real(budget.soft)](const Candidate& model) { return fits(model, soft); };
}

/// `chosen` for certain.
Selection certainly(std::size_t chosen, Reason reason, std::span<double> probability);

/// One of the candidates, in proportion to the weights that `probability` holds (finite, >= 0) and
/// that become the probabilities. When all weights are zero, or none can be told from zero, `base`.
/// kBaseOnly is reported only of `base` itself: whatever else is chosen was explored.
Selection draw(std::size_t base, Rng& rng, std::span<double> probability);

/// The same for policies without a base model: `without_weights` stands in when there is no weight,
/// and the reported base is the chosen one, as Selection asks.
Selection draw_without_base(std::size_t without_weights, Rng& rng, std::span<double> probability);

/// Drawn in proportion to `weight` among the candidates for which `eligible` holds; the fastest of
/// all when it holds for none.
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
