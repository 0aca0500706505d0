#include "select/candidates.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace cnnselect {

double percentile_95(const Candidate& candidate) {
  constexpr double kNormal95 = 1.6448536269514722;  // of the standard normal
  if (candidate.times.empty()) {
    return real(candidate.mean) + kNormal95 * real(candidate.deviation);
  }
  // The smallest time that at least 95 of 100 do not exceed.
  const std::size_t rank = (candidate.times.size() * 95 + 99) / 100;
  return real(candidate.times[rank - 1]);
}

double normal_at_most(double time, double mean, double deviation) {
  if (deviation == 0) return mean <= time ? 1 : 0;
  return 0.5 * std::erfc((mean - time) / (deviation * std::numbers::sqrt2));
}

std::size_t fastest(std::span<const Candidate> candidates) {
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

Selection certainly(std::size_t chosen, Reason reason, std::span<double> probability) {
  std::ranges::fill(probability, 0.0);
  probability[chosen] = 1.0;
  return {.chosen = chosen, .base = chosen, .reason = reason};
}

Selection draw(std::size_t base, Rng& rng, std::span<double> probability) {
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

Selection draw_without_base(std::size_t without_weights, Rng& rng, std::span<double> probability) {
  Selection selection = draw(without_weights, rng, probability);
  selection.base = selection.chosen;
  if (probability[selection.chosen] == 1.0) selection.reason = Reason::kBaseOnly;
  return selection;
}

}  // namespace cnnselect
