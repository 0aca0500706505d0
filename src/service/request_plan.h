// Turns a client's hints, and what the transport measured, into the terms that the engine wants.
// Pure.
#pragma once

#include <vector>

#include "api/inference_api.h"
#include "engine/request_terms.h"
#include "service/policy_set.h"
#include "service/term_defaults.h"

namespace cnnselect {

/// T_threshold is the request's own or the server's. It is never more than the device's own time
/// (T_D), if the client told it. A request's timeout can only shorten the server's. Errors: a
/// policy that is not offered, a priority beyond the server's levels.
Result<RequestTerms> plan_request(const RequestHints& hints, const Arrival& arrival,
                                  const PolicySet& policies, const TermDefaults& defaults);

/// The same terms, with T_output as one of these equally likely values, ascending. If there are
/// none, nothing was learnt, and nothing changes.
RequestTerms with_way_back(RequestTerms terms, std::vector<Duration> values);

}  // namespace cnnselect
