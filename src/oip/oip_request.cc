#include "oip/oip_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <system_error>
#include <utility>
#include <vector>

#include "api/request_hints.h"
#include "json/json_body.h"
#include "oip/binary_tensors.h"
#include "oip/oip_input.h"
#include "oip/oip_rules.h"
#include "oip/tensor_types.h"

namespace cnnselect {
namespace {

/// A larger document gets a parser of its own, so that threads do not keep its memory.
constexpr std::size_t kMaxKeptParser = std::size_t{4} << 20U;

Status read_whole_hint(std::string_view key, JsonValue value, RequestHints& hints) {
  std::uint64_t number = 0;
  if (value.get_uint64().get(number) != simdjson::SUCCESS) {
    return bad_json_type(key, value, kWholeHintWanted);
  }
  set_whole_hint(hints, key, number);
  return {};
}

Status read_hint(std::string_view key, JsonValue value, RequestHints& hints) {
  if (is_whole_hint(key)) return read_whole_hint(key, value, hints);
  simdjson::ondemand::json_type type{};
  if (const auto error = value.type().get(type)) return bad_json(error);
  Result<bool> known = false;
  if (type == simdjson::ondemand::json_type::number) {
    double number = 0;
    if (const auto error = value.get_double().get(number)) return bad_json(error);
    known = set_hint(hints, key, number);
  } else if (type == simdjson::ondemand::json_type::string) {
    std::string_view text;
    if (const auto error = value.get_string().get(text)) return bad_json(error);
    known = set_hint(hints, key, text);
  } else if (is_hint(key)) {
    return bad_json_type(key, value, "a number or a string");
  }
  if (!known) return std::unexpected(known.error());
  return {};
}

Status read_parameters(JsonValue value, InferRequest& request) {
  const auto object = read_object(value, "parameters");
  if (!object) return std::unexpected(object.error());
  Status read = for_each_field(*object, [&](std::string_view key, JsonValue parameter) -> Status {
    if (Status allowed = check_not_reserved(key); !allowed) return allowed;
    if (key != "binary_data_output") return read_hint(key, parameter, request.hints);
    const auto binary = read_bool(parameter, key);
    if (!binary) return std::unexpected(binary.error());
    request.binary_by_default = *binary;
    return {};
  });
  return read ? read : std::unexpected(read.error().within("parameters"));
}

/// An output as asked for, before the request's default form is known.
struct PlannedOutput {
  RequestedOutput output;
  std::optional<bool> binary;
  SharedParameters shared;
};

Status read_output_parameter(std::string_view key, JsonValue value, PlannedOutput& planned) {
  if (Status allowed = check_not_reserved(key); !allowed) return allowed;
  if (key == "binary_data") {
    const auto binary = read_bool(value, key);
    if (!binary) return std::unexpected(binary.error());
    planned.binary = *binary;
  } else if (key == "classification") {
    const auto classes = read_integer(value, key, 1, std::numeric_limits<int>::max());
    if (!classes) return std::unexpected(classes.error());
    planned.output.classification = static_cast<int>(*classes);
  } else if (key.starts_with("shared_memory_")) {
    return read_shared_parameter(value, key, planned.shared);
  }
  return {};
}

Status read_output_fields(JsonValue value, PlannedOutput& planned) {
  const auto object = read_object(value, "an output");
  if (!object) return std::unexpected(object.error());
  return for_each_field(*object, [&](std::string_view key, JsonValue field) -> Status {
    if (key == "name") {
      auto name = read_string(field, key);
      if (!name) return std::unexpected(name.error());
      planned.output.name = *std::move(name);
      return {};
    }
    if (key != "parameters" || is_null(field)) return {};
    const auto parameters = read_object(field, key);
    if (!parameters) return std::unexpected(parameters.error());
    return for_each_field(*parameters, [&](std::string_view parameter, JsonValue setting) {
      return read_output_parameter(parameter, setting, planned);
    });
  });
}

/// What the JSON said, before the binary tensors behind it are cut.
struct Plan {
  std::vector<PlannedInput> inputs;
  std::vector<PlannedOutput> outputs;
};

Status read_outputs(JsonValue value, Plan& plan) {
  const auto array = read_array(value, "outputs");
  if (!array) return std::unexpected(array.error());
  return for_each_element(*array, [&](std::size_t index, JsonValue element) -> Status {
    if (Status fits = check_number_of_tensors("output", plan.outputs.size()); !fits) return fits;
    PlannedOutput planned;
    if (Status read = read_output_fields(element, planned); !read) {
      return std::unexpected(
          read.error().within(tensor_place("output", index, planned.output.name)));
    }
    const std::string& name = planned.output.name;
    auto shared = planned.shared.complete();
    if (!shared) {
      return std::unexpected(
          shared.error().within(tensor_place("output", index, planned.output.name)));
    }
    planned.output.shared = *std::move(shared);
    const bool taken = std::ranges::any_of(
        plan.outputs, [&](const PlannedOutput& other) { return other.output.name == name; });
    if (Status named = check_tensor_name("output", index, name, taken); !named) return named;
    plan.outputs.push_back(std::move(planned));
    return {};
  });
}

Status read_inputs(JsonValue value, std::size_t document_bytes, InferRequest& request, Plan& plan) {
  const auto array = read_array(value, "inputs");
  if (!array) return std::unexpected(array.error());
  return for_each_element(*array, [&](std::size_t index, JsonValue element) -> Status {
    if (Status fits = check_number_of_tensors("input", plan.inputs.size()); !fits) return fits;
    PlannedInput planned;
    if (Status read = read_input(element, document_bytes, request.storage, planned); !read) {
      return std::unexpected(read.error().within(tensor_place("input", index, planned.input.name)));
    }
    const std::string& name = planned.input.name;
    const bool taken = std::ranges::any_of(
        plan.inputs, [&](const PlannedInput& other) { return other.input.name == name; });
    if (Status named = check_tensor_name("input", index, name, taken); !named) return named;
    plan.inputs.push_back(std::move(planned));
    return {};
  });
}

Status read_request(JsonObject object, std::size_t document_bytes, InferRequest& request,
                    Plan& plan) {
  return for_each_field(object, [&](std::string_view key, JsonValue value) -> Status {
    if (key == "inputs") return read_inputs(value, document_bytes, request, plan);
    const bool optional = key == "outputs" || key == "parameters" || key == "id";
    if (!optional || is_null(value)) return {};  // null: as if it were not there
    if (key == "outputs") return read_outputs(value, plan);
    if (key == "parameters") return read_parameters(value, request);
    auto id = read_string(value, key);
    if (!id) return std::unexpected(id.error());
    request.id = *std::move(id);
    return check_id(request.id);
  });
}

Status read_with(simdjson::ondemand::parser& parser, std::size_t json_size, InferRequest& request,
                 Plan& plan) {
  const simdjson::padded_string_view text(request.body.data(), json_size, request.body.capacity());
  return read_document(parser, text, R"({"inputs": [...]})", [&](JsonObject object) {
    return read_request(object, json_size, request, plan);
  });
}

Status read_with_parser(std::size_t json_size, InferRequest& request, Plan& plan) {
  if (json_size > kMaxKeptParser) {
    simdjson::ondemand::parser parser;
    return read_with(parser, json_size, request, plan);
  }
  thread_local simdjson::ondemand::parser parser;
  return read_with(parser, json_size, request, plan);
}

/// The parser may look at the byte behind the document, where a client's binary tensors start:
/// while it reads there stands a zero, which no JSON goes on with.
Status read_json(std::size_t json_size, InferRequest& request, Plan& plan) {
  request.body.reserve(json_size + simdjson::SIMDJSON_PADDING);
  char* const behind = request.body.data() + json_size;
  const char first_of_tensors = std::exchange(*behind, '\0');
  Status read = read_with_parser(json_size, request, plan);
  *behind = first_of_tensors;
  return read;
}

Status cut_binary_inputs(std::size_t json_size, InferRequest& request, Plan& plan) {
  BinaryTensors tensors(request.body, json_size, request.storage);
  for (PlannedInput& planned : plan.inputs) {
    if (Status cut = cut_binary_input(tensors, planned); !cut) {
      return std::unexpected(cut.error().within(fmt::format("input '{}'", planned.input.name)));
    }
    request.inputs.push_back(std::move(planned.input));
  }
  if (tensors.left() == 0) return {};
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("unexpected additional input data: {} bytes after the last tensor",
                          tensors.left()));
}

}  // namespace

