#include "oip/oip_metadata.h"

#include <fmt/format.h>

#include <vector>

#include "json/json_writer.h"

namespace cnnselect {
namespace {

void write_strings(const std::vector<std::string>& texts, JsonWriter& json) {
  json.begin_array();
  for (const std::string& text : texts) json.string(text);
  json.end_array();
}

void write_tensors(const std::vector<TensorInfo>& tensors, JsonWriter& json) {
  json.begin_array();
  for (const TensorInfo& tensor : tensors) {
    json.begin_object();
    json.key("name").string(tensor.name).key("datatype").string(tensor.datatype);
    json.key("shape").begin_array();
    for (const std::int64_t dimension : tensor.shape) json.integer(dimension);
    json.end_array().end_object();
  }
  json.end_array();
}

}  // namespace

std::string server_metadata_json(const ServerState& state) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.key("name").string(state.name).key("version").string(state.version).key("extensions");
  write_strings(state.extensions, json);
  json.end_object();
  return text;
}

std::string model_list_json(const ServerState& state) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().key("models");
  write_strings(state.models, json);
  json.end_object();
  return text;
}

std::string model_metadata_json(const ModelInfo& model) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.key("name").string(model.name).key("versions");
  write_strings(model.versions, json);
  json.key("platform").string(model.platform).key("inputs");
  write_tensors(model.inputs, json);
  json.key("outputs");
  write_tensors(model.outputs, json);
  json.end_object();
  return text;
}

std::string live_json(bool live) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().key("live").boolean(live);
  if (!live) json.key("error").string("the server is not live");
  json.end_object();
  return text;
}

std::string ready_json(const ServerState& state) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.key("ready").boolean(state.ready).key("live").boolean(state.live);
  if (!state.ready) json.key("error").string("the server is not ready");
  json.end_object();
  return text;
}

std::string model_ready_json(const ModelInfo& model) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.key("name").string(model.name).key("ready").boolean(model.ready);
  if (!model.ready) json.key("error").string(fmt::format("model '{}' is not ready", model.name));
  json.end_object();
  return text;
}

}  // namespace cnnselect
