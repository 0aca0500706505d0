// The JSON of the Open Inference Protocol's model repository extension. Pure; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/inference_api.h"
#include "cnnselect/result.h"

namespace cnnselect {

/// The protocol's word: "READY", "LOADING", "UNAVAILABLE".
std::string_view to_string(ModelState state);

/// What the service has, all or the ready ones only.
std::vector<RepositoryEntry> repository_index(const InferenceApi& api, bool only_ready);

/// Whether the body of POST /v2/repository/index, `{"ready":true}` or nothing, asks for the ready
/// models only. Errors: kInvalidArgument.
Result<bool> parse_index_request(std::string_view body);

/// A load's `config` and `file:` would bring a model along: kUnsupported. Others are ignored.
Status check_load_parameter(std::string_view key);

/// The body of a load or an unload: nothing, or `{"parameters":{...}}`. Errors: kInvalidArgument,
/// kUnsupported.
Status check_load_request(std::string_view body);

/// The answer: an array of `{"name","version","state"}`, with `reason` where there is one.
std::string repository_index_json(std::span<const RepositoryEntry> entries);

}  // namespace cnnselect
