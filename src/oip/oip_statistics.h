// The JSON of the Open Inference Protocol's statistics extension. Pure; any thread.
#pragma once

#include <span>
#include <string>

#include "api/inference_api.h"

namespace cnnselect {

/// GET /v2/models[/{m}]/stats: `{"model_stats":[...]}`. Every run is of one image, so the only
/// batch size is 1, and executions are as many as inferences.
std::string model_statistics_json(std::span<const ModelStatistics> models);

}  // namespace cnnselect
