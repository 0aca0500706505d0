#include "service/request_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "budget/network_estimate.h"

namespace cnnselect {
namespace {

Result<std::uint32_t> priority_of(const RequestHints& hints, const TermDefaults& defaults) {
  const std::uint64_t asked = hints.priority.value_or(0);
  if (asked == 0) return defaults.default_priority;
  if (asked <= defaults.priority_levels) return static_cast<std::uint32_t>(asked);
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("priority is {}; allowed: 1, which goes first, to {}, or 0 for the "
                          "default, {}",
                          asked, defaults.priority_levels, defaults.default_priority));
}

Duration timeout_of(const RequestHints& hints, const TermDefaults& defaults) {
  const Duration own = hints.timeout.value_or(Duration::zero());
  return own == Duration::zero() ? defaults.queue_timeout : std::min(own, defaults.queue_timeout);
}

}  // namespace

Result<RequestTerms> plan_request(const RequestHints& hints, const Arrival& arrival,
                                  const PolicySet& policies, const TermDefaults& defaults) {
  const auto policy = policies.find(hints.policy.empty() ? defaults.policy : hints.policy);
  if (!policy) return std::unexpected(policy.error());
  const auto priority = priority_of(hints, defaults);
  if (!priority) return std::unexpected(priority.error());

  RequestTerms terms{.timing = {},
                     .threshold = hints.threshold.value_or(defaults.threshold),
                     .policy = policy->selector,
                     .policy_text = policy->text,
                     .way_back = {},
                     .device = {},
                     .late = defaults.late,
                     .priority = *priority,
                     .timeout = timeout_of(hints, defaults)};
  if (hints.device) terms.threshold = std::min(terms.threshold, *hints.device);
  if (defaults.late == Late::kDevice && hints.device && hints.device_top1) {
    // The spread of the device's times is not told.
    terms.device = DeviceView{.accuracy = *hints.device_top1, .mean = *hints.device};
  }
  const NetworkEstimate network = estimate_network({.first_byte = arrival.first_byte,
                                                    .last_byte = arrival.last_byte,
                                                    .connection_rtt = arrival.rtt,
                                                    .client_rtt = hints.rtt,
                                                    .last_output = hints.last_output});
  terms.timing = {.sla = hints.sla.value_or(kForever),
                  .elapsed = hints.elapsed.value_or(Duration::zero()),
                  .input = network.input,
                  .output = network.output,
                  .received = arrival.last_byte};
  return terms;
}

RequestTerms with_way_back(RequestTerms terms, std::vector<Duration> values) {
  if (values.empty()) return terms;
  terms.timing.output = values[values.size() / 2];
  terms.way_back = std::move(values);
  return terms;
}

}  // namespace cnnselect
