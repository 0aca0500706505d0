// RequestFacts: what is known of a request, whatever becomes of it. It refers to things that the
// caller keeps.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "api/inference_api.h"
#include "cnnselect/ids.h"
#include "service/request_plan.h"

namespace cnnselect {

struct RequestFacts {
  FamilyId family;
  std::string_view asked;  ///< the name in the request
  std::string_view call;   ///< "infer" or "classify"
  std::string_view id;     ///< the client's; may be empty
  const RequestPlan& plan;
  const RequestHints& hints;
  const Arrival& arrival;
  const std::optional<RequestTrace>& trace;
  std::size_t bytes = 0;
};

}  // namespace cnnselect
