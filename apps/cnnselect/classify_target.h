// The path and query that ask about a photo. Pure.
#pragma once

#include <string>

#include "cnnselect/time.h"

namespace cnnselect {

/// `/v1/families/<family>/classify?sla_ms=...&policy=...`; an empty policy is left out, as is an
/// SLA of kForever. Names are percent-encoded.
std::string classify_target(const std::string& family, Duration sla, const std::string& policy);

}  // namespace cnnselect
