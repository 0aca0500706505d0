#include "rpc/messages.h"

#include <fmt/format.h>

#include <charconv>
#include <string>
#include <type_traits>
#include <variant>

#include "oip/oip_config.h"
#include "oip/oip_logging.h"
#include "oip/oip_repository.h"
#include "oip/oip_rules.h"
#include "oip/oip_trace.h"

namespace cnnselect::rpc {
namespace {

using inference::DataType;

inference::InferParameter parameter_message(const Parameter& parameter) {
  inference::InferParameter message;
  std::visit(
      [&message](const auto& value) {
        using Value = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, bool>) {
          message.set_bool_param(value);
        } else if constexpr (std::is_same_v<Value, std::int64_t>) {
          message.set_int64_param(value);
        } else if constexpr (std::is_same_v<Value, double>) {
          message.set_double_param(value);
        } else {
          message.set_string_param(value);
        }
      },
      parameter);
  return message;
}

void describe(const TensorInfo& tensor, inference::ModelMetadataResponse::TensorMetadata& message) {
  message.set_name(tensor.name);
  message.set_datatype(tensor.datatype);
  message.mutable_shape()->Assign(tensor.shape.begin(), tensor.shape.end());
}

/// A configuration's name of a datatype is that of the enumeration.
DataType data_type(const std::string& datatype) {
  DataType type = inference::TYPE_INVALID;
  DataType_Parse(config_datatype(datatype), &type);
  return type;
}

void describe(const TensorInfo& tensor, auto& message) {
  message.set_name(tensor.name);
  message.set_data_type(data_type(tensor.datatype));
  const auto dims = config_dims(tensor);
  message.mutable_dims()->Assign(dims.begin(), dims.end());
}

void fill(const QueueInfo& queue, inference::ModelDynamicBatching& message) {
  message.set_priority_levels(queue.priority_levels);
  message.set_default_priority_level(queue.default_priority);
  auto& policy = *message.mutable_default_queue_policy();
  policy.set_timeout_action(inference::ModelQueuePolicy::REJECT);
  policy.set_default_timeout_microseconds(config_microseconds(queue.timeout));
  policy.set_allow_timeout_override(true);
  policy.set_max_queue_size(static_cast<std::uint32_t>(queue.max_waiting));
}

void fill(const DurationTotal& total, inference::StatisticDuration& message) {
  message.set_count(total.count);
  message.set_ns(static_cast<std::uint64_t>(total.time.count()));
}

/// A model's runs by what they took, which both the whole and its one batch size tell.
void fill_runs(const ModelStatistics& model, auto& message) {
  fill(model.prepare, *message.mutable_compute_input());
  fill(model.infer, *message.mutable_compute_infer());
  fill(model.output, *message.mutable_compute_output());
}

void fill(const ModelStatistics& model, inference::ModelStatistics& message) {
  message.set_name(model.name);
  message.set_version(model.version);
  message.set_last_inference(static_cast<std::uint64_t>(model.last_inference_unix_ms));
  message.set_inference_count(model.infer.count);
  message.set_execution_count(model.infer.count);
  auto& stats = *message.mutable_inference_stats();
  fill(model.success, *stats.mutable_success());
  fill(model.fail, *stats.mutable_fail());
  fill(model.queue, *stats.mutable_queue());
  fill_runs(model, stats);
  fill({}, *stats.mutable_cache_hit());
  fill({}, *stats.mutable_cache_miss());
  if (model.infer.count == 0) return;
  auto& batch = *message.add_batch_stats();  // every run is of one image
  batch.set_batch_size(1);
  fill_runs(model, batch);
}

void describe(const SharedRange& shared,
              google::protobuf::Map<std::string, inference::InferParameter>& parameters) {
  parameters[std::string(kSharedRegion)].set_string_param(shared.region);
  parameters[std::string(kSharedOffset)].set_int64_param(static_cast<std::int64_t>(shared.offset));
  parameters[std::string(kSharedSize)].set_int64_param(static_cast<std::int64_t>(shared.size));
}

using LogValue = inference::LogSettingsRequest::SettingValue;

Status change(LogSettings& settings, const std::string& key, const LogValue& value) {
  const auto wrong = [&key](std::string_view wanted) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("{}: want a {}", key, wanted));
  };
  if (bool LogSettings::* const flag = log_flag(key)) {
    if (!value.has_bool_param()) return wrong("bool_param");
    settings.*flag = value.bool_param();
  } else if (key == kLogVerbose) {
    if (!value.has_uint32_param()) return wrong("uint32_param");
    settings.verbose = value.uint32_param();
  } else if (key == kLogFormat) {
    if (!value.has_string_param()) return wrong("string_param");
    return set_log_format(settings, value.string_param());
  } else {
    return no_log_setting(key);
  }
  return {};
}

}  // namespace

