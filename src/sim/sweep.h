// Sweep: policies x SLAs over one workload, on several threads. The result does not depend on how
// many, nor on which other policies or SLAs are asked for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/simulate.h"
#include "sim/summary.h"

namespace cnnselect {

/// "oracle" knows each request's true times (U_inf as a policy); only without a limit of workers.
inline constexpr std::string_view kOracle = "oracle";

/// MDInference runs the device's own network for every request, whatever the setting says.
inline constexpr std::string_view kAlwaysDuplicates = "mdinference";

struct SweepPoint {
  std::string policy;
  Duration sla{};
  SimulationSummary summary;
  /// No policy's effective accuracy is above it: U_inf, or with workers (and not closed) U_burst,
  /// which is never above U_cap.
  double bound = 0;
};

/// `setting` holds for every point but for its SLA; `jobs` >= 1 threads. The points are in the
/// order of `policies`, each with all `slas`. Errors: an unknown policy, or the oracle with
/// workers.
Result<std::vector<SweepPoint>> run_sweep(const ModelSet& models, const Workload& workload,
                                          const std::vector<std::string>& policies,
                                          const std::vector<Duration>& slas,
                                          const SimulationSetting& setting, int jobs);

}  // namespace cnnselect
