// ClassifyResponse as JSON: what a phone gets back for its photo. Pure; any thread.
#pragma once

#include <string>

#include "api/inference_api.h"

namespace cnnselect {

/// One object with `id, family, model, label, index, confidence, top, reason, probability, sla_ms,
/// in_time, timing`, always all of them and in this order; null where nothing is known. `label`,
/// `index` and `confidence` are those of the best class. Times are milliseconds, rounded to
/// microseconds; an infinite budget is null.
std::string classify_json(const ClassifyResponse& response);

}  // namespace cnnselect
