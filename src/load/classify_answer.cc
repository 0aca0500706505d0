#include "load/classify_answer.h"

#include <fmt/format.h>

#include <boost/json.hpp>

namespace cnnselect {
namespace {

std::optional<double> number_at(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || value->is_null()) return std::nullopt;
  return value->to_number<double>();
}

std::optional<Duration> time_at(const boost::json::object& timing, std::string_view name) {
  const auto ms = number_at(timing, name);
  return ms ? std::optional(from_ms(*ms)) : std::nullopt;
}

ClassifyAnswer read(const boost::json::object& answer) {
  const auto& timing = answer.at("timing").as_object();
  return {.model = std::string(answer.at("model").as_string()),
          .label = std::string(answer.at("label").as_string()),
          .index = answer.at("index").to_number<int>(),
          .confidence = number_at(answer, "confidence"),
          .reason = std::string(answer.at("reason").as_string()),
          .probability = answer.at("probability").to_number<double>(),
          .input = time_at(timing, "t_input_ms").value_or(Duration::zero()),
          .decode = time_at(timing, "t_decode_ms"),
          .queued = time_at(timing, "t_queue_ms").value_or(Duration::zero()),
          .infer = time_at(timing, "t_infer_ms").value_or(Duration::zero()),
          .server = time_at(timing, "t_server_ms").value_or(Duration::zero()),
          .budget = time_at(timing, "budget_ms")};
}

}  // namespace

Result<ClassifyAnswer> parse_classify_answer(std::string_view json) {
  try {
    return read(boost::json::parse(json).as_object());
  } catch (const std::exception& error) {
    return fail(ErrorCode::kInternal,
                fmt::format("the server's answer is not that of a photo: {}", error.what()));
  }
}

std::string error_text(std::string_view body) {
  boost::system::error_code failed;
  const auto json = boost::json::parse(body, failed);
  if (!failed && json.is_object()) {
    if (const auto* text = json.get_object().if_contains("error");
        text != nullptr && text->is_string()) {
      return std::string(text->get_string());
    }
  }
  return std::string(body);
}

}  // namespace cnnselect
