// The JSON of the Open Inference Protocol's metadata and health routes. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "api/inference_api.h"

namespace cnnselect {

/// GET /v2: `{"name","version","extensions"}`.
std::string server_metadata_json(const ServerState& state);

/// GET /v2/models: `{"models":[...]}`.
std::string model_list_json(const ServerState& state);

/// GET /v2/models/{m}: `{"name","versions","platform","inputs","outputs"}`.
std::string model_metadata_json(const ModelInfo& model);

/// GET /v2/health/live: `{"live":true}`.
std::string live_json(bool live);

/// GET /v2/health/ready: `{"ready":true,"live":true}`; not ready: with `error` as well, which the
/// protocol's clients print.
std::string ready_json(const ServerState& state);

/// GET /v2/models/{m}/ready: `{"name":"m","ready":true}`; not ready: with `error` as well.
std::string model_ready_json(const ModelInfo& model);

}  // namespace cnnselect
