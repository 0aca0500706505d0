// What most policies need: limits as real numbers, the best of some candidates, and the draw. Pure.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
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

/// mu + k sigma < T_U, where k is `sigmas`.
inline bool fits(const Candidate& candidate, double soft, double sigmas = 1) {
  return real(candidate.mean) + sigmas * real(candidate.deviation) < soft;
}

/// T_U on arrival, ns: what was left of the SLA for waiting and inference when the request was
/// received. This is T_U with the waiting so far put back.
inline double soft_on_arrival(const SelectionInput& input) {
  return real(input.budget.soft) + real(input.waited);
}

/// A share of all times, and that quantile of the standard normal law.
struct Quantile {
  double share = 0.5;  ///< in (0, 1)
  double normal = 0;
};
inline constexpr Quantile kPercentile95{.share = 0.95, .normal = 1.6448536269514722};

/// The time, ns, that a share of a model's executions does not exceed: from its times, or else from
/// the normal law of its mean and deviation.
inline double time_at(const Candidate& candidate, Quantile quantile) {
  if (candidate.times.empty()) {
    return real(candidate.mean) + quantile.normal * real(candidate.deviation);
  }
  // The smallest time that at least this share does not exceed. 0.95 is not exactly 95 / 100.
  const double rank =
      std::ceil(quantile.share * static_cast<double>(candidate.times.size()) - 1e-9);
  return real(candidate.times[static_cast<std::size_t>(std::max(rank, 1.0)) - 1]);
}

/// The 95th percentile of a model's time, ns.
inline double percentile_95(const Candidate& candidate) {
  return time_at(candidate, kPercentile95);
}

/// The chance that a normally distributed time is at most `time`. Without a deviation it is 0 or 1.
inline double normal_at_most(double time, double mean, double deviation) {
  if (deviation == 0) return mean <= time ? 1 : 0;
  return 0.5 * std::erfc((mean - time) / (deviation * std::numbers::sqrt2));
}

/// Index of the smallest mean. Of equals the more accurate one, then the first.
inline std::size_t fastest(std::span<const Candidate> candidates) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < candidates.size(); ++i) {
    const Candidate& candidate = candidates[i];
    if (candidate.mean < candidates[best].mean ||
        (candidate.mean == candidates[best].mean &&
         candidate.accuracy > candidates[best].accuracy)) {
      best = i;
    }
  }
  return best;
}

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
inline auto fits_within(const Budget& budget, double sigmas = 1) {
  return [soft = real(budget.soft), sigmas](const Candidate& model) {
    return fits(model, soft, sigmas);
  };
}

/// Chooses `chosen` for certain.
inline Selection certainly(std::size_t chosen, Reason reason, std::span<double> probability) {
  std::ranges::fill(probability, 0.0);
  probability[chosen] = 1.0;
  return {.chosen = chosen, .base = chosen, .reason = reason};
}

/// Draws one candidate in proportion to the weights in `probability` (finite, >= 0). The weights
/// become the probabilities. If all weights are zero, or none can be told from zero, it is `base`.
/// kBaseOnly is reported only of `base` itself: any other choice was explored.
inline Selection draw(std::size_t base, Rng& rng, std::span<double> probability) {
  double sum = 0;
  double largest = 0;
  for (const double weight : probability) {
    sum += weight;
    largest = std::max(largest, weight);
  }
  // A sum too small or too large to divide by says nothing about proportions.
  if (!(sum >= std::numeric_limits<double>::min()) || sum > std::numeric_limits<double>::max()) {
    return certainly(base, Reason::kBaseOnly, probability);
  }
  if (largest == sum) {
    const auto only =
        static_cast<std::size_t>(std::ranges::find(probability, largest) - probability.begin());
    Selection selection =
        certainly(only, only == base ? Reason::kBaseOnly : Reason::kExplored, probability);
    selection.base = base;
    return selection;
  }
  double left = rng.uniform() * sum;
  std::size_t chosen = base;
  bool drawn = false;
  for (std::size_t i = 0; i < probability.size(); ++i) {
    if (!drawn && probability[i] > 0) {
      // Rounding may leave a trace of `left` after the last weight: the last positive one takes it.
      chosen = i;
      drawn = left < probability[i];
      left -= probability[i];
    }
    probability[i] /= sum;
  }
  return {.chosen = chosen, .base = base, .reason = Reason::kExplored};
}

/// The same for policies without a base model. `without_weights` is chosen when there is no weight.
/// The reported base is the chosen one, as Selection asks.
inline Selection draw_without_base(std::size_t without_weights, Rng& rng,
                                   std::span<double> probability) {
  Selection selection = draw(without_weights, rng, probability);
  selection.base = selection.chosen;
  if (probability[selection.chosen] == 1.0) selection.reason = Reason::kBaseOnly;
  return selection;
}

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
