// RequestFacts: what is known of a request, whatever becomes of it. It refers to things that the
// caller keeps.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "api/inference_api.h"
#include "cnnselect/ids.h"
#include "engine/request_terms.h"

namespace cnnselect {

struct RequestFacts {
  FamilyId family;
  std::string_view asked;  ///< the name in the request
  std::string_view call;   ///< "infer" or "classify"
  std::string_view id;     ///< the client's; may be empty
  const RequestTerms& terms;
  const RequestHints& hints;
  const Arrival& arrival;
  const std::optional<RequestTrace>& trace;
  std::size_t bytes = 0;
  /// Images asked about, as far as they were counted when it ended; >= 1. What is counted and
  /// logged is images, however the request ended.
  std::size_t images = 1;
};

}  // namespace cnnselect
