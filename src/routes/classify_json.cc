#include "routes/classify_json.h"

#include <cmath>

#include "json/json_writer.h"

namespace cnnselect {
namespace {

std::optional<double> milliseconds(std::optional<Duration> time) {
  if (!time || *time == Duration::max() || *time == Duration::min()) return std::nullopt;
  return std::round(to_ms(*time) * 1e3) / 1e3;
}

void write_text(std::string_view text, JsonWriter& json) {
  if (text.empty()) {
    json.null();
  } else {
    json.string(text);
  }
}

/// `label`, `index` and `confidence` of one class, inside an object.
void write_class(const LabelledClass& ranked, JsonWriter& json) {
  json.key("label").string(ranked.label);
  json.key("index").integer(std::int64_t{ranked.index});
  json.key("confidence").number(ranked.confidence);
}

void write_best(const ClassifyResponse& response, JsonWriter& json) {
  if (!response.top.empty()) {
    write_class(response.top.front(), json);
    return;
  }
  for (const std::string_view key : {"label", "index", "confidence"}) json.key(key).null();
}

void write_top(const ClassifyResponse& response, JsonWriter& json) {
  json.key("top").begin_array();
  for (const LabelledClass& ranked : response.top) {
    json.begin_object();
    write_class(ranked, json);
    json.end_object();
  }
  json.end_array();
}

void write_timing(const ClassifyResponse& response, JsonWriter& json) {
  json.key("timing").begin_object();
  json.key("t_input_ms").number(milliseconds(response.input));
  json.key("t_decode_ms").number(milliseconds(response.decode));
  json.key("t_queue_ms").number(milliseconds(response.queued));
  json.key("t_infer_ms").number(milliseconds(response.infer));
  json.key("t_server_ms").number(milliseconds(response.server));
  json.key("budget_ms").number(milliseconds(response.budget));
  json.end_object();
}

}  // namespace

std::string classify_json(const ClassifyResponse& response) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().key("id");
  write_text(response.id, json);
  json.key("family").string(response.family).key("model").string(response.model);
  write_best(response, json);
  write_top(response, json);
  json.key("reason");
  write_text(response.reason, json);
  json.key("probability").number(response.probability);
  json.key("sla_ms").number(milliseconds(response.sla));
  json.key("in_time").boolean(response.in_time);
  write_timing(response, json);
  json.end_object();
  return text;
}

}  // namespace cnnselect
