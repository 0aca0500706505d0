#include "service/request_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "budget/network_estimate.h"

namespace cnnselect {
namespace {

Result<std::uint32_t> priority_of(const RequestHints& hints, const PlanDefaults& defaults) {
  const std::uint64_t asked = hints.priority.value_or(0);
  if (asked == 0) return defaults.default_priority;
  if (asked <= defaults.priority_levels) return static_cast<std::uint32_t>(asked);
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("priority is {}; allowed: 1, which goes first, to {}, or 0 for the "
                          "default, {}",
                          asked, defaults.priority_levels, defaults.default_priority));
}

Duration timeout_of(const RequestHints& hints, const PlanDefaults& defaults) {
  const Duration own = hints.timeout.value_or(Duration::zero());
  return own == Duration::zero() ? defaults.queue_timeout : std::min(own, defaults.queue_timeout);
}

}  // namespace

Result<RequestPlan> plan_request(const RequestHints& hints, const Arrival& arrival,
                                 const PolicySet& policies, const PlanDefaults& defaults) {
  const Result<const Selector*> policy =
      hints.policy.empty() ? defaults.policy : policies.find(hints.policy);
  if (!policy) return std::unexpected(policy.error());
  const auto priority = priority_of(hints, defaults);
  if (!priority) return std::unexpected(priority.error());

  RequestPlan plan{.timing = {},
                   .threshold = hints.threshold.value_or(defaults.threshold),
                   .policy = *policy,
                   .way_back = {},
                   .device = {},
                   .late = defaults.late,
                   .priority = *priority,
                   .timeout = timeout_of(hints, defaults)};
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
          .priority = plan.priority,
          .timeout = plan.timeout,
          .input = std::move(input)};
}

RequestPlan with_way_back(RequestPlan plan, std::vector<Duration> values) {
  if (values.empty()) return plan;
  plan.timing.output = values[values.size() / 2];
  plan.way_back = std::move(values);
  return plan;
}

}  // namespace cnnselect
