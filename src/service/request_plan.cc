#include "service/request_plan.h"

#include <algorithm>

#include "budget/network_estimate.h"

namespace cnnselect {

Result<RequestPlan> plan_request(const net::RequestHints& hints, const net::Arrival& arrival,
                                 const PolicySet& policies, const ServiceOptions& options) {
  const auto policy = policies.find(hints.policy.empty() ? options.policy : hints.policy);
  if (!policy) return std::unexpected(policy.error());

  RequestPlan plan{
      .timing = {}, .threshold = hints.threshold.value_or(options.threshold), .policy = *policy};
  if (hints.device) plan.threshold = std::min(plan.threshold, *hints.device);
  const NetworkEstimate network = estimate_network({.first_byte = arrival.first_byte,
                                                    .last_byte = arrival.last_byte,
                                                    .connection_rtt = arrival.rtt,
                                                    .client_rtt = hints.rtt,
                                                    .last_output = hints.last_output});
  plan.timing = {.sla = hints.sla.value_or(kForever),
                 .elapsed = hints.elapsed.value_or(Duration::zero()),
                 .input = network.input,
                 .output = network.output,
                 .received = arrival.last_byte};
  return plan;
}

}  // namespace cnnselect
