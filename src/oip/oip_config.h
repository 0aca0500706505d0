// The Open Inference Protocol's model configuration: what its clients read of it, such as load
// generators that want to know the batch. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "api/inference_api.h"

namespace cnnselect {

/// "TYPE_FP32" for FP32; BYTES is called TYPE_STRING there.
std::string config_datatype(std::string_view datatype);

/// A configuration's dimensions leave out the batch, which is a tensor's first.
std::span<const std::int64_t> config_dims(const TensorInfo& tensor);

/// A timeout as a configuration tells it, not shortened by rounding; >= 0.
std::uint64_t config_microseconds(Duration timeout);

/// The runtime that a model runs on.
inline constexpr std::string_view kConfigBackend = "onnxruntime";

/// GET /v2/models/{m}/config. How requests wait stands under `dynamic_batching`, which is where the
/// protocol has it; nothing is batched.
std::string model_config_json(const ModelInfo& model);

}  // namespace cnnselect