Result<std::size_t> json_length(std::optional<std::string_view> header, std::size_t body_size) {
  if (!header) return body_size;
  std::size_t length = 0;
  const auto [stop, error] = std::from_chars(header->begin(), header->end(), length);
  if (error == std::errc() && stop == header->end() && length <= body_size) return length;
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("Inference-Header-Content-Length is '{}'; allowed: 0 to {}, the size of "
                          "the body",
                          header->substr(0, 40), body_size));
}

Result<InferRequest> parse_infer_request(std::string body, std::size_t json_size,
                                         RequestHints hints) {
  InferRequest request;
  request.body = std::move(body);
  request.hints = std::move(hints);
  if (json_size == 0) {
    return fail(ErrorCode::kInvalidArgument, R"(the body is empty; want {"inputs": [...]})");
  }
  Plan plan;
  if (Status read = read_json(json_size, request, plan); !read) {
    return std::unexpected(read.error());
  }
  if (plan.inputs.empty()) {
    return fail(ErrorCode::kInvalidArgument, "the request has no inputs; want at least one");
  }
  if (Status cut = cut_binary_inputs(json_size, request, plan); !cut) {
    return std::unexpected(cut.error());
  }
  for (PlannedOutput& planned : plan.outputs) {
    planned.output.binary = planned.binary.value_or(request.binary_by_default);
    request.outputs.push_back(std::move(planned.output));
  }
  return request;
}

}  // namespace cnnselect
