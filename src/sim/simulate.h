// simulate(): one policy at one SLA over a workload, deciding with the server's own code.
//
// Without a limit of workers nobody waits, and a decision is the Selector on the budget that the
// network has left. With workers the engine's Scheduler admits, orders and starts the requests, on
// simulated time. Pure: same arguments, same result.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "cnnselect/result.h"
#include "cnnselect/selector.h"
#include "sim/model_set.h"
#include "sim/workload.h"

namespace cnnselect {

/// What the policy is told of the way back.
enum class NetworkKnowledge {
  kDoubleInput,  ///< T_nw = 2 T_input, the paper's estimate
  kPerfect,      ///< the true time of this request's way back
  kLearnt,       ///< what earlier requests' ways back were (WayBackLearner); at first 2 T_input
  kLaw,          ///< the law itself: the way back's true distribution given this way here
};

/// "double-input", "perfect", "learnt" or "law". Errors name the text and what is allowed.
Result<NetworkKnowledge> parse_network_knowledge(std::string_view text);

struct SimulationSetting {
  Duration sla{};  ///< > 0
  Duration threshold{};
  NetworkKnowledge knowledge = NetworkKnowledge::kDoubleInput;
  std::optional<int> workers;         ///< nothing: as many as there are requests
  std::size_t max_queue = 1'000'000;  ///< with workers: one more is refused
  std::uint64_t seed = 1;             ///< of the policy's draws
  /// For kLaw: equally likely one-way times, ascending, and the chance that one draw serves both
  /// ways (Network::one_way_times, Network::correlation).
  std::vector<Duration> one_way_times;
  double correlation = 1;
};

/// What became of one request.
struct SimulatedOutcome {
  std::optional<std::size_t> model;  ///< index into the ModelSet; nothing: refused
  Duration total{};                  ///< from "send" to "answer on the device"
};

/// One outcome per request, in the workload's order.
std::vector<SimulatedOutcome> simulate(const ModelSet& models, const Workload& workload,
                                       const Selector& policy, const SimulationSetting& setting);

}  // namespace cnnselect
