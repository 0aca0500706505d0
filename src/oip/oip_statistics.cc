#include "oip/oip_statistics.h"

#include "json/json_writer.h"

namespace cnnselect {
namespace {

void write(std::string_view name, const DurationTotal& total, JsonWriter& json) {
  json.key(name).begin_object();
  json.key("count").integer(total.count);
  json.key("ns").integer(static_cast<std::uint64_t>(total.time.count()));
  json.end_object();
}

void write(const ModelStatistics& model, JsonWriter& json) {
  json.begin_object();
  json.key("name").string(model.name).key("version").string(model.version);
  json.key("last_inference").integer(model.last_inference_unix_ms);
  json.key("inference_count").integer(model.infer.count);
  json.key("execution_count").integer(model.infer.count);
  json.key("inference_stats").begin_object();
  write("success", model.success, json);
  write("fail", model.fail, json);
  write("queue", model.queue, json);
  write("compute_input", model.prepare, json);
  write("compute_infer", model.infer, json);
  write("compute_output", model.output, json);
  write("cache_hit", {}, json);
  write("cache_miss", {}, json);
  json.end_object();
  json.key("response_stats").begin_object().end_object();
  json.key("batch_stats").begin_array();
  if (model.infer.count > 0) {
    json.begin_object().key("batch_size").integer(std::uint64_t{1});
    write("compute_input", model.prepare, json);
    write("compute_infer", model.infer, json);
    write("compute_output", model.output, json);
    json.end_object();
  }
  json.end_array();
  json.key("memory_usage").begin_array().end_array();
  json.end_object();
}

}  // namespace

std::string model_statistics_json(std::span<const ModelStatistics> models) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().key("model_stats").begin_array();
  for (const ModelStatistics& model : models) write(model, json);
  json.end_array().end_object();
  return text;
}

}  // namespace cnnselect
