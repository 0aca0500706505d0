// RequestPlan: a client's hints and what the transport measured, as the engine wants them.
// Pure.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "budget/budget.h"
#include "cnnselect/selector.h"
#include "engine/request.h"
#include "net/inference_api.h"
#include "service/policy_set.h"

namespace cnnselect {

struct RequestPlan {
  RequestTiming timing;
  Duration threshold{};
  const Selector* policy = nullptr;
  std::vector<Duration> way_back;    ///< as in SelectionInput; empty: nothing learnt
  std::optional<DeviceView> device;  ///< only where the server may leave the request to it
  Late late = Late::kAnswer;

  bool has_sla() const { return timing.sla != kForever; }
};

/// For requests that say nothing of it.
struct PlanDefaults {
  const Selector* policy = nullptr;
  Duration threshold{};
  Late late = Late::kAnswer;
};

/// T_threshold is the request's own or the server's, and never more than the device's own time
/// (T_D) where the client told it. Errors: an unknown policy.
Result<RequestPlan> plan_request(const net::RequestHints& hints, const net::Arrival& arrival,
                                 const PolicySet& policies, const PlanDefaults& defaults);

/// What the engine is asked for by this plan.
Request request_for(const RequestPlan& plan, std::vector<ModelId> candidates,
                    std::unique_ptr<InputSource> input);

/// The same plan, knowing that T_output is one of these equally likely values, ascending; none:
/// nothing was learnt, and nothing changes.
RequestPlan with_way_back(RequestPlan plan, std::vector<Duration> values);

}  // namespace cnnselect
