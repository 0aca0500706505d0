// Sweep: policies x SLAs over one workload, on several threads. The result does not depend on how
// many, nor on which other policies or SLAs are asked for.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "select/registry.h"
#include "sim/simulate.h"
#include "sim/summary.h"

namespace cnnselect {

/// MDInference runs the device's own network for every request, whatever the setting says.
inline constexpr std::string_view kAlwaysDuplicates = "mdinference";

/// One policy of a sweep, as it was asked for.
struct SweepPolicy {
  std::string text;
  /// Null: the oracle (kOracle), which knows each request's true times: U_inf as a policy.
  std::unique_ptr<const Selector> selector;
};

struct SweepPoint {
  std::string policy;
  Duration sla{};
  SimulationSummary summary;
  /// No policy's effective accuracy is above it: U_inf, or with workers (and not closed) U_burst,
  /// which is never above U_cap.
  double bound = 0;
  /// One per request, in the workload's order; empty unless it was asked for.
  std::vector<SimulatedOutcome> outcomes;
};

/// What a sweep keeps of each point.
enum class SweepDetail { kSummary, kOutcomes };

/// The policies that `texts` describe (src/select/policy_text.h). Errors: a policy that `registry`
/// cannot make; the oracle, if there is a limit of workers.
Result<std::vector<SweepPolicy>> make_sweep_policies(const PolicyRegistry& registry,
                                                     std::span<const std::string> texts,
                                                     const SimulationSetting& setting);

/// `setting` holds for every point but for its SLA; `jobs` >= 1 threads. The points are in the
/// order of `policies`, each with all `slas`.
std::vector<SweepPoint> run_sweep(const ModelSet& models, const Workload& workload,
                                  std::span<const SweepPolicy> policies,
                                  const std::vector<Duration>& slas,
                                  const SimulationSetting& setting, int jobs,
                                  SweepDetail detail = SweepDetail::kSummary);

/// The same, of our own policies. Errors as of make_sweep_policies().
Result<std::vector<SweepPoint>> run_sweep(const ModelSet& models, const Workload& workload,
                                          const std::vector<std::string>& policies,
                                          const std::vector<Duration>& slas,
                                          const SimulationSetting& setting, int jobs);

}  // namespace cnnselect
