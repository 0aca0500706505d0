// RequestPlan: a client's hints and what the transport measured, in the form that the engine wants.
// Pure.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "api/inference_api.h"
#include "budget/budget.h"
#include "cnnselect/selector.h"
#include "engine/request.h"
#include "service/policy_set.h"

namespace cnnselect {

struct RequestPlan {
  RequestTiming timing;
  Duration threshold{};
  const Selector* policy = nullptr;
  std::vector<Duration> way_back;    ///< as in SelectionInput; empty: nothing learnt
  std::optional<DeviceView> device;  ///< only if the server may leave the request to the device
  Late late = Late::kAnswer;
  std::uint32_t priority = 1;   ///< as in ScheduledRequest
  Duration timeout = kForever;  ///< likewise

  bool has_sla() const { return timing.sla != kForever; }
};

/// What holds for requests that say nothing else.
struct PlanDefaults {
  const Selector* policy = nullptr;
  Duration threshold{};
  Late late = Late::kAnswer;
  std::uint32_t priority_levels = 1;   ///< classes of requests, >= 1
  std::uint32_t default_priority = 1;  ///< of requests that ask for none, 1..priority_levels
  Duration queue_timeout = kForever;   ///< how long any request may wait, > 0
};

/// T_threshold is the request's own or the server's. It is never more than the device's own time
/// (T_D), if the client told it. A request's timeout can only shorten the server's. Errors: an
/// unknown policy, a priority beyond the server's levels.
Result<RequestPlan> plan_request(const RequestHints& hints, const Arrival& arrival,
                                 const PolicySet& policies, const PlanDefaults& defaults);

/// The engine's request for this plan.
Request request_for(const RequestPlan& plan, std::vector<ModelId> candidates,
                    std::unique_ptr<InputSource> input);

/// The same plan, with T_output as one of these equally likely values, ascending. If there are
/// none, nothing was learnt, and nothing changes.
RequestPlan with_way_back(RequestPlan plan, std::vector<Duration> values);

}  // namespace cnnselect
