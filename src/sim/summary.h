// Outcomes of a simulated run to the figures that are reported. Pure.
#pragma once

#include <vector>

#include "sim/simulate.h"

namespace cnnselect {

/// Proportions and accuracies are in [0, 1]; half widths are of 95 % intervals.
struct SimulationSummary {
  std::size_t requests = 0;
  double attainment = 0;  ///< share of all requests answered within the SLA
  double attainment_half = 0;
  double effective_accuracy = 0;  ///< accuracy of those within the SLA, 0 for the rest, over all
  double effective_half = 0;
  double mean_accuracy = 0;  ///< over the answered, late ones included
  double device_ran = 0;     ///< share of all requests for which the device ran its own network
  double cold = 0;           ///< share of all requests that waited for a model's load
  /// End to end, of the answered; nothing if there are none. Likewise below.
  std::optional<Duration> mean;
  std::optional<Duration> p25;
  std::optional<Duration> p50;
  std::optional<Duration> p75;
  std::optional<Duration> p95;
  std::optional<Duration> p99;
  std::vector<double> shares;  ///< of each model among the answered
  double device_share = 0;     ///< of the device's own, likewise
};

/// `models`: how many there are.
SimulationSummary summarise_simulation(std::size_t models,
                                       const std::vector<SimulatedOutcome>& outcomes, Duration sla);

}  // namespace cnnselect
