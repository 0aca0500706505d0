// simulate(): one policy at one SLA over a workload, deciding with the server's own code.
//
// The engine's Scheduler admits, orders and starts the requests on simulated time. Without a limit
// of workers, and if nothing is learnt, no request waits. Then a decision is the Selector alone, on
// the budget that the network has left. Pure: same arguments, same result.
//
// Several choices say how true to life a run is (docs/simulator.md). The defaults here and in
// WorkloadOptions are the plain ones, which say exactly what a test sees. The defaults of the
// command `simulate` are the realistic ones.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "cnnselect/selector.h"
#include "engine/scheduler.h"
#include "sim/device.h"
#include "sim/model_memory.h"
#include "sim/model_set.h"
#include "sim/network_view.h"
#include "sim/profile_view.h"
#include "sim/workload.h"

namespace cnnselect {

struct SimulationSetting {
  Duration sla{};  ///< > 0
  Duration threshold{};
  /// Time of each request between its arrival and the queue, without a worker: decoding, HTTP.
  Duration overhead{};
  NetworkView::Options network;
  ProfileKnowledge profiles = ProfileKnowledge::kTrue;
  std::optional<int> workers;                   ///< nothing: as many as there are requests
  std::size_t max_queue = 1'000'000;            ///< with workers: one more is refused
  Late late = Late::kAnswer;                    ///< with workers; kAnswer or kLast
  std::optional<ColdStart> cold;                ///< nothing: every model is in memory
  Duplication duplication = Duplication::kOff;  ///< of a workload with a device
  std::uint64_t seed = 1;                       ///< of the policy's draws
};

/// One outcome per request, in the workload's order.
std::vector<SimulatedOutcome> simulate(const ModelSet& models, const Workload& workload,
                                       const Selector& policy, const SimulationSetting& setting);

}  // namespace cnnselect
