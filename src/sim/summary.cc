#include "sim/summary.h"

#include <algorithm>
#include <cmath>

#include "stats/confidence.h"
#include "stats/percentile.h"
#include "stats/running_moments.h"

namespace cnnselect {

SimulationSummary summarise_simulation(std::size_t models,
                                       const std::vector<SimulatedOutcome>& outcomes,
                                       Duration sla) {
  SimulationSummary summary{.requests = outcomes.size(), .shares = std::vector<double>(models)};
  std::vector<Duration> totals;
  totals.reserve(outcomes.size());
  RunningMoments effective;
  std::size_t in_time = 0;
  std::size_t device_runs = 0;
  std::size_t cold = 0;
  double accuracy = 0;
  double sum_ms = 0;
  for (const SimulatedOutcome& outcome : outcomes) {
    const bool kept = outcome.answered() && outcome.total <= sla;
    effective.add(kept ? outcome.accuracy : 0);
    in_time += kept ? 1 : 0;
    device_runs += outcome.device_ran ? 1 : 0;
    cold += outcome.cold ? 1 : 0;
    if (!outcome.answered()) continue;
    accuracy += outcome.accuracy;
    ++(outcome.on_device ? summary.device_share : summary.shares[*outcome.model]);
    totals.push_back(outcome.total);
    sum_ms += to_ms(outcome.total);
  }
  const Interval interval = wilson_95(in_time, outcomes.size());
  summary.attainment_half = (interval.high - interval.low) / 2;
  summary.effective_half = half_width_95(effective);
  if (outcomes.empty() || totals.empty()) return summary;
  const auto answered = static_cast<double>(totals.size());
  summary.device_ran = static_cast<double>(device_runs) / static_cast<double>(outcomes.size());
  summary.cold = static_cast<double>(cold) / static_cast<double>(outcomes.size());
  summary.attainment = static_cast<double>(in_time) / static_cast<double>(outcomes.size());
  summary.effective_accuracy = effective.mean();
  summary.mean_accuracy = accuracy / answered;
  summary.mean = from_ms(sum_ms / answered);
  for (double& share : summary.shares) share /= answered;
  summary.device_share /= answered;
  std::ranges::sort(totals);
  const std::span<const Duration> sorted(totals);
  summary.p25 = percentile_of_sorted(sorted, 0.25);
  summary.p50 = percentile_of_sorted(sorted, 0.50);
  summary.p75 = percentile_of_sorted(sorted, 0.75);
  summary.p95 = percentile_of_sorted(sorted, 0.95);
  summary.p99 = percentile_of_sorted(sorted, 0.99);
  return summary;
}

}  // namespace cnnselect