inference::ModelInferResponse infer_message(const InferResponse& response) {
  inference::ModelInferResponse message;
  message.set_model_name(response.model);
  message.set_model_version(response.version);
  message.set_id(response.id);
  for (const auto& [key, value] : response.parameters) {
    (*message.mutable_parameters())[key] = parameter_message(value);
  }
  for (const InferOutput& output : response.outputs) {
    auto& tensor = *message.add_outputs();
    tensor.set_name(output.name);
    tensor.set_datatype(output.datatype);
    tensor.mutable_shape()->Assign(output.shape.begin(), output.shape.end());
    // Empty for one in shared memory, so that contents and outputs keep the same order.
    message.add_raw_output_contents(output.bytes.data(), output.bytes.size());
    if (output.shared) describe(*output.shared, *tensor.mutable_parameters());
  }
  return message;
}

inference::ServerMetadataResponse server_message(const ServerState& state) {
  inference::ServerMetadataResponse message;
  message.set_name(state.name);
  message.set_version(state.version);
  message.mutable_extensions()->Assign(state.extensions.begin(), state.extensions.end());
  return message;
}

inference::ModelMetadataResponse metadata_message(const ModelInfo& model) {
  inference::ModelMetadataResponse message;
  message.set_name(model.name);
  message.mutable_versions()->Assign(model.versions.begin(), model.versions.end());
  message.set_platform(model.platform);
  for (const auto& input : model.inputs) describe(input, *message.add_inputs());
  for (const auto& output : model.outputs) describe(output, *message.add_outputs());
  return message;
}

inference::ModelConfigResponse config_message(const ModelInfo& model) {
  inference::ModelConfigResponse response;
  auto& config = *response.mutable_config();
  config.set_name(model.name);
  config.set_platform(model.platform);
  config.set_backend(std::string(kConfigBackend));
  config.set_max_batch_size(static_cast<std::int32_t>(model.max_batch));
  for (const std::string& version : model.versions) {
    std::int64_t number = 0;
    std::from_chars(version.data(), version.data() + version.size(), number);
    config.mutable_version_policy()->mutable_specific()->add_versions(number);
  }
  for (const auto& input : model.inputs) describe(input, *config.add_input());
  for (const auto& output : model.outputs) describe(output, *config.add_output());
  auto& group = *config.add_instance_group();
  group.set_name(model.name);
  group.set_kind(inference::ModelInstanceGroup::KIND_CPU);
  group.set_count(static_cast<std::int32_t>(model.instances));
  fill(model.queue, *config.mutable_dynamic_batching());
  config.mutable_model_transaction_policy()->set_decoupled(false);
  config.mutable_response_cache()->set_enable(false);
  return response;
}

inference::ModelStatisticsResponse statistics_message(std::span<const ModelStatistics> models) {
  inference::ModelStatisticsResponse message;
  for (const auto& model : models) fill(model, *message.add_model_stats());
  return message;
}

inference::SystemSharedMemoryStatusResponse regions_message(std::span<const SharedRegion> regions) {
  inference::SystemSharedMemoryStatusResponse message;
  for (const SharedRegion& region : regions) {
    auto& status = (*message.mutable_regions())[region.name];
    status.set_name(region.name);
    status.set_key(region.key);
    status.set_offset(region.offset);
    status.set_byte_size(region.size);
  }
  return message;
}

inference::LogSettingsResponse log_message(const LogSettings& settings) {
  inference::LogSettingsResponse message;
  auto& values = *message.mutable_settings();
  values[std::string(kLogFile)].set_string_param("");
  values[std::string(kLogInfo)].set_bool_param(settings.info);
  values[std::string(kLogWarning)].set_bool_param(settings.warning);
  values[std::string(kLogError)].set_bool_param(settings.error);
  values[std::string(kLogVerbose)].set_uint32_param(settings.verbose);
  values[std::string(kLogFormat)].set_string_param(settings.iso8601 ? "ISO8601" : "default");
  return message;
}

Result<LogSettings> changed_log_settings(LogSettings settings,
                                         const inference::LogSettingsRequest& request) {
  for (const auto& [key, value] : request.settings()) {
    if (const Status set = change(settings, key, value); !set) return std::unexpected(set.error());
  }
  return settings;
}

inference::TraceSettingResponse trace_message(const TraceSettings& settings) {
  inference::TraceSettingResponse message;
  for (auto& [key, value] : trace_setting_texts(settings)) {
    (*message.mutable_settings())[std::string(key)].add_value(std::move(value));
  }
  return message;
}

Result<TraceOverrides> changed_trace_settings(TraceOverrides overrides,
                                              const inference::TraceSettingRequest& request) {
  for (const auto& [key, setting] : request.settings()) {
    const std::vector<std::string> values(setting.value().begin(), setting.value().end());
    const auto changed = with_trace_setting(overrides, key, values);
    if (!changed) return changed;
    overrides = *changed;
  }
  return overrides;
}

inference::RepositoryIndexResponse index_message(std::span<const RepositoryEntry> entries) {
  inference::RepositoryIndexResponse message;
  for (const RepositoryEntry& entry : entries) {
    auto& model = *message.add_models();
    model.set_name(entry.name);
    model.set_version(entry.version);
    model.set_state(std::string(to_string(entry.state)));
    model.set_reason(entry.reason);
  }
  return message;
}

}  // namespace cnnselect::rpc
