#include "load/grpc_messages.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "json/json_writer.h"

namespace cnnselect {
namespace {

using inference::InferParameter;
using inference::ModelInferResponse;

const InferParameter* parameter(const ModelInferResponse& message, const std::string& key) {
  const auto found = message.parameters().find(key);
  return found == message.parameters().end() ? nullptr : &found->second;
}

std::string_view text_of(const ModelInferResponse& message, const std::string& key) {
  const InferParameter* const value = parameter(message, key);
  return value == nullptr ? std::string_view() : value->string_param();
}

std::optional<double> number_of(const ModelInferResponse& message, const std::string& key) {
  const InferParameter* const value = parameter(message, key);
  if (value == nullptr || !value->has_double_param()) return std::nullopt;
  return value->double_param();
}

struct Best {
  double score = 0;
  std::int64_t index = 0;
  std::string_view label;
};

template <class Number>
bool read(std::string_view text, Number& number) {
  const char* const end = text.data() + text.size();
  const auto [stopped, failed] = std::from_chars(text.data(), end, number);
  return failed == std::errc() && stopped == end;
}

/// "SCORE:INDEX:LABEL", the first element of a tensor of BYTES.
std::optional<Best> best_of(const ModelInferResponse& message) {
  if (message.raw_output_contents_size() == 0) return std::nullopt;
  std::string_view tensor = message.raw_output_contents(0);
  std::uint32_t size = 0;
  if (tensor.size() < sizeof(size)) return std::nullopt;
  std::memcpy(&size, tensor.data(), sizeof(size));
  const std::string_view element = tensor.substr(sizeof(size), size);
  const auto first = element.find(':');
  const auto second = element.find(':', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  Best best{.label = element.substr(second + 1)};
  const bool numbers = read(element.substr(0, first), best.score) &&
                       read(element.substr(first + 1, second - first - 1), best.index);
  return numbers ? std::optional(best) : std::nullopt;
}

void write_timing(const ModelInferResponse& message, JsonWriter& json) {
  json.key("timing").begin_object();
  for (const char* const key : {"t_input_ms", "t_queue_ms", "t_infer_ms", "t_server_ms"}) {
    json.key(key).number(number_of(message, key));
  }
  json.key("t_decode_ms").null();
  json.key("budget_ms").number(number_of(message, "budget_ms"));
  json.end_object();
}

}  // namespace

Result<TensorNames> tensor_names(const inference::ModelMetadataResponse& metadata) {
  if (metadata.inputs().empty() || metadata.outputs().empty()) {
    return fail(ErrorCode::kInternal,
                fmt::format("the server says that '{}' has {} inputs and {} outputs; want one each",
                            metadata.name(), metadata.inputs_size(), metadata.outputs_size()));
  }
  return TensorNames{.input = metadata.inputs(0).name(), .output = metadata.outputs(0).name()};
}

inference::ModelInferRequest photo_message(const std::string& family, const TensorNames& names,
                                           std::span<const std::byte> photo) {
  inference::ModelInferRequest message;
  message.set_model_name(family);
  auto& input = *message.add_inputs();
  input.set_name(names.input);
  input.set_datatype("BYTES");
  input.add_shape(1);
  auto& output = *message.add_outputs();
  output.set_name(names.output);
  (*output.mutable_parameters())["classification"].set_int64_param(1);
  const auto size = static_cast<std::uint32_t>(photo.size());
  std::string& element = *message.add_raw_input_contents();
  element.assign(reinterpret_cast<const char*>(&size), sizeof(size));
  element.append(reinterpret_cast<const char*>(photo.data()), photo.size());
  return message;
}

Result<std::string> photo_answer(const ModelInferResponse& message) {
  const auto best = best_of(message);
  if (!best || text_of(message, "model").empty()) {
    return fail(ErrorCode::kInternal,
                "the server's answer is not that of a photo: no class or no model is named");
  }
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.key("family").string(message.model_name());
  json.key("model").string(text_of(message, "model"));
  json.key("label").string(best->label).key("index").integer(best->index);
  json.key("confidence").null().key("score").number(best->score);
  json.key("reason").string(text_of(message, "reason"));
  json.key("probability").number(number_of(message, "probability"));
  json.key("sla_ms").number(number_of(message, "sla_ms"));
  const InferParameter* const in_time = parameter(message, "in_time");
  json.key("in_time").boolean(in_time == nullptr ? std::optional<bool>() : in_time->bool_param());
  write_timing(message, json);
  json.end_object();
  return text;
}

}  // namespace cnnselect
