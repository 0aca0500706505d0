// RequestPlan: a client's hints and what the transport measured, as the engine wants them.
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
  std::optional<DeviceView> device;  ///< only where the server may leave the request to it
  Late late = Late::kAnswer;
  std::uint32_t priority = 1;   ///< as in ScheduledRequest
  Duration timeout = kForever;  ///< likewise

  bool has_sla() const { return timing.sla != kForever; }
};

/// For requests that say nothing of it.
struct PlanDefaults {
  const Selector* policy = nullptr;
  Duration threshold{};
  Late late = Late::kAnswer;
  std::uint32_t priority_levels = 1;   ///< classes of requests, >= 1
  std::uint32_t default_priority = 1;  ///< of those who ask for none, 1..priority_levels
  Duration queue_timeout = kForever;   ///< how long any request may wait, > 0
};

/// T_threshold is the request's own or the server's, and never more than the device's own time
/// (T_D) where the client told it. A timeout only shortens the server's. Errors: an unknown policy,
/// a priority beyond the server's.
Result<RequestPlan> plan_request(const RequestHints& hints, const Arrival& arrival,
                                 const PolicySet& policies, const PlanDefaults& defaults);

/// What the engine is asked for by this plan.
Request request_for(const RequestPlan& plan, std::vector<ModelId> candidates,
                    std::unique_ptr<InputSource> input);

/// The same plan, knowing that T_output is one of these equally likely values, ascending; none:
/// nothing was learnt, and nothing changes.
RequestPlan with_way_back(RequestPlan plan, std::vector<Duration> values);

}  // namespace cnnselect
