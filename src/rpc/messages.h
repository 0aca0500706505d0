// What the service tells, as messages of the Open Inference Protocol. Pure; any thread.
#pragma once

#include <span>

#include "api/inference_api.h"
#include "api/trace_sampling.h"
#include "base/log_settings.h"
#include "oip/shared_memory.h"
#include "proto/open_inference.pb.h"

namespace cnnselect::rpc {

/// Every output travels in raw_output_contents, in the order of `outputs`.
inference::ModelInferResponse infer_message(const InferResponse& response);

inference::ServerMetadataResponse server_message(const ServerState& state);
inference::ModelMetadataResponse metadata_message(const ModelInfo& model);
inference::ModelConfigResponse config_message(const ModelInfo& model);
inference::ModelStatisticsResponse statistics_message(std::span<const ModelStatistics> models);
inference::SystemSharedMemoryStatusResponse regions_message(std::span<const SharedRegion> regions);
inference::LogSettingsResponse log_message(const LogSettings& settings);
/// `settings` with what the request changes. Errors: kInvalidArgument, naming the setting.
Result<LogSettings> changed_log_settings(LogSettings settings,
                                         const inference::LogSettingsRequest& request);
inference::TraceSettingResponse trace_message(const TraceSettings& settings);
/// `overrides` with what the request changes; a setting without a value is cleared. Errors:
/// kInvalidArgument, naming the setting.
Result<TraceOverrides> changed_trace_settings(TraceOverrides overrides,
                                              const inference::TraceSettingRequest& request);
inference::RepositoryIndexResponse index_message(std::span<const RepositoryEntry> entries);

}  // namespace cnnselect::rpc
