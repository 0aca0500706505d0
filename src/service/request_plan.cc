#include "service/request_plan.h"

#include <algorithm>
#include <utility>

#include "budget/network_estimate.h"

namespace cnnselect {

Result<RequestPlan> plan_request(const net::RequestHints& hints, const net::Arrival& arrival,
                                 const PolicySet& policies, const PlanDefaults& defaults) {
  const Result<const Selector*> policy =
      hints.policy.empty() ? defaults.policy : policies.find(hints.policy);
  if (!policy) return std::unexpected(policy.error());

  RequestPlan plan{.timing = {},
                   .threshold = hints.threshold.value_or(defaults.threshold),
                   .policy = *policy,
                   .way_back = {},
                   .device = {},
                   .late = defaults.late};
  if (hints.device) plan.threshold = std::min(plan.threshold, *hints.device);
  if (defaults.late == Late::kDevice && hints.device && hints.device_top1) {
    // The spread of the device's times is not told.
    plan.device = DeviceView{.accuracy = *hints.device_top1, .mean = *hints.device};
  }
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

Request request_for(const RequestPlan& plan, std::vector<ModelId> candidates,
                    std::unique_ptr<InputSource> input) {
  return {.candidates = std::move(candidates),
          .timing = plan.timing,
          .threshold = plan.threshold,
          .policy = plan.policy,
          .way_back = plan.way_back,
          .device = plan.device,
          .late = plan.late,
          .input = std::move(input)};
}

RequestPlan with_way_back(RequestPlan plan, std::vector<Duration> values) {
  if (values.empty()) return plan;
  plan.timing.output = values[values.size() / 2];
  plan.way_back = std::move(values);
  return plan;
}

}  // namespace cnnselect
