#include "oip/oip_config.h"

#include "json/json_writer.h"

namespace cnnselect {
namespace {

void write(const TensorInfo& tensor, JsonWriter& json) {
  json.begin_object();
  json.key("name").string(tensor.name);
  json.key("data_type").string(config_datatype(tensor.datatype));
  json.key("dims").begin_array();
  for (const std::int64_t dimension : config_dims(tensor)) json.integer(dimension);
  json.end_array().end_object();
}

void write_versions(const ModelInfo& model, JsonWriter& json) {
  json.key("version_policy").begin_object().key("specific").begin_object();
  json.key("versions").begin_array();
  for (const std::string& version : model.versions) json.string(version);
  json.end_array().end_object().end_object();
}

void write(const QueueInfo& queue, JsonWriter& json) {
  json.begin_object();
  json.key("priority_levels").integer(queue.priority_levels);
  json.key("default_priority_level").integer(queue.default_priority);
  json.key("default_queue_policy").begin_object();
  json.key("timeout_action").string("REJECT");
  json.key("default_timeout_microseconds").integer(config_microseconds(queue.timeout));
  json.key("allow_timeout_override").boolean(true);
  json.key("max_queue_size").integer(queue.max_waiting);
  json.end_object().end_object();
}

}  // namespace

std::uint64_t config_microseconds(Duration timeout) {
  return static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::microseconds>(timeout).count());
}

std::string config_datatype(std::string_view datatype) {
  return "TYPE_" + std::string(datatype == "BYTES" ? "STRING" : datatype);
}

std::span<const std::int64_t> config_dims(const TensorInfo& tensor) {
  return std::span(tensor.shape).subspan(tensor.shape.empty() ? 0 : 1);
}

std::string model_config_json(const ModelInfo& model) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.key("name").string(model.name).key("platform").string(model.platform);
  json.key("backend").string(kConfigBackend);
  write_versions(model, json);
  json.key("max_batch_size").integer(model.max_batch);
  json.key("input").begin_array();
  for (const TensorInfo& input : model.inputs) write(input, json);
  json.end_array().key("output").begin_array();
  for (const TensorInfo& output : model.outputs) write(output, json);
  json.end_array().key("instance_group").begin_array().begin_object();
  json.key("name").string(model.name).key("kind").string("KIND_CPU");
  json.key("count").integer(std::int64_t{model.instances});
  json.end_object().end_array();
  json.key("dynamic_batching");
  write(model.queue, json);
  json.key("model_transaction_policy").begin_object();
  json.key("decoupled").boolean(false).end_object();
  json.key("response_cache").begin_object().key("enable").boolean(false).end_object();
  json.end_object();
  return text;
}

}  // namespace cnnselect
